"""Angles, planes, segment frames and directions, for one frame or a whole recording alike: ``f(x)[i] == f(x[i])``.

Points have shape (..., 3), metres, in one right-handed frame; angles are degrees; NaN in gives NaN out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

AXES: Array = np.eye(3)
X_AXIS, Y_AXIS, Z_AXIS = AXES
SMALLEST_LENGTH = 1e-9


def length(vectors: ArrayLike) -> Array:
    """Length of each vector, shape (...) from (..., n)."""
    v = np.asarray(vectors, dtype=np.float64)
    lengths: Array = np.sqrt(np.einsum("...i,...i->...", v, v))
    return lengths


def unit(vectors: ArrayLike) -> Array:
    """Each vector at length 1, shape (..., n); NaN where it has no length or is missing."""
    v = np.asarray(vectors, dtype=np.float64)
    size = length(v)[..., None]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(size > SMALLEST_LENGTH, v / size, np.nan)


def dot(a: ArrayLike, b: ArrayLike) -> Array:
    """Scalar product over the last axis."""
    product: Array = np.einsum("...i,...i->...", np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64))
    return product


def midpoint(*points: ArrayLike) -> Array:
    """The middle of several points; NaN where any is missing."""
    total: Array = np.sum([np.asarray(point, dtype=np.float64) for point in points], axis=0)
    return total / len(points)


def angle_between(a: ArrayLike, b: ArrayLike) -> Array:
    """Angle between two directions, 0 to 180 deg; NaN where one has no length.

    Notes
    -----
    Two atan2 arguments instead of an arccos: exact near 0 and 180 deg, where arccos loses half its digits [1]_.

    References
    ----------
    .. [1] Kahan 2006, How Futile are Mindless Assessments of Roundoff, section 12.
    """
    u, v = unit(a), unit(b)
    angle_deg: Array = np.degrees(2.0 * np.arctan2(length(u - v), length(u + v)))
    return angle_deg


def flexion_angle(proximal: ArrayLike, joint: ArrayLike, distal: ArrayLike) -> Array:
    """Angle at a joint between its two segments; 0 when the limb is straight.

    Parameters
    ----------
    proximal, joint, distal
        Positions, shape (..., 3) or (..., 2), metres, one frame. For the knee: hip, knee, ankle.

    Returns
    -------
    angle_deg
        Shape (...), degrees, 0 to 180; NaN where a point is missing or coincides with the joint.

    Notes
    -----
    The included angle: it does not part flexion from abduction or rotation, and it folds over at 0: a knee
    bent backwards by 5 deg reads 5. See `signed_flexion_angle` and [1]_ for that.

    References
    ----------
    .. [1] Grood & Suntay 1983, J Biomech Eng 105(2):136-144.
    """
    at = np.asarray(joint, dtype=np.float64)
    return 180.0 - angle_between(np.asarray(proximal, dtype=np.float64) - at, np.asarray(distal, dtype=np.float64) - at)


def rotation_between(start: ArrayLike, end: ArrayLike) -> Array:
    """The smallest rotation that turns one direction into another, as a matrix, shape (..., 3, 3).

    Opposite directions are turned about the axis that is perpendicular to `start` and nearest to x.

    References
    ----------
    .. [1] Rodrigues' rotation formula, e.g. Goldstein 1980, Classical Mechanics, section 4-7.
    """
    a, b = unit(start), unit(end)
    cosine = dot(a, b)[..., None, None]
    cross = _cross_matrix(np.cross(a, b))
    with np.errstate(divide="ignore", invalid="ignore"):
        turned = np.eye(3) + cross + cross @ cross / (1.0 + cosine)
    return np.where(cosine < -1.0 + 1e-12, _half_turn(a), turned)


def _half_turn(direction: Array) -> Array:
    across = X_AXIS - dot(direction, X_AXIS)[..., None] * direction
    across = np.where(length(across)[..., None] < 1e-6, Y_AXIS - dot(direction, Y_AXIS)[..., None] * direction, across)
    axis = unit(across)
    half_turn: Array = 2.0 * axis[..., :, None] * axis[..., None, :] - np.eye(3)
    return half_turn


def _cross_matrix(v: Array) -> Array:
    matrix: Array = np.zeros((*v.shape, 3))
    matrix[..., 0, 1], matrix[..., 0, 2] = -v[..., 2], v[..., 1]
    matrix[..., 1, 0], matrix[..., 1, 2] = v[..., 2], -v[..., 0]
    matrix[..., 2, 0], matrix[..., 2, 1] = -v[..., 1], v[..., 0]
    return matrix


def nearest_axis(direction: ArrayLike) -> tuple[int, float, float]:
    """Which axis a direction (3,) lies along: its index, its sign, and the angle between them in deg."""
    d = unit(direction)
    axis = int(np.argmax(np.abs(d)))
    sign = float(np.sign(d[axis]))
    return axis, sign, float(angle_between(d, sign * AXES[axis]))
