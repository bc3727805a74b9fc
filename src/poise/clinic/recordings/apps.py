"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class RecordingsConfig(AppConfig):
    """What a sensor gave: upload, storage, replay."""

    name = "poise.clinic.recordings"
    label = "recordings"
