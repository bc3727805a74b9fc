"""A person who does a task on or near the spot: heights, leans and bends over time, as far as the view shows them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from poise.measures.segment_axes import (
    UP,
    Points,
    View,
    joint_point,
    midpoint,
    present,
    shoulders_line,
    shoulders_middle,
)
from poise.model import SIDES, Kind, Problem, Recording, Side
from poise.signals import geometry
from poise.signals.filters import lowpass_offline

Array = NDArray[np.float64]
NAN = float("nan")

SMOOTH_HZ = 6.0
"""Landmarks and markers of daily tasks: Winter 2009 section 3.4; what is faster here is noise."""
SLOWEST_RATE_HZ = 4.0
SHORTEST_S = 1.0
# Masses and centres of segments, share of the body and of the segment's length from its upper end: Winter 2009,
# table 4.1; head, arms and trunk are one from the hips (0.626 of the way to the shoulders).
_TRUNK, _THIGH, _SHANK, _FOOT = (0.678, 0.626), (0.100, 0.433), (0.0465, 0.433), (0.0145, 0.5)


@dataclass(frozen=True, kw_only=True, eq=False)
class Doer:
    """One person's points with what every task asks of them.

    Attributes
    ----------
    time_s, rate_hz
        Shape (samples,).
    points
        By body name, (samples, 3), z up; NaN where missing.
    view
        The plane that was seen: what lies outside it is NaN here.
    to_scale
        Whether lengths are in metres; else they are in heights of the body or a model's own scale.
    on_floor
        Whether points are told in a room, so that travel is seen.
    """

    id: str
    where: str
    time_s: Array
    rate_hz: float
    points: Points
    view: View
    to_scale: bool
    on_floor: bool

    def __len__(self) -> int:
        return len(self.time_s)

    @cached_property
    def nowhere(self) -> Array:
        """A quantity that nobody saw, (samples,)."""
        return np.full(len(self), NAN)

    @property
    def sees_forward(self) -> bool:
        """Whether the plane of walking was seen."""
        return self.view in {"3d", "sagittal"}

    @property
    def sees_aside(self) -> bool:
        """Whether the frontal plane was seen."""
        return self.view in {"3d", "frontal"}

    @cached_property
    def hips(self) -> Array | None:
        """Midway between the hips, (samples, 3); None where they were not seen."""
        for name in ("hip_centre", "asis", "greater_trochanter"):
            middle = midpoint(self.points, name)
            if middle is not None:
                return middle
        return next((self.points[name] for name in ("pelvis_centre", "sacrum") if present(self.points, name)), None)

    @cached_property
    def shoulders(self) -> Array | None:
        """Midway between the shoulders, (samples, 3)."""
        return shoulders_middle(self.points)

    @cached_property
    def ankles(self) -> Array | None:
        """Midway between the ankles, (samples, 3); of the one that was seen where there is only one."""
        seen = [point for side in SIDES if (point := joint_point(self.points, side, "ankle")) is not None]
        return None if not seen else geometry.midpoint(*seen)

    def joint(self, side: Side, name: str) -> Array:
        """A joint's centre or stand-in, (samples, 3); NaN throughout where it was not seen."""
        point = joint_point(self.points, side, name)
        return np.full((len(self), 3), NAN) if point is None else point

    @cached_property
    def leg_m(self) -> float:
        """Length of the straight leg, hip to ankle: thigh and shank together, in the unit of the points.

        From the front the segments are foreshortened when they bend; there it is their greatest length (95 %).
        """
        lengths = []
        for side in SIDES:
            hip, knee, ankle = (self.joint(side, name) for name in ("hip", "knee", "ankle"))
            whole = geometry.length(hip - knee) + geometry.length(knee - ankle)
            known = whole[np.isfinite(whole)]
            if len(known):
                lengths.append(float(np.median(known) if self.view == "3d" else np.percentile(known, 95)))
        length = float(np.mean(lengths)) if lengths else NAN
        return length if length > 0.0 else NAN

    @cached_property
    def rise(self) -> Array:
        """Height of the hips over the ankles by the leg's length, (samples,): about 1 standing, 0.5 on a chair."""
        if self.hips is None or self.ankles is None:
            return self.nowhere
        return self.smooth((self.hips[:, 2] - self.ankles[:, 2]) / self.leg_m)

    def smooth(self, values: Array) -> Array:
        """Without what is faster than a task, zero lag; unchanged where the recording is too slow to need it."""
        if self.rate_hz <= 2.0 * SMOOTH_HZ + 1.0:
            return values
        return lowpass_offline(values, self.rate_hz, SMOOTH_HZ)

    def speed(self, values: Array) -> Array:
        """Change a second, (samples,) or (samples, 3)."""
        return np.asarray(np.gradient(values, 1.0 / self.rate_hz, axis=0))

    @cached_property
    def ahead(self) -> Array:
        """The front of the body at every sample, horizontal unit vectors (samples, 3); NaN where nothing tells it."""
        if self.view == "frontal":
            return np.broadcast_to([1.0, 0.0, 0.0], (len(self), 3)) * self._towards_camera
        if self.view == "sagittal":
            return self._ahead_from_side()
        for name in ("hip_centre", "asis", "shoulder_centre", "shoulder"):
            if present(self.points, f"left_{name}", f"right_{name}"):
                right = self.points[f"right_{name}"] - self.points[f"left_{name}"]
                return geometry.unit(np.cross(UP, right) * np.array([1.0, 1.0, 0.0]))
        return geometry.unit(self._feet * np.array([1.0, 1.0, 0.0]))

    @cached_property
    def left(self) -> Array:
        """To the person's left, horizontal unit vectors (samples, 3)."""
        return np.cross(UP, self.ahead)

    @property
    def _towards_camera(self) -> float:
        """+1 where the person faces the camera (their left is at the picture's right), −1 where the back is seen."""
        for name in ("shoulder_centre", "shoulder", "hip_centre", "asis"):
            if present(self.points, f"left_{name}", f"right_{name}"):
                across = self.points[f"left_{name}"][:, 1] - self.points[f"right_{name}"][:, 1]
                return float(np.sign(np.nanmedian(across))) or 1.0
        return 1.0

    @cached_property
    def _feet(self) -> Array:
        arrows = [
            self.points[f"{side}_{toe}"] - self.points[f"{side}_heel"]
            for side in SIDES
            for toe in ("toe", "hallux")
            if present(self.points, f"{side}_{toe}", f"{side}_heel")
        ]
        return geometry.midpoint(*arrows) if arrows else np.full((len(self), 3), NAN)

    @property
    def toes_ahead(self) -> Array:
        """How far the toes lie to the right of the heels in a side view, (samples,)."""
        return self._feet[:, 0]

    def _ahead_from_side(self) -> Array:
        feet = self._feet[:, 0]
        if not np.isfinite(feet).any() and present(self.points, "nose", "left_ear"):
            feet = (self.points["nose"] - self.points["left_ear"])[:, 0]
        known = feet[np.isfinite(feet)]
        way = float(np.sign(np.median(known))) if len(known) else NAN
        return np.broadcast_to([way, 0.0, 0.0], (len(self), 3)) * 1.0

    @cached_property
    def trunk_deg(self) -> Array:
        """Lean of the line hips–shoulders forward from the vertical, (samples,); NaN from the front."""
        if self.hips is None or self.shoulders is None or not self.sees_forward:
            return self.nowhere
        return self.smooth(geometry.inclination(self.shoulders - self.hips, self.ahead))

    @cached_property
    def trunk_left_deg(self) -> Array:
        """Lean of the line hips–shoulders to the person's left, (samples,); NaN from the side."""
        if self.hips is None or self.shoulders is None or not self.sees_aside:
            return self.nowhere
        return self.smooth(geometry.inclination(self.shoulders - self.hips, self.left))

    def knee_deg(self, side: Side) -> Array:
        """Knee flexion, hip–knee–ankle, 0 straight, (samples,); NaN from the front."""
        if not self.sees_forward:
            return self.nowhere
        points = (self.joint(side, name) for name in ("hip", "knee", "ankle"))
        return self.smooth(geometry.flexion_angle(*points))

    def knee_inward_deg(self, side: Side) -> Array:
        """Frontal projection of hip–knee–ankle, the knee towards the other leg positive, (samples,); NaN from the side.

        In three dimensions projected on the plane square to the pelvis's facing.
        """
        if not self.sees_aside:
            return self.nowhere
        hip, knee, ankle = (self._in_front(self.joint(side, name)) for name in ("hip", "knee", "ankle"))
        bend = geometry.flexion_angle(hip, knee, ankle)
        return self.smooth(np.sign(self._off_line(hip, knee, ankle, side)) * bend)

    def knee_medial_m(self, side: Side) -> Array:
        """How far the knee lies inward of the line hip–ankle in the frontal plane, in the points' unit, (samples,)."""
        if not self.sees_aside:
            return self.nowhere
        hip, knee, ankle = (self._in_front(self.joint(side, name)) for name in ("hip", "knee", "ankle"))
        return self.smooth(self._off_line(hip, knee, ankle, side))

    def _in_front(self, point: Array) -> Array:
        """The point in the frontal plane: across (to the person's left) and up, (samples, 2)."""
        return np.stack([geometry.dot(point, self.left), point[:, 2]], axis=-1)

    @staticmethod
    def _off_line(hip: Array, knee: Array, ankle: Array, side: Side) -> Array:
        """How far the knee lies from the line hip–ankle, towards the other leg positive."""
        line = geometry.unit(hip - ankle)
        to_left = (knee[:, 0] - ankle[:, 0]) * line[:, 1] - (knee[:, 1] - ankle[:, 1]) * line[:, 0]
        return np.asarray(-to_left if side == "left" else to_left)

    @cached_property
    def pelvis_left_up_deg(self) -> Array:
        """How far the left hip is higher than the right one, deg from level, (samples,); NaN from the side."""
        if not self.sees_aside:
            return self.nowhere
        for name in ("hip_centre", "asis", "psis"):
            if present(self.points, f"left_{name}", f"right_{name}"):
                line = self.points[f"left_{name}"] - self.points[f"right_{name}"]
                flat = np.hypot(line[:, 0], line[:, 1])
                return self.smooth(np.degrees(np.arctan2(line[:, 2], flat)))
        return self.nowhere

    @cached_property
    def balance_m(self) -> Array:
        """How far the centre of mass lies ahead of the heels, by the leg's length, (samples,); NaN from the front.

        From the segments that were seen (Winter 2009, table 4.1). Below 0 nobody stands: something else carries.
        """
        if self.hips is None or self.shoulders is None or self.ankles is None or not self.sees_forward:
            return self.nowhere
        parts = [(_TRUNK[0], self.hips + _TRUNK[1] * (self.shoulders - self.hips))]
        for side in SIDES:
            hip, knee, ankle = (self.joint(side, name) for name in ("hip", "knee", "ankle"))
            heel = self.points.get(f"{side}_heel", ankle)
            parts += [
                (_THIGH[0], hip + _THIGH[1] * (knee - hip)),
                (_SHANK[0], knee + _SHANK[1] * (ankle - knee)),
                (_FOOT[0], 0.5 * (heel + ankle)),
            ]
        mass = np.sum([share for share, _ in parts])
        centre: Array = np.sum([share * place for share, place in parts], axis=0) / mass
        heels = [self.points[f"{side}_heel"] for side in SIDES if present(self.points, f"{side}_heel")]
        base = geometry.midpoint(*heels) if heels else self.ankles
        return self.smooth(geometry.dot(centre - base, self.ahead) / self.leg_m)

    @property
    def balance_low(self) -> float:
        """`balance_m` while the hips are in the lowest quarter of their way, median: under 0 something else carries."""
        known = self.rise[np.isfinite(self.rise)]
        if not len(known):
            return NAN
        low, high = np.percentile(known, (5, 95))
        with np.errstate(invalid="ignore"):
            held = self.balance_m[self.rise < low + 0.25 * (high - low)]
        held = held[np.isfinite(held)]
        return float(np.median(held)) if len(held) else NAN

    @cached_property
    def heading_deg(self) -> Array:
        """Which way the body faces, from x towards y without jumps, (samples,); NaN outside three dimensions."""
        if self.view != "3d":
            return self.nowhere
        ahead = self.ahead
        known = np.isfinite(ahead).all(axis=-1)
        heading = np.full(len(self), NAN)
        heading[known] = np.degrees(np.unwrap(np.arctan2(ahead[known, 1], ahead[known, 0])))
        return self.smooth(heading)

    def seen(self, values: Array, first: int = 0, stop: int | None = None) -> float:
        """Share of samples that are there."""
        part = values[first:stop]
        return float(np.isfinite(part).mean()) if len(part) else 0.0


