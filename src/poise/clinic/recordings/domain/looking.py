"""Is it a recording, and what does it hold? Asked of Poise's readers, in a process with bounds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from poise.errors import PoiseError

READ_WITHIN_S = 40.0
LONG_TO_READ_BYTES = 30_000_000


class NotARecording(PoiseError):
    """What was sent is no recording that Poise can read; it was not kept."""


class TooBusy(PoiseError):
    """The computer has no time for it now. What was sent is kept as it is, and can be finished later."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a file holds, as far as it was read: `is_known` is False where reading it takes longer than we wait."""

    is_known: bool
    recordings: tuple[dict[str, Any], ...] = field(default=())

    @property
    def format(self) -> str:
        """The file's format, in its reader's words."""
        return str(self.recordings[0]["details"].get("format", ""))[:60] if self.recordings else ""


SECRETS = ("POISE_", "DATABASE_", "AWS_", "PG")
"""Beginnings of the names of settings that a process which reads a stranger's file is not given."""


def _environment(folder: Path) -> dict[str, str]:
    given = {name: value for name, value in os.environ.items() if not name.startswith(SECRETS)}
    return {**given, "TMPDIR": str(folder), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def looked_at(path: Path, name: str) -> Facts:
    """What Poise's readers say of the file.

    Raises
    ------
    NotARecording
        It is none, or it is damaged, or a bomb; with the reader's sentence.
    TooBusy
        It is small, and still could not be looked at in time.
    """
    try:
        done = subprocess.run(
            # -P: what lies in the folder beside the file is no part of the program
            [sys.executable, "-P", "-m", "poise.clinic.recordings.look", str(path), name],
            capture_output=True, timeout=READ_WITHIN_S, check=False, cwd=path.parent,
            env=_environment(path.parent),
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        if path.stat().st_size >= LONG_TO_READ_BYTES:
            return Facts(is_known=False)  # long, not bad: the analysis has more time
        raise TooBusy(
            _("The file has arrived, but the computer is too busy to look at it."), do=_("Try again in a minute.")
        ) from None
    told = _told(done.stdout)
    if told is None or ("unsure" in told and path.stat().st_size < LONG_TO_READ_BYTES):
        raise NotARecording(
            _("This file could not be read: reading it was stopped, because it asked for too much."),
            do=_("Export it again from the software that made it."),
        )
    if "refused" in told:
        raise NotARecording(told["refused"], do=_("Send a recording that Poise reads: C3D, TRC, MOT, CSV and others."))
    return Facts(is_known="recordings" in told, recordings=tuple(told.get("recordings", ())))


def _told(printed: bytes) -> dict[str, Any] | None:
    """What the reading process said; None where it was stopped before it said anything."""
    try:
        told: dict[str, Any] = json.loads(printed)
    except ValueError:
        return None
    return told
