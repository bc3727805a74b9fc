"""Where a joint is held still, and the trials of a position-sense test: out to a position, back, out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.signals.events import stretches

Array = NDArray[np.float64]

SLOPE_WINDOW_S = 1.0
STILL_DEG_S = 2.0
"""A hold drifts slower than this; the test itself moves at 5 to 10 deg/s (measures.md 4.1). [design]"""
SHORTEST_HOLD_S = 1.0
LEAST_EXCURSION_DEG = 5.0
RETURNED = 0.4
"""Back within this share of the excursion from the start is a return. [design]"""
LEAST_RATE_HZ = 5.0


@dataclass(frozen=True, kw_only=True)
class Hold:
    """A position kept: from when to when, and its median angle, deg."""

    start_s: float
    end_s: float
    angle_deg: float


def holds(angle_deg: Array, rate_hz: float, *, start_s: float = 0.0) -> tuple[Hold, ...]:
    """Every stretch of a second or more in which an angle stays where it is.

    Parameters
    ----------
    angle_deg
        Shape (samples,), evenly sampled; NaN where missing: a hold does not reach over a gap.
    rate_hz
        Samples a second, 5 or more.
    start_s
        Time of the first sample.

    Notes
    -----
    The slope of a straight line through each second must stay under 2 deg/s; so noise of a degree or two on every
    sample is no movement. The angle is the median of the inner part, a quarter of a second off each end.
    """
    if rate_hz < LEAST_RATE_HZ or len(angle_deg) < SLOPE_WINDOW_S * rate_hz:
        return ()
    still = np.abs(_slope_deg_s(angle_deg, rate_hz)) < STILL_DEG_S
    found = stretches(still)
    edge = round(0.25 * rate_hz)
    kept: list[Hold] = []
    for start, stop in zip(found.start.tolist(), found.stop.tolist(), strict=True):
        if stop - start + SLOPE_WINDOW_S * rate_hz * 0.5 >= SHORTEST_HOLD_S * rate_hz:
            inner = angle_deg[start + edge : stop - edge] if stop - start > 4 * edge else angle_deg[start:stop]
            kept.append(
                Hold(start_s=start_s + start / rate_hz, end_s=start_s + (stop - 1) / rate_hz,
                     angle_deg=float(np.median(inner)))
            )  # fmt: skip
    return tuple(kept)


def _slope_deg_s(angle: Array, rate_hz: float) -> Array:
    """Slope of the line through a second about each sample; NaN beside a gap or an end."""
    half = max(1, round(0.5 * SLOPE_WINDOW_S * rate_hz))
    at = np.arange(-half, half + 1) / rate_hz
    slope = np.full(len(angle), np.nan)
    if len(angle) <= 2 * half:
        return slope
    windows = np.lib.stride_tricks.sliding_window_view(angle, 2 * half + 1)
    slope[half : len(angle) - half] = windows @ at / float(at @ at)
    # The ends are as still as the nearest whole window.
    slope[:half], slope[len(angle) - half :] = slope[half], slope[-half - 1]
    slope[~np.isfinite(angle)] = np.nan
    return slope


def positions(angle_deg: Array, rate_hz: float, found: Sequence[Hold], *, start_s: float = 0.0) -> tuple[Hold, ...]:
    """The positions that were taken up, one a going-out: the last hold of each before the return.

    The first hold is the start that everything returns to. A going-out is at least 5 deg and a quarter of the furthest;
    it ends when the angle is back within 40 % of it. So a pause on the way, or a correction, is not a trial.
    """
    if len(found) < 2:
        return ()
    rest = found[0].angle_deg
    furthest = max(abs(each.angle_deg - rest) for each in found)
    least = max(LEAST_EXCURSION_DEG, 0.25 * furthest)
    kept: list[Hold] = []
    for each in found[1:]:
        if abs(each.angle_deg - rest) < least:
            continue
        inner = [round((at_s - start_s) * rate_hz) for at_s in (kept[-1].end_s, each.start_s)] if kept else [0, 0]
        if kept and not _returned(angle_deg[inner[0] : inner[1] + 1] - rest, kept[-1], each, rest):
            kept[-1] = each
        else:
            kept.append(each)
    return tuple(kept)


def _returned(between_deg: Array, before: Hold, after: Hold, rest: float) -> bool:
    """Whether the angle, told from the start, came back between two holds."""
    known = np.abs(between_deg[np.isfinite(between_deg)])
    reach = min(abs(before.angle_deg - rest), abs(after.angle_deg - rest))
    return bool(len(known) and known.min() <= RETURNED * reach)


def held_at(angle_deg: Array, time_s: Array, at_s: float, *, around_s: float = 0.5) -> float:
    """The median angle about a moment that an event marks; NaN where nothing was seen."""
    near = angle_deg[(time_s >= at_s - around_s) & (time_s <= at_s + around_s)]
    near = near[np.isfinite(near)]
    return float(np.median(near)) if len(near) else float("nan")
