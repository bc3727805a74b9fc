"""Squats from force plates under the feet alone: the body's centre falls and rises, and how unevenly the feet carry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from poise.measures import task_squat
from poise.measures.task_cycles import Way, ways
from poise.measures.task_load import Loads, loads_of, whose_plates
from poise.measures.task_values import Teller, defined, not_seen, units_of
from poise.model import Definition, Event, Kind, Measured, Measurement, Problem, Recording
from poise.signals.filters import highpass_offline

Array = NDArray[np.float64]
NAN = float("nan")
GRAVITY_M_S2 = 9.81

_GIVEN = frozenset({
    "squat.count", "squat.down_time", "squat.up_time", "squat.load_asymmetry", "squat.load_difference",
})  # fmt: skip
DEFINES: tuple[Definition, ...] = (
    *(each for each in task_squat.DEFINES if each.measure in _GIVEN),
    defined("squat.centre_drop", "m", "Fall of the body's centre",
            "vertical force less weight, integrated twice, high-pass 0.1 Hz, mean of the squats",
            "Cavagna 1975, J Appl Physiol 39:174 (double integration)"),
)  # fmt: skip
DRIFT_HZ = 0.1


@dataclass(frozen=True, kw_only=True)
class SquatForce:
    """Squats from the vertical force of both feet, integrated twice to the height of the body's centre.

    A fall of `least_drop_m` and back is a squat. Body weight is the mean force: nobody who starts and ends standing
    gains height. Fails where the feet leave the plates, and for squats slower than about ten seconds, which the
    high-pass takes for drift. Depth of the hips, knees and trunk are not seen.
    """

    name: str = "task_squat_force"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"squat"})
    defines: tuple[Definition, ...] = DEFINES
    least_drop_m: float = 0.12
    most_drop_m: float = 0.9

    @property
    def method(self) -> str:
        """Id and version, as measurements carry it."""
        return f"{self.name}@{self.version}"

    def fits(self, recording: Recording) -> bool:
        """Whether there are forces and no body, which shows more."""
        return Kind.FORCE in recording and Kind.BODY not in recording

    def compute(self, recording: Recording) -> Measured:
        """Squats with their load; a problem where nobody squats on two plates."""
        where = recording.source or recording.id
        loads = loads_of(recording)
        found = [] if loads is None else self.squats_of(loads)
        if loads is None or not found:
            return Measured(problems=(_nobody_squats(where),))
        tell = Teller(
            recording=recording.id, method=self.method, units=units_of(DEFINES), errors=task_squat.FORCE_ERRORS
        )
        height = height_m(loads)
        return Measured(
            events=tuple(_events(loads, found)), measurements=tuple(_measurements(loads, height, found, tell)),
            problems=() if loads.sided else (whose_plates(where),),
        )  # fmt: skip

    def squats_of(self, loads: Loads) -> list[tuple[Way, Way]]:
        """Ways down with the ways up that follow them."""
        total = loads.total
        weight = float(np.mean(total))
        # On a seat, in the air, or one foot beside the plates: the feet never carry so little in a squat.
        if not weight > 0.0 or np.percentile(total, 2) < 0.25 * weight:
            return []
        height = height_m(loads)
        found = ways(height, least=self.least_drop_m)
        pairs = pairwise(found)
        return [
            (down, up) for down, up in pairs
            if not down.up and up.up and height[down.start] - height[down.end] < self.most_drop_m
        ]  # fmt: skip


def height_m(loads: Loads) -> Array:
    """Height of the body's centre about its mean, m, (samples,): force less weight, integrated twice, without drift."""
    weight = float(np.mean(loads.total))
    speed = np.cumsum(GRAVITY_M_S2 * (loads.total / weight - 1.0)) / loads.rate_hz
    speed = _without_drift(speed, loads.rate_hz)
    return _without_drift(np.cumsum(speed) / loads.rate_hz, loads.rate_hz)


def _without_drift(values: Array, rate_hz: float) -> Array:
    count = len(values)
    padded = np.concatenate((np.full(count, values[0]), values, np.full(count, values[-1])))
    return np.asarray(highpass_offline(padded, rate_hz, DRIFT_HZ, order=2)[count : 2 * count])


def _events(loads: Loads, found: Sequence[tuple[Way, Way]]) -> Iterator[Event]:
    for down, up in found:
        for name, sample in (("squat_start", down.start), ("squat_lowest", up.start), ("squat_end", up.end)):
            yield Event(event=name, side=None, time_s=float(loads.time_s[sample]))


def _measurements(loads: Loads, height: Array, found: Sequence[tuple[Way, Way]], tell: Teller) -> Iterator[Measurement]:
    time_s = loads.time_s
    span = (float(time_s[found[0][0].start]), float(time_s[found[-1][1].end]))
    yield from tell.of("squat.count", float(len(found)), span)
    yield from tell.of("squat.centre_drop", [height[d.start] - height[d.end] for d, _ in found], span)
    yield from tell.of("squat.down_time", [time_s[d.end] - time_s[d.start] for d, _ in found], span)
    yield from tell.of("squat.up_time", [time_s[u.end] - time_s[u.start] for _, u in found], span)
    spans = [(float(time_s[d.start]), float(time_s[u.end])) for d, u in found]
    yield from loads.told("squat", spans, tell, whole=True)


def _nobody_squats(where: str) -> Problem:
    return not_seen(
        "Nobody squats on two plates here: the body's centre does not fall and come back while both feet carry.", where,
        "Put a plate under each foot and record whole squats.",
    )  # fmt: skip


MEASURE = SquatForce()
