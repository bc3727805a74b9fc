"""One repetition's course: its primary signal, its ways out and back, how fast, how smooth, how straight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.model import Repetition
from poise.signals import paths, smoothness

Array = NDArray[np.float64]

LONGEST_AT_REST_S = 0.2
"""A stop at the far point is a hold when it is longer; shorter ones are the turn of the movement [design]."""
SLOW_SHARE = 0.05
"""At rest: slower than this share of the repetition's own peak [design; drinking-task movement units use the same]."""
LEAST_SEEN = 0.8
"""With less of a repetition's signal seen, its speed and smoothness are not told [design]."""
NAN = float("nan")


@dataclass(frozen=True, kw_only=True, eq=False)
class Course:
    """The primary signal of one repetition, cut at its far point.

    `values` (samples,) in `unit` over `time_s`; `out` and `back` are the two ways as slices, `hold_s` what lies between
    them. `seen` is the share of samples that were there; gaps inside are bridged for speed where it is high enough.
    """

    time_s: Array
    values: Array
    rate_hz: float
    unit: str
    out: slice
    back: slice
    seen: float

    @property
    def hold_s(self) -> float:
        """How long it stayed at the far point; 0 where it turned at once."""
        return (
            max(0.0, (self.back.start - self.out.stop + 1) / self.rate_hz) if self.back.start >= self.out.stop else 0.0
        )

    @property
    def time_out_s(self) -> float:
        """Duration of the way out."""
        return float(self.time_s[self.out.stop - 1] - self.time_s[0])

    @property
    def time_back_s(self) -> float:
        """Duration of the way back; 0 where it was not seen."""
        return float(self.time_s[-1] - self.time_s[min(self.back.start, len(self.time_s) - 1)])

    @property
    def velocity(self) -> Array:
        """Angular velocity, unit/s, (samples,)."""
        return np.asarray(np.gradient(self.values, 1.0 / self.rate_hz))


def course_of(time_s: Array, values: Array, repetition: Repetition) -> Course | None:
    """The course of a repetition from its primary signal over the whole recording; None where too little was seen.

    Parameters
    ----------
    time_s, values
        The recording's clock and the signal, (samples,), evenly sampled; NaN where missing.
    repetition
        Its bounds and its far point.
    """
    low, high = np.searchsorted(time_s, (repetition.start_s - 1e-9, repetition.end_s + 1e-9))
    inside, clock = values[low:high], time_s[low:high]
    known = np.isfinite(inside)
    if len(clock) < 5 or known.mean() < LEAST_SEEN:
        return None
    rate_hz = (len(clock) - 1) / float(clock[-1] - clock[0])
    whole = np.interp(clock, clock[known], inside[known])
    apex = int(np.clip(np.searchsorted(clock, repetition.apex_s - 1e-9), 1, len(clock) - 2))
    leaves, returns = _stop(whole, apex, rate_hz)
    return Course(
        time_s=clock, values=whole, rate_hz=rate_hz, unit=repetition.unit,
        out=slice(0, leaves + 1), back=slice(returns, len(clock)), seen=float(known.mean()),
    )  # fmt: skip


def _stop(values: Array, apex: int, rate_hz: float) -> tuple[int, int]:
    """First and last sample of the stop around the far point; the far point itself where it turned at once."""
    speed = np.abs(np.gradient(values, 1.0 / rate_hz))
    slow = speed <= SLOW_SHARE * speed.max()
    first = last = apex
    while first > 1 and slow[first - 1]:
        first -= 1
    while last < len(values) - 2 and slow[last + 1]:
        last += 1
    return (first, last) if (last - first) / rate_hz > LONGEST_AT_REST_S else (apex, apex)


def course_values(course: Course) -> Iterator[tuple[str, float, str]]:
    """What is told of a course: (name, value, unit); only what could be measured, velocity of angles alone.

    Smoothness is that of the way **out**: one movement, cut at 2 % of its peak speed.
    """
    velocity = np.abs(course.velocity)
    out = velocity[course.out]
    moving = out[smoothness.moving_part(out)]
    peak_at = int(np.argmax(out)) if len(out) else 0
    told = (
        ("time_out", course.time_out_s, "s"),
        ("time_hold", course.hold_s, "s"),
        ("time_back", course.time_back_s, "s"),
        ("peak_velocity", float(velocity.max()) if course.unit == "deg" else NAN, "deg/s"),
        ("mean_velocity", float(out.mean()) if len(out) and course.unit == "deg" else NAN, "deg/s"),
        ("time_to_peak", 100.0 * peak_at / max(len(out) - 1, 1), "%"),
        ("sparc", smoothness.spectral_arc_length(moving, course.rate_hz), "1"),
        ("ldlj", smoothness.log_dimensionless_jerk(moving, course.rate_hz), "1"),
        ("velocity_peaks", float(_peaks(out, course.rate_hz)), "count"),
    )
    return ((name, value, unit) for name, value, unit in told if np.isfinite(value))


def _peaks(speed: Array, rate_hz: float) -> int:
    if not len(speed):
        return 0
    return smoothness.velocity_peaks(speed, rate_hz, prominence=SLOW_SHARE * float(speed.max()))


def path_ratio_of(points: Array, course: Course) -> float:
    """Length over chord of the way out of one point (the hand, the hips), (samples of the course, 3); NaN if unseen."""
    return paths.straightness(points[course.out]).path_ratio
