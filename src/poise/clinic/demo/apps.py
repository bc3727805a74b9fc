"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """A demo clinic with simulated patients."""

    name = "poise.clinic.demo"
    label = "demo"
