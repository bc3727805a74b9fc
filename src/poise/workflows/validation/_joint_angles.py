"""How far our joint angles lie from those of other software on the same recordings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from poise.measures.angles_as_given import angles_as_given
from poise.measures.kinematics import METHOD, compute_with
from poise.model import Recording, Series, Side, Walk
from poise.workflows.validation.scores import Score

Array = NDArray[np.float64]
Key = tuple[str, Side | None]
Published = Mapping[tuple[str, str, str], tuple[float, str]]
"""By method, measure and metric: the figure to beat and who published it."""

FEWEST_SAMPLES = 20
BOTH_SAME = frozenset({"pelvis.tilt", "trunk.lean_forward", "trunk.lean_side", "pelvis.obliquity", "pelvis.rotation",
                       "thorax.tilt", "thorax.obliquity", "thorax.rotation"})  # fmt: skip
"""Angles whose two sides are one angle with two signs: scored once, from the left."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Reference:
    """Angles of other software on a clock, s: by name and side, each (samples,)."""

    time_s: Array
    angles: Mapping[Key, Array]


@dataclass(frozen=True, kw_only=True, eq=False)
class Pair:
    """One angle of one side in one recording, ours and theirs, where both are known."""

    file: str
    measure: str
    condition: str
    method: str
    ours: Array
    theirs: Array

    @property
    def apart(self) -> Array:
        """Ours − theirs."""
        return self.ours - self.theirs

    @property
    def r(self) -> float:
        """Pearson's correlation; NaN where one of them does not move."""
        if np.std(self.ours) < 1e-9 or np.std(self.theirs) < 1e-9:
            return float("nan")
        return float(np.corrcoef(self.ours, self.theirs)[0, 1])


def reference_in(recording: Recording, stream: str) -> Reference:
    """The angles of other software that a recording holds in one of its streams."""
    angles, _ = angles_as_given(recording)
    return Reference(time_s=recording[stream].time_s, angles={(a.name, a.side): a.values for a in angles})


def pairs(
    recording: Recording, walk: Walk | None, reference: Reference, *, file: str, condition: str, method: str = METHOD
) -> Iterator[Pair]:
    """Our angles of a prepared recording beside the reference's, at our samples."""
    for series in compute_with(recording, walk).series:
        theirs = reference.angles.get((series.series, series.side))
        if theirs is not None and not (series.side == "right" and series.series in BOTH_SAME):
            yield from _pair(series, theirs, reference.time_s, file=file, condition=condition, method=method)


def between(one: Reference, other: Reference, *, file: str, condition: str, method: str) -> Iterator[Pair]:
    """Two references beside each other: how well anything can agree with both."""
    for key in one.angles.keys() & other.angles.keys():
        name, side = key
        if side == "right" and name in BOTH_SAME:
            continue
        series = Series(series=name, side=side, unit="deg", rate_hz=_rate(one.time_s), values=one.angles[key],
                        start_s=float(one.time_s[0]))  # fmt: skip
        yield from _pair(series, other.angles[key], other.time_s, file=file, condition=condition, method=method)


def scores(dataset: str, found: Sequence[Pair], published: Published | None = None) -> Iterator[Score]:
    """Every angle's error file by file, then over all of them; the offset is taken off per side and recording."""
    for group in _grouped(found, by_file=True):
        yield from _scored(dataset, group[0].file, group)
    for group in _grouped(found, by_file=False):
        for score in _scored(dataset, "all", group):
            figure, source = (published or {}).get((score.method, score.measure, score.metric), (None, ""))
            yield replace(score, published=figure, source=source)


def told_apart(found: Sequence[Score]) -> Iterator[Score]:
    """How much larger a measure is in each altered walk than in the normal one, over all recordings."""
    values: dict[tuple[str, str], list[Score]] = {}
    for score in found:
        values.setdefault((score.measure, score.condition), []).append(score)
    for (measure, condition), altered in sorted(values.items()):
        normal = values.get((measure, "straight"))
        if condition != "straight" and normal:
            apart = float(np.mean([each.value for each in altered]) - np.mean([each.value for each in normal]))
            yield replace(altered[0], file="all", metric="altered_minus_normal", value=apart, n=len(altered))


def value_scores(
    dataset: str, recording: Recording, walk: Walk | None, wanted: Iterable[str], *, file: str, condition: str
) -> Iterator[Score]:
    """Plain values of some measures, where the recordings are labelled and the numbers must part them."""
    names = set(wanted)
    for found in compute_with(recording, walk).measurements:
        if found.measure in names:
            measure = f"{found.measure}@{found.side}" if found.side else found.measure
            yield Score(
                dataset=dataset, file=file, measure=measure, method=METHOD, metric="value", value=found.value,
                n=found.n, condition=condition, unit=found.unit,
            )  # fmt: skip


def _pair(series: Series, theirs: Array, time_s: Array, *, file: str, condition: str, method: str) -> Iterator[Pair]:
    own_s = series.start_s + np.arange(len(series.values)) / series.rate_hz
    there = np.interp(own_s, time_s, theirs, left=np.nan, right=np.nan)
    both = np.isfinite(series.values) & np.isfinite(there)
    if both.sum() >= FEWEST_SAMPLES:
        yield Pair(
            file=file, measure=series.series, condition=condition, method=method, ours=series.values[both],
            theirs=there[both],
        )  # fmt: skip


def _grouped(found: Sequence[Pair], *, by_file: bool) -> Iterator[list[Pair]]:
    groups: dict[tuple[str, ...], list[Pair]] = {}
    for pair in found:
        key = (pair.method, pair.measure, pair.condition, pair.file if by_file else "")
        groups.setdefault(key, []).append(pair)
    yield from (groups[key] for key in sorted(groups))


def _scored(dataset: str, file: str, group: Sequence[Pair]) -> Iterator[Score]:
    apart = np.concatenate([pair.apart for pair in group])
    level = np.concatenate([pair.apart - pair.apart.mean() for pair in group])
    values = {
        "rmse": float(np.sqrt(np.mean(apart**2))),
        "rmse_offset_removed": float(np.sqrt(np.mean(level**2))),
        "r": float(np.median([pair.r for pair in group])),
    }
    for metric, value in values.items():
        yield Score(
            dataset=dataset, file=file, measure=group[0].measure, method=group[0].method, metric=metric, value=value,
            n=len(apart), condition=group[0].condition, unit="" if metric == "r" else "deg",
        )  # fmt: skip


def _rate(time_s: Array) -> float:
    return float((len(time_s) - 1) / (time_s[-1] - time_s[0]))
