"""Joint and segment angles over time from the body's points, each saying how it was made.

Signs are the same on both sides: flexion, dorsiflexion, adduction, internal rotation and forward lean are positive;
the pelvis and the trunk are told per side (own side up, own side forward, lean towards the own side are positive).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.measures import segment_axes as axes
from poise.measures.segment_axes import UP, Points, present
from poise.model import SIDES, Side

Array = NDArray[np.float64]
View = Literal["3d", "sagittal", "frontal", "unknown"]

JOINT_SYSTEM = "joint coordinate system"
SAGITTAL = "sagittal projection"
FRONTAL = "frontal projection"
TRUNK_THIGH = "trunk to thigh, the pelvis was not seen"
NO_TURN = "thigh taken not to turn about its length"


@dataclass(frozen=True, kw_only=True, eq=False)
class Angle:
    """One angle over time: its name (``knee.flexion``), side, values in degrees (samples,) and how it was made."""

    name: str
    side: Side | None
    values: Array
    method: str


SEEN_FROM_THE_SIDE = frozenset({
    "hip.flexion", "knee.flexion", "ankle.dorsiflexion", "trunk.lean_forward", "thigh.inclination", "foot.pitch",
    "shoulder.flexion", "elbow.flexion", "arm.swing",
})  # fmt: skip
SEEN_FROM_THE_FRONT = frozenset({
    "hip.adduction", "knee.adduction", "pelvis.obliquity", "trunk.lean_side", "shoulder.abduction",
})  # fmt: skip


def visible(name: str, view: View) -> bool:
    """Whether an angle of this name can be told from the plane that was seen."""
    if view == "3d":
        return True
    return name in {"sagittal": SEEN_FROM_THE_SIDE, "frontal": SEEN_FROM_THE_FRONT}.get(view, frozenset())


def joint_angles(points: Points, forward: Array, view: View = "3d") -> tuple[Angle, ...]:
    """All angles that these points allow.

    Parameters
    ----------
    points
        Positions by body name, each (samples, 3), m, z up; NaN where missing.
    forward
        Direction of progression, (samples, 3), horizontal, length 1.
    view
        The plane that was seen; an angle outside it is left out.

    Returns
    -------
    angles
        NaN at a sample where a point is missing. What the points do not allow is not there.

    Notes
    -----
    Hip, knee: Grood and Suntay's joint coordinate system (flexion about the proximal z, rotation about the distal y,
    adduction about their common normal) [1]_ [2]_. Pelvis and thorax: tilt, obliquity, rotation, in this order, against
    the direction of walking, as the reference curves were made; the reverse order [3]_ differs by up to 2° of obliquity
    where a tilted pelvis turns by 10°. Foot progression: how far the heel-toe line points inward, as the angle whose
    sine is its sideways share; the angle seen from above is the same for a flat foot and meaningless for a raised heel. Ankle: foot line (heel to toe marker) in the shank's sagittal plane; zero where it is
    square to the shank, so a heel marker stuck higher than the toe marker shows as plantarflexion.
    Hip flexion and adduction do not need to know how the thigh turns about its length; hip rotation, knee adduction
    and knee rotation do, and are given only where two points across the knee (or a wand) tell it. Knee adduction is
    wrong by (sine of the axis error) × flexion: a few degrees in swing even with good markers.

    References
    ----------
    .. [1] Grood & Suntay 1983, J Biomech Eng 105(2):136-144.
    .. [2] Wu et al. 2002, J Biomech 35(4):543-548.
    .. [3] Baker 2001, Gait Posture 13(1):1-6.
    """
    found = (*_girdle_angles(points, forward), *_trunk_angles(points, forward))
    legs = tuple(angle for side in SIDES for angle in _leg_angles(points, side, forward, view))
    arms = tuple(angle for side in SIDES for angle in _arm_angles(points, side, forward))
    return tuple(angle for angle in (*found, *legs, *arms) if visible(angle.name, view) and _seen(angle.values))


def cardan_zxy_deg(rotation: ArrayLike) -> tuple[Array, Array, Array]:
    """Angles about z, then x, then y of rotations (..., 3, 3): flexion, ab/adduction, rotation of a right-hand joint.

    Near ±90° of the second angle the other two cannot be told apart; no joint of the leg gets there in gait.
    """
    r = np.asarray(rotation, dtype=np.float64)
    first = np.arctan2(-r[..., 0, 1], r[..., 1, 1])
    second = np.arcsin(np.clip(r[..., 2, 1], -1.0, 1.0))
    third = np.arctan2(-r[..., 2, 0], r[..., 2, 2])
    return np.rad2deg(first), np.rad2deg(second), np.rad2deg(third)


def included_flexion_deg(proximal: ArrayLike, joint: ArrayLike, distal: ArrayLike) -> Array:
    """180° minus the angle at a joint between its neighbours: 0 when straight, never negative.

    It does not part flexion from the other motions and folds over near full extension; for the elbow that does.
    """
    one, two = axes.unit(np.subtract(proximal, joint)), axes.unit(np.subtract(distal, joint))
    # The half-angle form keeps its precision near a straight limb, where the arc cosine loses it.
    apart = np.linalg.norm(one + two, axis=-1), np.linalg.norm(one - two, axis=-1)
    return np.rad2deg(2.0 * np.arctan2(apart[0], apart[1]))


def angle_in_plane_deg(arrow: Array, along: Array, across: Array) -> Array:
    """Direction of `arrow` in the plane of two unit vectors: 0 along the first, positive towards the second."""
    return np.rad2deg(np.arctan2(np.sum(arrow * across, axis=-1), np.sum(arrow * along, axis=-1)))


def _seen(values: Array) -> bool:
    return bool(np.isfinite(values).any())


def _outward(side: Side) -> float:
    """+1 on the right, −1 on the left: turns angles of a right-hand joint into anatomical ones."""
    return 1.0 if side == "right" else -1.0


def _relative(proximal: Array, distal: Array) -> Array:
    return np.swapaxes(proximal, -1, -2) @ distal


def _girdle_angles(points: Points, forward: Array) -> Iterator[Angle]:
    walk = axes.walking_axes(forward)
    pelvis = axes.pelvis_axes(points)
    if pelvis is not None:
        yield from _girdle(_relative(walk, pelvis), "pelvis", JOINT_SYSTEM)
    elif present(points, "left_hip_centre", "right_hip_centre"):
        line = points["right_hip_centre"] - points["left_hip_centre"]
        yield from _line_of_girdle(line, walk, "pelvis", "line between the hips")
    thorax = axes.thorax_axes(points)
    if thorax is not None:
        yield from _girdle(_relative(walk, thorax), "thorax", JOINT_SYSTEM)


def _girdle(rotation: Array, name: str, method: str) -> Iterator[Angle]:
    tilt, drop, turn = cardan_zxy_deg(rotation)
    for side in SIDES:
        yield Angle(name=f"{name}.tilt", side=side, values=-tilt, method=method)
        yield Angle(name=f"{name}.obliquity", side=side, values=-_outward(side) * drop, method=method)
        yield Angle(name=f"{name}.rotation", side=side, values=_outward(side) * turn, method=method)


def _line_of_girdle(line: Array, walk: Array, name: str, method: str) -> Iterator[Angle]:
    forward, up, right = (walk[..., i] for i in range(3))
    level = np.sqrt(np.sum(line * forward, axis=-1) ** 2 + np.sum(line * right, axis=-1) ** 2)
    rise = np.rad2deg(np.arctan2(np.sum(line * up, axis=-1), level))
    turn = angle_in_plane_deg(line, right, forward)
    for side in SIDES:
        yield Angle(name=f"{name}.obliquity", side=side, values=_outward(side) * rise, method=method)
        yield Angle(name=f"{name}.rotation", side=side, values=_outward(side) * turn, method=method)


def _trunk_angles(points: Points, forward: Array) -> Iterator[Angle]:
    line = axes.trunk_line(points)
    right = np.cross(forward, UP)
    if line is not None:
        up = np.broadcast_to(UP, line.shape)
        ahead = angle_in_plane_deg(line, up, forward)
        aside = angle_in_plane_deg(line, up, right)
        for side in SIDES:
            yield Angle(name="trunk.lean_forward", side=side, values=ahead, method=f"line hips-shoulders, {SAGITTAL}")
            method = f"line hips-shoulders, {FRONTAL}"
            yield Angle(name="trunk.lean_side", side=side, values=_outward(side) * aside, method=method)
    shoulders = axes.shoulders_line(points)
    if shoulders is not None:
        turn = angle_in_plane_deg(shoulders, right, forward)
        for side in SIDES:
            values = _outward(side) * turn
            yield Angle(name="trunk.rotation", side=side, values=values, method="line of the shoulders, seen from above")


def _leg_angles(points: Points, side: Side, forward: Array, view: View) -> Iterator[Angle]:
    hip, knee, ankle = (axes.joint_point(points, side, joint) for joint in ("hip", "knee", "ankle"))
    pelvis, hip_method = _pelvis_for_hip(points, side, forward, view)
    out = _outward(side)
    shank = thigh = None
    if hip is not None and knee is not None:
        across = axes.lateral_axis(points, side, "knee") if view == "3d" else None
        right = pelvis[..., 2] if across is None else across
        thigh = axes.axes_along_y(hip - knee, right)
        yield from _hip_angles(pelvis, thigh, side, hip_method, turns=across is not None and view == "3d")
        down = angle_in_plane_deg(knee - hip, np.broadcast_to(-UP, knee.shape), forward)
        yield Angle(name="thigh.inclination", side=side, values=down, method=f"thigh from vertical, {SAGITTAL}")
        if ankle is not None:
            shank = axes.axes_along_y(knee - ankle, _shank_right(points, side, thigh, view))
            bend, varus, turn = cardan_zxy_deg(_relative(thigh, shank))
            method = JOINT_SYSTEM if across is not None else f"{SAGITTAL}, {NO_TURN}"
            yield Angle(name="knee.flexion", side=side, values=-bend, method=method)
            if across is not None:
                yield Angle(name="knee.adduction", side=side, values=out * varus, method=method)
                if axes.lateral_axis(points, side, "ankle") is not None:
                    yield Angle(name="knee.rotation", side=side, values=out * turn, method=method)
    elif knee is not None and ankle is not None:
        shank = axes.axes_along_y(knee - ankle, np.cross(forward, UP))
    yield from _foot_angles(points, side, forward, shank)


def _pelvis_for_hip(points: Points, side: Side, forward: Array, view: View) -> tuple[Array, str]:
    """The axes that hip flexion is told against, and what to call it."""
    pelvis = axes.pelvis_axes(points) if view == "3d" else None
    if pelvis is not None:
        return pelvis, JOINT_SYSTEM
    right = np.cross(forward, UP)
    if view == "3d":
        stand_in = axes.hips_axes(points)
        if stand_in is not None:
            return stand_in, TRUNK_THIGH
    trunk = _own_trunk_line(points, side)
    if trunk is not None:
        return axes.axes_along_y(trunk, right), f"{TRUNK_THIGH}, {SAGITTAL if view != 'frontal' else FRONTAL}"
    return np.full((*right.shape, 3), np.nan) + 0.0 * axes.walking_axes(forward), ""


def _own_trunk_line(points: Points, side: Side) -> Array | None:
    """Hips to shoulders; from one side alone where the other was hidden, as in a side view."""
    both = axes.trunk_line(points)
    if both is not None:
        return both
    hip, shoulder = axes.joint_point(points, side, "hip"), axes.joint_point(points, side, "shoulder")
    return None if hip is None or shoulder is None else shoulder - hip


def _hip_angles(pelvis: Array, thigh: Array, side: Side, method: str, *, turns: bool) -> Iterator[Angle]:
    bend, towards, turn = cardan_zxy_deg(_relative(pelvis, thigh))
    yield Angle(name="hip.flexion", side=side, values=bend, method=method)
    yield Angle(name="hip.adduction", side=side, values=_outward(side) * towards, method=method)
    if turns:
        yield Angle(name="hip.rotation", side=side, values=_outward(side) * turn, method=method)


def _shank_right(points: Points, side: Side, thigh: Array, view: View) -> Array:
    across = axes.lateral_axis(points, side, "ankle") if view == "3d" else None
    return thigh[..., 2] if across is None else across


def _foot_angles(points: Points, side: Side, forward: Array, shank: Array | None) -> Iterator[Angle]:
    if not present(points, f"{side}_toe", f"{side}_heel"):
        return
    foot = points[f"{side}_toe"] - points[f"{side}_heel"]
    level = np.linalg.norm(foot[..., :2], axis=-1)
    pitch = np.rad2deg(np.arctan2(foot[..., 2], level))
    yield Angle(name="foot.pitch", side=side, values=pitch, method="heel-toe line from the floor")
    leftward = np.sum(axes.unit(foot) * np.cross(UP, forward), axis=-1)
    inward = _outward(side) * np.rad2deg(np.arcsin(np.clip(leftward, -1.0, 1.0)))
    yield Angle(name="foot.progression", side=side, values=inward, method="heel-toe line against the walk")
    if shank is not None:
        lift = angle_in_plane_deg(foot, shank[..., 0], shank[..., 1])
        method = "heel-toe line in the shank's sagittal plane, zero square to the shank"
        yield Angle(name="ankle.dorsiflexion", side=side, values=lift, method=method)


def _arm_angles(points: Points, side: Side, forward: Array) -> Iterator[Angle]:
    shoulder, elbow, wrist = (axes.joint_point(points, side, joint) for joint in ("shoulder", "elbow", "wrist"))
    if shoulder is None:
        return
    trunk = _trunk_axes(points, side, forward)
    if elbow is not None and trunk is not None:
        arm = elbow - shoulder
        ahead, down = trunk[..., 0], -trunk[..., 1]
        flexion = angle_in_plane_deg(arm, down, ahead)
        yield Angle(name="shoulder.flexion", side=side, values=flexion, method=f"arm to trunk, {SAGITTAL}")
        outward = angle_in_plane_deg(arm, down, _outward(side) * trunk[..., 2])
        yield Angle(name="shoulder.abduction", side=side, values=outward, method=f"arm to trunk, {FRONTAL}")
    if wrist is not None:
        swing = angle_in_plane_deg(wrist - shoulder, np.broadcast_to(-UP, wrist.shape), forward)
        yield Angle(name="arm.swing", side=side, values=swing, method=f"line shoulder-wrist from vertical, {SAGITTAL}")
        if elbow is not None:
            values = included_flexion_deg(shoulder, elbow, wrist)
            yield Angle(name="elbow.flexion", side=side, values=values, method="three points, included angle")


def _trunk_axes(points: Points, side: Side, forward: Array) -> Array | None:
    line = _own_trunk_line(points, side)
    if line is None:
        return None
    shoulders = axes.shoulders_line(points)
    return axes.axes_along_y(line, np.cross(forward, UP) if shoulders is None else shoulders)
