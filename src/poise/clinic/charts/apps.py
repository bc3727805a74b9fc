"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class ChartsConfig(AppConfig):
    """The patient's chart: identity, episode of care, intake, pain map, activities, scores, files, red flags."""

    name = "poise.clinic.charts"
    label = "charts"

    def ready(self) -> None:
        """Adds what the chart shows elsewhere."""
        from poise.clinic.charts import chart_parts, patient_parts

        chart_parts.register()
        patient_parts.register()
