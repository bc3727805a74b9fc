"""The patient's chart: identity, episode of care, intake, pain map, activities, scores, files, red flags."""
