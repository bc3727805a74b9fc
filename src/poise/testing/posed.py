"""A simulated person in any posture: pelvis, trunk, feet and hands are put where a task wants them, the rest follows.

Not a real person and no model of muscles: knees and elbows follow by the cosine rule, so that every angle, height and
distance is known exactly because it was put there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.model.recording import SIDES, Frame, Kind, Problem, Recording, Side, Step, Stream
from poise.signals import geometry
from poise.testing.marker_labels import POSE_ORDER

Array = NDArray[np.float64]
Points = dict[str, Array]

# Segment lengths as shares of stature: Drillis & Contini 1966, in Winter 2009, figure 4.1; foot parts from memory.
THIGH, SHANK, ANKLE_HEIGHT, FOOT, HIP_SPACING = 0.245, 0.246, 0.039, 0.152, 0.100
TRUNK, SHOULDER_HALF_WIDTH, UPPER_ARM, FOREARM, HEAD = 0.288, 0.115, 0.172, 0.157, 0.130
UP = np.array([0.0, 0.0, 1.0])
OUTWARD: Mapping[Side, float] = {"left": 1.0, "right": -1.0}
"""Which way the side lies along the person's left."""


def eased(time_s: ArrayLike, start_s: float, end_s: float) -> Array:
    """From 0 at `start_s` to 1 at `end_s` with least jerk (Flash & Hogan 1985), held before and after."""
    share = np.clip((np.asarray(time_s, dtype=np.float64) - start_s) / (end_s - start_s), 0.0, 1.0)
    return np.asarray(share**3 * (10.0 - 15.0 * share + 6.0 * share**2))


