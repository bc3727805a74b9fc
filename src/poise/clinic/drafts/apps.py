"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class DraftsConfig(AppConfig):
    """What a person has typed and not yet saved, kept on the server so that nothing typed is lost."""

    name = "poise.clinic.drafts"
    label = "drafts"
