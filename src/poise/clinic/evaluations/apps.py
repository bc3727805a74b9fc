"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    """The evaluation: tests proposed, measured, typed; findings judged by a clinician."""

    name = "poise.clinic.evaluations"
    label = "evaluations"
