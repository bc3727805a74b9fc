"""Axes of the body's segments: x forward, y up along the segment, z to the person's right (ISB)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from poise.model import Side
from poise.signals import geometry

Array = NDArray[np.float64]
Points = Mapping[str, Array]
View = Literal["3d", "sagittal", "frontal", "unknown"]

UP = np.array([0.0, 0.0, 1.0])
SAME_POINT = 0.01
"""Two points of a joint this near each other (m) are one point; pose models give one for both."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """A person who walks, as far as points show it.

    Attributes
    ----------
    points
        Positions by body name, each (samples, 3), m, z up; NaN where missing.
    time_s
        Shape (samples,).
    forward
        Direction of progression, (samples, 3), horizontal, length 1.
    view
        The plane that was seen.
    knee_axis_known
        Whether the points across the knee tell how the thigh turns about its length; False where a centre was only
        placed somewhere inside the lateral marker.
    in_metres
        Whether lengths are known; else the points are in a unit of their own, such as the body's height.
    on_floor
        Whether the points are told in a room; False where they are told from the hips, which then never move.
    """

    points: Points
    time_s: Array
    forward: Array
    view: View = "3d"
    knee_axis_known: bool = True
    in_metres: bool = True
    on_floor: bool = True

    @cached_property
    def pelvis(self) -> Array | None:
        """Axes of the pelvis from its bony points; None in a picture, or where they were not recorded."""
        return pelvis_axes(self.points) if self.view == "3d" else None


def walking_axes(forward: Array) -> Array:
    """Axes of the walk itself: x along the horizontal direction `forward`, y up, z to the right."""
    return geometry.segment_frame(np.broadcast_to(UP, forward.shape), np.cross(forward, UP))


def present(points: Points, *names: str) -> bool:
    """Whether all these points are there, each for at least one sample."""
    return all(name in points and _ever_known(points[name]) for name in names)


def _ever_known(values: Array) -> bool:
    # Most points are there from the first sample on, which spares looking at all of them.
    return bool(np.isfinite(values[:1]).all() and len(values)) or bool(np.isfinite(values).all(axis=-1).any())


def midpoint(points: Points, name: str) -> Array | None:
    """Midway between the left and the right point of this name; None unless both are there."""
    if not present(points, f"left_{name}", f"right_{name}"):
        return None
    return 0.5 * (points[f"left_{name}"] + points[f"right_{name}"])


def pelvis_axes(points: Points) -> Array | None:
    """Pelvis from its bony points: z from left to right ASIS, x in the plane with the PSIS or the sacrum [1]_.

    With all four points the axes are those of a rigid pelvis fitted to them (`rigid_fit`), because the skin under each
    moves by a centimetre and more; with a sacral point in place of the PSIS nothing is left over to fit. None where
    they were not recorded: hip centres alone do not give pelvic tilt.

    References
    ----------
    .. [1] Wu et al. 2002, J Biomech 35(4):543-548.
    """
    front, back = midpoint(points, "asis"), midpoint(points, "psis")
    if front is None or (back is None and not present(points, "sacrum")):
        return None
    right = points["right_asis"] - points["left_asis"]
    if back is None:
        return _girdle(right, front - points["sacrum"])
    four = np.stack([points[name] for name in ("left_asis", "right_asis", "left_psis", "right_psis")], axis=1)
    return rigid_fit(_girdle(right, front - back), four)


def rigid_fit(axes: Array, points: Array) -> Array:
    """Axes turned so that a body of constant shape lies closest to its points, in the least-squares sense [1]_.

    Parameters
    ----------
    axes
        A first guess of the segment's axes, (samples, 3, 3), within some 20° of the best.
    points
        Points of the segment, (samples, points, 3), m; NaN where missing.

    Returns
    -------
    axes
        Like the guess on average over the recording: the shape is the median of the points in the guessed axes. NaN
        where a point is missing.

    Notes
    -----
    Two Gauss-Newton steps for the turn in place of a decomposition for every sample: from 10° off, the rest is under
    0.1°.

    References
    ----------
    .. [1] Söderkvist & Wedin 1993, J Biomech 26(12):1473-1477.
    """
    spread = points - points.mean(axis=1, keepdims=True)
    inside = np.einsum("nji,nmj->nmi", axes, spread)
    known = np.isfinite(inside).all(axis=(1, 2))
    if not known.any():
        return axes
    shape = np.median(inside[known], axis=0)
    to_turn = np.linalg.inv(np.sum(shape**2) * np.eye(3) - shape.T @ shape)
    moments = np.swapaxes(spread, 1, 2) @ shape
    for _ in range(2):
        seen = np.swapaxes(axes, 1, 2) @ moments
        lag = np.stack([seen[:, 2, 1] - seen[:, 1, 2], seen[:, 0, 2] - seen[:, 2, 0], seen[:, 1, 0] - seen[:, 0, 1]])
        axes = axes @ _rotation(lag.T @ to_turn)
    return axes


def _rotation(turn: Array) -> Array:
    """The rotation by vectors (samples, 3) whose length is the angle in radians; exact, through quaternions."""
    half = 0.5 * geometry.length(turn)
    x, y, z = (0.5 * np.sinc(half / np.pi) * component for component in turn.T)
    w = np.cos(half)
    rows = (
        (w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)),
        (2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x)),
        (2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z),
    )
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=1)


def hips_axes(points: Points) -> Array | None:
    """A stand-in for the pelvis: z from left to right hip, y as near to the line hips-shoulders as that allows.

    What it calls hip flexion is the angle between trunk and thigh: it mixes the hip with the spine.
    """
    trunk = trunk_line(points)
    if trunk is None or not present(points, "left_hip_centre", "right_hip_centre"):
        return None
    right = points["right_hip_centre"] - points["left_hip_centre"]
    return geometry.segment_frame(trunk, right, exact="right")


def _girdle(right: Array, forward: Array) -> Array:
    return geometry.segment_frame(np.cross(right, forward), right, exact="right")


def trunk_line(points: Points) -> Array | None:
    """From midway between the hips to midway between the shoulders (or C7), shape (samples, 3)."""
    low = midpoint(points, "hip_centre")
    if low is None and present(points, "pelvis_centre"):
        low = points["pelvis_centre"]
    high = shoulders_middle(points)
    return None if low is None or high is None else high - low


def shoulders_middle(points: Points) -> Array | None:
    """Midway between the shoulders: centres where there are any, else skin markers, else C7."""
    for name in ("shoulder_centre", "shoulder"):
        middle = midpoint(points, name)
        if middle is not None:
            return middle
    for name in ("shoulders_centre", "c7"):
        if present(points, name):
            return points[name]
    return None


def shoulders_line(points: Points) -> Array | None:
    """From the left to the right shoulder."""
    for name in ("shoulder_centre", "shoulder"):
        if present(points, f"left_{name}", f"right_{name}"):
            return points[f"right_{name}"] - points[f"left_{name}"]
    return None


def thorax_axes(points: Points) -> Array | None:
    """Thorax from C7, T10, sternal notch and xiphoid: y from the low to the high pair, z square to their plane.

    References
    ----------
    .. [1] Wu et al. 2005, J Biomech 38(5):981-992 (T10 stands for T8).
    """
    if not present(points, "c7", "t10", "sternum", "xiphoid"):
        return None
    high = 0.5 * (points["c7"] + points["sternum"])
    low = 0.5 * (points["t10"] + points["xiphoid"])
    forward = points["sternum"] + points["xiphoid"] - points["c7"] - points["t10"]
    return geometry.segment_frame(high - low, np.cross(forward, high - low))


def lateral_axis(points: Points, side: Side, joint: str) -> Array | None:
    """Through a joint to the person's right, from its medial and lateral points, or lateral point and centre.

    None where only one point marks the joint: then nothing tells how the segment is turned about its length.
    """
    lateral = f"{side}_{joint}"
    towards_right = 1.0 if side == "right" else -1.0
    for other in (f"{lateral}_medial", f"{lateral}_centre"):
        if present(points, lateral, other):
            arrow = points[lateral] - points[other]
            apart = np.linalg.norm(arrow, axis=-1)
            known = apart[np.isfinite(apart)]
            if len(known) and np.median(known) > SAME_POINT:
                return towards_right * arrow
    return None


def joint_point(points: Points, side: Side, joint: str) -> Array | None:
    """A joint's centre, or its lateral point where no centre is known; None where neither was recorded."""
    for name in (f"{side}_{joint}_centre", f"{side}_{joint}"):
        if present(points, name):
            return points[name]
    return None
