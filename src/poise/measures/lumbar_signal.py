"""What a sensor on the lower back recorded, made ready: one even clock, gaps marked, gravity checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.errors import MissingSignal, NothingToMeasure
from poise.model.recording import Kind, Recording, Stream
from poise.signals import STANDARD_GRAVITY_M_S2
from poise.signals.filters import present_runs
from poise.signals.gaps import fill_gaps_offline, resample_offline

Array = NDArray[np.float64]

PLACES = ("lower_back", "lumbar", "pelvis", "sacrum", "waist")
RATE_HZ = 100.0
"""An uneven or faster clock is brought to this rate; the fastest part of a step that is used lies at 5 Hz."""
SLOWEST_RATE_HZ = 20.0
FASTEST_RATE_HZ = 130.0
LONGEST_GAP_S = 0.2
LARGEST_JITTER = 0.2
GRAVITY_RANGE_M_S2 = (7.0, 13.0)
MOST_FELT_M_S2, FASTEST_TURN_RAD_S = 200.0, 70.0
"""20 g and 4000 deg/s, past what worn sensors can read: a sample beyond is a fault of transmission and is missing."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Trunk:
    """One lower-back sensor on an even clock that starts at `start_s`.

    `acceleration` is specific force in m/s², shape (samples, 3), sensor axes; `angular_velocity` in rad/s, None where
    there is no gyroscope. NaN marks what is missing and too long to bridge.
    """

    start_s: float
    rate_hz: float
    acceleration: Array
    angular_velocity: Array | None

    def __len__(self) -> int:
        return len(self.acceleration)

    def sample(self, time_s: float) -> int:
        """The nearest sample, inside the recording."""
        return int(np.clip(round((time_s - self.start_s) * self.rate_hz), 0, max(len(self) - 1, 0)))

    def between(self, start_s: float, end_s: float) -> Trunk:
        """The same sensor from one time to another, both inside."""
        first, last = self.sample(start_s), self.sample(end_s) + 1
        turning = None if self.angular_velocity is None else self.angular_velocity[first:last]
        return Trunk(
            start_s=self.start_s + first / self.rate_hz, rate_hz=self.rate_hz,
            acceleration=self.acceleration[first:last], angular_velocity=turning,
        )  # fmt: skip

    def whole_runs(self) -> Iterator[Trunk]:
        """The stretches without a gap, in order."""
        known = np.where(np.isfinite(self.acceleration).all(axis=1), 1.0, np.nan)
        for run in present_runs(known):
            yield self.between(self.start_s + run.start / self.rate_hz, self.start_s + (run.stop - 1) / self.rate_hz)


def worn_on_trunk(recording: Recording) -> str | None:
    """The channel of the lower-back sensor; None where there is none."""
    accelerations = [stream for stream in recording.streams.values() if stream.kind == Kind.ACCELERATION]
    channels = {channel for stream in accelerations for channel in stream.channels}
    return next((place for place in PLACES if place in channels), None)


def trunk_of(recording: Recording) -> Trunk:
    """The lower-back sensor of a recording, ready to be measured.

    Raises
    ------
    MissingSignal
        When there is no accelerometer on the lower back.
    NothingToMeasure
        When it is too slow, too short, empty, or does not feel gravity.
    """
    where = recording.source or recording.id
    place = worn_on_trunk(recording)
    if place is None:
        raise MissingSignal.of(
            ("a lower-back accelerometer",), what_for="walking from the trunk",
            held=recording.streams, do="Name the sensor lower_back with --map.",
        )  # fmt: skip
    pushing = _stream_of(recording, Kind.ACCELERATION, place)
    if pushing is None or len(pushing.time_s) < 2 or not pushing.rate_hz >= SLOWEST_RATE_HZ:
        raise NothingToMeasure(
            f"Cannot measure walking from the lower back in {where}: "
            f"it needs at least {SLOWEST_RATE_HZ:g} samples a second for some seconds.",
            do="Record at 50 Hz or faster.",
        )
    turning = _stream_of(recording, Kind.ANGULAR_VELOCITY, place)
    start_s, rate_hz, acceleration = _even(pushing, place)
    _check_gravity(acceleration, where)
    spinning = None if turning is None else _beside(turning, place, start_s, rate_hz, len(acceleration))
    return Trunk(start_s=start_s, rate_hz=rate_hz, acceleration=acceleration, angular_velocity=spinning)


