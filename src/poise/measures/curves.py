"""Gait cycles: signals cut from contact to contact and brought to 0 to 100 % in 101 points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.model import Curve, Side, Stride, Walk

Array = NDArray[np.float64]

PERCENT = np.linspace(0.0, 100.0, 101)
FEWEST_SAMPLES = 10
"""A cycle with fewer samples than this says little of its shape."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Phases:
    """When things happen in each stride, percent of its cycle, each shape (n,); NaN where it is not known."""

    opposite_toe_off: Array
    opposite_contact: Array
    toe_off: Array

    @property
    def flat_until(self) -> Array:
        """Half of single support: until then a foot that ever stands flat does."""
        return 0.5 * (self.opposite_toe_off + self.opposite_contact)


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

    @cached_property
    def phases(self) -> Phases:
        """Of these strides, in the same order."""
        table = np.array(
            [(s.start_s, s.end_s, s.opposite_toe_off_s, s.opposite_contact_s, s.toe_off_s) for s in self.strides]
        ).reshape(-1, 5)
        start, end = table[:, 0], table[:, 1]
        off, contact, own = (100.0 * (table[:, i] - start) / (end - start) for i in (2, 3, 4))
        return Phases(opposite_toe_off=off, opposite_contact=contact, toe_off=own)


@dataclass(frozen=True, kw_only=True, eq=False)
class Grid:
    """Where the 101 points of each stride fall between the samples of a clock; made once for all signals on it.

    Attributes
    ----------
    strides
        All that were asked for; `inside` says which of them lie within the clock and hold enough samples.
    before, share
        Shape (n, 101): the sample before each point, and how far towards the next one it lies.
    first, last
        Shape (n,): the first and last sample that a stride needs.
    """

    strides: tuple[Stride, ...]
    inside: NDArray[np.bool_]
    before: NDArray[np.intp]
    share: Array
    first: NDArray[np.intp]
    last: NDArray[np.intp]

    @classmethod
    def of(cls, time_s: Array, strides: Iterable[Stride]) -> Grid:
        """For a rising clock (samples,), which need not be even."""
        wanted = tuple(strides)
        start, end = (np.array(ends, dtype=np.float64) for ends in _ends(wanted))
        points_s = start[:, None] + PERCENT / 100.0 * (end - start)[:, None]
        last_sample = max(len(time_s) - 1, 0)
        half_sample = 0.5 * (time_s[-1] - time_s[0]) / max(last_sample, 1)
        before = np.clip(np.searchsorted(time_s, points_s, side="right") - 1, 0, max(last_sample - 1, 0))
        step = np.maximum(np.diff(time_s)[before], 1e-12) if last_sample else np.ones(before.shape)
        share = np.clip((points_s - time_s[before]) / step, 0.0, 1.0)
        first, last = before[:, 0], np.minimum(before[:, -1] + 1, last_sample)
        reach = (start >= time_s[0] - half_sample) & (end <= time_s[-1] + half_sample) & (end > start)
        enough = last - first + 1 >= FEWEST_SAMPLES
        return cls(strides=wanted, inside=reach & enough, before=before, share=share, first=first, last=last)

    def cut(self, values: ArrayLike) -> Cycles:
        """A signal (samples,) over each stride; see `cut`."""
        signal = np.asarray(values, dtype=np.float64)
        missing = np.concatenate(([0], np.cumsum(~np.isfinite(signal))))
        if not len(self.strides):
            return Cycles(values=np.empty((0, len(PERCENT))), strides=(), dropped=0)
        whole = self.inside & (missing[self.last + 1] == missing[self.first])
        before, share = self.before[whole], self.share[whole]
        table = (1.0 - share) * signal[before] + share * signal[np.minimum(before + 1, len(signal) - 1)]
        kept = tuple(stride for stride, keep in zip(self.strides, whole, strict=True) if keep)
        return Cycles(values=table, strides=kept, dropped=len(self.strides) - len(kept))


def _ends(strides: Sequence[Stride]) -> tuple[list[float], list[float]]:
    return [stride.start_s for stride in strides], [stride.end_s for stride in strides]


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
    return Grid.of(time_s, strides).cut(values)


def in_window(start_percent: ArrayLike, end_percent: ArrayLike) -> NDArray[np.bool_]:
    """Which points of each cycle lie from one percentage (n,) to another, both included, shape (n, 101).

    None of them where one of the two is not known.
    """
    start, end = (np.atleast_1d(np.asarray(each, dtype=np.float64))[:, None] for each in (start_percent, end_percent))
    return np.asarray((start - 0.5 <= PERCENT) & (end + 0.5 >= PERCENT))


def highest(rows: Array, window: NDArray[np.bool_]) -> Array:
    """Maximum of each row (n, 101) inside its window; NaN where the window is empty."""
    found = np.max(rows, axis=1, where=window, initial=-np.inf)
    known: Array = np.where(np.isfinite(found), found, np.nan)
    return known


def lowest(rows: Array, window: NDArray[np.bool_]) -> Array:
    """Minimum of each row inside its window; NaN where the window is empty."""
    return -highest(-rows, window)


def span(rows: Array, window: NDArray[np.bool_]) -> Array:
    """Maximum minus minimum of each row inside its window."""
    return highest(rows, window) - lowest(rows, window)


def average(rows: Array, window: NDArray[np.bool_]) -> Array:
    """Mean of each row inside its window; NaN where the window is empty."""
    count = window.sum(axis=1)
    total = np.sum(rows, axis=1, where=window)
    mean: Array = np.divide(total, count, out=np.full(len(rows), np.nan), where=count > 0)
    return mean


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


def percent_of(curves: Sequence[Curve], name: str, side: Side | None) -> Curve | None:
    """The curve of this name and side, if there is one."""
    return next((one for one in curves if one.curve == name and one.side == side), None)
