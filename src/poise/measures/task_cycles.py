"""Cycles of a height: when it goes up and comes down again, and the moments at which each way begins and ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.signals.events import stretches

Array = NDArray[np.float64]

MOVING = 0.10
"""A way begins and ends where the speed passes this share of its own peak: measures.md 2.4 (10 % of the peak rate)."""
UPPER, LOWER = 0.75, 0.25
"""Thresholds with hysteresis at 25 and 75 % of the range: measures.md 2.4."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way, up or down, as sample numbers: moving from `start` to `end`, fastest at `peak`."""

    start: int
    peak: int
    end: int
    up: bool


def ways(height: Array, *, least: float, low: float | None = None, high: float | None = None) -> list[Way]:
    """Every way between the low and the high level, in order, up and down in turn.

    Parameters
    ----------
    height
        Shape (samples,); NaN where missing, which neither begins nor ends a way.
    least
        A range smaller than this is rest.
    low, high
        The levels; without, the 5th and 95th percentile.

    Notes
    -----
    A way counts when the height passes from under 25 % to over 75 % of the range or back. It looks at the whole
    recording: for live counting see the repetition tracker.
    """
    known = height[np.isfinite(height)]
    if len(known) < 3:
        return []
    bottom = float(np.percentile(known, 5)) if low is None else low
    top = float(np.percentile(known, 95)) if high is None else high
    if not top - bottom >= least or not top > bottom:
        return []
    states = _states((height - bottom) / (top - bottom))
    changes = np.flatnonzero(np.diff(states) != 0)
    found, earliest = [], 0
    for number, (first, last, is_up) in enumerate(_passages(height, states, changes, bottom, top)):
        latest = int(changes[number + 1]) if number + 1 < len(changes) else len(height) - 1
        found.append(_bounded(height, first, last, earliest, latest, up=is_up))
        earliest = found[-1].end
    return found


def _states(share: Array) -> NDArray[np.int8]:
    """+1 after the upper threshold, −1 after the lower one, held between them; the first state fills the beginning."""
    with np.errstate(invalid="ignore"):
        marks = np.where(share > UPPER, 1, np.where(share < LOWER, -1, 0))
    at = np.flatnonzero(marks)
    if not len(at):
        return np.zeros(len(share), dtype=np.int8)
    held = marks[at[np.maximum(np.searchsorted(at, np.arange(len(share)), side="right") - 1, 0)]]
    return held.astype(np.int8)


def _passages(
    height: Array, states: NDArray[np.int8], changes: NDArray[np.intp], bottom: float, top: float
) -> list[tuple[int, int, bool]]:
    """From the last sample at the one level to the first at the other."""
    found = []
    share = np.nan_to_num((height - bottom) / (top - bottom), nan=0.5)
    for change in changes.tolist():
        is_up = bool(states[change + 1] > 0)
        before = share[: change + 1]
        at = np.flatnonzero(before < LOWER if is_up else before > UPPER)
        found.append((int(at[-1]) if len(at) else 0, int(change + 1), is_up))
    return found


def _bounded(height: Array, first: int, last: int, earliest: int, latest: int, *, up: bool) -> Way:
    """The way about a passage, out to where its speed falls under a tenth of its peak."""
    speed = np.gradient(height) * (1.0 if up else -1.0)
    speed = np.nan_to_num(speed, nan=0.0)
    peak = first + int(np.argmax(speed[first : last + 1]))
    slow = speed < MOVING * speed[peak]
    before = np.flatnonzero(slow[earliest:peak])
    after = np.flatnonzero(slow[peak : latest + 1])
    start = earliest + int(before[-1]) + 1 if len(before) else earliest
    end = peak + int(after[0]) if len(after) else latest
    return Way(start=start, peak=peak, end=end, up=up)


def first_motion(speed: Array, earliest: int, latest: int, *, rest: int) -> int:
    """The sample at which somebody who rested begins to move, on the way to `latest`.

    The end of the last rest, a stretch of at least `rest` samples under a tenth of the peak speed; a turn of direction
    is shorter than that. Where nobody rested, the slowest sample.
    """
    part = np.nan_to_num(speed[earliest : latest + 1], nan=0.0)
    if not len(part):
        return latest
    resting = stretches(part < MOVING * part.max())
    long = np.flatnonzero(resting.stop - resting.start >= max(1, rest))
    return earliest + (int(resting.stop[long[-1]]) if len(long) else int(np.argmin(part)))
