"""How two neighbouring joints move together, over the strides or repetitions of one recording."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from poise.measures.movement import movement_of
from poise.model import SIDES, Definition, Kind, Measured, Measurement, Problem, Recording, Series, Side
from poise.signals import phase
from poise.signals.events import peaks
from poise.signals.filters import lowpass_offline

Array = NDArray[np.float64]
NAN = float("nan")

PAIRS = {
    "hip_knee": ("hip.flexion", "knee.flexion"),
    "knee_ankle": ("knee.flexion", "ankle.dorsiflexion"),
    "shoulder_elbow": ("shoulder.flexion", "elbow.flexion"),
}
CUTOFF_HZ = 6.0
LEAST_RATE_HZ = 20.0
LEAST_RANGE_DEG = 10.0
"""Below, a joint's turning is too near the noise of landmarks for its phase to mean anything. [design]"""
SHORTEST_CYCLE_S = 0.5
ALIKE = (0.6, 1.6)
"""Cycles shorter or longer than these shares of the median one are left out. [design]"""
FEWEST_CYCLES = 4
NOISE_DEG = 0.1
"""Steps between samples of a cycle (1 % of it) shorter than this have no direction. [design]"""

_LAMB, _CHANG, _SECTION = (
    "Lamb & Stöckl 2014, Clin Biomech 29:484", "Chang et al. 2008, J Biomech 41:3101; Needham et al. 2014",
    "measures.md 3.7",
)  # fmt: skip
_KINDS = (
    ("marp", "deg", "relative phase, size", "mean size of the mean curve of continuous relative phase; 0 in phase, 180 "
     "in antiphase", _LAMB, 0),
    ("deviation_phase", "deg", "relative phase, variability", "SD over cycles, averaged over the cycle",
     f"{_LAMB}; Stergiou et al. 2001", 1),
    ("coupling_variability", "deg", "coupling angle, variability", "√(2 (1 − r)) over cycles, averaged over the cycle",
     _CHANG, 1),
    ("in_phase", "%", "share of the cycle in phase", "coupling angles within 22.5° of 45° or 225°", _CHANG, 0),
    ("anti_phase", "%", "share of the cycle in antiphase", "coupling angles within 22.5° of 135° or 315°", _CHANG, 0),
    ("delay", "s", "delay of the distal joint", "lag of the largest cross-correlation, + distal later", _SECTION, 3),
    ("loop_area", "deg²", "area of the angle–angle diagram", "area inside each cycle's loop, averaged", _SECTION, 0),
    ("proximal_first", "%", "cycles in which the proximal joint is fastest first",
     "share of cycles whose proximal peak of angular velocity comes before the distal one", _SECTION, 0),
)  # fmt: skip
DEFINES = tuple(
    Definition(
        measure=f"coordination.{pair}.{kind}", unit=unit, label=f"{pair.replace('_', ' and ')}: {label}".capitalize(),
        formula=formula, source=source, decimals=decimals, family=f"coordination.<pair>.{kind}",
    )
    for pair in PAIRS
    for kind, unit, label, formula, source, decimals in _KINDS
)  # fmt: skip
_UNITS = {kind: unit for kind, unit, *_ in _KINDS}


@dataclass(frozen=True, kw_only=True)
class Coordination:
    """Relative phase, vector coding, delay and order of two joints of one limb, over four cycles or more.

    A cycle runs from one largest bend to the next of the joint that moves more; the first and the last are left out of
    relative phase, whose ends are wrong. For the points of a walk the workflow gives the angles it has made already:
    `of_series`.

    Notes
    -----
    Joints do not move like sines: read changes in one person, same task, same speed. No norm and no measuring error is
    published that would hold across sensors; none is given. Ankle values of a camera are mostly noise.
    """

    name: str = "coordination"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"walk", "squat", "sit_to_stand", "exercise", "reach"})
    defines: tuple[Definition, ...] = DEFINES

    def fits(self, recording: Recording) -> bool:
        """Whether angles came with the file, or points of something else than a walk."""
        given = Kind.JOINT_ANGLES in recording or Kind.COORDINATES in recording
        return given or (Kind.BODY in recording and recording.task in self.tasks - {"walk"})

    def compute(self, recording: Recording) -> Measured:
        """All pairs of joints that move enough."""
        movement = movement_of(recording, None)
        if len(movement.time_s) < 2 or not movement.time_s[-1] > movement.time_s[0]:
            return Measured()
        rate_hz = (len(movement.time_s) - 1) / float(movement.time_s[-1] - movement.time_s[0])
        series = tuple(
            Series(series=each.name, side=each.side, unit="deg", rate_hz=rate_hz, values=each.values,
                   start_s=float(movement.time_s[0]))
            for each in movement.angles
        )  # fmt: skip
        return of_series(series, recording)


