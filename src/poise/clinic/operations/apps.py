"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Serving, backing up, restoring, looking after an installation."""

    name = "poise.clinic.operations"
    label = "operations"
