"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    """The evaluation: tests proposed, measured, typed; findings judged by a clinician."""

    name = "poise.clinic.evaluations"
    label = "evaluations"

    def ready(self) -> None:
        """Makes known the analysis to workers, and the pages to menus, the patient's page and the first page."""
        from poise.clinic.evaluations import places  # models are loaded by now, and not before

        places.make_known()
