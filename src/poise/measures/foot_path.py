"""How the foot travels: clearance of the toe, angle at contact, swing in an arc, when the heel rises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from poise.measures.curves import PERCENT, Cycles, Grid, cut, highest, in_window, lowest
from poise.measures.segment_axes import UP, Points, Seen, joint_point, present
from poise.model import SIDES, Side, Stride, Walk

Array = NDArray[np.float64]

HEEL_UP_OF_LEG = 0.012
"""The heel has left the floor when it is this share of the leg above where it stood: 1 cm for a leg of 0.85 m."""

STILL_M_PER_S = 0.25


@dataclass(frozen=True, kw_only=True, eq=False)
class PerStride:
    """One value a stride; NaN where it could not be measured.

    `dropped` counts strides that were left out before, `angle` is the angle it was made from, if it is one.
    """

    side: Side | None
    strides: tuple[Stride, ...]
    values: Array
    method: str
    dropped: int = 0
    angle: str = ""


def foot_measures(seen: Seen, walk: Walk, leg: float) -> Iterator[tuple[str, PerStride]]:
    """Every measure of the feet's path that points, phases and plane allow.

    `leg` is the leg's length in the unit of the points; NaN leaves out what is told as a share of it. Heights and paths
    need a room to stand in, lengths in metres need points in metres.
    """
    for side in SIDES:
        strides = tuple(stride for stride in walk.strides if stride.side == side)
        if not strides:
            continue
        if seen.view != "frontal" and present(seen.points, f"{side}_heel", f"{side}_toe"):
            yield from _of_heel_and_toe(seen, strides, side, leg)
        if seen.view != "sagittal" and seen.on_floor:
            yield from _arc(seen, strides, side, leg)


def flat_pitch_deg(seen: Seen, strides: Sequence[Stride], side: Side) -> float:
    """Slope of the heel-toe line while the foot stands, degrees, toes up positive: how the two markers were placed.

    Median over strides, or, where there is none, over all moments when neither heel nor toe moves; NaN where it was not
    seen. A foot that stands on its toes only gives how it stands.
    """
    if not present(seen.points, f"{side}_heel", f"{side}_toe"):
        return float("nan")
    pitch = _pitch_deg(seen.points[f"{side}_heel"], seen.points[f"{side}_toe"])
    if not strides:
        still = pitch[standing_still(seen, side)]
        return float(np.nanmedian(still)) if np.isfinite(still).any() else float("nan")
    flat = _standing(cut(pitch, seen.time_s, strides))
    return float(np.nanmedian(flat)) if np.isfinite(flat).any() else float("nan")


def standing_still(seen: Seen, side: Side) -> NDArray[np.bool_]:
    """Samples in which heel and toe are slower than 0.25 m/s: the foot stands on a floor that does not move."""
    slow = [
        np.linalg.norm(np.gradient(seen.points[f"{side}_{name}"], seen.time_s, axis=0), axis=-1) < STILL_M_PER_S
        for name in ("heel", "toe")
    ]
    return np.asarray(slow[0] & slow[1])


def leg_length(points: Points) -> float:
    """Hip to knee to ankle and down to the floor, mean of both sides, in the points' unit; NaN where not seen."""
    lengths = [length for side in SIDES if np.isfinite(length := _leg_of(points, side))]
    return float(np.mean(lengths)) if lengths else float("nan")


def _leg_of(points: Points, side: Side) -> float:
    hip, knee, ankle = (joint_point(points, side, joint) for joint in ("hip", "knee", "ankle"))
    if hip is None or knee is None or ankle is None:
        return float("nan")
    reach = np.linalg.norm(hip - knee, axis=-1) + np.linalg.norm(knee - ankle, axis=-1)
    heights, floor = (_known(each[:, 2]) for each in (ankle, points.get(f"{side}_heel", ankle)))
    known = _known(reach)
    if not len(known):
        return float("nan")
    lowest_point = min(heights.min(), floor.min() if len(floor) else heights.min())
    return float(np.median(known) + max(0.0, np.percentile(heights, 5) - lowest_point))


def _known(values: Array) -> Array:
    return values[np.isfinite(values)]


def _pitch_deg(heel: Array, toe: Array) -> Array:
    foot = toe - heel
    pitch: Array = np.rad2deg(np.arctan2(foot[:, 2], np.linalg.norm(foot[:, :2], axis=-1)))
    return pitch