@dataclass(frozen=True, kw_only=True, eq=False)
class Posture:
    """Where a person is over time; every array has the samples first.

    Attributes
    ----------
    hips_m
        Midway between the hip centres, shape (samples, 3), z up.
    ankles_m
        Ankle centres by side, shape (samples, 3).
    heading_deg
        Which way the pelvis faces, from x towards y, shape (samples,).
    lean_deg, lean_left_deg
        Of the trunk from the vertical, forward and to the left.
    pelvis_left_up_deg
        How far the left hip is carried higher than the right one.
    foot_heading_deg, foot_pitch_deg
        By side; where a foot is not named it points where the pelvis does, flat. Pitch lifts the heel.
    knee_inward_m
        By side: how far the knee is moved towards the other leg.
    wrists_m
        By side; an arm that is not named hangs.
    gaze_down_deg
        How far the line from ear to nose points below level.
    """

    time_s: Array
    hips_m: Array
    ankles_m: Mapping[Side, Array]
    heading_deg: Array
    lean_deg: Array
    lean_left_deg: Array | float = 0.0
    pelvis_left_up_deg: Array | float = 0.0
    foot_heading_deg: Mapping[Side, Array] = field(default_factory=dict)
    foot_pitch_deg: Mapping[Side, Array] = field(default_factory=dict)
    knee_inward_m: Mapping[Side, Array] = field(default_factory=dict)
    wrists_m: Mapping[Side, Array] = field(default_factory=dict)
    gaze_down_deg: Array | float = 0.0
    height_m: float = 1.70

    def points(self) -> Points:
        """Positions under the names of `poise.model.body`, shape (samples, 3), m."""
        ahead, left = _axes(self.heading_deg)
        found: Points = {"pelvis_centre": self.hips_m}
        self._add_pelvis(found, ahead, left)
        for side in SIDES:
            self._add_leg(found, side)
        self._add_trunk(found, ahead, left)
        for side in SIDES:
            self._add_arm(found, side, ahead)
        return found

    def _add_pelvis(self, found: Points, ahead: Array, left: Array) -> None:
        roll = np.radians(np.broadcast_to(self.pelvis_left_up_deg, self.time_s.shape))[:, None]
        across = np.cos(roll) * left + np.sin(roll) * UP
        half = 0.5 * HIP_SPACING * self.height_m
        for side in SIDES:
            hip = self.hips_m + OUTWARD[side] * half * across
            found[f"{side}_hip_centre"] = hip
            found[f"{side}_asis"] = hip + 0.05 * ahead + 0.08 * UP + OUTWARD[side] * 0.04 * across
            found[f"{side}_psis"] = hip - 0.10 * ahead + 0.09 * UP - OUTWARD[side] * 0.03 * across

    def _add_leg(self, found: Points, side: Side) -> None:
        hip, ankle = found[f"{side}_hip_centre"], self.ankles_m[side]
        foot_ahead, foot_left = _axes(np.asarray(self.foot_heading_deg.get(side, self.heading_deg)))
        knee = _hinge(hip, ankle, THIGH * self.height_m, SHANK * self.height_m, foot_ahead)
        knee = knee - OUTWARD[side] * np.asarray(self.knee_inward_m.get(side, 0.0))[..., None] * foot_left
        pitch = np.radians(np.broadcast_to(self.foot_pitch_deg.get(side, np.zeros(1)), self.time_s.shape))[:, None]
        along, out = np.cos(pitch) * foot_ahead - np.sin(pitch) * UP, OUTWARD[side] * foot_left
        down = -np.cos(pitch) * UP - np.sin(pitch) * foot_ahead
        foot, drop = FOOT * self.height_m, ANKLE_HEIGHT * self.height_m
        found |= {
            f"{side}_knee_centre": knee, f"{side}_knee": knee + 0.05 * out, f"{side}_knee_medial": knee - 0.05 * out,
            f"{side}_ankle_centre": ankle, f"{side}_ankle": ankle + 0.035 * out,
            f"{side}_ankle_medial": ankle - 0.035 * out,
            f"{side}_heel": ankle - 0.3 * foot * along + 0.5 * drop * down,
            f"{side}_toe": ankle + 0.5 * foot * along + 0.5 * drop * down,
            f"{side}_hallux": ankle + 0.7 * foot * along + 0.7 * drop * down,
        }  # fmt: skip

    def _add_trunk(self, found: Points, ahead: Array, left: Array) -> None:
        forward = np.radians(np.broadcast_to(self.lean_deg, self.time_s.shape))[:, None]
        aside = np.radians(np.broadcast_to(self.lean_left_deg, self.time_s.shape))[:, None]
        trunk = np.sin(forward) * ahead + np.cos(forward) * (np.cos(aside) * UP + np.sin(aside) * left)
        across = np.cos(aside) * left - np.sin(aside) * UP
        shoulders = self.hips_m + TRUNK * self.height_m * trunk
        front = np.cross(across, trunk)
        found |= {
            "shoulders_centre": shoulders, "c7": shoulders + 0.05 * trunk - 0.06 * front,
            "sternum": shoulders + 0.08 * front, "t10": shoulders - 0.18 * trunk - 0.08 * front,
            "xiphoid": shoulders - 0.18 * trunk + 0.10 * front,
        }  # fmt: skip
        for side in SIDES:
            joint = shoulders + OUTWARD[side] * SHOULDER_HALF_WIDTH * self.height_m * across
            found[f"{side}_shoulder_centre"] = joint
            found[f"{side}_shoulder"] = joint + 0.04 * trunk
        gaze = np.radians(np.broadcast_to(self.gaze_down_deg, self.time_s.shape))[:, None]
        head = shoulders + HEAD * self.height_m * trunk
        looking = np.cos(gaze) * ahead - np.sin(gaze) * UP
        found["nose"] = head + 0.11 * looking
        found["head"] = head
        for side in SIDES:
            found[f"{side}_ear"] = head + OUTWARD[side] * 0.075 * left
            found[f"{side}_eye"] = head + 0.08 * looking + OUTWARD[side] * 0.03 * left + 0.02 * UP

    def _add_arm(self, found: Points, side: Side, ahead: Array) -> None:
        shoulder = found[f"{side}_shoulder_centre"]
        upper, fore = UPPER_ARM * self.height_m, FOREARM * self.height_m
        hanging = shoulder - (upper + fore - 0.02) * UP
        wrist = np.asarray(self.wrists_m.get(side, hanging))
        reach = wrist - shoulder
        length = np.maximum(np.linalg.norm(reach, axis=-1, keepdims=True), 1e-9)
        wrist = shoulder + reach * np.minimum(1.0, (upper + fore - 1e-6) / length)
        elbow = _hinge(shoulder, wrist, upper, fore, -ahead - 0.3 * UP)
        found[f"{side}_elbow_centre"], found[f"{side}_wrist_centre"] = elbow, wrist
        found[f"{side}_elbow"], found[f"{side}_wrist"], found[f"{side}_hand"] = elbow, wrist, wrist

    def body(
        self, *, task: str = "unknown", noise_m: float = 0.0, seed: int = 1, heading_deg: float = 0.0
    ) -> Recording:
        """As cleaning leaves it: a BODY stream, turned in the laboratory by `heading_deg`."""
        points = turned(self.points(), heading_deg)
        values = np.stack(list(points.values()), axis=1)
        values = values + np.random.default_rng(seed).normal(0.0, noise_m, values.shape)
        stream = _stream(
            Kind.BODY,
            tuple(points),
            time_s=self.time_s,
            values=values,
            unit="m",
            frame=Frame(name="laboratory", up="+z"),
        )
        return recorded(stream, task=task)

    def pictured(self, seen: str = "sagittal", *, task: str = "unknown") -> Recording:
        """As cleaning leaves a picture: a BODY stream with one plane flat, filmed from the left or the front."""
        points = turned(self.points(), -float(np.median(self.heading_deg)))
        values = np.stack(list(points.values()), axis=1)
        if seen == "sagittal":
            values[..., 1] = 0.0
        else:
            values[..., 0] = 0.0
        frame = Frame(name="picture", up="+z", view="sagittal" if seen == "sagittal" else "frontal")
        return recorded(
            _stream(Kind.BODY, tuple(points), time_s=self.time_s, values=values, unit="m", frame=frame), task=task
        )

    def landmarks(self, seen: str = "left", *, pixels_per_m: float = 400.0, task: str = "unknown") -> Recording:
        """As a pose model gives it: 33 landmarks in pixels, from the person's left or front (first facing)."""
        points = turned(self.points(), -float(np.median(self.heading_deg[: max(1, len(self.heading_deg) // 20)])))
        values = np.stack([points[POSE_ORDER[label]] for label in POSE_ORDER], axis=1)
        x = -values[..., 0] if seen == "left" else values[..., 1]
        depth = values[..., 1] if seen == "left" else values[..., 0]
        picture = np.stack([640.0 + pixels_per_m * x, 900.0 - pixels_per_m * values[..., 2], -depth], axis=-1)
        frame = Frame(name="image", up="-y", view="unknown")
        return recorded(
            _stream(Kind.LANDMARKS, tuple(POSE_ORDER), time_s=self.time_s, values=picture, unit="px", frame=frame),
            task=task,
        )


def turned(points: Mapping[str, Array], heading_deg: float) -> Points:
    """The points turned about the vertical of the laboratory."""
    rotation = geometry.rotation_about(UP, np.radians(heading_deg))
    return {name: values @ rotation.T for name, values in points.items()}


def recorded(*streams: Stream, task: str = "unknown", conditions: Mapping[str, str] | None = None) -> Recording:
    """A recording of these streams, labelled simulated."""
    return Recording(
        id="simulated-task", source="poise.testing.tasks", task=task, streams={str(s.kind): s for s in streams},
        history=(Step(what="simulated"),), problems=(Problem(what="Simulated: not a recording of a person."),),
        details={"simulated": "yes"}, conditions=conditions or {},
    )  # fmt: skip


def _stream(kind: Kind, channels: tuple[str, ...], *, time_s: Array, values: Array, unit: str, frame: Frame) -> Stream:
    return Stream(kind=kind, channels=channels, time_s=time_s, values=values, unit=unit, frame=frame)


def _axes(heading_deg: Array) -> tuple[Array, Array]:
    """Ahead and to the left, horizontal unit vectors, shape (samples, 3)."""
    angle = np.radians(heading_deg)
    ahead = np.stack([np.cos(angle), np.sin(angle), np.zeros_like(angle)], axis=-1)
    return ahead, np.stack([-np.sin(angle), np.cos(angle), np.zeros_like(angle)], axis=-1)


def _hinge(near: Array, far: Array, first_m: float, second_m: float, towards: Array) -> Array:
    """The joint between two segments of these lengths that span from `near` to `far`, bent `towards`."""
    line = far - near
    span = np.clip(np.linalg.norm(line, axis=-1), 1e-9, first_m + second_m - 1e-9)
    along = line / np.maximum(np.linalg.norm(line, axis=-1), 1e-9)[:, None]
    out = towards - np.sum(towards * along, axis=-1)[:, None] * along
    out = out / np.maximum(np.linalg.norm(out, axis=-1), 1e-9)[:, None]
    cosine = np.clip((first_m**2 + span**2 - second_m**2) / (2.0 * first_m * span), -1.0, 1.0)
    return np.asarray(near + first_m * (cosine[:, None] * along + np.sqrt(1.0 - cosine**2)[:, None] * out))
