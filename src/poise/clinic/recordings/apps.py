"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordingsConfig(AppConfig):
    """What a sensor gave: upload, storage, replay."""

    name = "poise.clinic.recordings"
    label = "recordings"

    def ready(self) -> None:
        """Adds the page to a chart's menu."""
        from poise.clinic.design import navigation

        navigation.register(
            navigation.Item(
                name="recordings", label=_("Recordings"), action="recording.read", place=navigation.PATIENT, order=40,
                covers=("recording", "replay"),
            )
        )  # fmt: skip
