"""Ten seconds on a Kistler plate: our sway from the C3D against that from the maker's export; a jump, refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from poise.measures.balance_pressure import METHOD
from poise.workflows.validation import _sway
from poise.workflows.validation._sway import Trial
from poise.workflows.validation.scores import Score

NAME = "biomdp-kistler-isen"


@dataclass(frozen=True, kw_only=True)
class _KistlerSway:
    """The standing and the jump of the folder ``biomdp-kistler-isen``."""

    name: str = NAME

    def scores(self, folder: Path) -> Iterator[Score]:
        """Relative differences of every measure that both give, and how many jumps were measured as standing."""
        raw = {trial.recording.id: trial for trial in _sway.trials(folder, "kistler*.c3d")}
        export = {trial.recording.id: trial for trial in _sway.trials(folder, "kistler*.txt")}
        compared = [score for name in raw for score in _compared(raw[name], export.get(name))]
        yield from compared
        yield from _sway.pooled(compared)
        jumps = [trial for trial in (*raw.values(), *export.values()) if "CMJ" in trial.recording.id]
        if jumps:
            refused = sum(not trial.measured.measurements for trial in jumps) / len(jumps)
            yield Score(
                dataset=NAME, file="all", measure="balance.quiet_standing", method=METHOD, metric="told_rightly",
                value=refused, n=len(jumps), condition="jumps, refused",
            )  # fmt: skip


def _compared(raw: Trial, export: Trial | None) -> Iterator[Score]:
    if export is None:
        return
    for each in raw.measured.measurements:
        theirs = _sway.value(export.measured, each.measure)
        if theirs > 0.0:
            yield Score(
                dataset=NAME, file=raw.file, measure=each.measure, method=METHOD, metric="relative_error",
                value=(each.value - theirs) / theirs, n=1, condition="C3D against the maker's 50 Hz export",
            )  # fmt: skip


DATASET = _KistlerSway()
