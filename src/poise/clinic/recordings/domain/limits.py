"""What may be sent, and how much of it. The largest recording can be set in the installation's environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from poise.errors import BadSetting

MB = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits of uploads.

    Attributes
    ----------
    recording_bytes, file_bytes
        The largest recording, and the largest paper or picture.
    form_bytes
        The largest file that the plain form takes, without JavaScript.
    part_bytes
        The largest part of a resumable upload.
    open_uploads
        How many one person may have under way at once.
    kept_for
        How long an upload that was broken off can be taken up again.
    """

    recording_bytes: int = 4_000 * MB
    file_bytes: int = 100 * MB
    form_bytes: int = 200 * MB
    part_bytes: int = 16 * 1024 * 1024
    open_uploads: int = 20
    kept_for: timedelta = timedelta(days=2)

    def largest(self, purpose: str) -> int:
        """The most bytes for this purpose."""
        return self.recording_bytes if purpose == "recording" else self.file_bytes


@cache
def limits() -> Limits:
    """The installation's limits."""
    return Limits(recording_bytes=_megabytes("POISE_LARGEST_RECORDING_MB", 4_000))


def _megabytes(name: str, usual: int) -> int:
    said = os.environ.get(name, str(usual))
    if not said.isdecimal() or not int(said):
        raise BadSetting(f"{name} is a whole number of megabytes.", found=f"It is '{said}'.")
    return int(said) * MB