def _of_heel_and_toe(
    seen: Seen, strides: tuple[Stride, ...], side: Side, leg: float
) -> Iterator[tuple[str, PerStride]]:
    heel, toe = seen.points[f"{side}_heel"], seen.points[f"{side}_toe"]
    pitch = _pitch_deg(heel, toe)
    if seen.view == "sagittal":
        # A foot that points at the camera looks short, and so too steep.
        pitch = np.where(np.isfinite(seen.forward[:, 0]), pitch, np.nan)
    grid = Grid.of(seen.time_s, strides)
    tilts, heels, toes = (grid.cut(signal) for signal in (pitch, heel[:, 2], toe[:, 2]))
    made = partial(_per_stride, side=side, method="heel and toe points against where they stand")
    strike = tilts.values[:, 0] - _standing(tilts)
    yield "gait.foot_strike_angle", replace(made(tilts, strike), angle="foot.pitch")
    if not seen.on_floor:
        return
    clearance = made(toes, _clearance(toes))
    if seen.in_metres:
        yield "gait.toe_clearance", clearance
    yield "gait.toe_clearance_ratio", replace(clearance, values=clearance.values / leg)
    yield "gait.heel_rise_percent", made(heels, _heel_rise(heels, HEEL_UP_OF_LEG * leg))


def _per_stride(cycles: Cycles, values: Array, *, side: Side, method: str) -> PerStride:
    return PerStride(side=side, strides=cycles.strides, dropped=cycles.dropped, values=values, method=method)


def _standing(cycles: Cycles) -> Array:
    """Median of each stride while a foot that ever stands flat does; NaN where the other foot's events are missing."""
    window = in_window(cycles.phases.opposite_toe_off, cycles.phases.flat_until)
    known = window.any(axis=1)
    found = np.full(len(cycles.values), np.nan)
    found[known] = np.nanmedian(np.where(window, cycles.values, np.nan)[known], axis=1)
    return found


def _clearance(toes: Cycles) -> Array:
    """Lowest in the middle half of swing, above the lowest that the toe point comes while the foot is down."""
    off = toes.phases.toe_off
    swinging = in_window(off + 0.25 * (100.0 - off), off + 0.75 * (100.0 - off))
    return lowest(toes.values, swinging) - lowest(toes.values, in_window(np.zeros(len(off)), off))


def _heel_rise(heels: Cycles, up: float) -> Array:
    """The last percent before toe-off at which the heel is down; NaN where it never is, or stays so until toe-off."""
    at = heels.phases
    low = heels.values - _standing(heels)[:, None] < up
    down = low & in_window(at.opposite_toe_off + 0.5, at.toe_off - 0.5)
    last = 100.0 - np.argmax(down[:, ::-1], axis=1)
    return np.where(down.any(axis=1) & (last < at.toe_off - 1.0), last, np.nan)


def _arc(seen: Seen, strides: tuple[Stride, ...], side: Side, leg: float) -> Iterator[tuple[str, PerStride]]:
    """How far the ankle swings outwards of the straight line from where it leaves the floor to where it lands."""
    ankle = joint_point(seen.points, side, "ankle")
    if ankle is None:
        return
    grid = Grid.of(seen.time_s, strides)
    both = ankle[:, 0] + ankle[:, 1]
    north, west = (grid.cut(np.where(np.isfinite(both), ankle[:, axis], np.nan)) for axis in (0, 1))
    outward = np.cross(seen.forward, UP) * (1.0 if side == "right" else -1.0)
    across = outward[_middle_samples(seen.time_s, north.strides)]
    rows = north.values * across[:, :1] + west.values * across[:, 1:2]
    found = _per_stride(north, _excursion(rows, north.phases.toe_off), side=side, method="ankle against its own line")
    if seen.in_metres:
        yield "gait.circumduction", found
    yield "gait.circumduction_ratio", replace(found, values=found.values / leg)


def _middle_samples(time_s: Array, strides: Sequence[Stride]) -> NDArray[np.intp]:
    """The sample in the middle of each stride."""
    middle_s = np.array([0.5 * (stride.start_s + stride.end_s) for stride in strides])
    return np.minimum(np.searchsorted(time_s, middle_s), len(time_s) - 1)


def _excursion(rows: Array, toe_off: Array) -> Array:
    """Largest distance of each row from the straight line between its values at toe-off and at the end."""
    lifted = np.where(np.isfinite(toe_off), np.clip(np.nan_to_num(toe_off), 0.0, 98.0), 0.0)
    there = rows[np.arange(len(rows)), np.round(lifted).astype(np.intp)]
    share = (PERCENT - lifted[:, None]) / (100.0 - lifted)[:, None]
    line = there[:, None] + share * (rows[:, -1] - there)[:, None]
    return highest(rows - line, in_window(toe_off, np.full(len(rows), 100.0)))