def _stream_of(recording: Recording, kind: Kind, place: str) -> Stream | None:
    streams = (stream for stream in recording.streams.values() if stream.kind == kind and place in stream)
    return next(streams, None)


def _in_m_s2(acceleration: Array, unit: str) -> Array:
    return acceleration * STANDARD_GRAVITY_M_S2 if unit.strip().lower() == "g" else acceleration


def _believable(values: Array, most: float) -> Array:
    """NaN for a sample that no sensor can have read."""
    return np.where(np.abs(values) <= most, values, np.nan)


def _even(stream: Stream, place: str) -> tuple[float, float, Array]:
    """Start, rate and samples, m/s², on an even clock; short gaps bridged, long ones left as NaN."""
    rate_hz = stream.rate_hz
    values = _believable(_in_m_s2(stream[place], stream.unit), MOST_FELT_M_S2)
    between = np.diff(stream.time_s)
    if rate_hz > FASTEST_RATE_HZ or np.max(np.abs(between * rate_hz - 1.0)) > LARGEST_JITTER:
        values = _without_pauses(stream.time_s, values, between, rate_hz)
        even_s, values = resample_offline(*_rising(stream.time_s, values), RATE_HZ)
        return float(even_s[0]), RATE_HZ, _bridged(values, RATE_HZ)
    return float(stream.time_s[0]), rate_hz, _bridged(values, rate_hz)


def _without_pauses(time_s: Array, values: Array, between: Array, rate_hz: float) -> Array:
    """The samples on both sides of a hole in the clock marked missing, so that nothing is drawn across it."""
    holes = np.flatnonzero(between > max(LONGEST_GAP_S, 3.0 / rate_hz))
    if not len(holes):
        return values
    marked = values.copy()
    marked[holes] = np.nan
    return marked


def _rising(time_s: Array, values: Array) -> tuple[Array, Array]:
    kept = np.concatenate(([True], np.diff(np.maximum.accumulate(time_s)) > 0))
    return time_s[kept], values[kept]


def _beside(stream: Stream, place: str, start_s: float, rate_hz: float, samples: int) -> Array:
    """The gyroscope on the accelerometer's clock, rad/s; NaN where it was not recording."""
    values = stream[place] * (np.pi / 180.0 if stream.unit.strip().lower() in {"deg/s", "°/s"} else 1.0)
    values = _believable(values, FASTEST_TURN_RAD_S)
    wanted_s = start_s + np.arange(samples) / rate_hz
    if len(stream.time_s) == samples and np.allclose(stream.time_s, wanted_s, atol=0.1 / rate_hz):
        return _bridged(values, rate_hz)
    time_s, values = _rising(stream.time_s, values)
    moved = [np.interp(wanted_s, time_s, axis, left=np.nan, right=np.nan) for axis in values.T]
    return _bridged(np.stack(moved, axis=1), rate_hz)


def _bridged(values: Array, rate_hz: float) -> Array:
    return fill_gaps_offline(values, max(1, round(LONGEST_GAP_S * rate_hz)))


def _check_gravity(acceleration: Array, where: str) -> None:
    known = acceleration[np.isfinite(acceleration).all(axis=1)]
    felt = float(np.median(np.linalg.norm(known, axis=1))) if len(known) else float("nan")
    low, high = GRAVITY_RANGE_M_S2
    if not low <= felt <= high:
        raise NothingToMeasure(
            f"Cannot measure walking from the lower back in {where}: its accelerometer does not feel gravity.",
            found=f"The usual reading is {felt:.3g} m/s² where about 9.8 is expected.",
            do="Give the unit with --map (g or m/s²); data with gravity taken off cannot be used.",
        )