def doer_of(recording: Recording, *, shortest_s: float = SHORTEST_S, legs: bool = True) -> Doer | None:
    """The person; None where the recording is too short or slow to hold a task, or what is asked for was not seen.

    With `legs` that is hips and ankles, without it the shoulders.
    """
    if Kind.BODY not in recording:
        return None
    body = recording[Kind.BODY]
    if not body.rate_hz >= SLOWEST_RATE_HZ or body.duration_s < shortest_s or body.frame.view == "unknown":
        return None
    doer = Doer(
        id=recording.id, where=recording.source or recording.id, time_s=body.time_s, rate_hz=body.rate_hz,
        points={name: body[name] for name in body.channels}, view=body.frame.view,
        to_scale=body.unit == "m" and body.frame.name != "hip-centred", on_floor=body.frame.name != "hip-centred",
    )  # fmt: skip
    if legs:
        return doer if doer.hips is not None and doer.ankles is not None else None
    return doer if doer.shoulders is not None else None


def oblique(recording: Recording) -> Problem | None:
    """Why nothing is told from a picture from between side and front; None for every other view."""
    if Kind.BODY not in recording or recording[Kind.BODY].frame.view != "unknown":
        return None
    return Problem(
        what="The picture is from between side and front: no height, lean or bend can be told from it.",
        where=recording.source or recording.id,
        do="Film square from the side or from the front, or give the landmarks in three dimensions.",
    )


def has_legs(recording: Recording) -> bool:
    """Whether a body holds hips and ankles: cheap, without looking at the values."""
    if Kind.BODY not in recording:
        return False
    names = set(recording[Kind.BODY].channels)
    hips = {"left_hip_centre", "right_hip_centre"} <= names or {"left_asis", "right_asis"} <= names
    return hips and any(f"{side}_{joint}" in names for side in SIDES for joint in ("ankle_centre", "ankle"))


def shoulder_width_share(doer: Doer) -> Array:
    """Width of the shoulders in the picture by their greatest, signed: + facing the camera, − the back, (samples,)."""
    line = shoulders_line(doer.points)
    if line is None or doer.view != "frontal":
        return doer.nowhere
    across = doer.smooth(-line[:, 1])
    return np.asarray(across / np.nanpercentile(np.abs(across), 98))
