"""What is read from the path of a point over the ground while somebody stands: size, speed and shape of the sway.

Points have shape (samples, 2) with the columns medio-lateral, antero-posterior; any unit of length, which the results
keep. All functions centre the path on its mean first. Names and formulas follow Prieto 1996 [1]_.

References
----------
.. [1] Prieto et al. 1996, IEEE Trans Biomed Eng 43(9):956-966.
.. [2] Schubert & Kirchner 2014, Gait Posture 39(1):518-522: ellipse area calculations.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.errors import BadSetting

Array = NDArray[np.float64]
EllipseForm = Literal["chi2", "f"]


@dataclass(frozen=True, kw_only=True)
class TimeDomain:
    """The time-domain set; lengths in the unit of the points, `area_rate` in that unit squared a second.

    ``_ml`` and ``_ap`` are of one axis; those without are of both together and do not change when the axes are turned.
    """

    duration_s: float
    path: float
    path_ml: float
    path_ap: float
    velocity: float
    velocity_ml: float
    velocity_ap: float
    mean_distance: float
    mean_distance_ml: float
    mean_distance_ap: float
    rms: float
    rms_ml: float
    rms_ap: float
    range_ml: float
    range_ap: float
    area_rate: float
    mean_frequency_hz: float
    mean_frequency_ml_hz: float
    mean_frequency_ap_hz: float


def time_domain(points: ArrayLike, rate_hz: float) -> TimeDomain:
    """The time-domain measures of a path; its duration is (samples − 1) / rate.

    Raises
    ------
    BadSetting
        Fewer than three samples, or a missing one: a path with a hole has no length.
    """
    path = centred(points)
    duration_s = (len(path) - 1) / rate_hz
    steps = np.abs(np.diff(path, axis=0))
    length = float(np.sqrt(np.einsum("ij,ij->i", steps, steps)).sum())
    length_ml, length_ap = (float(each) for each in steps.sum(axis=0))
    sizes = np.abs(path)
    squares = np.einsum("ij,ij->i", path, path)
    distance = float(np.sqrt(squares).mean())
    distance_ml, distance_ap = (float(each) for each in sizes.mean(axis=0))
    rms_ml, rms_ap = (float(each) for each in np.sqrt(np.mean(path * path, axis=0)))
    range_ml, range_ap = (float(each) for each in np.ptp(path, axis=0))
    return TimeDomain(
        duration_s=duration_s,
        path=length,
        path_ml=length_ml,
        path_ap=length_ap,
        velocity=length / duration_s,
        velocity_ml=length_ml / duration_s,
        velocity_ap=length_ap / duration_s,
        mean_distance=distance,
        mean_distance_ml=distance_ml,
        mean_distance_ap=distance_ap,
        rms=float(np.sqrt(squares.mean())),
        rms_ml=rms_ml,
        rms_ap=rms_ap,
        range_ml=range_ml,
        range_ap=range_ap,
        area_rate=area_rate(path, rate_hz),
        mean_frequency_hz=_ratio(length / duration_s, 2.0 * math.pi * distance),
        mean_frequency_ml_hz=_ratio(length_ml / duration_s, 4.0 * math.sqrt(2.0) * distance_ml),
        mean_frequency_ap_hz=_ratio(length_ap / duration_s, 4.0 * math.sqrt(2.0) * distance_ap),
    )


def centred(points: ArrayLike) -> Array:
    """The path with its mean at the origin, shape (samples, 2).

    Raises
    ------
    BadSetting
        Fewer than three samples, or a missing one.
    """
    path = np.asarray(points, dtype=np.float64)
    if path.ndim != 2 or path.shape[1] != 2 or len(path) < 3:
        raise BadSetting(f"A path of sway has the shape (samples, 2) with at least 3 samples, not {path.shape}.")
    if not np.isfinite(path).all():
        raise BadSetting("A path of sway must have no gaps.", do="Measure a stretch without missing samples.")
    return np.asarray(path - path.mean(axis=0))


def area_rate(path: Array, rate_hz: float) -> float:
    """The area swept a second by the line from the mean to the point: Σ |cross product of neighbours| / 2T."""
    crossed = path[1:, 1] * path[:-1, 0] - path[:-1, 1] * path[1:, 0]
    return float(np.abs(crossed).sum() * rate_hz / (2.0 * (len(path) - 1)))


def _ratio(top: float, bottom: float) -> float:
    return top / bottom if bottom > 0.0 else float("nan")


def diameter(points: ArrayLike) -> float:
    """The largest distance between any two points of the path.

    Only a pair whose distances from a middle add up to a diameter already found can be further apart, which leaves
    few points to compare; a path on a circle leaves its hull.
    """
    path = centred(points)
    path = path - (path.max(axis=0) + path.min(axis=0)) / 2.0
    angles = np.arange(32) * (np.pi / 32)
    along = path @ np.stack([np.cos(angles), np.sin(angles)])
    ends = path[along.argmax(axis=0)] - path[along.argmin(axis=0)]
    found = float(np.sqrt((ends * ends).sum(axis=1).max()))
    sizes = np.sqrt(np.einsum("ij,ij->i", path, path))
    far = path[sizes >= found - sizes.max() - 1e-9 * found]
    if len(far) > 400:
        far = _hull(far)
    apart = far[:, None] - far[None]
    return float(np.sqrt(np.einsum("ijk,ijk->ij", apart, apart).max()))


def _hull(points: Array) -> Array:
    from scipy.spatial import ConvexHull, QhullError

    try:
        return np.asarray(points[ConvexHull(points).vertices])
    except QhullError:  # all on one line: its ends
        order = np.lexsort((points[:, 1], points[:, 0]))
        return np.asarray(points[order[[0, -1]]])


# ── the ellipse ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Ellipse:
    """An ellipse around a path: its axes in the unit of the points, its turn in degrees.

    `angle_deg` is of the longer axis, from medio-lateral (the first column) towards antero-posterior, in [0, 180).
    """

    area: float
    semi_major: float
    semi_minor: float
    angle_deg: float
    centre: tuple[float, float]
    coverage: float
    form: EllipseForm


def prediction_ellipse(points: ArrayLike, *, coverage: float = 0.95, form: EllipseForm = "chi2") -> Ellipse:
    """The ellipse in which the next point falls with probability `coverage`, from the sample covariance (ddof 1).

    Parameters
    ----------
    points
        Shape (samples, 2).
    coverage
        Between 0 and 1.
    form
        ``chi2``: π χ² √det S, as published with [2]_. ``f``: the exact form for few independent samples,
        2 (n − 1)(n + 1) / (n (n − 2)) F(2, n − 2) in place of χ².

    Notes
    -----
    Not the confidence ellipse of the mean, which shrinks with the sampling rate. Samples of sway follow each other
    closely, so that neither form's coverage is exact.

    References
    ----------
    .. [1] Schubert & Kirchner 2014, Gait Posture 39(1):518-522.
    """
    path = centred(points)
    covariance = path.T @ path / (len(path) - 1)
    (minor, major), vectors = np.linalg.eigh(covariance)
    size = chi2_quantile(coverage) if form == "chi2" else _exact_size(len(path), coverage)
    semi_major, semi_minor = math.sqrt(max(major, 0.0) * size), math.sqrt(max(minor, 0.0) * size)
    mean = np.asarray(points, dtype=np.float64).mean(axis=0)
    return Ellipse(
        area=math.pi * semi_major * semi_minor,
        semi_major=semi_major,
        semi_minor=semi_minor,
        angle_deg=float(np.degrees(np.arctan2(vectors[1, 1], vectors[0, 1])) % 180.0),
        centre=(float(mean[0]), float(mean[1])),
        coverage=coverage,
        form=form,
    )


def prieto_ellipse_area(points: ArrayLike, *, coverage: float = 0.95) -> float:
    """The area as Prieto 1996 wrote it: 2π F(2, n − 2) √det S, without the factor for few samples.

    Within 0.2 % of the prediction ellipse for the thousands of samples of a usual recording; too small for few.
    """
    path = centred(points)
    covariance = path.T @ path / (len(path) - 1)
    size = 2.0 * f_quantile(coverage, len(path) - 2)
    return float(math.pi * size * math.sqrt(max(float(np.linalg.det(covariance)), 0.0)))


def chi2_quantile(coverage: float) -> float:
    """The quantile of the χ² distribution with two degrees of freedom: −2 ln(1 − p); 5.991 at 0.95."""
    return -2.0 * math.log1p(-coverage)


def f_quantile(coverage: float, freedom: int) -> float:
    """The quantile of the F distribution with 2 and `freedom` degrees: (d / 2)((1 − p)^(−2/d) − 1)."""
    return freedom / 2.0 * math.expm1(-2.0 / freedom * math.log1p(-coverage))


def _exact_size(n: int, coverage: float) -> float:
    return 2.0 * (n - 1) * (n + 1) / (n * (n - 2)) * f_quantile(coverage, n - 2)


# ── sway of the trunk ─────────────────────────────────────────────────────────────────────────────────────────────────


def sway_jerk(acceleration: ArrayLike, rate_hz: float) -> float:
    """½ ∫ (da_AP/dt)² + (da_ML/dt)² dt of the horizontal acceleration, m²/s⁵ [1]_.

    Parameters
    ----------
    acceleration
        Shape (samples, 2), m/s², horizontal, gravity taken out.
    rate_hz
        Hz. The result grows with the duration and with the sensor's noise: compare equal ones only.

    References
    ----------
    .. [1] Mancini et al. 2012, J Neuroeng Rehabil 9:59.
    """
    slope = np.gradient(np.asarray(acceleration, dtype=np.float64), 1.0 / rate_hz, axis=0)
    return float(0.5 * np.trapezoid((slope * slope).sum(axis=1), dx=1.0 / rate_hz))


# ── ratios ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def romberg_quotient(eyes_open: float, eyes_closed: float) -> float:
    """Sway with the eyes closed over sway with the eyes open; NaN where the latter is not positive."""
    return eyes_closed / eyes_open if eyes_open > 0.0 else float("nan")


def romberg_percent_change(eyes_open: float, eyes_closed: float) -> float:
    """How much more sway there is with the eyes closed, % of that with the eyes open."""
    return 100.0 * (romberg_quotient(eyes_open, eyes_closed) - 1.0)
