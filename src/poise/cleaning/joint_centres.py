"""Where the joints turn: as given, midway between two epicondyles, or by a published regression.

How good each way is (the error of the centre, from the papers): given by other software, as good as its model; between
medial and lateral marker about 5 mm at knee and ankle; hip by Harrington's regression about 14 mm in adults [1]_; knee
and ankle from the lateral marker alone 10 to 15 mm, mostly along the line of walking.

References
----------
.. [1] Sangeux, Pillet & Skalli 2014, Gait Posture 40:20-25 (hip regressions against imaging; from memory).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from poise.model.recording import SIDES, Problem, Recording, Side, Step
from poise.signals import geometry

Array = NDArray[np.float64]
Points = dict[str, Array]

LEG_SHARE = 0.491
"""Thigh and shank, of stature: Drillis & Contini 1966, in Winter 2009, figure 4.1."""
KNEE_WIDTH, ANKLE_WIDTH = 0.056, 0.042
"""Width over the condyles and over the malleoli, of stature: about 98 and 74 mm at 1.75 m (ANSUR, from memory)."""
MARKER_RADIUS_M = 0.007
"""Of the usual 14-mm marker [design]."""


def with_joint_centres(recording: Recording, points: Mapping[str, Array]) -> tuple[Recording, Points]:
    """The points with every joint centre that can be placed, and a step that says how each was."""
    placed, ways = dict(points), {}
    ways["hip"] = _hips(placed)
    for side in SIDES:
        for joint in ("knee", "ankle", "elbow"):
            ways.setdefault(joint, _between_epicondyles(placed, side, joint))
    inside = _from_lateral_markers(placed, recording.person.height_m)
    for joint, way in inside.items():
        ways[joint] = ways.get(joint) or way
    ways["shoulder"] = _shoulders(placed)
    _wrists(placed)
    _toes(placed)
    _middles(placed)
    told: dict[str, str | bool] = {joint: way for joint, way in ways.items() if way}
    told["knee_axis_known"] = "knee" not in inside or ways["knee"] != inside["knee"]
    return recording.after(Step(what="joint centres", settings=told)), placed


def harrington_hips(left_asis: Array, right_asis: Array, middle_of_psis: Array) -> tuple[Array, Array]:
    """Left and right hip centre from the pelvis's four bony points, each shape (samples, 3).

    Parameters
    ----------
    left_asis, right_asis, middle_of_psis
        Positions, shape (samples, 3), m. A sacral marker stands for the middle of the PSIS.

    Returns
    -------
    left, right
        NaN where a point is missing. Width and depth of the pelvis are the medians over the recording.

    Notes
    -----
    From the middle of the ASIS, in mm: back 0.24 depth + 9.9, down 0.30 width + 10.9, out 0.33 width + 7.3 [1]_. Made
    on adults and children, with and without cerebral palsy; mean error about 5 mm an axis there. Thick soft tissue over
    the ASIS makes the pelvis too deep and the centres too far back.

    References
    ----------
    .. [1] Harrington et al. 2007, J Biomech 40:595-602.
    """
    front = geometry.midpoint(left_asis, right_asis)
    width = _typical(geometry.length(right_asis - left_asis))
    depth = _typical(geometry.length(front - middle_of_psis))
    right = geometry.unit(right_asis - left_asis)
    forward = geometry.unit(geometry.on_plane(front - middle_of_psis, right))
    up = np.cross(right, forward)
    centre = front - (0.24 * depth + 0.0099) * forward - (0.30 * width + 0.0109) * up
    aside = (0.33 * width + 0.0073) * right
    return centre - aside, centre + aside


def _hips(points: Points) -> str:
    wanted = ("left_hip_centre", "right_hip_centre")
    if all(name in points for name in wanted):
        return "given"
    pelvis = _pelvis(points)
    if pelvis is not None:
        left, right = harrington_hips(*pelvis)
        _fill(points, {"left_hip_centre": left, "right_hip_centre": right})
        return "Harrington 2007"
    if "left_greater_trochanter" in points and "right_greater_trochanter" in points:
        left, right = points["left_greater_trochanter"], points["right_greater_trochanter"]
        _fill(
            points, {"left_hip_centre": left + 0.25 * (right - left), "right_hip_centre": right + 0.25 * (left - right)}
        )
        return "a quarter of the way between the trochanters (Weinhandl & O'Connor 2010)"
    return ""


def _pelvis(points: Points) -> tuple[Array, Array, Array] | None:
    """Left ASIS, right ASIS and the middle of the PSIS (or the sacrum that stands for it)."""
    back = points.get("sacrum")
    if "left_psis" in points and "right_psis" in points:
        back = geometry.midpoint(points["left_psis"], points["right_psis"])
    if back is None or "left_asis" not in points or "right_asis" not in points:
        return None
    return points["left_asis"], points["right_asis"], back


def _between_epicondyles(points: Points, side: Side, joint: str) -> str:
    name = f"{side}_{joint}_centre"
    if name in points:
        return "given"
    outer, inner = points.get(f"{side}_{joint}"), points.get(f"{side}_{joint}_medial")
    if outer is None or inner is None:
        return ""
    points[name] = geometry.midpoint(outer, inner)
    return "midway between medial and lateral marker"


def _from_lateral_markers(points: Points, height_m: float | None) -> dict[str, str]:
    """Knee and ankle centres half a joint's width inside the lateral marker, along the leg's transverse axis.

    As Davis et al. 1991 do, but for the transverse axis: a thigh wand is trusted there to lie in the frontal plane,
    which many laboratories do not do. Here it is square to the leg and to the direction in which foot and pelvis point.
    """
    ways: dict[str, str] = {}
    for side in SIDES:
        hip, knee, ankle = (points.get(f"{side}_{name}") for name in ("hip_centre", "knee", "ankle"))
        if hip is None or knee is None or ankle is None:
            continue
        stature_m = height_m or _typical(geometry.length(hip - knee) + geometry.length(knee - ankle)) / LEG_SHARE
        outward = _outward(points, side, hip - ankle)
        for joint, marker, share in (("knee", knee, KNEE_WIDTH), ("ankle", ankle, ANKLE_WIDTH)):
            if f"{side}_{joint}_centre" not in points and outward is not None:
                inside = 0.5 * share * stature_m + MARKER_RADIUS_M
                points[f"{side}_{joint}_centre"] = marker - inside * outward
                ways[joint] = f"inside the lateral marker by half of {share:g} of stature"
    return ways


def _outward(points: Points, side: Side, up: Array) -> Array | None:
    """The leg's transverse axis towards the outside: the mean of the pelvis's and the foot's, square to the leg."""
    out = 1.0 if side == "left" else -1.0
    axes = []
    if "left_hip_centre" in points and "right_hip_centre" in points:
        axes.append(out * geometry.unit(points["left_hip_centre"] - points["right_hip_centre"]))
    heel, toe = points.get(f"{side}_heel"), next((points[n] for n in _toe_names(side) if n in points), None)
    if heel is not None and toe is not None:
        axes.append(out * geometry.unit(np.cross(geometry.unit(up), toe - heel)))
    if not axes:
        return None
    mean: Array = np.asarray(axes, dtype=np.float64)
    together = mean[0] if len(mean) == 1 else np.where(np.isfinite(mean).all(axis=0), mean.mean(axis=0), mean[0])
    return geometry.unit(geometry.on_plane(together, up))


