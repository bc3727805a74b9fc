"""Which way a person goes, sample by sample: found from the points, never assumed from the laboratory's axes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from poise.measures.segment_axes import UP, Points, midpoint, present
from poise.signals.geometry import unit

Array = NDArray[np.float64]

STRIDE_S = 1.2
"""Over about one stride the sway of the pelvis to and fro cancels."""
WALKING_M_PER_S = 0.2
"""Slower than this over the floor, displacement says nothing of direction: the treadmill, or standing."""
CLEAR_LINE = 4.0
"""Feet that go this many times further along a line than across it go along that line."""
FEWEST_SAMPLES = 50
MOST_OFF_DEG = 30.0
"""A body that faces further off the line of its feet is not understood; then the facing counts."""
STRAIGHT_DEG = 20.0
"""A path that bends less than this is straight, and has one direction."""
TURNED_ROUND_DEG = 60.0
"""Facing further about over a recording than this is a turn, not a body that sways or faces aside."""
LEAST_FOOT_SEEN = 0.7
"""Feet that look shorter than this share of their own length are turned by 45° or more out of a side view."""


def direction_of_progression(points: Points, rate_hz: float, *, view: str = "3d", treadmill: bool = False) -> Array:
    """Horizontal direction in which the person goes, pointing to the front of the body.

    Parameters
    ----------
    points
        Positions by body name, each (samples, 3), m, z up.
    rate_hz
        Of the samples.
    view
        ``"3d"``, ``"sagittal"`` or ``"frontal"``: which plane was seen.
    treadmill
        The floor moves: the feet go to and fro along the direction, the body's facing tells which way is front.

    Returns
    -------
    forward
        Shape (samples, 3), length 1, z = 0; NaN where nothing tells it. One direction for a straight walk; on a
        bent path, the direction over one stride about each sample. Somebody who walks backwards faces backwards.
        In a side view to the right or to the left, sample by sample; NaN while the person turns out of that view.
    """
    if view == "sagittal":
        return _in_side_view(points, rate_hz)
    facing = _smooth(_facing(points), rate_hz)
    if view == "frontal":
        return _constant(facing)
    path = _path(points)
    if treadmill or path is None:
        return _along_belt(points, facing)
    over_stride = _displacement(path, rate_hz)
    going = np.linalg.norm(over_stride, axis=-1) / STRIDE_S >= WALKING_M_PER_S
    if not going.any():
        return _along_belt(points, facing)
    forward = np.where(going[:, None], unit(over_stride), np.nan)
    if _bend_deg(forward) < STRAIGHT_DEG:
        forward = np.broadcast_to(unit(np.nanmean(over_stride[going], axis=0)), forward.shape)
    along = np.sum(forward * facing, axis=-1)
    known = along[np.isfinite(along)]
    backwards = len(known) > 0 and float(np.median(known)) < -0.5
    return _filled(-forward if backwards else forward)


def _along_belt(points: Points, facing: Array) -> Array:
    """The line along which both feet go to and fro, pointing where the body faces; else the facing alone.

    A person may face a few degrees off the belt all the time; the standing feet cannot. Somebody who turns round while
    the hips stay in place (points told from the hips) goes where the body faces.
    """
    if _bend_deg(facing) > TURNED_ROUND_DEG:
        return _filled(facing)
    ahead = _constant(facing)
    travels = [
        travel - travel.mean(axis=0)
        for name in ("left_heel", "right_heel", "left_ankle", "right_ankle", "left_toe", "right_toe")
        if name in points and len(travel := points[name][np.isfinite(points[name]).all(axis=-1), :2])
    ]
    if sum(map(len, travels)) < FEWEST_SAMPLES or not np.isfinite(ahead).all():
        return ahead
    spread, lines = np.linalg.eigh(np.cov(np.concatenate(travels).T))
    line = np.array([*lines[:, 1], 0.0])
    if not spread[1] > CLEAR_LINE**2 * spread[0] or abs(line @ ahead[0]) < np.cos(np.deg2rad(MOST_OFF_DEG)):
        return ahead
    return np.broadcast_to(line * np.sign(line @ ahead[0]), facing.shape)


def _in_side_view(points: Points, rate_hz: float) -> Array:
    """To the right or the left of the picture, as the feet point over a stride; NaN where they point at the camera.

    A person who comes back faces the other way. Between the two the body is foreshortened, and no angle is in the
    plane of the picture.
    """
    feet = _smoothed(_feet(points)[:, :1], rate_hz)
    if not np.isfinite(feet).any():
        return np.full((len(feet), 3), np.nan)
    along = _filled(feet)[:, 0]
    aside = np.abs(along) < LEAST_FOOT_SEEN * np.percentile(np.abs(along), 90)
    forward: Array = np.where(aside, np.nan, np.sign(along))[:, None] * np.array([1.0, 0.0, 0.0])
    return forward


def _facing(points: Points) -> Array:
    """To the front of the body: square to the line of the hips and shoulders, else along the feet."""
    for name in ("asis", "hip_centre", "psis", "shoulder_centre", "shoulder"):
        if present(points, f"left_{name}", f"right_{name}"):
            right = points[f"right_{name}"] - points[f"left_{name}"]
            return unit(np.cross(UP, right) * np.array([1.0, 1.0, 0.0]))
    return unit(_feet(points))


def _feet(points: Points) -> Array:
    """From heel to toe over the floor, mean of the feet that were seen, (samples, 3)."""
    arrows = [
        points[f"{side}_toe"] - points[f"{side}_heel"]
        for side in ("left", "right")
        if present(points, f"{side}_toe", f"{side}_heel")
    ]
    known = np.array([np.isfinite(arrow).all(axis=-1) for arrow in arrows])
    if not known.any():
        return np.full((len(next(iter(points.values()))), 3), np.nan)
    summed = np.where(known[:, :, None], arrows, 0.0).sum(axis=0)
    count = known.sum(axis=0)[:, None]
    mean: Array = np.divide(summed, count, out=np.full(summed.shape, np.nan), where=count > 0)
    flat: Array = mean * np.array([1.0, 1.0, 0.0])
    return flat


def _path(points: Points) -> Array | None:
    for name in ("asis", "hip_centre", "psis"):
        middle = midpoint(points, name)
        if middle is not None:
            return middle
    for name in ("pelvis_centre", "sacrum"):
        if present(points, name):
            return points[name]
    return None


def _displacement(path: Array, rate_hz: float) -> Array:
    """How far the pelvis goes over the floor in the stride about each sample, scaled to one whole stride."""
    half = max(1, round(0.5 * STRIDE_S * rate_hz))
    flat = _filled(path) * np.array([1.0, 1.0, 0.0])
    sample = np.arange(len(flat))
    before, after = np.maximum(sample - half, 0), np.minimum(sample + half, len(flat) - 1)
    span = np.maximum(after - before, 1)[:, None]
    moved: Array = (flat[after] - flat[before]) * (STRIDE_S * rate_hz) / span
    return moved


def turned_deg(points: Points, rate_hz: float) -> float:
    """How far about the body faces over a recording in three dimensions, degrees; 0 where nothing tells it."""
    return _bend_deg(_smooth(_facing(points), rate_hz))


def _bend_deg(forward: Array) -> float:
    known = forward[np.isfinite(forward[:, 0])]
    if not len(known):
        return 0.0
    heading = np.unwrap(np.arctan2(known[:, 1], known[:, 0]))
    return float(np.rad2deg(np.ptp(heading)))


def _constant(facing: Array) -> Array:
    known = facing[np.isfinite(facing).all(axis=-1)]
    if not len(known):
        return np.full(facing.shape, np.nan)
    return np.broadcast_to(unit(known.mean(axis=0)), facing.shape)


def _smooth(arrows: Array, rate_hz: float) -> Array:
    """Mean direction over one stride."""
    return unit(_smoothed(arrows, rate_hz))


def _smoothed(arrows: Array, rate_hz: float) -> Array:
    """Mean over one stride; missing samples are left out of it."""
    width = max(1, min(len(arrows), round(STRIDE_S * rate_hz)))
    known = np.isfinite(arrows).all(axis=-1)
    kernel = np.ones(width)
    counted = np.convolve(known.astype(float), kernel, "same")
    summed = np.stack([np.convolve(np.where(known, column, 0.0), kernel, "same") for column in arrows.T], axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: Array = summed / counted[:, None]
    return mean


def _filled(arrows: Array) -> Array:
    """Gaps bridged in a straight line, ends held: only a direction or a slow path is filled so, never an angle."""
    known = np.isfinite(arrows).all(axis=-1)
    if known.all() or not known.any():
        return np.array(arrows)
    sample = np.arange(len(arrows))
    filled: Array = np.stack([np.interp(sample, sample[known], column[known]) for column in arrows.T], axis=-1)
    return filled
