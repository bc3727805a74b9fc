"""What an exercise itself checks: a check that most repetitions break is a finding, with the exercise's own limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from poise.findings.confidence import ENOUGH_STRIDES, SHARE_OF_STRIDES, confidence
from poise.findings.sentences import Words, few
from poise.model.finding import MDC95, Finding, Reference
from poise.model.measurement import Measurement
from poise.model.recording import SIDES, Side
from poise.model.repetition import Fault, Part, Repetition

FINDING = "f_exercise_check"
UNSEVERE = frozenset({"info"})
"""Checks of this severity are for the coach to mention, not for a report."""


def faults_found(repetitions: Sequence[Repetition], measurements: Sequence[Measurement]) -> Iterator[Finding]:
    """The checks of the exercise that were broken for good, by side.

    A check counts where its reading was measured with a known error, passes the limit by more than that error on the
    mean, and was broken in 60 % of the repetitions (in all of them, below five).
    """
    for side in (*SIDES, None):
        own = [each for each in repetitions if each.side == side]
        readings = dict.fromkeys(fault.reading for each in own for fault in each.faults)
        for reading in readings:
            finding = _of(reading, side, own, measurements)
            if finding is not None:
                yield finding


def _of(
    reading: str, side: Side | None, own: Sequence[Repetition], measurements: Sequence[Measurement]
) -> Finding | None:
    broken = [fault for each in own for fault in each.faults if fault.reading == reading]
    parts = [part for each in own for part in each.parts if part.name == reading and isfinite(part.value)]
    worst = broken[0]
    if worst.severity in UNSEVERE or not parts or any(fault.limit != worst.limit for fault in broken):
        return None
    share = len(broken) / len(own)
    if share < (SHARE_OF_STRIDES if len(own) >= ENOUGH_STRIDES else 1.0):
        return None
    deviation, error = _beyond(parts, worst), max(part.error for part in parts)
    if not deviation > error > 0.0:
        return None
    counted = tuple(each for each in measurements if each.measure == "rep.count" and each.side in {side, None})
    values = np.array([part.value for part in parts])
    told = _Told(
        n=len(parts), value=float(values.mean()), deviation=deviation, error=error, share=share,
        random_error=float(values.std(ddof=1) / np.sqrt(len(parts))) if len(parts) > 1 else 0.0,
    )  # fmt: skip
    return _finding(worst, side, told, counted[:1])


@dataclass(frozen=True, kw_only=True)
class _Told:
    """The numbers of one broken check: mean and its error over the repetitions, how far beyond, in what share."""

    n: int
    value: float
    deviation: float
    error: float
    share: float
    random_error: float


def _beyond(parts: Sequence[Part], fault: Fault) -> float:
    mean = float(np.mean([part.value for part in parts]))
    return mean - fault.limit if fault.value > fault.limit else fault.limit - mean


def _finding(fault: Fault, side: Side | None, told: _Told, because: tuple[Measurement, ...]) -> Finding:
    above = fault.value > fault.limit
    reference = Reference(
        measure=f"rep.{fault.reading}", unit=fault.unit, basis="asked", population="what the exercise allows",
        citation="the exercise's own check", evidence="design", low=None if above else fault.limit,
        high=fault.limit if above else None,
    )  # fmt: skip
    name = f"{fault.label[:1].upper()}{fault.label[1:]}"
    sure = confidence(
        told.deviation, told.error, told.random_error, n=told.n, share=told.share, valid_fraction=1.0
    )  # fmt: skip
    return Finding(
        finding=FINDING, name=f"{name} beyond what the exercise allows", side=side,
        sentence=_sentence(fault, name, side, told),
        severity="minor" if fault.severity == "minor" else "major", confidence=sure, deviation=told.deviation,
        unit=fault.unit, because=because, reference=reference, error=told.error,
        smallest_real_change=MDC95 * told.error,
        ask="look whether the person understood the exercise; take an easier one",
    )  # fmt: skip


def _sentence(fault: Fault, name: str, side: Side | None, told: _Told) -> str:
    words = Words(unit=fault.unit, decimals=2 if fault.unit in {"1", "ratio", "m"} else 1 if fault.unit == "s" else 0)
    where = f", {side}" if side else ""
    way = "at most" if fault.value > fault.limit else "at least"
    sentence = (
        f"{name}{where}: {words.quantity(told.value)} on average, where the exercise allows {way} "
        f"{words.quantity(fault.limit)}. That is {words.quantity(told.deviation)} beyond, more than measuring error "
        f"({words.quantity(told.error)})."
    )
    return sentence if told.n >= ENOUGH_STRIDES else f"{sentence} {few(told.n, 'repetition')}"
