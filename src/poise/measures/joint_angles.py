"""Joint and segment angles over time from the body's points, each saying how it was made.

Signs are the same on both sides: flexion, dorsiflexion, adduction, internal rotation and forward lean are positive;
the pelvis and the trunk are told per side (own side up, own side forward, lean towards the own side are positive).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.measures import segment_axes as axes
from poise.measures.segment_axes import UP, Points, Seen, View, present
from poise.model import SIDES, Side
from poise.signals import geometry

Array = NDArray[np.float64]

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


def joint_angles(seen: Seen) -> tuple[Angle, ...]:
    """All angles that these points allow.

    Returns
    -------
    angles
        NaN at a sample where a point is missing. What the points or the plane that was seen do not allow is not there.

    Notes
    -----
    Hip, knee: Grood and Suntay's joint coordinate system (flexion about the proximal z, rotation about the distal y,
    adduction about their common normal) [1]_ [2]_. Pelvis and thorax: tilt, obliquity, rotation, in this order, against
    the direction of walking, as the reference curves were made; the reverse order [3]_ differs by up to 2° of obliquity
    where a tilted pelvis turns by 10°. Foot progression: how far the heel-toe line points inward, as the angle whose
    sine is its sideways share; the angle seen from above is the same for a flat foot and means nothing for a raised
    heel. Ankle: foot line (heel to toe marker) in the shank's sagittal plane; zero where it is square to the shank, so
    a heel marker stuck higher than the toe marker shows as plantarflexion.
    Hip flexion and adduction do not need to know how the thigh turns about its length; hip rotation, knee adduction
    and knee rotation do, and are given only where two points across the knee (or a wand) tell it. Knee adduction is
    wrong by (sine of the axis error) × flexion: a few degrees in swing even with good markers.

    References
    ----------
    .. [1] Grood & Suntay 1983, J Biomech Eng 105(2):136-144.
    .. [2] Wu et al. 2002, J Biomech 35(4):543-548.
    .. [3] Baker 2001, Gait Posture 13(1):1-6.
    """
    found = (*_girdle_angles(seen), *_trunk_angles(seen.points, seen.forward))
    legs = tuple(angle for side in SIDES for angle in _leg_angles(seen, side))
    arms = tuple(angle for side in SIDES for angle in _arm_angles(seen.points, side, seen.forward, seen.view))
    return tuple(each for each in (*found, *legs, *arms) if visible(each.name, seen.view) and _known(each.values))


def _known(values: Array) -> bool:
    return bool(np.isfinite(values).any())


def _outward(side: Side) -> float:
    """+1 on the right, −1 on the left: turns angles of a right-hand joint into anatomical ones."""
    return 1.0 if side == "right" else -1.0


def _girdle_angles(seen: Seen) -> Iterator[Angle]:
    walk = axes.walking_axes(seen.forward)
    pelvis = seen.pelvis
    thorax = axes.thorax_axes(seen.points) if seen.view == "3d" else None
    if pelvis is not None:
        yield from _girdle(geometry.grood_suntay(walk, pelvis), "pelvis", JOINT_SYSTEM)
    else:
        for name in ("asis", "hip_centre"):
            if present(seen.points, f"left_{name}", f"right_{name}"):
                line = seen.points[f"right_{name}"] - seen.points[f"left_{name}"]
                yield from _line_of_girdle(
                    line, walk, "pelvis", "line between the hips" if name == "hip_centre" else "line between the ASIS"
                )
                break
    if thorax is not None:
        yield from _girdle(geometry.grood_suntay(walk, thorax), "thorax", JOINT_SYSTEM)


def _girdle(turned: Array, name: str, method: str) -> Iterator[Angle]:
    tilt, drop, turn = np.moveaxis(turned, -1, 0)
    for side in SIDES:
        yield Angle(name=f"{name}.tilt", side=side, values=-tilt, method=method)
        yield Angle(name=f"{name}.obliquity", side=side, values=-_outward(side) * drop, method=method)
        yield Angle(name=f"{name}.rotation", side=side, values=_outward(side) * turn, method=method)


def _line_of_girdle(line: Array, walk: Array, name: str, method: str) -> Iterator[Angle]:
    forward, up, right = (walk[..., i] for i in range(3))
    level = np.sqrt(np.sum(line * forward, axis=-1) ** 2 + np.sum(line * right, axis=-1) ** 2)
    rise = np.rad2deg(np.arctan2(np.sum(line * up, axis=-1), level))
    turn = geometry.inclination(line, forward, up=right)
    for side in SIDES:
        yield Angle(name=f"{name}.obliquity", side=side, values=_outward(side) * rise, method=method)
        yield Angle(name=f"{name}.rotation", side=side, values=_outward(side) * turn, method=method)


def _trunk_angles(points: Points, forward: Array) -> Iterator[Angle]:
    line = axes.trunk_line(points)
    right = np.cross(forward, UP)
    if line is not None:
        ahead = geometry.inclination(line, forward)
        aside = geometry.inclination(line, right)
        for side in SIDES:
            yield Angle(name="trunk.lean_forward", side=side, values=ahead, method=f"line hips-shoulders, {SAGITTAL}")
            method = f"line hips-shoulders, {FRONTAL}"
            yield Angle(name="trunk.lean_side", side=side, values=_outward(side) * aside, method=method)
    shoulders = axes.shoulders_line(points)
    if shoulders is not None:
        turn = geometry.inclination(shoulders, forward, up=right)
        for side in SIDES:
            values = _outward(side) * turn
            yield Angle(
                name="trunk.rotation", side=side, values=values, method="line of the shoulders, seen from above"
            )


def _leg_angles(seen: Seen, side: Side) -> Iterator[Angle]:
    hip, knee, ankle = (axes.joint_point(seen.points, side, joint) for joint in ("hip", "knee", "ankle"))
    shank = None
    if hip is not None and knee is not None:
        pelvis, method = _pelvis_for_hip(seen, side)
        across = axes.lateral_axis(seen.points, side, "knee") if seen.view == "3d" else None
        thigh = geometry.segment_frame(hip - knee, pelvis[..., 2] if across is None else across)
        turns = across is not None and seen.knee_axis_known
        if method:
            yield from _hip_angles(pelvis, thigh, side, method, turns=turns)
        down = geometry.inclination(hip - knee, -seen.forward)
        yield Angle(name="thigh.inclination", side=side, values=down, method=f"thigh from vertical, {SAGITTAL}")
        if ankle is not None:
            shank = geometry.segment_frame(knee - ankle, _shank_right(seen, side, thigh))
            yield from _knee_angles(seen, side, thigh, shank, turns=turns)
    elif knee is not None and ankle is not None:
        shank = geometry.segment_frame(knee - ankle, np.cross(seen.forward, UP))
    yield from _foot_angles(seen.points, side, seen.forward, shank)


def _knee_angles(seen: Seen, side: Side, thigh: Array, shank: Array, *, turns: bool) -> Iterator[Angle]:
    bend, varus, turn = np.moveaxis(geometry.grood_suntay(thigh, shank), -1, 0)
    method = JOINT_SYSTEM if turns else f"{SAGITTAL}, {NO_TURN}"
    yield Angle(name="knee.flexion", side=side, values=-bend, method=method)
    if turns:
        yield Angle(name="knee.adduction", side=side, values=_outward(side) * varus, method=method)
        if axes.lateral_axis(seen.points, side, "ankle") is not None:
            yield Angle(name="knee.rotation", side=side, values=_outward(side) * turn, method=method)


def _pelvis_for_hip(seen: Seen, side: Side) -> tuple[Array, str]:
    """The axes that hip angles are told against, and what to call it; empty where only the walk tells what is right."""
    right = np.cross(seen.forward, UP)
    if seen.view == "3d":
        if seen.pelvis is not None:
            return seen.pelvis, JOINT_SYSTEM
        stand_in = axes.hips_axes(seen.points)
        if stand_in is not None:
            return stand_in, TRUNK_THIGH
    trunk = _own_trunk_line(seen.points, side)
    if trunk is not None:
        plane = FRONTAL if seen.view == "frontal" else SAGITTAL
        return geometry.segment_frame(trunk, right), f"{TRUNK_THIGH}, {plane}"
    return axes.walking_axes(seen.forward), ""


def _own_trunk_line(points: Points, side: Side) -> Array | None:
    """Hips to shoulders; from one side alone where the other was hidden, as in a side view."""
    both = axes.trunk_line(points)
    if both is not None:
        return both
    hip, shoulder = axes.joint_point(points, side, "hip"), axes.joint_point(points, side, "shoulder")
    return None if hip is None or shoulder is None else shoulder - hip


def _hip_angles(pelvis: Array, thigh: Array, side: Side, method: str, *, turns: bool) -> Iterator[Angle]:
    bend, towards, turn = np.moveaxis(geometry.grood_suntay(pelvis, thigh), -1, 0)
    yield Angle(name="hip.flexion", side=side, values=bend, method=method)
    yield Angle(name="hip.adduction", side=side, values=_outward(side) * towards, method=method)
    if turns:
        yield Angle(name="hip.rotation", side=side, values=_outward(side) * turn, method=method)


def _shank_right(seen: Seen, side: Side, thigh: Array) -> Array:
    across = axes.lateral_axis(seen.points, side, "ankle") if seen.view == "3d" else None
    return thigh[..., 2] if across is None else across


def _foot_angles(points: Points, side: Side, forward: Array, shank: Array | None) -> Iterator[Angle]:
    if not present(points, f"{side}_toe", f"{side}_heel"):
        return
    foot = points[f"{side}_toe"] - points[f"{side}_heel"]
    level = np.linalg.norm(foot[..., :2], axis=-1)
    pitch = np.rad2deg(np.arctan2(foot[..., 2], level))
    yield Angle(name="foot.pitch", side=side, values=pitch, method="heel-toe line from the floor")
    leftward = geometry.dot(geometry.unit(foot), np.cross(UP, forward))
    inward = _outward(side) * np.rad2deg(np.arcsin(np.clip(leftward, -1.0, 1.0)))
    yield Angle(name="foot.progression", side=side, values=inward, method="heel-toe line against the walk")
    if shank is not None:
        lift = geometry.inclination(foot, shank[..., 1], up=shank[..., 0])
        method = "heel-toe line in the shank's sagittal plane, zero square to the shank"
        yield Angle(name="ankle.dorsiflexion", side=side, values=lift, method=method)


def _arm_angles(points: Points, side: Side, forward: Array, view: View) -> Iterator[Angle]:
    shoulder, elbow, wrist = (axes.joint_point(points, side, joint) for joint in ("shoulder", "elbow", "wrist"))
    if shoulder is None:
        return
    trunk = _trunk_axes(points, side, forward, view)
    if elbow is not None and trunk is not None:
        arm = elbow - shoulder
        down = -trunk[..., 1]
        flexion = geometry.inclination(arm, trunk[..., 0], up=down)
        yield Angle(name="shoulder.flexion", side=side, values=flexion, method=f"arm to trunk, {SAGITTAL}")
        outward = geometry.inclination(arm, _outward(side) * trunk[..., 2], up=down)
        yield Angle(name="shoulder.abduction", side=side, values=outward, method=f"arm to trunk, {FRONTAL}")
    if wrist is not None:
        swing = geometry.inclination(wrist - shoulder, forward, up=-UP)
        yield Angle(name="arm.swing", side=side, values=swing, method=f"line shoulder-wrist from vertical, {SAGITTAL}")
        if elbow is not None:
            values = geometry.flexion_angle(shoulder, elbow, wrist)
            yield Angle(name="elbow.flexion", side=side, values=values, method="three points, included angle")


def _trunk_axes(points: Points, side: Side, forward: Array, view: View) -> Array | None:
    line = _own_trunk_line(points, side)
    if line is None:
        return None
    # A picture flattens the line of the shoulders: only in three dimensions does it tell where the trunk faces.
    shoulders = axes.shoulders_line(points) if view == "3d" else None
    return geometry.segment_frame(line, np.cross(forward, UP) if shoulders is None else shoulders)
