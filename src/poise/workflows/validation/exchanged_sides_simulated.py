"""The guard of left and right on *simulated* exchanges, whose truth is known: nobody was recorded.

A simulation does not show how a network errs on clothes and light; where it errs in runs of another kind, other shares
are put back. What it does show is what the guard makes of errors of this share and length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from poise.cleaning.left_right import sides_guarded
from poise.model import Recording
from poise.testing.exchanged_sides import exchanged, person, runs
from poise.workflows.validation.scores import Score

NAME = "exchanged-sides-simulated"
SHARES = ((0.0, 0.0), (0.08, 0.0), (0.08, 0.3), (0.24, 0.0), (0.24, 0.3), (0.31, 1.0), (0.59, 0.3), (0.59, 3.0))
PEOPLE = 10
SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class ExchangedSides:
    """Shares of frames that come out wrong, or not at all; comes with the folders of video that it stands beside."""

    name: str = NAME
    beside: tuple[str, ...] = ("sports2d-walk-video", "blazepose-squat-video")

    def scores(self, folder: Path) -> Iterator[Score]:
        """From the front, and turning round, without a declared facing; the worst again with one."""
        del folder
        for share, run_s in SHARES:
            yield from _scores("front", share, run_s)
            yield from _scores("turning round", share, run_s)
        for share, run_s in SHARES[-2:]:
            yield from _scores("front", share, run_s, declared=True)


def _scores(view: str, share: float, run_s: float, *, declared: bool = False) -> Iterator[Score]:
    wrong, lost, frames = [], [], 0
    how = f"{100 * share:.0f} % in {f'runs of {run_s:g} s' if run_s else 'single frames'}" if share else "none"
    for seed in range(PEOPLE):
        time_s, true = person(SECONDS, turns=view == "turning round", seed=seed)
        seen = exchanged(true, runs(len(time_s), share, run_s, seed) if share else np.zeros(len(time_s), dtype=bool))
        conditions = {"facing": "camera"} if declared else {}
        recording = Recording(id="simulated", source="", streams={}, conditions=conditions)
        _, found = sides_guarded(recording, seen, time_s)
        x = found["left_shoulder"][:, 0]
        wrong.append(np.mean(np.isfinite(x) & (x != true["left_shoulder"][:, 0])))
        lost.append(np.mean(np.isnan(x)))
        frames += len(time_s)
    for metric, values in (("wrong_share_percent", wrong), ("not_scored_percent", lost)):
        yield Score(
            dataset=NAME, file="all", measure="sides", metric=metric, value=100.0 * float(np.mean(values)), n=frames,
            method=f"left_right, {how}{', facing declared' if declared else ''}", condition=f"simulated, {view}",
            unit="%",
        )  # fmt: skip


DATASET = ExchangedSides()
