"""The angle that a position-sense test is about, from whatever sensor saw it, with how far it can be wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.errors import NothingToMeasure
from poise.measures.imu_joint import joint_angles, pairs, place_of
from poise.measures.movement import movement_of
from poise.measures.segment_orientation import knee_flexion_deg
from poise.model import SIDES, Kind, Recording, Side
from poise.signals.filters import lowpass_offline
from poise.signals.orientation import conjugate, multiply, orientation_offline

Array = NDArray[np.float64]

JOINTS = (
    "hip.flexion", "hip.adduction", "knee.flexion", "ankle.dorsiflexion", "shoulder.flexion", "shoulder.abduction",
    "elbow.flexion", "trunk.lean_forward", "trunk.lean_side",
)  # fmt: skip
CAMERA_PAIR_DEG, CAMERA_TOLD_DEG, MARKERS_DEG, IMU_DEG = 3.0, 5.0, 1.0, 1.0
CAMERA_SOURCE = "clinical/measures.yaml m_knee_jps: 3° for shown against found in one view; 5° against a told angle"
MARKERS_SOURCE = "soft tissue cancels between holds of one posture; 1° [design]"
IMU_SOURCE = "measures.md 4.1: inertial sensors within 1°"
PAIR_DEG, PAIR_SOURCE = 2.0, "hinge of two sensors, simulated as worn: under 1.5° RMS; its own bias cancels [design]"
TURNING_CUTOFF_HZ, AT_REST_DEG = 3.0, 3.0
HEAD = re.compile(r"head|forehead|helmet", re.IGNORECASE)
"""A sensor there is for the head's own test: `cervical_error`."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Turned:
    """One angle over time.

    `moves_deg` is how far it goes, `camera` whether a camera saw it, `absolute` whether its zero means anything.
    """

    name: str
    side: Side | None
    time_s: Array
    angle_deg: Array
    rate_hz: float
    camera: bool
    absolute: bool
    error_deg: float
    error_source: str

    @property
    def moves_deg(self) -> float:
        """From the 2nd to the 98th percentile; 0 where nothing was seen."""
        known = self.angle_deg[np.isfinite(self.angle_deg)]
        return float(np.subtract(*np.percentile(known, [98, 2]))) if len(known) else 0.0


def turned(recording: Recording) -> tuple[Turned, ...]:
    """All angles that a test could be about."""
    if Kind.BODY in recording or Kind.COORDINATES in recording or Kind.JOINT_ANGLES in recording:
        found = tuple(_of_points(recording))
    elif Kind.ORIENTATION in recording:
        found = tuple(_of_orientations(recording))
    else:
        found = tuple(_of_sensors(recording))
    return tuple(each for each in found if np.isfinite(each.rate_hz))


def tested(recording: Recording, angles: tuple[Turned, ...]) -> Turned | None:
    """The angle that was meant: by ``movement`` and ``side`` of the conditions, else the one that moves furthest.

    A joint between two sensors is meant before the turn of one of them: the other segment may have moved too.
    """
    movement = _plain(recording.conditions.get("movement", ""))
    side = recording.conditions.get("side")
    meant = [each for each in angles if _plain(each.name).startswith(movement)] if movement else list(angles)
    meant = [each for each in meant if side is None or each.side in (side, None)]
    joints = [each for each in meant if not each.name.endswith(".turn")]
    return max(joints or meant, key=lambda each: each.moves_deg, default=None)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _of_points(recording: Recording) -> Iterator[Turned]:
    camera = Kind.LANDMARKS in recording
    movement = movement_of(recording, None)
    time_s = movement.time_s
    if len(time_s) < 2:
        return
    rate_hz = float((len(time_s) - 1) / (time_s[-1] - time_s[0])) if time_s[-1] > time_s[0] else float("nan")
    for angle in movement.angles:
        if angle.name in JOINTS:
            yield Turned(
                name=angle.name, side=None if angle.name.startswith("trunk") else angle.side, time_s=time_s,
                angle_deg=angle.values, rate_hz=rate_hz, camera=camera, absolute=True,
                error_deg=CAMERA_PAIR_DEG if camera else MARKERS_DEG,
                error_source=CAMERA_SOURCE if camera else MARKERS_SOURCE,
            )  # fmt: skip


