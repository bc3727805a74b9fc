"""What one foot's sensor recorded, made ready: both signals on one clock, gaps marked, the still moments found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.errors import MissingSignal, NothingToMeasure
from poise.model.recording import SIDES, Kind, Recording, Side, Stream
from poise.signals import STANDARD_GRAVITY_M_S2
from poise.signals.gaps import resample_offline

Array = NDArray[np.float64]
Index = NDArray[np.intp]
Mask = NDArray[np.bool_]

SLOWEST_RATE_HZ = 50.0
LONGEST_DROPOUT_S = 0.02
SHORTEST_RECORDING_S = 1.0
STILL_WINDOW_S = 0.1
ACCELERATION_PER_DEG_S = 0.1


@dataclass(frozen=True, kw_only=True, eq=False)
class Foot:
    """One foot's sensor: `acceleration` m/s² and `angular_velocity` rad/s, shape (samples, 3), sensor axes.

    `missing` marks the samples inside gaps too long to bridge; the signals are bridged by straight lines there so that
    filters run, but nothing is measured from them. `gravity_m_s2` is what the sensor itself reads at its stillest.
    """

    side: Side
    time_s: Array
    rate_hz: float
    acceleration: Array
    angular_velocity: Array
    missing: Mask
    gravity_m_s2: float


def channel_of(side: Side) -> str:
    """The name under which readers file a foot's sensor."""
    return f"{side}_foot"


def recorded_sides(recording: Recording) -> tuple[Side, ...]:
    """The feet whose accelerometer and gyroscope were both recorded."""
    kinds = (Kind.ACCELERATION, Kind.ANGULAR_VELOCITY)
    return tuple(side for side in SIDES if all(stream_of(recording, kind, side) is not None for kind in kinds))


def stream_of(recording: Recording, kind: Kind, side: Side) -> Stream | None:
    """The first stream of a kind that holds a foot: sensors on clocks of their own have a stream each."""
    holding = (stream for stream in recording.streams.values() if stream.kind == kind and channel_of(side) in stream)
    return next(holding, None)


def foot_of(recording: Recording, side: Side) -> Foot:
    """One foot of a recording, ready to be measured.

    Raises
    ------
    MissingSignal
        When the foot was not recorded.
    NothingToMeasure
        When the signal is shorter than a second, sampled below 50 Hz, has no valid sample, or holds no gravity.
    """
    turning = stream_of(recording, Kind.ANGULAR_VELOCITY, side)
    pushing = stream_of(recording, Kind.ACCELERATION, side)
    if turning is None or pushing is None:
        raise MissingSignal.of(
            ("acceleration and angular velocity",), what_for=f"walking from the {side} foot",
            held=recording.streams, do="Name the foot's sensor with --map.",
        )  # fmt: skip
    where = f"the {side} foot's sensor in {recording.source or recording.id}"
    _check_clock(turning, where)
    channel = channel_of(side)
    time_s, both = _evenly(turning.time_s, np.hstack((turning[channel], _on_clock_of(turning, pushing, channel))))
    absent = np.asarray(~np.isfinite(both).all(axis=1))
    if absent.mean() > 0.5:
        raise NothingToMeasure(
            f"Cannot measure walking from {where}: more than half of it is missing.",
            do="Check the sensor's battery and its connection, and record again.",
        )
    rate_hz = (len(time_s) - 1) / float(time_s[-1] - time_s[0])
    angular_velocity, acceleration = (_bridged(signal, absent) for signal in (both[:, :3], both[:, 3:]))
    return Foot(
        side=side, time_s=time_s, rate_hz=rate_hz, acceleration=acceleration, angular_velocity=angular_velocity,
        missing=_long_runs(absent, max(1, round(LONGEST_DROPOUT_S * rate_hz))),
        gravity_m_s2=_gravity(acceleration, angular_velocity, rate_hz, where),
    )  # fmt: skip


def turning_deg_s(angular_velocity: Array, rate_hz: float) -> Array:
    """How fast the sensor turns: root mean square of the angular rate over a sliding window, deg/s.

    Parameters
    ----------
    angular_velocity
        Shape (samples, 3), rad/s.

    Returns
    -------
    turning
        Shape (samples,), over 0.1 s about each sample (the window in which Rampp et al. look for the stillest moment
        of stance [1]_); at the ends over the part of the window that was recorded.

    References
    ----------
    .. [1] Rampp et al. 2015, IEEE Trans Biomed Eng 62(4):1089-1097.
    """
    energy = np.einsum("ni,ni->n", angular_velocity, angular_velocity)
    turning: Array = np.degrees(np.sqrt(np.maximum(_sliding_mean(energy, rate_hz), 0.0)))
    return turning


