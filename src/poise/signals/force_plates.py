"""From the channels of a force plate to the force on the person and where it acts.

The steps are those of the C3D standard [1]_: channels → force and moment at the centre of the plate's surface, in the
plate's axes → centre of pressure and free moment → the laboratory. A plate's axes follow from its four corners,
listed clockwise as seen from above: x runs from corner 2 to corner 1, y from corner 4 to corner 1, and z = x × y points
into the floor.

Whether a plate records what the foot does to the floor or what the floor does to the foot differs between makers. A
foot can only push, so the sign is taken from the data: the net force on the person points up.

All functions take whole recordings, shape (samples, channels), or one sample, shape (channels,).

References
----------
.. [1] Motion Lab Systems 2008, The C3D File Format: User Guide, "FORCE_PLATFORM group".
.. [2] Kistler Instrumente AG, "Force plate formulae", in the manuals of the 9281 and 9287 plates.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

LEAST_FORCE_N = 20.0
"""Vertical force below which no centre of pressure is told, for it would be noise divided by little."""


def plate_axes(corners: ArrayLike) -> tuple[Array, Array]:
    """Centre and axes of a plate.

    Parameters
    ----------
    corners
        Shape (4, 3), in the laboratory, in the standard's order.

    Returns
    -------
    centre
        Shape (3,), the mean of the corners.
    axes
        Shape (3, 3), the plate's unit x, y and z as columns; NaN where the corners span no area.
    """
    corners = np.asarray(corners, dtype=np.float64)
    x = corners[0] + corners[3] - corners[1] - corners[2]
    y = corners[0] + corners[1] - corners[2] - corners[3]
    with np.errstate(all="ignore"):
        x = x / np.sqrt(x @ x)
        z = _cross(x, y)
        z = z / np.sqrt(z @ z)
    return corners.mean(axis=0), np.stack([x, _cross(z, x), z], axis=-1)


def _cross(a: Array, b: Array) -> Array:
    # For two single vectors many times faster than numpy's own, which counts when a file is read in milliseconds.
    (ax, ay, az), (bx, by, bz) = a, b
    return np.array([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])


def wrench_of_position(channels: ArrayLike) -> Array:
    """Type 1: force, centre of pressure and free moment → force and moment at the centre of the surface.

    Parameters
    ----------
    channels
        Shape (..., 6): Fx, Fy, Fz (N), the centre of pressure x, y (m, from the centre), the moment about it (N·m).

    Returns
    -------
    wrench
        Shape (..., 6): Fx, Fy, Fz (N), Mx, My, Mz (N·m).
    """
    wrench = np.array(channels, dtype=np.float64, copy=True)
    fx, fy, fz, x, y, free = np.moveaxis(np.asarray(channels, dtype=np.float64), -1, 0)
    wrench[..., 3], wrench[..., 4], wrench[..., 5] = y * fz, -x * fz, free + x * fy - y * fx
    return wrench


def wrench_of_six(channels: ArrayLike, origin_m: ArrayLike) -> Array:
    """Types 2 and 4 (calibrated): force and moment at the sensor's origin → at the centre of the surface.

    Parameters
    ----------
    channels
        Shape (..., 6): Fx, Fy, Fz (N), Mx, My, Mz (N·m) about the sensor's origin.
    origin_m
        From the sensor's origin to the centre of the surface, in the plate's axes; its z is negative, for the surface
        lies above. Many programs write the opposite vector: a positive z is read so.

    Returns
    -------
    wrench
        Shape (..., 6), about the centre of the surface: M − r × F.
    """
    wrench = np.array(channels, dtype=np.float64, copy=True)
    rx, ry, rz = to_surface(origin_m)
    fx, fy, fz = np.moveaxis(wrench[..., :3], -1, 0)
    wrench[..., 3] -= ry * fz - rz * fy
    wrench[..., 4] -= rz * fx - rx * fz
    wrench[..., 5] -= rx * fy - ry * fx
    return wrench


def to_surface(origin_m: ArrayLike) -> Array:
    """The vector from the sensor's origin to the centre of the surface, whichever way round the file has it."""
    origin = np.asarray(origin_m, dtype=np.float64)
    return -origin if origin[2] > 0 else origin


def wrench_of_eight(channels: ArrayLike, origin_m: ArrayLike) -> Array:
    """Type 3 (Kistler): eight piezo-electric channels → force and moment at the centre of the surface [2]_.

    Parameters
    ----------
    channels
        Shape (..., 8): Fx12, Fx34, Fy14, Fy23, Fz1, Fz2, Fz3, Fz4 (N).
    origin_m
        a, b and az0: half the distances between the sensors along x and y, and the height of the surface above them.
        The sign of az0 is not used: the surface lies above the sensors.

    Returns
    -------
    wrench
        Shape (..., 6): Fx, Fy, Fz (N), Mx, My, Mz (N·m).
    """
    a, b, height = np.abs(np.asarray(origin_m, dtype=np.float64))
    fx12, fx34, fy14, fy23, f1, f2, f3, f4 = np.moveaxis(np.asarray(channels, dtype=np.float64), -1, 0)
    fx, fy = fx12 + fx34, fy14 + fy23
    mx = b * (f1 + f2 - f3 - f4) - height * fy
    my = a * (f2 + f3 - f1 - f4) + height * fx
    mz = b * (fx34 - fx12) + a * (fy14 - fy23)
    return np.stack([fx, fy, f1 + f2 + f3 + f4, mx, my, mz], axis=-1)


def centre_of_pressure(wrench: ArrayLike, *, least_force_n: float = LEAST_FORCE_N) -> tuple[Array, Array]:
    """Where the force acts on the surface, and the moment about that point.

    Parameters
    ----------
    wrench
        Shape (..., 6): force (N) and moment (N·m) at the centre of the surface, in the plate's axes.
    least_force_n
        The vertical force below which nothing is told.

    Returns
    -------
    position_m
        Shape (..., 2): x and y from the centre; NaN while the plate is unloaded.
    free_moment_nm
        Shape (...): about the plate's z axis; NaN while the plate is unloaded.
    """
    fx, fy, fz, mx, my, mz = np.moveaxis(np.asarray(wrench, dtype=np.float64), -1, 0)
    loaded = np.where(np.abs(fz) >= least_force_n, fz, np.nan)
    position = np.empty((2, *fz.shape))  # a row an axis, since neighbours in memory are worked on fastest
    x = np.divide(my, -loaded, out=position[0, ...])
    y = np.divide(mx, loaded, out=position[1, ...])
    return np.moveaxis(position, 0, -1), mz - x * fy + y * fx


def upward_axes(axes: ArrayLike, up: ArrayLike, *, points_down: bool = False) -> tuple[Array, bool]:
    """The plate's axes in the laboratory as its *channels* mean them, and whether the corners contradict that.

    Corners listed counter-clockwise put the plate's z axis upwards. For a plate whose channels are known to point into
    the floor (Kistler's: its az0 says so), z is then turned down and x and y kept, which are right each by itself.

    Parameters
    ----------
    axes
        Shape (3, 3), from `plate_axes`.
    up
        Shape (3,), against gravity.
    points_down
        Whether the plate's channels are known to point into the floor.
    """
    axes = np.array(axes, dtype=np.float64, copy=True)
    is_upside_down = bool(axes[:, 2] @ np.asarray(up, dtype=np.float64) > 0)
    if is_upside_down and points_down:
        axes[:, 2] *= -1.0
    return axes, is_upside_down
