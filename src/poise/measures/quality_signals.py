"""A posture over time, as the signals that a repetition is judged by: angles and shifts that stay true in any posture.

Flexion, forward lean and what points outwards or inwards to the body's own side are positive; signals without a side
are positive to the **right** (lean, turn, shift) or with the right side **up** (pelvis, shoulders).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.measures import segment_axes as axes
from poise.measures.segment_axes import UP, Points
from poise.model import SIDES, Kind, Recording, Side
from poise.model.recording import Stream
from poise.signals import geometry

Array = NDArray[np.float64]
Key = tuple[str, Side | None]

NAN = float("nan")


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """What a signal is: its unit, whether a mirror turns its sign, the planes that show it, and how sure it is.

    `markers` and `camera` are one standard error of a value against its own start, by source. Cameras: Kinect v2 and
    single-camera pose against markers, 5° to 14° by joint (measures.md 7.8); markers: skin movement, 2° to 3°.
    """

    label: str
    unit: str
    markers: float
    camera: float
    planes: tuple[str, ...] = ("3d",)
    mirrored: bool = False


SAGITTAL, FRONTAL, ANY = ("3d", "sagittal"), ("3d", "frontal"), ("3d", "sagittal", "frontal")
QUANTITIES: Mapping[str, Quantity] = {
    "knee_flexion": Quantity(label="knee bend", unit="deg", markers=2.0, camera=7.0, planes=SAGITTAL),
    "hip_flexion": Quantity(label="hip bend", unit="deg", markers=3.0, camera=7.0, planes=SAGITTAL),
    "ankle_bend": Quantity(label="ankle bend", unit="deg", markers=3.0, camera=10.0, planes=SAGITTAL),
    "thigh_outward": Quantity(label="leg out to the side", unit="deg", markers=2.0, camera=5.0, planes=FRONTAL),
    "arm_elevation": Quantity(label="arm raised", unit="deg", markers=3.0, camera=7.0, planes=ANY),
    "arm_forward": Quantity(label="arm forward", unit="deg", markers=3.0, camera=7.0, planes=SAGITTAL),
    "arm_outward": Quantity(label="arm out to the side", unit="deg", markers=3.0, camera=7.0, planes=FRONTAL),
    "elbow_flexion": Quantity(label="elbow bend", unit="deg", markers=3.0, camera=10.0, planes=SAGITTAL),
    "forearm_up": Quantity(label="forearm up", unit="deg", markers=3.0, camera=8.0, planes=ANY),
    "forearm_forward": Quantity(label="forearm forward", unit="deg", markers=3.0, camera=8.0, planes=SAGITTAL),
    "forearm_outward": Quantity(label="forearm outward", unit="deg", markers=3.0, camera=8.0, planes=FRONTAL),
    "knee_inward": Quantity(label="knee inward", unit="deg", markers=2.0, camera=4.0, planes=FRONTAL),
    "shoulder_rise": Quantity(label="shoulder hike", unit="%", markers=2.0, camera=4.0, planes=ANY),
    "heel_rise": Quantity(label="heel lift", unit="m", markers=0.005, camera=0.02, planes=ANY),
    "trunk_forward": Quantity(label="trunk lean forward", unit="deg", markers=2.0, camera=5.0, planes=SAGITTAL),
    "trunk_side": Quantity(
        label="trunk lean sideways", unit="deg", markers=2.0, camera=3.0, planes=FRONTAL, mirrored=True
    ),
    "trunk_turn": Quantity(label="trunk turn", unit="deg", markers=2.0, camera=5.0, mirrored=True),
    "pelvis_drop": Quantity(
        label="pelvis off level", unit="deg", markers=2.0, camera=3.0, planes=FRONTAL, mirrored=True
    ),
    "pelvis_turn": Quantity(label="pelvis turn", unit="deg", markers=2.0, camera=5.0, mirrored=True),
    "shoulders_tilt": Quantity(
        label="shoulders off level", unit="deg", markers=2.0, camera=3.0, planes=FRONTAL, mirrored=True
    ),
    "hips_aside": Quantity(label="weight shift", unit="%", markers=1.0, camera=3.0, planes=FRONTAL, mirrored=True),
    "shoulders_ahead": Quantity(label="trunk shifted forward", unit="m", markers=0.01, camera=0.03, planes=SAGITTAL),
    "hips_down": Quantity(label="hips lowered", unit="%", markers=1.0, camera=2.0, planes=ANY),
}
"""Every signal. Weight shift is the sideways way of the middle of the hips from the middle of the ankles, shoulder hike
the rise of a shoulder above the hips, both in percent of leg or trunk length; hips lowered in percent of leg length."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Posture:
    """The signals of one recording on its clock; (samples,) each, NaN where a point was missing."""

    time_s: Array
    rate_hz: float
    signals: Mapping[Key, Array]
    camera: bool = False

    def between(self, start_s: float, end_s: float) -> Posture:
        """The samples of [start_s, end_s], both ends in."""
        low, high = np.searchsorted(self.time_s, (start_s - 1e-9, end_s + 1e-9))
        part = {key: values[low:high] for key, values in self.signals.items()}
        return Posture(time_s=self.time_s[low:high], rate_hz=self.rate_hz, signals=part, camera=self.camera)

    def mirrored(self) -> Posture:
        """As a mirror shows it: left and right exchanged, and what leans to one side to the other."""
        return Posture(
            time_s=self.time_s, rate_hz=self.rate_hz, camera=self.camera,
            signals={
                (name, _other(side)): -values if QUANTITIES[name].mirrored else values
                for (name, side), values in self.signals.items()
            },
        )  # fmt: skip

    def error_of(self, name: str) -> float:
        """One standard error of a value of this signal, by the source of the points."""
        quantity = QUANTITIES[name]
        return quantity.camera if self.camera else quantity.markers