def of_series(series: Sequence[Series], recording: Recording) -> Measured:
    """Coordination from angles over time, as `poise.measures.kinematics` gives them."""
    held = {(each.series, each.side): each for each in series}
    measurements: list[Measurement] = []
    few: list[str] = []
    for pair, (proximal, distal) in PAIRS.items():
        for side in SIDES:
            if (proximal, side) not in held or (distal, side) not in held:
                continue
            found = cycles_of(held[proximal, side], held[distal, side])
            if found is None:
                continue
            if len(found.spans) < FEWEST_CYCLES:
                few.append(f"{side} {pair.replace('_', ' and ')}")
                continue
            measurements += _measurements(found, pair, side, recording)
    problems = (_too_few(recording, few),) if few and not measurements else ()
    return Measured(measurements=tuple(measurements), problems=problems)


@dataclass(frozen=True, kw_only=True, eq=False)
class CyclePair:
    """Two angles and the cycles they share: sample spans [start, stop], in order of time."""

    proximal: Array
    distal: Array
    rate_hz: float
    start_s: float
    spans: tuple[tuple[int, int], ...]

    def cut(self, values: Array) -> Array:
        """A signal over each cycle in 101 points, shape (cycles, 101)."""
        percent = np.linspace(0.0, 1.0, 101)
        return np.array(
            [np.interp(a + percent * (b - a), np.arange(a, b + 1), values[a : b + 1]) for a, b in self.spans]
        )


def cycles_of(first: Series, second: Series) -> CyclePair | None:
    """The cycles of two angles, cut where the one that moves more is largest; None where they hardly move."""
    if first.rate_hz != second.rate_hz or not first.rate_hz >= LEAST_RATE_HZ or len(first.values) != len(second.values):
        return None
    rate_hz = first.rate_hz
    one, two = (lowpass_offline(each.values, rate_hz, min(CUTOFF_HZ, 0.4 * rate_hz)) for each in (first, second))
    both = np.isfinite(one + two)
    if both.sum() < 3 * rate_hz * SHORTEST_CYCLE_S:
        return None
    ranges = [float(np.subtract(*np.percentile(each[both], [98, 2]))) for each in (one, two)]
    if min(ranges) < LEAST_RANGE_DEG:
        return None
    leading = one if ranges[0] > ranges[1] else two
    tops = peaks(
        np.where(both, leading, NAN), prominence=0.4 * max(ranges), apart=max(1, round(SHORTEST_CYCLE_S * rate_hz))
    )
    spans = [(int(a), int(b)) for a, b in pairwise(tops) if both[a : b + 1].all()]
    if spans:
        usual = float(np.median([b - a for a, b in spans]))
        spans = [(a, b) for a, b in spans if ALIKE[0] * usual <= b - a <= ALIKE[1] * usual]
    return CyclePair(proximal=one, distal=two, rate_hz=rate_hz, start_s=first.start_s, spans=tuple(spans))


