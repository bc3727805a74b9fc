"""Where somebody walks: moving stretches, and the rules that make a walking bout of steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.measures.lumbar_signal import Trunk
from poise.measures.lumbar_steps import Steps
from poise.signals import STANDARD_GRAVITY_M_S2

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Pair = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class BoutSettings:
    """What counts as moving and as a walking bout.

    Attributes
    ----------
    moving_g, moving_window_s
        Spread of the acceleration (all axes together) above which a body moves: 0.05 g [1]_, over a second.
    longest_break_s, fewest_strides
        Mobilise-D's walking bout: at least four strides, no break longer than 3 s [2]_.
    shortest_stride_s, longest_stride_s
        Plausible strides: 0.46 to 3.0 s (Mobilise-D's official limits, measures.md 1.1.5).
    longest_of_usual
        A stride this many times the bout's usual holds a pause or a step that was not seen: three steps for two.
    start_and_stop
        Strides at the ends of a bout below this share of its usual speed belong to starting and stopping [design].
    slowest_m_s, fastest_m_s
        Plausible speed of a bout, 0.08 to 2.22 m/s (the same limits).
    most_slow
        Spread of vertical acceleration below the step band over that within it. Level walking goes up and down once a
        step and no slower; bending, squatting and sitting down do the contrary [design]: 0.03 to 0.26 in walking,
        0.41 to 0.52 in squats and chair rises.
    least_level
        Spread of the level acceleration (forward and sideways) over that of the vertical. A trunk that walks sways and
        is pushed forward and back; what only goes up and down, this much or less, is shaken and does not walk [design].

    References
    ----------
    .. [1] Lyons et al. 2005, Med Eng Phys 27(6):497-504; Hickey et al. 2017, Physiol Meas 38(1):N1-N15.
    .. [2] Kluge et al. 2021, PLoS ONE 16(8):e0256541.
    """

    moving_g: float = 0.05
    moving_window_s: float = 1.0
    longest_break_s: float = 3.0
    fewest_strides: int = 4
    shortest_stride_s: float = 0.46
    longest_stride_s: float = 3.0
    longest_of_usual: float = 1.5
    start_and_stop: float = 0.5
    slowest_m_s: float = 0.08
    fastest_m_s: float = 2.22
    most_slow: float = 0.4
    least_level: float = 0.05


def moving_stretches(trunk: Trunk, settings: BoutSettings) -> Iterator[tuple[float, float]]:
    """Start and end of every stretch of movement long enough for a bout; short pauses do not part it."""
    moving = is_moving(trunk, settings)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], moving, [False])).astype(np.int8)))
    starts_s = trunk.start_s + edges[::2] / trunk.rate_hz
    ends_s = trunk.start_s + (edges[1::2] - 1) / trunk.rate_hz
    shortest_s = settings.fewest_strides * settings.shortest_stride_s
    for start_s, end_s in _joined(starts_s, ends_s, settings.longest_break_s):
        if end_s - start_s >= shortest_s:
            yield start_s, end_s


def _joined(starts_s: Array, ends_s: Array, longest_break_s: float) -> Iterator[tuple[float, float]]:
    if not len(starts_s):
        return
    parted = np.flatnonzero(starts_s[1:] - ends_s[:-1] > longest_break_s)
    firsts, lasts = np.concatenate(([0], parted + 1)), np.concatenate((parted, [len(starts_s) - 1]))
    for first, last in zip(firsts, lasts, strict=True):
        yield float(starts_s[first]), float(ends_s[last])


def is_moving(trunk: Trunk, settings: BoutSettings) -> Mask:
    """Whether the body moves, sample by sample; False where nothing was recorded."""
    from scipy.ndimage import uniform_filter1d

    width = max(2, round(settings.moving_window_s * trunk.rate_hz))
    known = np.isfinite(trunk.acceleration).all(axis=1)
    usual = np.nanmean(trunk.acceleration, axis=0) if known.any() else np.zeros(3)
    variance = np.zeros(len(trunk))
    for axis, centre in zip(trunk.acceleration.T, usual, strict=True):
        signal = np.where(known, axis - centre, 0.0)
        mean = uniform_filter1d(signal, width, mode="nearest")
        variance += uniform_filter1d(signal**2, width, mode="nearest") - mean**2
    moving: Mask = known & (variance > (settings.moving_g * STANDARD_GRAVITY_M_S2) ** 2)
    return moving


def strides_of(steps: Steps, settings: BoutSettings) -> tuple[list[Pair], int]:
    """Whole strides as pairs of contacts with one contact of the other foot between; and how many were dropped."""
    seconds = steps.time_s
    pairs = [(i, i + 2) for i in range(len(steps) - 2)]
    unbroken = [(a, b) for a, b in pairs if not steps.missed_before[a + 1 : b + 1].any()]
    if not unbroken:
        return [], len(pairs)
    usual_s = float(np.median([seconds[b] - seconds[a] for a, b in unbroken]))
    longest_s = min(settings.longest_stride_s, settings.longest_of_usual * usual_s)
    kept = [(a, b) for a, b in unbroken if settings.shortest_stride_s <= seconds[b] - seconds[a] <= longest_s]
    return kept, len(pairs) - len(kept)


def bouts_of(steps: Steps, settings: BoutSettings) -> Iterator[Mask]:
    """Which steps belong to each walking bout: parted by long breaks, long enough to count."""
    if not len(steps):
        return
    number = np.concatenate(([0], np.cumsum(np.diff(steps.time_s) > settings.longest_break_s)))
    for each in range(int(number[-1]) + 1):
        mine: Mask = number == each
        if len(strides_of(steps.kept(mine), settings)[0]) >= settings.fewest_strides:
            yield mine
