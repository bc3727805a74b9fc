"""Walks with a lower-back sensor: none of them is standing. There is no reference for sway in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from poise.cleaning.prepare import prepare
from poise.errors import PoiseError
from poise.measures.balance_trunk import MEASURE, METHOD
from poise.readers.find import read_file
from poise.workflows.validation.scores import Score

NAME = "mobgap-lumbar-imu"


@dataclass(frozen=True, kw_only=True)
class _MobgapSway:
    """The trials of the folder ``mobgap-lumbar-imu``: walking tests, and hours of daily life with walks in them."""

    name: str = NAME

    def scores(self, folder: Path) -> Iterator[Score]:
        """How many trials are not taken for standing."""
        taken: list[bool] = []
        for path in sorted(folder.rglob("data.mat")):
            try:
                taken += [MEASURE.fits(prepare(recording)) for recording in read_file(path)]
            except PoiseError:
                continue
        if taken:
            yield Score(
                dataset=NAME, file="all", measure="balance.quiet_standing", method=METHOD, metric="told_rightly",
                value=taken.count(False) / len(taken), n=len(taken), condition="walking trials, refused as standing",
            )  # fmt: skip


DATASET = _MobgapSway()
