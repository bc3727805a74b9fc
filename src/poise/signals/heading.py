"""Which way somebody goes: by travel where the body travels, by the way it points where it does not (treadmill).

z is up. Directions are unit vectors in the floor, shape (samples, 3); NaN where there is none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.signals import geometry

Array = NDArray[np.float64]

SLOWEST_TRAVEL_M_S = 0.2
"""A body slower than this over a second is not taken to travel; patients walk at 0.25 m/s and more [design]."""


def travel_direction(pelvis: ArrayLike, rate_hz: float, *, window_s: float = 1.0) -> Array:
    """The direction in which the pelvis moved over a window centred on each sample; NaN where it hardly moved.

    Parameters
    ----------
    pelvis
        Position, shape (samples, 3), m, z up.
    rate_hz
        Samples a second.
    window_s
        About a stride, so that sway to the sides cancels.
    """
    moved, elapsed_s = _over_window(np.asarray(pelvis, dtype=np.float64), rate_hz, window_s)
    flat = geometry.horizontal(moved)
    with np.errstate(invalid="ignore"):
        slow = ~(geometry.length(flat) / elapsed_s > SLOWEST_TRAVEL_M_S)
    flat[slow] = np.nan
    return geometry.unit(flat)


def facing_direction(forward: ArrayLike, rate_hz: float, *, window_s: float = 1.0) -> Array:
    """The mean direction in which the body points over a window centred on each sample.

    Parameters
    ----------
    forward
        Any vector of the body that points forward, shape (samples, 3): heel to toe of both feet added, or pelvis
        back to front. A missing sample is passed over.
    """
    flat = geometry.unit(geometry.horizontal(forward))
    return geometry.unit(_rolling_mean(flat, max(1, round(window_s * rate_hz))))


def travels(pelvis: ArrayLike, rate_hz: float, *, window_s: float = 1.0) -> bool:
    """Whether the body travels (overground) or stays about its place (treadmill, standing)."""
    position = np.asarray(pelvis, dtype=np.float64)
    moved, elapsed_s = _over_window(position, rate_hz, window_s)
    speed = geometry.length(geometry.horizontal(moved)) / elapsed_s
    known = speed[np.isfinite(speed)]
    return bool(len(known) and np.percentile(known, 75) > SLOWEST_TRAVEL_M_S)


def progression(pelvis: ArrayLike, forward: ArrayLike, rate_hz: float, *, window_s: float = 1.0) -> Array:
    """The direction of walking at each sample: that of travel overground, that of the body on a treadmill.

    Where an overground walker stands still for a moment, the way the body points stands in. A treadmill does not turn:
    there the direction is one for the whole recording, unless the body turns by more than 45 deg.

    Returns
    -------
    direction
        Shape (samples, 3), unit vectors in the floor.
    """
    facing = facing_direction(forward, rate_hz, window_s=window_s)
    if travels(pelvis, rate_hz, window_s=window_s):
        travel = travel_direction(pelvis, rate_hz, window_s=window_s)
        return np.where(np.isfinite(travel), travel, facing)
    seen = facing[np.isfinite(facing).all(axis=1)]
    mean = geometry.unit(seen.mean(axis=0)) if len(seen) else np.full(3, np.nan)
    steady = bool(len(seen) and np.nanmax(geometry.angle_between(seen, mean)) < 45.0)
    return np.broadcast_to(mean, facing.shape).copy() if steady else facing


def heading_deg(direction: ArrayLike) -> Array:
    """Angle of a direction in the floor from x, counter-clockwise seen from above, unwrapped over time, deg."""
    d = np.asarray(direction, dtype=np.float64)
    angle = np.arctan2(d[..., 1], d[..., 0])
    known = np.isfinite(angle)
    angle[known] = np.unwrap(angle[known])
    turned: Array = np.degrees(angle)
    return turned


def _over_window(position: Array, rate_hz: float, window_s: float) -> tuple[Array, Array]:
    """Displacement over the window around each sample, shorter at the ends, and the time it took."""
    samples = len(position)
    half = max(1, round(0.5 * window_s * rate_hz))
    before = np.clip(np.arange(samples) - half, 0, max(samples - 1, 0))
    after = np.clip(np.arange(samples) + half, 0, max(samples - 1, 0))
    elapsed_s = np.maximum(after - before, 1) / rate_hz
    return position[after] - position[before], elapsed_s


def _rolling_mean(values: Array, window: int) -> Array:
    """Centred mean over what is present; NaN where nothing is."""
    known = np.isfinite(values)
    kernel_before, kernel_after = window // 2, window - window // 2
    total = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(np.where(known, values, 0.0), axis=0)])
    count = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(known, axis=0)])
    sample = np.arange(len(values))
    low, high = np.maximum(sample - kernel_before, 0), np.minimum(sample + kernel_after, len(values))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count[high] > count[low], (total[high] - total[low]) / (count[high] - count[low]), np.nan)
