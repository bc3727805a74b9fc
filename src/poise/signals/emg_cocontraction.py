"""How much two opposing muscles work against each other: two envelopes of one phase, normalised the same way."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def falconer_winter(one: ArrayLike, other: ArrayLike) -> float:
    """Shared activity, %: 100 · 2 ∫ lower / ∫ (one + other), by the trapezoid rule; NaN without activity.

    100 where both curves are the same, whatever their height: it tells of the shape and not of the level.

    References
    ----------
    .. [1] Falconer & Winter 1985, Electromyogr Clin Neurophysiol 25:135.
    """
    a, b = _pair(one, other)
    total = float(np.trapezoid(a + b)) if len(a) > 1 else float((a + b).sum())
    common = float(np.trapezoid(np.minimum(a, b))) if len(a) > 1 else float(np.minimum(a, b).sum())
    return 200.0 * common / total if total > 0.0 else float("nan")


def falconer_winter_sum(one: ArrayLike, other: ArrayLike) -> float:
    """The same by plain sums, as some authors take it."""
    a, b = _pair(one, other)
    total = float((a + b).sum())
    return 200.0 * float(np.minimum(a, b).sum()) / total if total > 0.0 else float("nan")


def rudolph(one: ArrayLike, other: ArrayLike) -> float:
    """Level of shared activity: the mean of (lower / higher) · (lower + higher), in the envelopes' unit.

    0 where one is silent, twice the level where both are the same. Where both are silent, nothing is shared.

    References
    ----------
    .. [1] Rudolph et al. 2000, Knee Surg Sports Traumatol Arthrosc 8:262.
    """
    a, b = _pair(one, other)
    return float(np.mean(_rudolph_points(a, b))) if len(a) else float("nan")


def rudolph_sum(one: ArrayLike, other: ArrayLike) -> float:
    """The same summed over the points, as some authors take it: it grows with their number."""
    return float(np.sum(_rudolph_points(*_pair(one, other))))


def wasted(one: ArrayLike, other: ArrayLike) -> float:
    """Mean of the lower of two envelopes: the activity that moves nothing; in the envelopes' unit."""
    a, b = _pair(one, other)
    return float(np.mean(np.minimum(a, b))) if len(a) else float("nan")


def _rudolph_points(a: Array, b: Array) -> Array:
    low, high = np.minimum(a, b), np.maximum(a, b)
    return np.asarray(np.where(high > 0.0, low / np.where(high > 0.0, high, 1.0), 0.0) * (low + high))


def _pair(one: ArrayLike, other: ArrayLike) -> tuple[Array, Array]:
    """The points where both are known."""
    a, b = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    both = np.isfinite(a) & np.isfinite(b)
    return np.maximum(a[both], 0.0), np.maximum(b[both], 0.0)
