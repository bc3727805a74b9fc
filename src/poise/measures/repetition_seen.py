"""One repetition as seen: its course, its posture, its compensations, and the readings of its exercise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.measures.compensations import Compensation
from poise.measures.quality_signals import Posture
from poise.measures.readings import READINGS, readings_of
from poise.measures.repetition_kinematics import Course
from poise.model import SIDES, Exercise, Kind, Recording, Repetition, Side

Array = NDArray[np.float64]
Value = tuple[str, float, str]

ARMS = ("m_shoulder", "m_elbow", "m_forearm", "m_wrist", "m_ear_shoulder_gap")
"""How the names of readings of an arm begin."""
MARKERS_SHARE = 0.4
"""A reading from markers is off by this share of a camera's error: 2° to 3° against 5° to 10° [design]."""
NAN = float("nan")


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """One repetition with what was measured in it, before it is judged against the others."""

    repetition: Repetition
    course: Course | None
    posture: Posture | None
    besides: tuple[Compensation, ...]
    values: tuple[Value, ...]

    def value(self, name: str) -> float:
        """A measured value by name; NaN where there is none."""
        return next((value for each, value, _ in self.values if each == name), NAN)


def reading_error(reading: str, seen: Seen) -> float:
    """One standard error of a reading, by its source; 0 where none is known."""
    known = READINGS.get(reading.partition(".")[0])
    if known is None:
        return 0.0
    return known.error if seen.posture is None or seen.posture.camera else MARKERS_SHARE * known.error


def span(values: Array) -> float:
    """Largest minus smallest; NaN where less than half was seen."""
    known = values[np.isfinite(values)]
    return float(np.ptp(known)) if len(known) and len(known) >= 0.5 * len(values) else NAN


class Readings:
    """The exercise's readings over the recording, computed once; empty without a body."""

    def __init__(self, recording: Recording, exercise: Exercise | None) -> None:
        self.exercise = exercise
        self.time_s: Array = np.empty(0)
        self.by_key: Mapping[str, Array] = {}
        self._recording = recording
        names = [] if exercise is None else [check.bound.reading for check in exercise.checks] + [exercise.primary]
        self._add(names)

    def _add(self, names: Sequence[str]) -> None:
        wanted = [
            name for name in names if name in READINGS and not any(k.partition(".")[0] == name for k in self.by_key)
        ]
        if wanted and Kind.BODY in self._recording:
            self.time_s, found = readings_of(self._recording, wanted)
            self.by_key = {**self.by_key, **found}

    def signal(self, name: str, side: Side | None) -> Array | None:
        """A reading over the recording: of the working side, or the mean of both; None where it is not seen."""
        name = name.partition(".")[0]
        self._add([name])
        if name in self.by_key:
            values = self.by_key[name]
            signed = name in READINGS and READINGS[name].signed
            return -values if signed and side == "left" else values
        both = [self.by_key[f"{name}.{each}"] for each in SIDES if f"{name}.{each}" in self.by_key]
        if side is not None and f"{name}.{side}" in self.by_key:
            return self.by_key[f"{name}.{side}"]
        return np.mean(both, axis=0) if len(both) == len(SIDES) else both[0] if both else None
