"""A person before a camera, *simulated*, and a pose network that takes left for right now and then."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from poise.model.body import mirrored

Array = NDArray[np.float64]

RATE_HZ = 30.0
SHOULDERS_M, HIPS_SHARE, EARS_SHARE = 0.40, 0.45, 0.35
TRUNK_M, NOISE_M = 0.50, 0.008


def person(
    seconds: float, *, yaw_deg: float = 80.0, turns: bool = False, seed: int = 1
) -> tuple[Array, dict[str, Array]]:
    """Times and points (x to the right of the picture, y up) of somebody who sways and bends.

    Parameters
    ----------
    yaw_deg
        Out of the side view: 90 faces the camera, −90 faces away.
    turns
        The person turns round within a second, every four seconds.
    """
    made = np.random.default_rng(seed)
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    yaw = np.radians(yaw_deg + 8.0 * np.sin(2 * np.pi * 0.3 * time_s))
    if turns:
        yaw = np.pi / 2 - np.pi * (np.clip(time_s % 8 - 3, 0, 1) - np.clip(time_s % 8 - 7, 0, 1))
    trunk = TRUNK_M - 0.1 * np.clip(np.sin(2 * np.pi * 0.4 * time_s), 0, 1)
    points: dict[str, Array] = {}
    for side, out in (("left", 0.5), ("right", -0.5)):
        rows = (("shoulder", 1.0, trunk), ("hip", HIPS_SHARE, 0.0 * trunk), ("ear", EARS_SHARE, trunk + 0.2))
        for name, share, high in rows:
            place = np.stack([out * SHOULDERS_M * share * np.sin(yaw), high], axis=1)
            points[f"{side}_{name}"] = place + made.normal(0.0, NOISE_M, place.shape)
    return time_s, points


def runs(count: int, share: float, run_s: float, seed: int = 2) -> NDArray[np.bool_]:
    """Frames in which the network errs, at least this share: single ones (`run_s` 0), or runs of that mean length."""
    made, frames = np.random.default_rng(seed), np.zeros(count, dtype=bool)
    while frames.mean() < share:
        begin = int(made.integers(0, count))
        frames[begin : begin + max(1, round(made.exponential(run_s) * RATE_HZ))] = True
    return frames


def exchanged(points: Mapping[str, Array], frames: NDArray[np.bool_]) -> dict[str, Array]:
    """The points with left called right in these frames."""
    return {
        name: np.where(frames[:, None], points.get(mirrored(name), values), values) for name, values in points.items()
    }
