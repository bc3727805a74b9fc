"""Angles of posture in the picture plane, for one frame or many alike: x to the right, y up, square pixels or metres.

Side view: forward is told by `facing`, +1 where the person looks to the right of the picture, −1 to the left.
Front or back view: left and right are the person's own. NaN in gives NaN out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def square_pixels(points: ArrayLike, width_px: float, height_px: float) -> Array:
    """Points as shares of a picture (y down) in square pixels with y up; without this every angle is wrong."""
    shares = np.asarray(points, dtype=np.float64)
    return np.asarray(shares * np.array([width_px, -height_px]))


def from_vertical_deg(lower: ArrayLike, upper: ArrayLike, facing: ArrayLike = 1.0) -> Array:
    """Lean of the line from `lower` to `upper`, shape (..., 2), from the vertical: + where the upper end is forward.

    With shoulder and ear it is the head's stand-in angle, with hip and shoulder the trunk's inclination. −180 to 180.
    """
    across, up = _parts(lower, upper)
    return _degrees(np.asarray(facing) * across, up)


def from_horizontal_deg(behind: ArrayLike, ahead: ArrayLike, facing: ArrayLike = 1.0) -> Array:
    """Slope of the line from `behind` to `ahead`, + where the front end is higher: ear to eye is the head's tilt.

    With C7 and tragus it is the craniovertebral angle: 50.6 ± 2.1 deg in healthy adults, 43.9 ± 3.6 with chronic neck
    pain (Lau 2009, Man Ther 14:363); smaller is further forward.
    """
    across, up = _parts(behind, ahead)
    return _degrees(up, np.asarray(facing) * across)


def craniovertebral_angle_deg(c7: ArrayLike, tragus: ArrayLike, facing: ArrayLike = 1.0) -> Array:
    """The angle between the horizontal through C7 and the line from C7 to the tragus."""
    return from_horizontal_deg(c7, tragus, facing)


def level_deg(left: ArrayLike, right: ArrayLike) -> Array:
    """Slope of the line between two points of a pair seen from the front or back: + where the left one is higher."""
    across, up = _parts(right, left)
    return _degrees(up, np.abs(across))


def bend_deg(upper: ArrayLike, joint: ArrayLike, lower: ArrayLike, facing: ArrayLike = 1.0) -> Array:
    """How far the lower segment is turned backwards from the line of the upper: a bent knee +, hyperextended −."""
    across_a, up_a = _parts(upper, joint)
    across_b, up_b = _parts(joint, lower)
    turn = _degrees(across_a * up_b - up_a * across_b, across_a * across_b + up_a * up_b)
    return np.asarray(-np.asarray(facing) * turn)


def inward_deg(hip: ArrayLike, knee: ArrayLike, ankle: ArrayLike, outward: ArrayLike) -> Array:
    """How far a knee lies inward of the line hip–ankle, seen from the front; `outward` is the sign of x on its side."""
    return bend_deg(hip, knee, ankle, -np.asarray(outward, dtype=np.float64))


def off_line_deg(shoulder: ArrayLike, hip: ArrayLike, ankle: ArrayLike) -> Array:
    """In a plank: by how much the hip is above (+) or below (−) a straight body, 180 − the included angle.

    The sign is that of the hip's height over the line from shoulder to ankle, whichever way the person lies.
    """
    shoulder, hip, ankle = (np.asarray(each, dtype=np.float64) for each in (shoulder, hip, ankle))
    along, up = _parts(shoulder, ankle)
    across, rise = _parts(shoulder, hip)
    with np.errstate(invalid="ignore", divide="ignore"):
        above = np.where(np.abs(along) > 0.0, rise - up * across / along, np.nan)
    return np.asarray(np.copysign(np.abs(bend_deg(shoulder, hip, ankle)), above) + 0.0 * above)


def _parts(start: ArrayLike, end: ArrayLike) -> tuple[Array, Array]:
    away = np.asarray(end, dtype=np.float64) - np.asarray(start, dtype=np.float64)
    return away[..., 0], away[..., 1]


def _degrees(sine: ArrayLike, cosine: ArrayLike) -> Array:
    """atan2 in degrees; NaN where both are 0, for then there is no direction."""
    y, x = np.asarray(sine, dtype=np.float64), np.asarray(cosine, dtype=np.float64)
    return np.where((x == 0.0) & (y == 0.0), np.nan, np.degrees(np.arctan2(y, x)))
