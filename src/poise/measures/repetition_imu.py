"""Repetitions of a worn sensor: how far it is turned from where it rests, about the axis it turns about most.

*Offline*: the axis is found from the whole recording. Without a magnetometer the heading drifts; the turn is taken
against the sensor's own middle posture, and what drifts slowly the tracker takes for a new rest.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from poise.measures.repetition_frames import Frames
from poise.measures.repetition_free import working_direction
from poise.measures.repetition_motion import Limb, Plan
from poise.model import Kind, Recording
from poise.signals import orientation as turns

Array = NDArray[np.float64]

READING = "sensor_turn"
LEAST_DEG = 10.0
"""A sensor that turns less than this in its farthest tenth does no exercise [design]."""
LEAST_EXCURSION_DEG, LEAST_SHARE = 3.0, 0.1
"""Smaller excursions are the sensor's shaking, or that of the skin under it [design]."""
SHORTEST_S = 0.3
"""measures.md 3.1: for fast drills; a sensor's turn is sharp enough to be told so soon."""


def turns_offline(recording: Recording) -> Frames | None:
    """The turn of the sensor that turns most, deg; None without a gyroscope and an accelerometer on one clock."""
    if not {Kind.ANGULAR_VELOCITY, Kind.ACCELERATION} <= set(recording.streams):
        return None
    gyr, acc = recording[Kind.ANGULAR_VELOCITY], recording[Kind.ACCELERATION]
    if len(gyr.time_s) != len(acc.time_s) or len(gyr.time_s) < 10 or not gyr.rate_hz >= 5.0:
        return None
    shared = [name for name in gyr.channels if name in acc.channels]
    found = [_turn(gyr[name], acc[name], gyr.rate_hz) for name in shared]
    found = [each for each in found if np.isfinite(each).any()]
    if not found:
        return None
    largest = max(found, key=lambda each: float(np.ptp(np.nanpercentile(each, [5, 95]))))
    return Frames(time_s=gyr.time_s, view="3d", readings={READING: largest})


def plan_offline(frames: Frames) -> Plan | None:
    """The plan to count a sensor's turns by; None where it hardly turns."""
    values = frames.readings[READING]
    low, high = np.nanpercentile(values, [2, 98])
    if high - low < LEAST_DEG:
        return None
    limb = Limb(side=None, keys=(READING,), sign=working_direction(frames.time_s, values)[0])
    return Plan(
        exercise="", reading=READING, unit="deg", limbs=(limb,),
        least=max(LEAST_SHARE * (high - low), LEAST_EXCURSION_DEG),
        gate_s=0.0, shortest_s=SHORTEST_S,
    )  # fmt: skip


def _turn(gyr: Array, acc: Array, rate_hz: float) -> Array:
    known = np.isfinite(gyr).all(axis=1) & np.isfinite(acc).all(axis=1)
    if known.sum() < 10:
        return np.full(len(gyr), np.nan)
    quaternions = turns.orientation_offline(gyr, acc, rate_hz).quaternion
    vectors = _from_middle(quaternions)
    centred = vectors - np.nanmedian(vectors, axis=0)
    ok = np.isfinite(centred).all(axis=1)
    _, _, axes = np.linalg.svd(centred[ok], full_matrices=False)
    return np.asarray(np.degrees(centred @ axes[0]))


def _from_middle(quaternions: Array) -> Array:
    """Rotation vectors, rad, (samples, 3), from the average orientation, in the sensor's axes there."""
    ok = np.isfinite(quaternions).all(axis=1)
    _, vectors = np.linalg.eigh(quaternions[ok].T @ quaternions[ok])
    middle = vectors[:, -1]
    relative = turns.multiply(turns.conjugate(middle), quaternions)
    relative = relative * np.where(relative[:, :1] < 0.0, -1.0, 1.0)
    size = np.linalg.norm(relative[:, 1:], axis=1)
    angle = 2.0 * np.arctan2(size, relative[:, 0])
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.where(size > 1e-9, angle / size, 2.0)
    return np.asarray(relative[:, 1:] * scale[:, None])
