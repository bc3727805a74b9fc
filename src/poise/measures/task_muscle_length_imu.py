"""Straight-leg raise from one sensor on thigh or shank."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.measures.task_cycles import ways
from poise.measures.task_muscle_length import DEFINES, lifted
from poise.measures.task_values import Error, Teller, not_seen, units_of
from poise.model import SIDES, Definition, Event, Kind, Measured, Problem, Recording, Side, Stream
from poise.signals import geometry
from poise.signals.filters import lowpass_offline
from poise.signals.orientation import conjugate, orientation_offline, rotate

Array = NDArray[np.float64]

PLACES = ("thigh", "shank", "shin", "lower_leg")
LEVEL_S = 1.0
STILL_DEG_S = 10.0
_ERROR = Error(error=3.0, source="sensor to segment, N-pose static 2 to 5 deg [m: measures.md 7.7]")


@dataclass(frozen=True, kw_only=True)
class MuscleLengthImu:
    """How far a sensor on thigh or shank is tilted from how it lay in the first second, the leg flat on the table.

    The angle between up then and up now, as VQF tells it: heading does not matter, nor how the sensor is turned on the
    leg. On the shank it is the raise only where the knee stays straight, which one sensor does not show. The Thomas
    test needs a level that no single sensor knows and is not given.
    """

    name: str = "task_muscle_length_imu"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"muscle_length"})
    defines: tuple[Definition, ...] = DEFINES[:1]
    least_lift_deg: float = 25.0
    most_deg: float = 130.0

    @property
    def method(self) -> str:
        """Id and version, as measurements carry it."""
        return f"{self.name}@{self.version}"

    def fits(self, recording: Recording) -> bool:
        """Whether the only sensor is on a thigh or a shank; who wears more may be walking."""
        return Kind.BODY not in recording and _sensor(recording) is not None

    def compute(self, recording: Recording) -> Measured:
        """The raises; a problem where the leg does not start at rest or is not raised."""
        where = recording.source or recording.id
        sensor = _sensor(recording)
        if sensor is None:
            return Measured(problems=(_no_raise(where),))
        felt, turning, place, side = sensor
        tilt = _tilt_deg(felt[place], turning[place], felt.rate_hz)
        if tilt is None or float(np.max(tilt)) > self.most_deg:
            return Measured(problems=(_no_raise(where),))
        raises = lifted(ways(tilt, least=self.least_lift_deg), len(tilt))
        if not raises:
            return Measured(problems=(_no_raise(where),))
        ends = [span.start + int(np.argmax(tilt[span])) for span in raises]
        tell = Teller(
            recording=recording.id, method=self.method, units=units_of(DEFINES),
            errors={"length.straight_leg_raise": _ERROR},
        )  # fmt: skip
        time_s = felt.time_s
        span = (float(time_s[raises[0].start]), float(time_s[ends[-1]]))
        found = tell.of("length.straight_leg_raise", tilt[ends].tolist(), span, side=side)
        events = tuple(Event(event="raise_end", side=side, time_s=float(time_s[end])) for end in ends)
        return Measured(events=events, measurements=tuple(found), problems=tuple(_doubts(where, place, side)))


def _sensor(recording: Recording) -> tuple[Stream, Stream, str, Side | None] | None:
    """Accelerometer and gyroscope of the one leg sensor, its channel and side."""
    kinds = (Kind.ACCELERATION, Kind.ANGULAR_VELOCITY)
    felt, turning = (
        next((each for each in recording.streams.values() if each.kind is kind), None) for kind in kinds
    )  # fmt: skip
    if felt is None or turning is None or len(felt.channels) != 1 or felt.channels != turning.channels:
        return None
    place = felt.channels[0]
    if not any(part in place.lower() for part in PLACES) or len(felt.time_s) != len(turning.time_s):
        return None
    side: Side | None = next((side for side in SIDES if side in place.lower()), None)
    return felt, turning, place, side


def _tilt_deg(felt: Array, turning: Array, rate_hz: float) -> Array | None:
    """Tilt from the first second, (samples,); None where it is too short, has gaps or does not begin at rest."""
    first = round(LEVEL_S * rate_hz) if np.isfinite(rate_hz) else 0
    if first < 10 or len(felt) < 3 * first or not (np.isfinite(felt).all() and np.isfinite(turning).all()):
        return None
    if np.degrees(np.median(geometry.length(turning[:first]))) > STILL_DEG_S:
        return None
    quaternion = orientation_offline(turning, felt, rate_hz).quaternion
    up = rotate(conjugate(quaternion), np.broadcast_to([0.0, 0.0, 1.0], felt.shape))
    level = geometry.unit(np.median(up[:first], axis=0))
    tilt = geometry.angle_between(up, np.broadcast_to(level, up.shape))
    return lowpass_offline(tilt, rate_hz, 3.0) if rate_hz > 8.0 else tilt


def _doubts(where: str, place: str, side: Side | None) -> Iterator[Problem]:
    yield not_seen(
        "One sensor does not show whether the knee stayed straight, nor whether the leg lay flat at first.", where,
        "Begin with the leg flat on the table for a second, and watch the knee.",
    )  # fmt: skip
    if side is None:
        yield not_seen(
            f"Nothing says on which leg the sensor '{place}' was worn.", where, "Name it left or right with --map.",
        )  # fmt: skip


def _no_raise(where: str) -> Problem:
    return not_seen(
        "No straight-leg raise here: one sensor on a thigh or shank that begins at rest and is tilted by 25 to 130 deg "
        "was not found.",
        where, "Wear one sensor on the thigh, lie still for a second, then raise the leg.",
    )  # fmt: skip


MEASURE = MuscleLengthImu()
