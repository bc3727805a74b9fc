"""What the points did not allow, said in plain words: planes that were not seen, joints that lack a marker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from poise.measures.joint_angles import SEEN_FROM_THE_FRONT, SEEN_FROM_THE_SIDE, TRUNK_THIGH, Angle, visible
from poise.measures.segment_axes import Seen, View
from poise.model import SIDES, Problem, Side

Array = NDArray[np.float64]

LEG = ("hip.flexion", "knee.flexion", "ankle.dorsiflexion")
NEEDS = {
    "hip.flexion": "a hip centre (or ASIS and PSIS) and the knee",
    "knee.flexion": "hip centre, knee and ankle",
    "ankle.dorsiflexion": "knee, ankle, heel and toe",
}
TURNED_AXIS_DEG = 10.0
"""With a knee axis turned further, hip rotation and knee adduction tell more of the markers than of the joint."""


def problems_of_angles(angles: Sequence[Angle], view: View, where: str) -> Iterator[Problem]:
    """Everything a reader should know of these angles before believing them."""
    held = {(angle.name, angle.side): angle for angle in angles}
    yield from _plane(view, where)
    yield from _missing(held, view, where)
    yield from _proxies(angles, where)
    if view == "3d":
        yield from _knee_axes(held, where)


def turned_out_of_view(seen: Seen, where: str) -> Iterator[Problem]:
    """How long a person filmed from the side was turned towards or away from the camera."""
    aside = ~np.isfinite(seen.forward[:, 0])
    if seen.view != "sagittal" or aside.all() or not aside.any():
        return
    lasted_s = float(aside.mean() * (seen.time_s[-1] - seen.time_s[0]))
    yield Problem(
        what=f"For about {lasted_s:.1f} s the person was turned out of the side view; strides in which this happened "
        "give no angles.",
        where=where,
        do="The other strides are measured; film the straight part of the way, square to it.",
    )


def knee_axis_error_deg(flexion_deg: Array, adduction_deg: Array) -> float:
    """How far a knee's axis seems turned about the thigh, positive outwards; NaN where the knee hardly bends.

    Notes
    -----
    A knee bends, and sways little. What looks like adduction in step with flexion comes from an axis that is turned by
    δ: sin(adduction) ≈ sin δ · sin(flexion) + constant; δ by least squares [1]_. A knee that truly bows as it bends
    gives the same picture.

    References
    ----------
    .. [1] Baker, Finney & Orr 1999, Hum Mov Sci 18(5):655-667.
    """
    known = np.isfinite(flexion_deg) & np.isfinite(adduction_deg)
    if known.sum() < 20 or np.ptp(flexion_deg[known]) < 30.0:
        return float("nan")
    bend, sway = np.sin(np.deg2rad(flexion_deg[known])), np.sin(np.deg2rad(adduction_deg[known]))
    slope = np.polyfit(bend, sway, 1)[0]
    return float(np.rad2deg(np.arcsin(np.clip(slope, -1.0, 1.0))))


def _plane(view: View, where: str) -> Iterator[Problem]:
    seen = {"sagittal": ("side", SEEN_FROM_THE_SIDE), "frontal": ("front or back", SEEN_FROM_THE_FRONT)}.get(view)
    if seen is not None:
        yield Problem(
            what=f"Seen from the {seen[0]} only: angles out of that plane are not given.",
            where=where,
            do="Film from the other direction too, or use markers, for the missing ones.",
        )
    elif view == "unknown":
        yield Problem(
            what="Nobody says from where this was filmed, so no angle is given: each belongs to a plane.",
            where=where,
            do="Say the view (sagittal or frontal) with --map.",
        )


def _missing(held: dict[tuple[str, Side | None], Angle], view: View, where: str) -> Iterator[Problem]:
    for name in (name for name in LEG if visible(name, view)):
        lacking = [side for side in SIDES if (name, side) not in held]
        if lacking and any(angle in {n for n, _ in held} for angle in (*LEG, "pelvis.obliquity", "trunk.lean_forward")):
            yield Problem(
                what=f"{name} ({' and '.join(lacking)}) is not given: its points are missing.",
                where=where,
                do=f"It needs {NEEDS[name]}; name the markers with --map.",
            )


def _proxies(angles: Sequence[Angle], where: str) -> Iterator[Problem]:
    if any(angle.name == "hip.flexion" and angle.method.startswith(TRUNK_THIGH) for angle in angles):
        yield Problem(
            what="Hip flexion is told between trunk and thigh, because the pelvis itself was not seen: "
            "bending of the back counts as bending of the hip.",
            where=where,
            do="Compare it with the same person only; markers on ASIS and PSIS give the hip itself.",
        )


def _knee_axes(held: dict[tuple[str, Side | None], Angle], where: str) -> Iterator[Problem]:
    blind = [side for side in SIDES if ("knee.flexion", side) in held and ("knee.adduction", side) not in held]
    if blind:
        yield Problem(
            what=f"Hip rotation and knee adduction ({' and '.join(blind)}) are not given: with one marker at the knee "
            "nothing tells how the thigh turns about its length.",
            where=where,
            do="Add a marker on the inner side of the knee (a standing trial is enough for the lab's own model).",
        )
    for side in SIDES:
        bend, sway = held.get(("knee.flexion", side)), held.get(("knee.adduction", side))
        if bend is None or sway is None:
            continue
        turned = knee_axis_error_deg(bend.values, sway.values)
        if abs(turned) > TURNED_AXIS_DEG:
            yield Problem(
                what=f"The {side} knee seems to bow by flexing: its axis lies about {abs(turned):.0f}° turned. "
                "Hip rotation and knee adduction are off by up to as much.",
                where=where,
                do="Check the markers across the knee (or the thigh wand); flexion is hardly touched.",
            )
