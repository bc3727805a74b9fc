"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class ChartsConfig(AppConfig):
    """The patient's chart: identity, episode of care, intake, pain map, activities, scores, files, red flags."""

    name = "poise.clinic.charts"
    label = "charts"
