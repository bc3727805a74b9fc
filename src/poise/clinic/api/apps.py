"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The same things for programs, under /api/v1."""

    name = "poise.clinic.api"
    label = "api"