def _of_orientations(recording: Recording) -> Iterator[Turned]:
    stream = recording[Kind.ORIENTATION]
    places = {place: channel for channel in stream.channels if (place := place_of(channel)) is not None}
    for side in SIDES:
        if ("thigh", side) in places and ("shank", side) in places:
            try:
                flexion = knee_flexion_deg(stream[places["thigh", side]], stream[places["shank", side]], stream.rate_hz)
            except NothingToMeasure:
                continue
            yield Turned(
                name="knee.flexion", side=side, time_s=stream.time_s, angle_deg=flexion, rate_hz=stream.rate_hz,
                camera=False, absolute=True, error_deg=IMU_DEG, error_source=IMU_SOURCE,
            )  # fmt: skip
    for channel in stream.channels:
        if not HEAD.search(channel):
            yield _one_sensor(channel, stream.time_s, stream[channel], stream.rate_hz)


def _of_sensors(recording: Recording) -> Iterator[Turned]:
    if Kind.ANGULAR_VELOCITY not in recording or Kind.ACCELERATION not in recording:
        return
    joints = list(joint_angles(recording))
    for joint in joints:
        yield Turned(
            name=f"{joint.joint}.flexion", side=joint.side, time_s=joint.time_s, angle_deg=joint.flexion_deg,
            rate_hz=joint.rate_hz, camera=False, absolute=joint.zeroed, error_deg=PAIR_DEG, error_source=PAIR_SOURCE,
        )  # fmt: skip
    gyr, acc = recording[Kind.ANGULAR_VELOCITY], recording[Kind.ACCELERATION]
    if len(gyr.time_s) != len(acc.time_s) or not np.isfinite(gyr.rate_hz):
        return
    alone = {
        channel: _one_sensor(channel, gyr.time_s, quaternion, gyr.rate_hz)
        for channel in gyr.channels
        if channel in acc and not HEAD.search(channel)
        for quaternion in (orientation_offline(gyr[channel], acc[channel], gyr.rate_hz).quaternion,)
    }
    found = {(each.joint, each.side) for each in joints}
    for joint_name, side, channels in pairs(recording):
        # Where both ends of a joint move and no hinge was found, the turn of one of them is not the joint's.
        if (joint_name, side) not in found and all(alone[each].moves_deg > AT_REST_DEG for each in channels):
            alone = {name: each for name, each in alone.items() if name not in channels}
    yield from alone.values()


def _one_sensor(channel: str, time_s: Array, quaternion: Array, rate_hz: float) -> Turned:
    """How far a segment has turned since the start, about the axis it turns about most; its zero is the start."""
    place = place_of(channel)
    return Turned(
        name=f"{channel if place is None else place[0]}.turn", side=None if place is None else place[1], time_s=time_s,
        angle_deg=turn_since_start_deg(quaternion, rate_hz), rate_hz=rate_hz, camera=False, absolute=False,
        error_deg=IMU_DEG, error_source=IMU_SOURCE,
    )  # fmt: skip


def turn_since_start_deg(quaternion: Array, rate_hz: float) -> Array:
    """The turn from the first half second on about the main axis, deg, shape (samples,); the larger side positive.

    NaN where the orientation is. Without magnetometer the heading drifts (0.5 to 5 deg a minute): trust movements
    against gravity, and turns about the vertical only for a minute.
    """
    known = np.flatnonzero(np.isfinite(quaternion).all(axis=1))
    if len(known) < 2:
        return np.full(len(quaternion), np.nan)
    first = quaternion[known[: max(1, round(0.5 * rate_hz))]]
    start = np.linalg.eigh(first.T @ first)[1][:, -1]
    since = multiply(conjugate(start), quaternion)
    since = since * np.where(since[:, :1] < 0.0, -1.0, 1.0)
    vectors = since[known, 1:]
    axis = np.linalg.eigh(vectors.T @ vectors)[1][:, -1]
    angle = np.degrees(2.0 * np.arctan2(since[:, 1:] @ axis, since[:, 0]))
    angle = lowpass_offline(angle, rate_hz, min(TURNING_CUTOFF_HZ, 0.4 * rate_hz))
    return np.asarray(angle if np.nanmax(angle) >= -np.nanmin(angle) else -angle)
