"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Long work, done by worker processes from one table."""

    name = "poise.clinic.jobs"
    label = "jobs"
