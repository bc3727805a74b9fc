"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class DesignConfig(AppConfig):
    """How pages look and sound: templates, styles, scripts, the words in English and Spanish."""

    name = "poise.clinic.design"
    label = "design"
