"""Quiet standing with each foot on its own plate: the authors' results, the net pressure, the share of weight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from poise.measures.balance_pressure import LOAD, METHOD
from poise.measures.sway_standing import NET, pressure_of
from poise.model import Kind
from poise.workflows.validation import _sway
from poise.workflows.validation._sway import Trial
from poise.workflows.validation.scores import Score

NAME = "balance-pds-dualplate"


@dataclass(frozen=True, kw_only=True)
class _Pds:
    """The folder ``balance-pds-dualplate``: ``*grf.txt*`` and the authors' table."""

    name: str = NAME

    def scores(self, folder: Path) -> Iterator[Score]:
        """Errors of every trial, then pooled, then the ratio of closed to open eyes."""
        told = list(_sway.trials(folder, "PDS*grf.txt*", "PDSinfoCOP"))
        authors = [score for trial in told for score in _sway.published(NAME, trial)]
        nets = [score for trial in told for score in _net(trial)]
        loads = [score for trial in told for score in _load(trial)]
        yield from (*authors, *nets, *loads)
        yield from _sway.pooled(authors)
        yield from _sway.pooled(nets, "error")
        yield from _sway.pooled(loads, "error")
        yield from _sway.recognised(NAME, told)
        yield from _sway.conditions(NAME, told)
        yield from _sway.ratios(NAME, told)


def _net(trial: Trial) -> Iterator[Score]:
    """The net pressure that we make of two plates, less the one that the file gives."""
    if NET not in trial.recording:
        return
    without = {name: stream for name, stream in trial.recording.streams.items() if name != NET}
    ours, theirs = pressure_of(replace(trial.recording, streams=without)), pressure_of(trial.recording)
    assert ours is not None
    assert theirs is not None
    worst = 1000.0 * float(np.nanmax(np.abs(ours.ground_m - theirs.ground_m)))
    yield Score(
        dataset=NAME, file=trial.file, measure="balance.net_pressure", method=METHOD, metric="error", value=worst,
        n=len(ours.time_s), condition="from two plates, against the file's own", unit="mm",
    )  # fmt: skip


def _load(trial: Trial) -> Iterator[Score]:
    """Our asymmetry over the measured part, less that of the plain means of the same samples; and the right share."""
    ours = next((each for each in trial.measured.measurements if each.measure == LOAD.measure), None)
    if ours is None:
        return
    force = trial.recording[Kind.FORCE]
    part = (force.time_s >= ours.start_s) & (force.time_s <= ours.end_s)
    left, right = (abs(float(force[side][part, 2].mean())) for side in ("left", "right"))
    shares = {"error": ours.value - 100.0 * (left - right) / (left + right), "right_share": right / (left + right)}
    for metric, value in shares.items():
        yield Score(
            dataset=NAME, file=trial.file, measure=LOAD.measure, method=METHOD, metric=metric, value=value,
            n=int(part.sum()), condition="two plates", unit="%" if metric == "error" else "",
        )  # fmt: skip


DATASET = _Pds()
