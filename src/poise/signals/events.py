"""Moments in a signal: peaks, crossings, stretches above a threshold, and whether events come in their order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Index = NDArray[np.intp]
NAN = float("nan")


def peaks(
    values: ArrayLike, *, apart: int = 1, prominence: float = 0.0, from_edge: int = 2, within: int | None = None
) -> Index:
    """Samples where a signal has a local maximum.

    Parameters
    ----------
    values
        Shape (samples,); NaN where missing.
    apart
        Least distance between two peaks, in samples; of two closer ones the higher stays.
    prominence
        How far the signal must fall on both sides before it rises higher again; an end of the signal or of a gap
        counts as a fall to nothing, so that a peak near the end is judged by its inner side alone.
    from_edge
        A peak closer than this many samples to an end or a gap is left out: the signal may still have been rising.
    within
        How wide a window to look for the fall in, in samples; without, the whole signal, whose cost grows faster than
        its length.

    Returns
    -------
    peaks
        Sample numbers, rising.
    """
    from scipy.signal import find_peaks

    signal = np.asarray(values, dtype=np.float64)
    present = np.isfinite(signal)
    if present.sum() < 3:
        return np.empty(0, dtype=np.intp)
    below = float(np.nanmin(signal)) - 2.0 * prominence - 1.0
    padded = np.concatenate(([below], np.where(present, signal, below), [below]))
    found, _ = find_peaks(padded, prominence=prominence or None, distance=max(1, apart), wlen=within)
    found = found - 1
    return np.asarray(found[_inside(present, found, from_edge)], dtype=np.intp)


def _inside(present: NDArray[np.bool_], found: Index, samples: int) -> NDArray[np.bool_]:
    """Which of these samples have so many present neighbours on each side."""
    inside = (found >= samples) & (found < len(present) - samples)
    for offset in range(-samples, samples + 1):
        inside &= present[np.clip(found + offset, 0, len(present) - 1)]
    return np.asarray(inside)


def crossings(values: ArrayLike, level: ArrayLike, *, rising: bool) -> Array:
    """Where a signal crosses a level, in samples with the part between two samples by straight line.

    Parameters
    ----------
    values, level
        Shape (samples,), or one level for all; nothing crosses where either is NaN.
    rising
        Upwards, from below to at or above; otherwise downwards, from at or above to below.
    """
    height = np.asarray(values, dtype=np.float64) - np.asarray(level, dtype=np.float64)
    before, after = height[:-1], height[1:]
    with np.errstate(invalid="ignore"):
        at = np.flatnonzero((before < 0) & (after >= 0) if rising else (before >= 0) & (after < 0))
    return np.asarray(at + before[at] / (before[at] - after[at]))


@dataclass(frozen=True, kw_only=True, eq=False)
class Stretches:
    """Stretches of samples, [start, stop), in order; the outer ones may be cut off by the signal's ends."""

    start: Index
    stop: Index

    def __len__(self) -> int:
        return len(self.start)


def stretches(mask: ArrayLike) -> Stretches:
    """Runs of True."""
    edges = np.diff(np.concatenate(([False], np.asarray(mask, dtype=bool), [False])).astype(np.int8))
    return Stretches(start=np.flatnonzero(edges == 1), stop=np.flatnonzero(edges == -1))


def above(values: ArrayLike, threshold: float, *, hold: int = 1) -> Stretches:
    """Stretches in which a signal is above a threshold, with hysteresis in time.

    Parameters
    ----------
    values
        Shape (samples,); NaN counts as not above.
    threshold
        Above is strictly more than this.
    hold
        A dip below, then a stretch above, counts only if it lasts this many samples: dips are closed first, so that a
        contact that trembles about the threshold stays one contact. What an end of the signal cuts off always counts.
    """
    with np.errstate(invalid="ignore"):
        mask = np.asarray(values, dtype=np.float64) > threshold
    return stretches(_without_short(~_without_short(~mask, hold), hold))


def _without_short(mask: NDArray[np.bool_], hold: int) -> NDArray[np.bool_]:
    """Inner runs of True shorter than `hold` made False."""
    found = stretches(mask)
    short = (found.stop - found.start < hold) & (found.start > 0) & (found.stop < len(mask))
    change = np.zeros(len(mask) + 1, dtype=np.int8)
    change[found.start[short]] += 1
    change[found.stop[short]] -= 1
    return np.asarray(mask & (np.cumsum(change[:-1]) == 0))


@dataclass(frozen=True, kw_only=True, eq=False)
class StrideTable:
    """Whole strides of one foot, one row each, in s; `dropped` counts those whose events were out of order."""

    start: Array
    opposite_toe_off: Array
    opposite_contact: Array
    toe_off: Array
    end: Array
    dropped: int

    def __len__(self) -> int:
        return len(self.start)


def stride_table(
    contacts: ArrayLike,
    toe_offs: ArrayLike,
    other_contacts: ArrayLike | None,
    other_toe_offs: ArrayLike | None,
    *,
    shortest: float = 0.46,
    longest: float = 3.0,
) -> StrideTable:
    """Strides whose events come in the order of walking: contact, other toe-off, other contact, toe-off, contact.

    Parameters
    ----------
    contacts, toe_offs
        Of this foot, s, rising.
    other_contacts, other_toe_offs
        Of the other foot; None where it was not seen at all: then its columns are NaN and its order is not asked for.
    shortest, longest
        A stride outside these limits is dropped; one longer than twice the longest is a pause and is not counted.
        0.46 to 3.0 s are the limits of the Mobilise-D consortium for all their groups of patients.

    Notes
    -----
    Each event must come exactly once in its place. Running breaks the order (the other foot leaves before this one
    lands) and gives no strides.
    """
    own, off = np.asarray(contacts, dtype=np.float64), np.asarray(toe_offs, dtype=np.float64)
    start, end = own[:-1], own[1:]
    good = (end - start >= shortest) & (end - start <= longest)
    toe_off, good = _only_one(off, start, end, good)
    other_off, other_on = np.full(len(start), NAN), np.full(len(start), NAN)
    if other_contacts is not None and other_toe_offs is not None:
        other_on, good = _only_one(np.asarray(other_contacts, dtype=np.float64), start, end, good)
        other_off, good = _only_one(np.asarray(other_toe_offs, dtype=np.float64), start, end, good)
        with np.errstate(invalid="ignore"):
            good &= (other_off < other_on) & (other_on < toe_off)
    pauses = end - start > 2.0 * longest
    return StrideTable(
        start=start[good], opposite_toe_off=other_off[good], opposite_contact=other_on[good],
        toe_off=toe_off[good], end=end[good], dropped=int(np.sum(~good & ~pauses)),
    )  # fmt: skip


def _only_one(events: Array, start: Array, end: Array, good: NDArray[np.bool_]) -> tuple[Array, NDArray[np.bool_]]:
    """The event of each [start, end) that holds exactly one, NaN elsewhere; and which rows are still good."""
    first = np.searchsorted(events, start, side="left")
    one = np.searchsorted(events, end, side="left") - first == 1
    found = np.full(len(start), NAN)
    found[one] = events[first[one]]
    return found, good & one
