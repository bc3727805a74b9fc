"""Gait cycles: signals cut from contact to contact and brought to 0 to 100 % in 101 points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.model import Curve, Side, Stride, Walk

Array = NDArray[np.float64]

PERCENT = np.linspace(0.0, 100.0, 101)
FEWEST_SAMPLES = 10
"""A cycle with fewer samples than this says little of its shape."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Cycles:
    """The same quantity over several strides of one foot.

    Attributes
    ----------
    values
        Shape (n, 101), one row a stride, no NaN.
    strides
        The n strides they were cut from, in order.
    dropped
        How many strides were left out because a sample was missing.
    """

    values: Array
    strides: tuple[Stride, ...]
    dropped: int


def cut(values: ArrayLike, time_s: Array, strides: Iterable[Stride]) -> Cycles:
    """A signal over each stride, at 101 points from its first contact to its next.

    Parameters
    ----------
    values
        Shape (samples,); NaN where missing.
    time_s
        Shape (samples,), rising; need not be even.
    strides
        Of one foot.

    Returns
    -------
    cycles
        Straight lines between samples: at 100 Hz and 6 Hz of movement they are off by less than 0.1 % of the range.
        A stride that reaches beyond the recording, or with a missing sample, is dropped and counted.
    """
    signal = np.asarray(values, dtype=np.float64)
    wanted = tuple(strides)
    kept, rows = [], []
    for stride in wanted:
        row = _one_cycle(signal, time_s, stride)
        if row is not None:
            kept.append(stride)
            rows.append(row)
    table = np.array(rows) if rows else np.empty((0, len(PERCENT)))
    return Cycles(values=table, strides=tuple(kept), dropped=len(wanted) - len(kept))


def strides_of(walk: Walk, side: Side | None) -> tuple[Stride, ...]:
    """The strides of one foot; all of them for a quantity without a side."""
    return tuple(stride for stride in walk.strides if side is None or stride.side == side)


def curve(name: str, side: Side | None, cycles: Cycles, method: str, *, unit: str = "deg") -> Curve | None:
    """Mean and sample standard deviation of the cycles at each point; None without a cycle."""
    if not len(cycles.values):
        return None
    with np.errstate(invalid="ignore"):
        spread = np.std(cycles.values, axis=0, ddof=1) if len(cycles.values) > 1 else np.full(len(PERCENT), np.nan)
    return Curve(
        curve=name,
        side=side,
        unit=unit,
        mean=cycles.values.mean(axis=0),
        sd=spread,
        cycles=cycles.values,
        method=method,
    )


def phase_percent(stride: Stride, moment_s: float) -> float:
    """Where in its cycle a moment falls, in percent; NaN where the moment is not known."""
    return 100.0 * (moment_s - stride.start_s) / stride.time_s


def within(row: Array, start_percent: float, end_percent: float) -> Array:
    """The points of one cycle from one percentage to another, both included; empty where one is not known."""
    if not (np.isfinite(start_percent) and np.isfinite(end_percent)):
        return np.empty(0)
    return row[(start_percent - 0.5 <= PERCENT) & (end_percent + 0.5 >= PERCENT)]


def percent_of(curves: Sequence[Curve], name: str, side: Side | None) -> Curve | None:
    """The curve of this name and side, if there is one."""
    return next((one for one in curves if one.curve == name and one.side == side), None)


def _one_cycle(signal: Array, time_s: Array, stride: Stride) -> Array | None:
    half_sample = 0.5 * (time_s[-1] - time_s[0]) / max(len(time_s) - 1, 1)
    if not stride.time_s > 0 or stride.start_s < time_s[0] - half_sample or stride.end_s > time_s[-1] + half_sample:
        return None
    first, last = np.searchsorted(time_s, (stride.start_s, stride.end_s))
    around = slice(max(int(first) - 1, 0), min(int(last) + 1, len(time_s)))
    part = signal[around]
    if len(part) < FEWEST_SAMPLES or not np.isfinite(part).all():
        return None
    return np.interp(stride.start_s + PERCENT / 100.0 * stride.time_s, time_s[around], part)
