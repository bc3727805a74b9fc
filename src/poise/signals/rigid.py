"""Points that keep their distances: fit one shape to another, and see a hidden point through its neighbours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from poise.signals import geometry

Array = NDArray[np.float64]

FEWEST_WHOLE = 10
FEWEST_SEEN = 3
SAMPLES_FOR_SHAPE = 500


def fit_rigid(shape: Array, seen: Array) -> tuple[Array, Array]:
    """The rotation and shift that lay a shape onto the points seen, by least squares.

    Parameters
    ----------
    shape
        Points (k, 3), k ≥ 3, not on one line.
    seen
        The same points in each sample, (samples, k, 3), m.

    Returns
    -------
    rotation, shift
        (samples, 3, 3) and (samples, 3): ``seen ≈ shape @ rotation.T + shift``. NaN where a point is missing.

    References
    ----------
    .. [1] Söderkvist & Wedin 1993, J Biomech 26:1473-1477.
    """
    centre, middle = shape.mean(axis=0), seen.mean(axis=1)
    known = np.isfinite(seen).all(axis=(1, 2))
    rotation = np.full((len(seen), 3, 3), np.nan)
    if known.any():
        spread = np.einsum("nki,kj->nij", seen[known] - middle[known, None], shape - centre)
        u, _, vt = np.linalg.svd(spread)
        # The last axis is turned where the best fit would be a mirror image.
        sign = np.sign(np.linalg.det(u @ vt))
        u[:, :, 2] *= sign[:, None]
        rotation[known] = u @ vt
    shift = middle - np.einsum("nij,j->ni", rotation, centre)
    return rotation, shift


def fill_rigid_offline(points: Array, *, largest_misfit_m: float = 0.015) -> Array:
    """Missing points of a rigid body put where the others say they are.

    Parameters
    ----------
    points
        Shape (samples, k, 3), m; NaN where missing. The shape is the mean over the samples that hold every point.
    largest_misfit_m
        Root mean square distance of the points seen from the fitted shape above which nothing is filled: soft tissue
        moves, and a marker may have been moved.

    Returns
    -------
    filled
        The original samples unchanged. Nothing is filled with fewer than 10 whole samples, or where fewer than three
        points are seen.
    """
    present: NDArray[np.bool_] = np.logical_and.reduce(np.isfinite(points), axis=2)
    whole: NDArray[np.bool_] = np.logical_and.reduce(present, axis=1)
    if whole.all() or whole.sum() < FEWEST_WHOLE or points.shape[1] <= FEWEST_SEEN:
        return points
    shape = _mean_shape(points[whole])
    filled = points.copy()
    for pattern in np.unique(present[~whole], axis=0):
        if pattern.sum() < FEWEST_SEEN or _on_a_line(shape[pattern]):
            continue
        rows = np.flatnonzero((present == pattern).all(axis=1))
        rotation, shift = fit_rigid(shape[pattern], points[np.ix_(rows, np.flatnonzero(pattern))])
        placed = np.einsum("nij,kj->nki", rotation, shape) + shift[:, None]
        misfit = geometry.length(placed[:, pattern] - points[np.ix_(rows, np.flatnonzero(pattern))])
        good = np.sqrt(np.mean(misfit**2, axis=1)) <= largest_misfit_m
        filled[np.ix_(rows[good], np.flatnonzero(~pattern))] = placed[good][:, ~pattern]
    return filled


def _mean_shape(whole: Array) -> Array:
    """The mean of the samples, each laid onto the first."""
    some = whole[:: max(1, len(whole) // SAMPLES_FOR_SHAPE)]
    rotation, shift = fit_rigid(some[0], some)
    laid = np.einsum("nji,nkj->nki", rotation, some - shift[:, None])
    mean: Array = laid.mean(axis=0)
    return mean


def _on_a_line(shape: Array) -> bool:
    size = np.linalg.svd(shape - shape.mean(axis=0), compute_uv=False)
    return bool(size[1] < 0.05 * size[0])
