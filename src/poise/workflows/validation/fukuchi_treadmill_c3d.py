"""Treadmill walking of the Fukuchi data set: the authors' events and two belts' plates in the same C3D file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from poise.workflows.validation._gait_events import Published, c3d_trials, event_scores
from poise.workflows.validation.scores import Score

_PEERS = "peers.md 4.3, two such walks"
PUBLISHED: Published = {
    ("initial_contact", "treadmill", "f1_50ms"): (0.967, f"best of nine methods of gaitkit 1.5.0 (BIKE), {_PEERS}"),
    ("toe_off", "treadmill", "f1_50ms"): (1.0, f"plain Zeni, {_PEERS}"),
    ("initial_contact", "treadmill", "f1_100ms"): (0.993, f"plain Zeni, {_PEERS}"),
    ("toe_off", "treadmill", "f1_100ms"): (1.0, f"plain Zeni, {_PEERS}"),
    ("initial_contact", "treadmill", "median_signed_error_ms"): (-47.0, f"plain Zeni, {_PEERS}"),
}


@dataclass(frozen=True, kw_only=True)
class FukuchiTreadmill:
    """Events from markers against the labels and the belts' plates. Some contacts of the file have no label."""

    name: str = "fukuchi-treadmill-c3d"

    def scores(self, folder: Path) -> Iterator[Score]:
        """Events and times of every walk."""
        yield from event_scores(self.name, list(c3d_trials(folder, lambda _: "treadmill")), PUBLISHED)


DATASET = FukuchiTreadmill()
