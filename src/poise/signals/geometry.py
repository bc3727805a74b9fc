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


def all_axes(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether it holds for every axis of each vector: as ``flags.all(axis=-1)``, five times faster for three axes."""
    together: NDArray[np.bool_] = np.ones(flags.shape[:-1], dtype=np.bool_)
    for axis in range(flags.shape[-1]):
        together &= flags[..., axis]
    return together


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


def horizontal(vectors: ArrayLike) -> Array:
    """The part of each vector that lies in the floor: z set to 0 (z is up)."""
    flat = np.array(vectors, dtype=np.float64, copy=True)
    flat[..., 2] *= 0.0
    return flat


def on_plane(vectors: ArrayLike, normal: ArrayLike) -> Array:
    """The part of each vector that lies in the plane with this normal, shape (..., 3)."""
    v, n = np.asarray(vectors, dtype=np.float64), unit(normal)
    return v - dot(v, n)[..., None] * n


def signed_angle(start: ArrayLike, end: ArrayLike, normal: ArrayLike) -> Array:
    """Angle from `start` to `end` in the plane with this normal, −180 to 180 deg.

    Counter-clockwise seen from the tip of the normal. Both directions are first laid into the plane; NaN where one of
    them stands on it, for then it has no direction there.
    """
    a, b, n = on_plane(start, normal), on_plane(end, normal), unit(normal)
    small = (length(a) < SMALLEST_LENGTH) | (length(b) < SMALLEST_LENGTH)
    angle_deg = np.degrees(np.arctan2(dot(np.cross(a, b), n), dot(a, b)))
    return np.where(small, np.nan, angle_deg)


def signed_flexion_angle(proximal: ArrayLike, joint: ArrayLike, distal: ArrayLike, right: ArrayLike) -> Array:
    """Angle of the distal segment against the proximal one, seen along the joint's transverse axis.

    Parameters
    ----------
    proximal, joint, distal
        Positions, shape (..., 3), m. For the knee: hip, knee, ankle.
    right
        The direction of the joint's transverse axis towards the person's right, shape (..., 3).

    Returns
    -------
    angle_deg
        Shape (...), −180 to 180; positive where the distal end lies forward of the straight limb: hip and elbow flexion
        are positive, and so is **extension** of a knee, whose flexion is the negative of this.

    Notes
    -----
    Unlike `flexion_angle` it tells hyperextension from flexion; it is as good as the transverse axis it is given.
    """
    at = np.asarray(joint, dtype=np.float64)
    straight_on = at - np.asarray(proximal, dtype=np.float64)
    return signed_angle(straight_on, np.asarray(distal, dtype=np.float64) - at, right)


def inclination(direction: ArrayLike, towards: ArrayLike, up: ArrayLike = Z_AXIS) -> Array:
    """Lean of a segment from the vertical, seen in the plane of `up` and `towards`; positive towards `towards`.

    Parameters
    ----------
    direction
        From the segment's lower end to its upper, shape (..., 3).
    towards
        Forward for the sagittal plane, the side for the frontal plane, shape (..., 3).

    Returns
    -------
    angle_deg
        Shape (...), −180 to 180 deg.
    """
    d, u = np.asarray(direction, dtype=np.float64), unit(up)
    side = unit(on_plane(towards, u))
    angle_deg: Array = np.degrees(np.arctan2(dot(d, side), dot(d, u)))
    return np.where(np.isfinite(angle_deg), angle_deg, np.nan)


def segment_frame(up: ArrayLike, right: ArrayLike, *, exact: str = "up") -> Array:
    """Axes of a body segment: x forward, y up, z to the right, as the columns of matrices of shape (..., 3, 3).

    Parameters
    ----------
    up, right
        Two directions of the segment, shape (..., 3): along it from its lower to its upper joint, and to the person's
        right. For the pelvis `right` is from left to right ASIS.
    exact
        Which of the two is kept as it is (``"up"`` for thigh and shank, ``"right"`` for the pelvis); the other is made
        perpendicular to it.

    Returns
    -------
    frame
        Right-handed and orthonormal; NaN where a direction is missing or both are parallel.

    References
    ----------
    .. [1] Wu et al. 2002, J Biomech 35:543-548 (ISB axes).
    """
    upward, rightward = np.asarray(up, dtype=np.float64), np.asarray(right, dtype=np.float64)
    x = unit(np.cross(upward, rightward))
    if exact == "up":
        y = unit(upward)
        z = np.cross(x, y)
    else:
        z = unit(rightward)
        y = np.cross(z, x)
    # x comes from both directions: without one of them there is no frame, not a part of one.
    return np.where(np.isfinite(x)[..., None], np.stack([x, y, z], axis=-1), np.nan)


def relative_rotation(proximal: ArrayLike, distal: ArrayLike) -> Array:
    """The distal frame as seen from the proximal one: the transpose of the one times the other, shape (..., 3, 3)."""
    p, d = np.asarray(proximal, dtype=np.float64), np.asarray(distal, dtype=np.float64)
    rotation: Array = np.einsum("...ji,...jk->...ik", p, d)
    return rotation


def cardan_angles(rotation: ArrayLike, order: str) -> Array:
    """The three turns about the moving axes, in this order (``"zxy"``, ``"yxz"`` …), shape (..., 3), deg.

    Parameters
    ----------
    rotation
        Matrices of shape (..., 3, 3); NaN gives NaN.
    order
        Three different axes. The first and last angle run from −180 to 180, the middle one from −90 to 90.

    Notes
    -----
    Near ±90 deg of the middle angle the other two cannot be told apart (gimbal lock): distrust them beyond 75 deg.

    References
    ----------
    .. [1] Diebel 2006, Representing Attitude, Stanford University.
    """
    m = np.asarray(rotation, dtype=np.float64)
    i, j, k = ("xyz".index(axis) for axis in order.lower())
    even = 1.0 if (j - i) % 3 == 1 else -1.0
    first = np.arctan2(-even * m[..., j, k], m[..., k, k])
    middle = np.arcsin(np.clip(even * m[..., i, k], -1.0, 1.0))
    last = np.arctan2(-even * m[..., i, j], m[..., i, i])
    angles_deg: Array = np.degrees(np.stack([first, middle, last], axis=-1))
    return angles_deg


def rotation_from_cardan(angles_deg: ArrayLike, order: str) -> Array:
    """The rotation made by three turns about the moving axes; undoes `cardan_angles`."""
    angles = np.radians(np.asarray(angles_deg, dtype=np.float64))
    turns = [rotation_about(AXES["xyz".index(axis)], angles[..., n]) for n, axis in enumerate(order.lower())]
    return np.asarray(turns[0] @ turns[1] @ turns[2])


def rotation_about(axis: ArrayLike, angle_rad: ArrayLike) -> Array:
    """The rotation about an axis (..., 3) by an angle (...), right-handed, shape (..., 3, 3)."""
    cross = _cross_matrix(unit(axis))
    angle = np.asarray(angle_rad, dtype=np.float64)[..., None, None]
    return np.eye(3) + np.sin(angle) * cross + (1.0 - np.cos(angle)) * (cross @ cross)


def grood_suntay(proximal: ArrayLike, distal: ArrayLike) -> Array:
    """Joint angles in the joint coordinate system of Grood and Suntay, for a right limb.

    Parameters
    ----------
    proximal, distal
        Segment frames as of `segment_frame`, shape (..., 3, 3): x forward, y up, z right.

    Returns
    -------
    angles_deg
        Shape (..., 3): about the proximal z, the floating x, the distal y. Positive are, in this order, the distal end
        forward (hip flexion, ankle dorsiflexion; a knee flexes by the **negative** of it), adduction and internal
        rotation of a **right** limb; for a left one take the negative of the second and third.

    Notes
    -----
    The same numbers as the Cardan sequence z, x, y. Near 90 deg of adduction the others lose their meaning.

    References
    ----------
    .. [1] Grood & Suntay 1983, J Biomech Eng 105(2):136-144.
    .. [2] Wu et al. 2002, J Biomech 35:543-548.
    """
    return cardan_angles(relative_rotation(proximal, distal), "zxy")
