"""What the folders of standing people share: their tables, our two ways of computing, and the figures of both."""

from __future__ import annotations

import csv
import gzip
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poise.cleaning.prepare import prepare
from poise.errors import PoiseError
from poise.measures.balance_conditions import compare
from poise.measures.balance_pressure import MEASURE, METHOD
from poise.measures.sway_axes import ground_axes
from poise.measures.sway_standing import pressure_of
from poise.model import Measured, Recording
from poise.readers.find import read_file
from poise.signals.sway_published import santos_duarte
from poise.workflows.validation.scores import Score

Array = NDArray[np.float64]

PUBLISHED = {
    "COParea": "balance.sway_area_95",
    "COPvelo": "balance.sway_velocity",
    "COPmfreq": "balance.mean_power_frequency",
}
AUTHORS = "santos_duarte/1"


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """One recording of a folder, cleaned, with what we measure in it and its line of the authors' table."""

    file: str
    recording: Recording
    measured: Measured
    row: Mapping[str, str]

    def path_cm(self) -> tuple[Array, float]:
        """The pressure as recorded, medio-lateral and antero-posterior, cm, and its rate: nothing filtered."""
        pressure = pressure_of(self.recording)
        assert pressure is not None
        return 100.0 * ground_axes(self.recording).of(pressure.ground_m), pressure.rate_hz


def trials(folder: Path, pattern: str, table: str = "") -> Iterator[Trial]:
    """Every recording of a folder that can be read; those without a line in the table have an empty one."""
    lines = rows(folder, table) if table else {}
    for path in sorted(folder.rglob(pattern)):
        try:
            recordings = read_file(path)
        except PoiseError:
            continue
        for recording in recordings:
            clean = prepare(recording)
            yield Trial(
                file=path.name,
                recording=clean,
                measured=MEASURE.compute(clean),
                row=lines.get(recording.id.removesuffix("grf"), {}),
            )


def rows(folder: Path, table: str) -> dict[str, dict[str, str]]:
    """The lines of a table of the folder by trial; empty where there is none."""
    for path in folder.glob(f"{table}*"):
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as text:
            return {row["Trial"]: row for row in csv.DictReader(text, delimiter="\t" if ".tsv" in path.name else ",")}
    return {}


def published(dataset: str, trial: Trial) -> Iterator[Score]:
    """Ours by the authors' formulas less the authors' own results, relative, where their table has the trial."""
    if not trial.row.get("COParea"):
        return
    told = santos_duarte(*trial.path_cm())
    for name, value in (("COParea", told.area), ("COPvelo", told.velocity), ("COPmfreq", told.mean_frequency_hz)):
        truth = float(trial.row[name])
        yield Score(
            dataset=dataset, file=trial.file, measure=PUBLISHED[name], method=AUTHORS, metric="relative_error",
            value=(value - truth) / truth, n=1, condition="authors' own results",
        )  # fmt: skip


def pooled(scores: Sequence[Score], metric: str = "relative_error") -> Iterator[Score]:
    """The largest size of a figure over all files, by measure and condition."""
    asked = [each for each in scores if each.metric == metric]
    for key in dict.fromkeys((each.measure, each.condition, each.method) for each in asked):
        same = [each for each in asked if (each.measure, each.condition, each.method) == key]
        yield Score(
            dataset=same[0].dataset, file="all", measure=key[0], method=key[2], metric=f"largest_{metric}",
            value=max(abs(each.value) for each in same), n=len(same), condition=key[1], unit=same[0].unit,
        )  # fmt: skip


def value(measured: Measured, measure: str) -> float:
    """The value of a measure; NaN where it was not told."""
    return next((each.value for each in measured.measurements if each.measure == measure), math.nan)


def recognised(dataset: str, told: Sequence[Trial]) -> Iterator[Score]:
    """How many recordings of quiet standing are taken for that, and how much of their time."""
    if not told:
        return
    stood = [each for each in told if each.measured.measurements]
    seen_s = sum(each.measured.measurements[0].end_s - each.measured.measurements[0].start_s for each in stood)
    for metric, figure in (
        ("told_rightly", len(stood) / len(told)),
        ("share_of_time", seen_s / sum(each.recording.duration_s for each in told)),
    ):
        yield Score(
            dataset=dataset, file="all", measure="balance.quiet_standing", method=METHOD, metric=metric, value=figure,
            n=len(told), condition="recordings of quiet standing",
        )  # fmt: skip


def conditions(dataset: str, told: Sequence[Trial]) -> Iterator[Score]:
    """Median sway velocity of each condition."""
    by: dict[str, list[float]] = {}
    for each in told:
        words = each.recording.conditions
        name = " ".join(part for part in (words.get("surface", ""), "eyes " + words.get("eyes", "not said")) if part)
        by.setdefault(name, []).append(value(each.measured, "balance.sway_velocity"))
    for name, values in sorted(by.items()):
        yield Score(
            dataset=dataset, file="all", measure="balance.sway_velocity", method=METHOD, metric="median",
            value=float(np.nanmedian(values)), n=len(values), condition=name, unit="mm/s",
        )  # fmt: skip


def ratios(dataset: str, told: Iterable[Trial]) -> Iterator[Score]:
    """Romberg quotients and sensory ratios, person by person."""
    people: dict[str, list[Trial]] = {}
    for each in told:
        people.setdefault(each.recording.subject or "one person", []).append(each)
    for person, own in people.items():
        seen = [(each.recording.id, each.recording.conditions, each.measured.measurements) for each in own]
        for comparison in compare(seen):
            for made in comparison.measurements:
                yield Score(
                    dataset=dataset, file=person, measure=made.measure, method=made.method.split(" ")[0],
                    metric="value", value=made.value, n=made.n, condition=comparison.name, unit=made.unit,
                )  # fmt: skip


def not_validated(dataset: str, measure: str, why: str) -> Score:
    """A line that says that a measure could not be held against anything here."""
    return Score(
        dataset=dataset, file="all", measure=measure, method=METHOD, metric="not_validated", value=math.nan, n=0,
        condition=why,
    )  # fmt: skip