def posture_of(recording: Recording) -> Posture | None:
    """The signals of a recording's body; None without one, or where no plane was seen.

    Notes
    -----
    The body's own forward is taken once, from how hips and shoulders face at the start and on the whole: the median
    over the recording. A person who turns round in it is told wrong.
    """
    if Kind.BODY not in recording or recording[Kind.BODY].frame.view == "unknown":
        return None
    body = recording[Kind.BODY]
    if not len(body.time_s) or not np.isfinite(body.rate_hz):
        return None
    camera = any(stream.kind is Kind.LANDMARKS for stream in recording.streams.values())
    forward = facing(body)
    if forward is None:
        return None
    points = {name: body[name] for name in body.channels}
    view = body.frame.view
    found = {
        key: values
        for key, values in _signals(points, forward, body.unit == "m")
        if view in QUANTITIES[key[0]].planes and np.isfinite(values).any()
    }
    return Posture(time_s=body.time_s, rate_hz=body.rate_hz, signals=found, camera=camera)


def facing(body: Stream) -> Array | None:
    """Which way the person faces, horizontal, (3,); None where neither hips, shoulders nor feet tell it."""
    points = {name: body[name] for name in body.channels}
    if body.frame.view == "sagittal":
        return _facing_by_feet(points)
    lines = [
        points[f"right_{name}"] - points[f"left_{name}"]
        for name in ("hip_centre", "shoulder_centre", "shoulder")
        if axes.present(points, f"left_{name}", f"right_{name}")
    ][:2]
    if not lines:
        return None
    # A line that is missing in a frame leaves the other to tell it.
    across = np.sum([np.nan_to_num(geometry.unit(each)) for each in lines], axis=0)
    seen = across[np.any(across != 0.0, axis=1)]
    if not len(seen):
        return None
    forward = geometry.unit(np.cross(UP, geometry.horizontal(np.median(seen, axis=0))))
    return forward if np.isfinite(forward).all() else None


def _facing_by_feet(points: Points) -> Array | None:
    for front, back in (("toe", "heel"), ("toe", "ankle_centre"), ("nose", "ear")):
        found = [
            points[a] - points[b]
            for side in SIDES
            for a, b in ((front if front == "nose" else f"{side}_{front}", f"{side}_{back}"),)
            if axes.present(points, a, b)
        ]
        seen = np.concatenate(found)[:, 0] if found else np.empty(0)
        seen = seen[np.isfinite(seen)]
        if len(seen):
            ahead = float(np.median(seen))
            return np.array([np.sign(ahead), 0.0, 0.0]) if ahead else None
    return None


def _other(side: Side | None) -> Side | None:
    return None if side is None else "left" if side == "right" else "right"


def _signals(points: Points, forward: Array, in_metres: bool) -> Iterator[tuple[Key, Array]]:
    ahead = np.broadcast_to(forward, next(iter(points.values())).shape)
    right = np.cross(ahead, UP)
    trunk = axes.trunk_line(points)
    for side in SIDES:
        outward = right if side == "right" else -right
        yield from _leg(points, side, outward, trunk, in_metres)
        yield from _arm(points, side, ahead, outward, trunk)
    yield from _middle(points, ahead, right, trunk)
    shoulders = axes.shoulders_middle(points)
    if shoulders is not None and in_metres:
        yield ("shoulders_ahead", None), geometry.dot(shoulders, ahead)


def _leg(
    points: Points, side: Side, outward: Array, trunk: Array | None, in_metres: bool
) -> Iterator[tuple[Key, Array]]:
    hip, knee, ankle = (axes.joint_point(points, side, name) for name in ("hip", "knee", "ankle"))
    if hip is None or knee is None:
        return
    if trunk is not None:
        yield ("hip_flexion", side), 180.0 - geometry.angle_between(trunk, knee - hip)
    yield ("thigh_outward", side), _towards(knee - hip, outward)
    if ankle is None:
        return
    yield ("knee_flexion", side), geometry.flexion_angle(hip, knee, ankle)
    yield ("knee_inward", side), knee_inward_deg(hip, knee, ankle, outward)
    toe = points.get(f"{side}_toe")
    if toe is None:
        return
    yield ("ankle_bend", side), 90.0 - geometry.angle_between(knee - ankle, toe - ankle)
    # An ankle is no heel: a camera's toes wander by centimetres against it.
    if in_metres and f"{side}_heel" in points:
        yield ("heel_rise", side), points[f"{side}_heel"][:, 2] - toe[:, 2]


