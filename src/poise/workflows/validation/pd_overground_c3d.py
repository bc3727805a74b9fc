"""Two people with Parkinson's disease walking over plates: the authors' events in the same C3D files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from poise.workflows.validation._gait_events import Published, c3d_trials, event_scores
from poise.workflows.validation.scores import Score

_PEERS = "peers.md 4.3, three such walks"
PUBLISHED: Published = {
    ("initial_contact", "parkinson", "f1_50ms"): (
        0.891,
        f"best of nine methods of gaitkit 1.5.0 (Vancanneyt), {_PEERS}",
    ),
    ("toe_off", "parkinson", "f1_50ms"): (0.891, f"plain Zeni, {_PEERS}"),
    ("initial_contact", "parkinson", "f1_100ms"): (0.879, f"plain Zeni, {_PEERS}"),
    ("toe_off", "parkinson", "f1_100ms"): (0.927, f"plain Zeni, {_PEERS}"),
}


@dataclass(frozen=True, kw_only=True)
class ParkinsonOverground:
    """Events from markers against the labels, and against plates where one foot was alone on one.

    People who shuffle set both feet on one plate: few contacts are usable, so the labels are the reference.
    """

    name: str = "pd-overground-c3d"

    def scores(self, folder: Path) -> Iterator[Score]:
        """Events and times of every walk."""
        yield from event_scores(self.name, list(c3d_trials(folder, lambda _: "parkinson")), PUBLISHED)


DATASET = ParkinsonOverground()