def values_of(found: CyclePair) -> dict[str, tuple[float, float, int]]:
    """Each value with its sample SD over cycles (NaN where it has none) and how many cycles stand behind it."""
    n = len(found.spans)
    proximal, distal = found.cut(found.proximal), found.cut(found.distal)
    relative = _relative_phase(found)
    summary = phase.phase_summary(relative)
    coded = [phase.vector_coding(a, b, least_step=NOISE_DEG) for a, b in zip(proximal, distal, strict=True)]
    mean = phase.vector_coding(proximal.mean(axis=0), distal.mean(axis=0), least_step=NOISE_DEG)
    lags = np.array([_delay(found, span) for span in found.spans])
    areas = np.array([phase.loop_area(a, b) for a, b in zip(proximal, distal, strict=True)])
    earlier = np.array([np.argmax(np.abs(np.diff(a))) < np.argmax(np.abs(np.diff(b)))
                        for a, b in zip(proximal, distal, strict=True)])  # fmt: skip
    return {
        "marp": (summary.marp, NAN, summary.n),
        "deviation_phase": (summary.deviation, NAN, summary.n),
        "coupling_variability": (phase.coupling_variability_deg([each.angle_deg for each in coded]), NAN, n),
        "in_phase": (100.0 * mean.share("in-phase"), NAN, n),
        "anti_phase": (100.0 * mean.share("anti-phase"), NAN, n),
        "delay": _mean(lags),
        "loop_area": _mean(areas),
        "proximal_first": (100.0 * float(earlier.mean()), NAN, n),
    }


def _relative_phase(found: CyclePair) -> Array:
    """Relative phase of the inner cycles; each stretch of cycles without a break is transformed as one."""
    inner: list[Array] = []
    for first, last in _unbroken(found.spans):
        start, stop = found.spans[first][0], found.spans[last][1] + 1
        relative = np.full(len(found.proximal), NAN)
        unwrapped = phase.hilbert_phase_deg_offline(found.proximal[start:stop])
        relative[start:stop] = unwrapped - phase.hilbert_phase_deg_offline(found.distal[start:stop])
        inner += list(found.cut(relative)[first + 1 : last])
    return phase.wrapped_deg(np.array(inner)) if inner else np.full((1, 101), NAN)


def _unbroken(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Runs of cycles that follow each other without a break, as first and last index; at least three cycles each."""
    start = 0
    for i in range(1, len(spans) + 1):
        if i == len(spans) or spans[i][0] != spans[i - 1][1]:
            if i - start >= 3:
                yield start, i - 1
            start = i


def _delay(found: CyclePair, span: tuple[int, int]) -> float:
    """Delay of the distal joint in one cycle with half a cycle before and after it, s."""
    half = (span[1] - span[0]) // 2
    part = slice(max(0, span[0] - half), span[1] + half + 1)
    longest_s = 0.4 * (span[1] - span[0]) / found.rate_hz
    lag, _ = phase.delay(found.proximal[part], found.distal[part], found.rate_hz, longest_s=longest_s)
    return lag


def _mean(values: Array) -> tuple[float, float, int]:
    known = values[np.isfinite(values)]
    sd = float(known.std(ddof=1)) if len(known) > 1 else NAN
    return (float(known.mean()) if len(known) else NAN), sd, len(known)


def _measurements(found: CyclePair, pair: str, side: Side, recording: Recording) -> Iterator[Measurement]:
    span = (found.start_s + found.spans[0][0] / found.rate_hz, found.start_s + found.spans[-1][1] / found.rate_hz)
    whole = np.isfinite(found.proximal + found.distal)[found.spans[0][0] : found.spans[-1][1] + 1]
    for kind, (value, sd, n) in values_of(found).items():
        if np.isfinite(value):
            yield Measurement(
                measure=f"coordination.{pair}.{kind}", value=value, unit=_UNITS[kind], side=side, n=n, sd=sd,
                start_s=span[0], end_s=span[1], valid_fraction=float(whole.mean()), recording=recording.id,
                method=f"{MEASURE.name}@{MEASURE.version}: {len(found.spans)} cycles between largest bends",
            )  # fmt: skip


def _too_few(recording: Recording, few: Sequence[str]) -> Problem:
    return Problem(
        what=f"Fewer than {FEWEST_CYCLES} like cycles of {', '.join(few)}: how the joints move together is not told.",
        where=recording.source or recording.id, do="Record more strides or repetitions in a row.",
    )  # fmt: skip


MEASURE = Coordination()