def _shoulders(points: Points) -> str:
    """Below the acromion by 17 % of the distance between the acromia, along the trunk (Rab et al. 2002)."""
    left, right = points.get("left_shoulder"), points.get("right_shoulder")
    if "left_shoulder_centre" in points or left is None or right is None:
        return "given" if "left_shoulder_centre" in points else ""
    below = 0.17 * _typical(geometry.length(left - right))
    hips = (points.get("left_hip_centre"), points.get("right_hip_centre"))
    down = np.broadcast_to(-geometry.Z_AXIS, left.shape)
    if hips[0] is not None and hips[1] is not None:
        down = geometry.unit(geometry.midpoint(hips[0], hips[1]) - geometry.midpoint(left, right))
    _fill(points, {"left_shoulder_centre": left + below * down, "right_shoulder_centre": right + below * down})
    return "below the acromion by 17 % of shoulder width (Rab 2002)"


def _wrists(points: Points) -> None:
    for side in SIDES:
        if f"{side}_wrist" in points:
            points.setdefault(f"{side}_wrist_centre", points[f"{side}_wrist"])


def _toe_names(side: Side) -> tuple[str, ...]:
    return tuple(f"{side}_{name}" for name in ("toe", "hallux", "fifth_metatarsal", "first_metatarsal"))


def _toes(points: Points) -> None:
    """The forefoot's point where a set has none of its own: midway between the metatarsal heads, else one of them."""
    for side in SIDES:
        first, fifth = points.get(f"{side}_first_metatarsal"), points.get(f"{side}_fifth_metatarsal")
        if first is not None and fifth is not None:
            points.setdefault(f"{side}_toe", geometry.midpoint(first, fifth))
        for name in _toe_names(side)[1:]:
            if name in points:
                points.setdefault(f"{side}_toe", points[name])


def _middles(points: Points) -> None:
    for name, pairs in {
        "pelvis_centre": ("hip_centre", "greater_trochanter", "asis", "psis"),
        "shoulders_centre": ("shoulder_centre", "shoulder"),
    }.items():
        for pair in pairs:
            left, right = points.get(f"left_{pair}"), points.get(f"right_{pair}")
            if name not in points and left is not None and right is not None:
                points[name] = geometry.midpoint(left, right)


def _fill(points: Points, new: Mapping[str, Array]) -> None:
    for name, values in new.items():
        points.setdefault(name, values)


def _typical(lengths: Array) -> float:
    known = lengths[np.isfinite(lengths)]
    return float(np.median(known)) if len(known) else float("nan")


def with_lengths_checked(recording: Recording, points: Points) -> Recording:
    """A doubt for every segment that changes its length: a marker moved, or two were exchanged."""
    doubts = []
    for side in SIDES:
        for upper, lower in (("hip", "knee"), ("knee", "ankle")):
            a, b = points.get(f"{side}_{upper}_centre"), points.get(f"{side}_{lower}_centre")
            if a is None or b is None:
                continue
            lengths = geometry.length(a - b)
            known = lengths[lengths > geometry.SMALLEST_LENGTH]
            if len(known) > 1 and np.percentile(np.abs(known / np.median(known) - 1.0), 95) > 0.20:
                doubts.append(_stretched(side, upper, lower))
    return replace(recording, problems=(*recording.problems, *doubts)) if doubts else recording


def _stretched(side: Side, upper: str, lower: str) -> Problem:
    return Problem(
        what=f"The {side} leg changes its length by more than a fifth from {upper} to {lower}.",
        where=f"{side} {upper}, {side} {lower}",
        do="Look for exchanged or lost markers; angles of these joints are in doubt.",
        side=side,
    )