def restlessness_deg_s(foot: Foot) -> Array:
    """How far from standing the foot is: turning, and feeling anything but gravity, in one number, deg/s.

    Returns
    -------
    restlessness
        Shape (samples,): root of the mean squares, over 0.1 s, of the angular rate and of the difference between the
        acceleration and gravity along its own mean direction, where 0.1 m/s² counts as much as 1 deg/s. This is the
        stance hypothesis test of Skog et al. with their noise settings [1]_.

    References
    ----------
    .. [1] Skog et al. 2010, IEEE Trans Biomed Eng 57(11):2657-2666 (SHOE; 0.01 m/s² and 0.1 deg/s).
    """
    energy = np.einsum("ni,ni->n", foot.acceleration, foot.acceleration)
    mean = np.stack([_sliding_mean(axis, foot.rate_hz) for axis in foot.acceleration.T], axis=1)
    along = np.linalg.norm(mean, axis=1)
    odd = _sliding_mean(energy, foot.rate_hz) - 2.0 * foot.gravity_m_s2 * along + foot.gravity_m_s2**2
    restlessness: Array = np.hypot(
        turning_deg_s(foot.angular_velocity, foot.rate_hz), np.sqrt(np.maximum(odd, 0.0)) / ACCELERATION_PER_DEG_S
    )
    return restlessness


def _sliding_mean(values: Array, rate_hz: float) -> Array:
    """Mean over the window about each sample; at the ends over the part of it that was recorded."""
    half = max(1, round(STILL_WINDOW_S * rate_hz / 2))
    if len(values) <= 2 * half:
        return np.full(len(values), values.mean())
    total = np.concatenate(([0.0], np.cumsum(values)))
    mean = np.empty(len(values))
    mean[half:-half] = (total[2 * half + 1 :] - total[: -2 * half - 1]) / (2 * half + 1)
    reach = np.arange(half + 1, 2 * half + 1)
    mean[:half] = total[reach] / reach
    mean[-half:] = ((total[-1] - total[-1 - reach]) / reach)[::-1]
    return mean


def runs_of(mask: Mask) -> tuple[Index, Index]:
    """First and one-past-last index of every stretch where `mask` is True."""
    edges = np.diff(np.concatenate(([0], mask.astype(np.int8), [0])))
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)


def _check_clock(stream: Stream, where: str) -> None:
    if not stream.duration_s >= SHORTEST_RECORDING_S:
        raise NothingToMeasure(
            f"Cannot measure walking from {where}: it lasts {stream.duration_s:.1f} s.",
            do="Record at least a few strides.",
        )
    if not stream.rate_hz >= 0.98 * SLOWEST_RATE_HZ:
        raise NothingToMeasure(
            f"Cannot measure walking from {where}: {stream.rate_hz:.0f} samples a second are too few.",
            found=f"A foot's contact is over in hundredths of a second; it takes {SLOWEST_RATE_HZ:.0f} Hz, better 100.",
            do="Set the sensor to 100 Hz or more and record again.",
        )


def _gravity(acceleration: Array, angular_velocity: Array, rate_hz: float, where: str) -> float:
    turning = turning_deg_s(angular_velocity, rate_hz)
    quiet = turning <= np.quantile(turning, 0.1)
    strength = float(np.median(np.linalg.norm(acceleration[quiet], axis=1)))
    if not 0.8 * STANDARD_GRAVITY_M_S2 <= strength <= 1.2 * STANDARD_GRAVITY_M_S2:
        raise NothingToMeasure(
            f"Cannot measure walking from {where}: at its stillest it feels {strength:.2f} m/s² instead of gravity.",
            found="Either the unit is not m/s², or gravity has been taken out.",
            do="Export the raw acceleration, or give its unit with --map.",
        )
    return strength


def _evenly(time_s: Array, values: Array) -> tuple[Array, Array]:
    """The samples on an even clock, as they are where it is even already; NaN where the clock had a hole."""
    steps_s = np.diff(time_s)
    step_s = float(np.median(steps_s))
    if np.abs(steps_s - step_s).max() <= 0.5 * step_s:
        return time_s, values
    even_s, resampled = resample_offline(time_s, values, 1.0 / step_s)
    after = np.clip(np.searchsorted(time_s, even_s), 1, len(steps_s))
    resampled[steps_s[after - 1] > 1.5 * step_s] = np.nan
    return even_s, resampled


def _on_clock_of(clock: Stream, stream: Stream, channel: str) -> Array:
    values = stream[channel]
    if len(stream.time_s) == len(clock.time_s) and np.allclose(stream.time_s, clock.time_s, rtol=0.0, atol=1e-6):
        return values
    return np.stack([np.interp(clock.time_s, stream.time_s, axis, np.nan, np.nan) for axis in values.T], axis=1)


def _bridged(values: Array, absent: Mask) -> Array:
    if not absent.any():
        return np.ascontiguousarray(values)
    sample = np.arange(len(values))
    return np.stack([np.interp(sample, sample[~absent], axis[~absent]) for axis in values.T], axis=1)


def _long_runs(absent: Mask, longest: int) -> Mask:
    long = np.zeros(len(absent), dtype=bool)
    for first, last in zip(*runs_of(absent), strict=True):
        if last - first > longest or first == 0 or last == len(absent):
            long[first:last] = True
    return long
