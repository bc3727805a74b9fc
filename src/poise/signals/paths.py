"""Paths in space: how long, how straight, how curved, and how the ends of many of them scatter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

NAN = float("nan")
CHI2_95 = {1: 3.841458820694124, 2: 5.991464547107979, 3: 7.814727903251179}
"""95 % quantiles of chi-square by degrees of freedom."""


@dataclass(frozen=True, kw_only=True)
class Straightness:
    """How straight a path is.

    `length` and `chord` (start to end) in the path's unit; `path_ratio` is length over chord (1 = straight),
    `straightness` its inverse, `deviation` the farthest from the chord. NaN where a point is missing or the path ends
    where it began.
    """

    length: float
    chord: float
    path_ratio: float
    straightness: float
    deviation: float


def straightness(points: ArrayLike) -> Straightness:
    """How straight one way of a movement is; for out and back give each way by itself.

    Parameters
    ----------
    points
        Shape (samples, axes), 1 to 3 axes, any unit; filtered: noise adds length at every sample.

    Notes
    -----
    The path ratio grows with the sampling rate where there is noise; compare only what was filtered and sampled alike.
    """
    path = np.asarray(points, dtype=np.float64)
    if len(path) < 2 or not np.isfinite(path).all():
        return Straightness(length=NAN, chord=NAN, path_ratio=NAN, straightness=NAN, deviation=NAN)
    length = float(np.sum(np.linalg.norm(np.diff(path, axis=0), axis=1)))
    away = path[-1] - path[0]
    chord = float(np.linalg.norm(away))
    if not chord > 1e-9 * max(length, 1e-300):
        return Straightness(length=length, chord=chord, path_ratio=NAN, straightness=NAN, deviation=NAN)
    along = (path - path[0]) @ (away / chord)
    off = path - path[0] - along[:, None] * (away / chord)
    return Straightness(
        length=length, chord=chord, path_ratio=length / chord, straightness=chord / length,
        deviation=float(np.max(np.linalg.norm(off, axis=1))),
    )  # fmt: skip


def speed_of(points: ArrayLike, rate_hz: float) -> Array:
    """Speed along a path, shape (samples,), in its unit a second; central differences, one-sided at the ends.

    NaN where a neighbour is missing; a path of one sample has no speed.
    """
    path = np.asarray(points, dtype=np.float64)
    if len(path) < 2:
        return np.full(len(path), np.nan)
    speed: Array = np.linalg.norm(np.gradient(path, 1.0 / rate_hz, axis=0), axis=1)
    return speed


def curvature(points: ArrayLike, rate_hz: float) -> Array:
    """Curvature of a path in 2 or 3 axes, 1 over its unit, shape (samples,).

    NaN where the path stands still (below 5 % of its peak speed): there the direction is noise.
    """
    path = np.asarray(points, dtype=np.float64)
    if len(path) < 3:
        return np.full(len(path), np.nan)
    first = np.gradient(path, 1.0 / rate_hz, axis=0)
    second = np.gradient(first, 1.0 / rate_hz, axis=0)
    speed = np.linalg.norm(first, axis=1)
    along = np.einsum("ij,ij->i", first, second)
    # The area of the parallelogram of velocity and acceleration, in any number of axes.
    area = np.sqrt(np.maximum(speed**2 * np.einsum("ij,ij->i", second, second) - along**2, 0.0))
    moving = speed > 0.05 * np.nanmax(speed, initial=0.0)
    bent: Array = np.full(len(path), np.nan)
    bent[moving] = area[moving] / speed[moving] ** 3
    return bent


@dataclass(frozen=True, kw_only=True, eq=False)
class Endpoints:
    """Where the ends of many movements lie against a target, in their unit.

    `constant_error` (axes,) is the mean end minus the target, `variable_error` the root mean square distance of the
    ends from their own mean, `area_95` the area of the ellipse that holds 95 % of ends by their covariance (2 axes).
    """

    n: int
    constant_error: Array
    variable_error: float
    area_95: float


def endpoint_scatter(ends: ArrayLike, target: ArrayLike) -> Endpoints:
    """Accuracy and scatter of ends, shape (n, axes), against a target (axes,); ends with a missing value are left out.

    Notes
    -----
    The ellipse is the covariance ellipse at the chi-square quantile: right for many ends, too small for few (a
    prediction ellipse uses Fisher's F). NaN below 3 ends or with other than 2 axes.
    """
    points = np.asarray(ends, dtype=np.float64)
    points = points[np.isfinite(points).all(axis=1)]
    goal = np.asarray(target, dtype=np.float64)
    if not len(points):
        return Endpoints(n=0, constant_error=np.full(goal.shape, np.nan), variable_error=NAN, area_95=NAN)
    middle = points.mean(axis=0)
    variable = float(np.sqrt(np.mean(np.sum((points - middle) ** 2, axis=1)))) if len(points) > 1 else NAN
    area = NAN
    if len(points) > 2 and points.shape[1] == 2:
        covariance = np.cov(points.T)
        area = float(np.pi * CHI2_95[2] * np.sqrt(max(float(np.linalg.det(covariance)), 0.0)))
    return Endpoints(n=len(points), constant_error=middle - goal, variable_error=variable, area_95=area)
