"""Two movements laid over each other: time-normalised, warped in time, or moved and turned in space.

All of these need the whole movement; none is offered live.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

BAND = 0.10
"""Sakoe & Chiba's band around the diagonal, as a share of the longer movement."""
NAN = float("nan")


@dataclass(frozen=True, kw_only=True, eq=False)
class Warp:
    """How one movement lies on another.

    Attributes
    ----------
    distance
        Sum of local costs along the path.
    path
        Pairs of samples (first, second), shape (steps, 2), from start to end.
    per_step
        Distance over the number of steps: in the unit of the values.
    per_length
        Distance over the sum of both lengths.
    timing
        Mean distance of the path from the diagonal, as a share of the movement: what warping hid. 0 where the two keep
        the same time.
    """

    distance: float
    path: Ints
    lengths: tuple[int, int]

    @property
    def per_step(self) -> float:
        """Distance over the number of steps of the path."""
        return self.distance / len(self.path) if len(self.path) else NAN

    @property
    def per_length(self) -> float:
        """Distance over the sum of both lengths."""
        return self.distance / sum(self.lengths)

    @property
    def timing(self) -> float:
        """Mean |i/N − j/M| along the path, 0 to 1."""
        if not len(self.path):
            return NAN
        ends = np.maximum(np.array(self.lengths) - 1, 1)
        shares = self.path / ends
        return float(np.mean(np.abs(shares[:, 0] - shares[:, 1])))


def time_normalised_offline(values: ArrayLike, points: int = 101) -> Array:
    """A movement in this many points evenly over its duration, by straight lines; shape (points, ...) from (n, ...).

    NaN beside a missing sample; all NaN with fewer than two samples.
    """
    given = np.asarray(values, dtype=np.float64)
    if len(given) < 2:
        return np.full((points, *given.shape[1:]), np.nan)
    at = np.linspace(0.0, len(given) - 1.0, points)
    low = np.minimum(at.astype(np.int64), len(given) - 2)
    share = (at - low).reshape(-1, *[1] * (given.ndim - 1))
    # A sample exactly on a point needs no neighbour: 0 times a missing one is missing.
    upper = np.where(share > 0.0, given[low + 1], 0.0)
    lower = np.where(share < 1.0, given[low], 0.0)
    mixed: Array = lower * (1.0 - share) + upper * share
    return mixed


def warp_offline(first: ArrayLike, second: ArrayLike, *, band: float | None = None) -> Warp:
    """Dynamic time warping of two movements.

    Parameters
    ----------
    first, second
        Shape (samples,) or (samples, channels), one unit. The local cost is the Euclidean distance of two samples.
    band
        Widest distance from the diagonal as a share of the longer one (`BAND`); None for no limit.

    Returns
    -------
    warp
        With distance NaN and an empty path where a value is missing.

    Notes
    -----
    Steps (1, 0), (0, 1), (1, 1) with equal weights [1]_. Among equal ways the diagonal is taken.

    References
    ----------
    .. [1] Sakoe & Chiba 1978, IEEE Trans Acoust Speech Signal Process 26(1):43-49.
    """
    a, b = _columns(first), _columns(second)
    lengths = (len(a), len(b))
    if not len(a) or not len(b) or not (np.isfinite(a).all() and np.isfinite(b).all()):
        return Warp(distance=NAN, path=np.empty((0, 2), dtype=np.int64), lengths=lengths)
    cost = np.sqrt(np.maximum(np.sum((a[:, None, :] - b[None, :, :]) ** 2, axis=2), 0.0))
    total = _accumulated(cost, _reach(lengths, band))
    return Warp(distance=float(total[-1, -1]), path=_way_back(total), lengths=lengths)


def _columns(values: ArrayLike) -> Array:
    array = np.asarray(values, dtype=np.float64)
    return array[:, None] if array.ndim == 1 else array


def _reach(lengths: tuple[int, int], band: float | None) -> float:
    """How far from the diagonal, in samples of the longer one; always wide enough to get through."""
    return float("inf") if band is None else max(band * max(lengths), 1.0)


def _accumulated(cost: Array, reach: float) -> Array:
    """Least total cost to every pair of samples; infinite outside the band."""
    n, m = cost.shape
    total = np.full((n, m), np.inf)
    longer = max(n, m)
    slope_a, slope_b = longer / max(n - 1, 1), longer / max(m - 1, 1)
    # A step of the shorter one crosses several samples of the longer: the band must let it.
    wide = max(reach, 0.5 * (slope_a + slope_b) + 1.0)
    rows = cost.tolist()
    before: list[float] = []
    inf = float("inf")
    for i in range(n):
        now = [inf] * m
        low = 0 if wide == inf else max(0, int(np.ceil((i * slope_a - wide) / slope_b)))
        high = m - 1 if wide == inf else min(m - 1, int(np.floor((i * slope_a + wide) / slope_b)))
        row = rows[i]
        for j in range(low, high + 1):
            if i == 0:
                best = now[j - 1] if j else 0.0
            elif j == 0:
                best = before[0]
            else:
                best = min(before[j - 1], before[j], now[j - 1])
            now[j] = row[j] + best
        total[i] = now
        before = now
    return total


def _way_back(total: Array) -> Ints:
    i, j = total.shape[0] - 1, total.shape[1] - 1
    path = [(i, j)]
    while i or j:
        if i == 0:
            j -= 1
        elif j == 0:
            i -= 1
        else:
            ways = (total[i - 1, j - 1], total[i - 1, j], total[i, j - 1])
            least = min(ways)
            i, j = (i - 1, j - 1) if ways[0] == least else (i - 1, j) if ways[1] == least else (i, j - 1)
        path.append((i, j))
    return np.array(path[::-1], dtype=np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class Procrustes:
    """How unlike two sets of points are in shape: 0 to 1, and how large and how turned the second was."""

    disparity: float
    scale: float
    rotation: Array


def procrustes(first: ArrayLike, second: ArrayLike, *, rotate: bool = True) -> Procrustes:
    """Disparity of two sets of as many points after moving, scaling (and turning) one onto the other.

    Parameters
    ----------
    first, second
        Shape (points, axes), one unit.
    rotate
        Without, only place and size are taken out. Turning takes out a compensation such as trunk lean with the rest.

    Returns
    -------
    fit
        `disparity` is the sum of squares left after both are centred and brought to unit Frobenius norm; NaN where a
        point is missing or all points coincide. `rotation` (axes, axes) turns the second onto the first.

    References
    ----------
    .. [1] Gower 1975, Psychometrika 40(1):33-51. Reflections are not allowed, unlike in scipy.spatial.procrustes.
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    eye = np.eye(a.shape[1])
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    size_a, size_b = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    if not (size_a > 0.0 and size_b > 0.0):
        return Procrustes(disparity=NAN, scale=NAN, rotation=eye * np.nan)
    a, b = a / size_a, b / size_b
    turn = eye
    if rotate:
        left, _, right = np.linalg.svd(b.T @ a)
        flip = np.ones(len(eye))
        flip[-1] = np.sign(np.linalg.det(left @ right))
        turn = left * flip @ right
    fit = float(np.sum(a * (b @ turn)))
    return Procrustes(
        disparity=max(0.0, 1.0 - fit**2) if fit > 0 else 1.0, scale=size_a / size_b * fit, rotation=turn.T
    )