def knee_inward_deg(hip: Array, knee: Array, ankle: Array, outward: Array) -> Array:
    """How far the knee lies inside the line from hip to ankle, as an angle; + towards the midline.

    Parameters
    ----------
    hip, knee, ankle
        Joint centres, (samples, 3), m.
    outward
        To the leg's own side, (samples, 3), horizontal, length 1.

    Returns
    -------
    angle_deg
        Shape (samples,). For a leg that hangs in the frontal plane the frontal-plane projection angle; unlike it, it
        stays steady when the thigh points at the viewer, where a projected segment has no length.

    Notes
    -----
    The sideways distance of the knee from the plane through hip and ankle that holds the body's forward, as the sum of
    two angles whose sines are its shares of thigh and shank [design]. It mixes rotation of the hip with the frontal
    plane as the projection does.
    """
    thigh, shank = geometry.length(knee - hip), geometry.length(ankle - knee)
    share = np.clip(thigh / (thigh + shank), 0.0, 1.0)[..., None]
    inward = -geometry.dot(knee - (hip + share * (ankle - hip)), outward)
    angle: Array = np.degrees(
        np.arcsin(np.clip(inward / thigh, -1.0, 1.0)) + np.arcsin(np.clip(inward / shank, -1.0, 1.0))
    )
    return angle


def _arm(points: Points, side: Side, ahead: Array, outward: Array, trunk: Array | None) -> Iterator[tuple[Key, Array]]:
    shoulder, elbow, wrist = (axes.joint_point(points, side, name) for name in ("shoulder", "elbow", "wrist"))
    if shoulder is None:
        return
    hips = _hips(points)
    if hips is not None and trunk is not None:
        rise = (shoulder - hips)[:, 2] / _typical(geometry.length(trunk))
        yield ("shoulder_rise", side), 100.0 * rise
    if elbow is None:
        return
    arm = elbow - shoulder
    if trunk is not None:
        yield ("arm_elevation", side), geometry.angle_between(arm, -trunk)
    yield ("arm_forward", side), _towards(arm, ahead)
    yield ("arm_outward", side), _towards(arm, outward)
    if wrist is None:
        return
    yield ("elbow_flexion", side), geometry.flexion_angle(shoulder, elbow, wrist)
    for name, direction in (("up", np.broadcast_to(UP, ahead.shape)), ("forward", ahead), ("outward", outward)):
        yield (f"forearm_{name}", side), _towards(wrist - elbow, direction)


def _middle(points: Points, ahead: Array, right: Array, trunk: Array | None) -> Iterator[tuple[Key, Array]]:
    if trunk is not None:
        yield ("trunk_forward", None), geometry.inclination(trunk, ahead)
        yield ("trunk_side", None), geometry.inclination(trunk, right)
    for line, tilt, turn in (
        (_line(points, "hip_centre"), "pelvis_drop", "pelvis_turn"),
        (axes.shoulders_line(points), "shoulders_tilt", "trunk_turn"),
    ):
        if line is not None:
            yield (tilt, None), _towards(line, np.broadcast_to(UP, line.shape))
            # Turned to the right, the right side goes back.
            yield (turn, None), -geometry.inclination(line, ahead, up=right)
    hips, ankles = _hips(points), axes.midpoint(points, "ankle_centre")
    if hips is not None and ankles is not None:
        leg = _typical(geometry.length(hips - ankles))
        yield ("hips_aside", None), 100.0 * geometry.dot(hips - ankles, right) / leg
        floor = np.fmin(points["left_ankle_centre"][:, 2], points["right_ankle_centre"][:, 2])
        yield ("hips_down", None), -100.0 * (hips[:, 2] - floor) / leg


def _hips(points: Points) -> Array | None:
    middle = axes.midpoint(points, "hip_centre")
    return points.get("pelvis_centre") if middle is None else middle


def _line(points: Points, name: str) -> Array | None:
    if not axes.present(points, f"left_{name}", f"right_{name}"):
        return None
    return points[f"right_{name}"] - points[f"left_{name}"]


def _towards(segment: Array, direction: Array) -> Array:
    """How far a segment points in a direction, −90 to 90 deg: the angle whose sine is that share of it."""
    angle: Array = np.degrees(np.arcsin(np.clip(geometry.dot(geometry.unit(segment), direction), -1.0, 1.0)))
    return angle


def _typical(lengths: Array) -> float:
    """The longest tenth's border: a bent leg is no measure of its length."""
    known = lengths[np.isfinite(lengths)]
    return float(np.percentile(known, 90)) if len(known) else NAN


def joined(posture: Posture, keys: tuple[Key, ...]) -> Array:
    """These signals side by side, shape (samples, signals); a column of NaN where one is not there."""
    absent = np.full(len(posture.time_s), np.nan)
    return np.stack([posture.signals.get(key, absent) for key in keys], axis=1) if keys else np.empty((len(absent), 0))
