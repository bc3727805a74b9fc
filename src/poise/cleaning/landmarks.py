"""Pose landmarks → body: image points in one plane, world points hip-centred, each saying what was not seen."""

from __future__ import annotations

from collections.abc import Mapping

from poise.cleaning.settings import Settings
from poise.model.recording import Recording


def body_from_landmarks(recording: Recording, names: Mapping[str, str] | None, settings: Settings) -> Recording:
    """The recording with a BODY stream from its pose landmarks."""
    return recording
