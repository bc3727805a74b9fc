"""Landmarks in three dimensions of patients walking, with the events that their file names as true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from poise.cleaning.prepare import prepare
from poise.measures.footfalls import Footfalls
from poise.model import SIDES, Kind, Recording
from poise.workflows.assess import read
from poise.workflows.validation._gait_events import Published, Trial, event_scores, labelled_footfalls, marker_trial
from poise.workflows.validation.scores import Score

_PEER = "best of nine methods of gaitkit 1.5.0 over its bundled files (peers.md 4.3)"
PUBLISHED: Published = {
    ("initial_contact", "parkinson", "f1_50ms"): (0.800, _PEER),
    ("toe_off", "parkinson", "f1_50ms"): (0.640, _PEER),
}
SHORTEST_STRIDE_S = 0.46


@dataclass(frozen=True, kw_only=True)
class GaitkitLandmarks:
    """Events from landmarks against the file's own.

    A file whose labels cannot be true (two contacts of one foot within less than the shortest stride there is) is no
    reference and is left out, as is a file without labels.
    """

    name: str = "gait-landmarks-patients-gaitkit"

    def scores(self, folder: Path) -> Iterator[Score]:
        """Events and times of every walk with labels."""
        yield from event_scores(self.name, list(trials(folder)), PUBLISHED)


def trials(folder: Path) -> Iterator[Trial]:
    """Every walk whose labels can be true; peers are scored on the same ones."""
    for path in sorted(folder.rglob("*.json*")):
        for recording in read(path):
            clean = prepare(recording)
            labelled = labelled_footfalls(clean.events)
            if Kind.BODY in clean and _can_be_true(labelled):
                yield marker_trial(clean, str(path.relative_to(folder)), _condition(recording), labelled)


def _can_be_true(falls: Footfalls) -> bool:
    trains = [*falls.contacts_s.values(), *falls.toe_offs_s.values()]
    enough = all(len(falls.contacts_s[side]) > 1 for side in SIDES)
    return enough and all(bool(np.all(np.diff(times) >= SHORTEST_STRIDE_S)) for times in trains)


def _condition(recording: Recording) -> str:
    said = recording.details.get("population", "").lower()
    return "parkinson" if "parkinson" in said else said or "straight"


DATASET = GaitkitLandmarks()
