"""How the foot travels: clearance of the toe, angle at contact, swing in an arc, when the heel rises."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from poise.measures.curves import PERCENT, Cycles, cut, phase_percent, within
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


def foot_flat_window(stride: Stride) -> tuple[float, float]:
    """Percent of the cycle in which a foot that ever stands flat does: the first half of single support.

    NaN where the other foot's events are not known.
    """
    start = phase_percent(stride, stride.opposite_toe_off_s)
    end = phase_percent(stride, stride.opposite_contact_s)
    return start, start + 0.5 * (end - start)


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
    cycles = cut(pitch, seen.time_s, strides)
    windows = (
        within(row, *foot_flat_window(stride)) for row, stride in zip(cycles.values, cycles.strides, strict=True)
    )
    flat = [np.median(part) for part in windows if len(part)]
    return float(np.median(flat)) if flat else float("nan")


def standing_still(seen: Seen, side: Side) -> NDArray[np.bool_]:
    """Samples in which heel and toe are slower than 0.25 m/s: the foot stands on a floor that does not move."""
    slow = [
        np.linalg.norm(np.gradient(seen.points[f"{side}_{name}"], seen.time_s, axis=0), axis=-1) < STILL_M_PER_S
        for name in ("heel", "toe")
    ]
    return np.asarray(slow[0] & slow[1])


def leg_length(points: Points) -> float:
    """Hip to knee to ankle and down to the floor, mean of both sides, in the points' unit; NaN where not seen."""
    lengths = []
    for side in SIDES:
        hip, knee, ankle = (joint_point(points, side, joint) for joint in ("hip", "knee", "ankle"))
        if hip is not None and knee is not None and ankle is not None:
            reach = np.linalg.norm(hip - knee, axis=-1) + np.linalg.norm(knee - ankle, axis=-1)
            floor = np.nanmin([np.nanmin(p[:, 2]) for p in (points.get(f"{side}_heel", ankle), ankle)])
            lengths.append(
                float(np.nanmedian(reach)) + max(0.0, float(np.nanpercentile(ankle[:, 2], 5)) - float(floor))
            )
    return float(np.mean(lengths)) if lengths else float("nan")


def _pitch_deg(heel: Array, toe: Array) -> Array:
    foot = toe - heel
    pitch: Array = np.rad2deg(np.arctan2(foot[:, 2], np.linalg.norm(foot[:, :2], axis=-1)))
    return pitch


def _of_heel_and_toe(
    seen: Seen, strides: tuple[Stride, ...], side: Side, leg: float
) -> Iterator[tuple[str, PerStride]]:
    heel, toe = seen.points[f"{side}_heel"], seen.points[f"{side}_toe"]
    pitch = _pitch_deg(heel, toe)
    tilts, heels, toes = (cut(signal, seen.time_s, strides) for signal in (pitch, heel[:, 2], toe[:, 2]))
    made = partial(_values, side=side, method="heel and toe points against where they stand")
    yield "gait.foot_strike_angle", made(tilts, _strike, angle="foot.pitch")
    if not seen.on_floor:
        return
    clearance = made(toes, _clearance)
    if seen.in_metres:
        yield "gait.toe_clearance", clearance
    yield "gait.toe_clearance_ratio", replace(clearance, values=clearance.values / leg)
    yield "gait.heel_rise_percent", made(heels, partial(_heel_rise, up=HEEL_UP_OF_LEG * leg))


def _values(
    cycles: Cycles, of_stride: Callable[[Array, Stride], float], *, side: Side, method: str, angle: str = ""
) -> PerStride:
    values = [of_stride(row, stride) for row, stride in zip(cycles.values, cycles.strides, strict=True)]
    return PerStride(
        side=side, strides=cycles.strides, dropped=cycles.dropped, values=np.array(values), method=method, angle=angle
    )


def _strike(row: Array, stride: Stride) -> float:
    return float(row[0]) - _standing(row, stride)


def _standing(row: Array, stride: Stride) -> float:
    part = within(row, *foot_flat_window(stride))
    return float(np.median(part)) if len(part) else float("nan")


def _clearance(row: Array, stride: Stride) -> float:
    """Lowest in the middle half of swing, above the lowest that the toe point comes while the foot is down."""
    off = phase_percent(stride, stride.toe_off_s)
    part, down = within(row, off + 0.25 * (100.0 - off), off + 0.75 * (100.0 - off)), within(row, 0.0, off)
    return float(np.min(part) - np.min(down)) if len(part) and len(down) else float("nan")


def _heel_rise(row: Array, stride: Stride, *, up: float) -> float:
    """The first percent, after the foot stood flat and before toe-off, at which the heel is up and stays so."""
    start, end = foot_flat_window(stride)[0], phase_percent(stride, stride.toe_off_s)
    if not (np.isfinite(start) and np.isfinite(end)):
        return float("nan")
    down = np.flatnonzero((row - _standing(row, stride) < up) & (start <= PERCENT) & (end >= PERCENT))
    return float(PERCENT[down[-1]]) if len(down) and PERCENT[down[-1]] < end - 1.0 else float("nan")


def _arc(seen: Seen, strides: tuple[Stride, ...], side: Side, leg: float) -> Iterator[tuple[str, PerStride]]:
    """How far the ankle swings outwards of the straight line from where it leaves the floor to where it lands."""
    ankle = joint_point(seen.points, side, "ankle")
    if ankle is None:
        return
    outward = np.cross(seen.forward, UP) * (1.0 if side == "right" else -1.0)
    kept, values = [], []
    for stride in strides:
        across = np.nanmean(outward[(seen.time_s >= stride.start_s) & (seen.time_s <= stride.end_s)], axis=0)
        cycle = cut(ankle @ across, seen.time_s, (stride,))
        if len(cycle.values):
            kept.append(stride)
            values.append(_excursion(cycle.values[0], stride))
    found = PerStride(
        side=side, strides=tuple(kept), dropped=len(strides) - len(kept), values=np.array(values),
        method="ankle against the line from toe-off to contact",
    )  # fmt: skip
    if seen.in_metres:
        yield "gait.circumduction", found
    yield "gait.circumduction_ratio", replace(found, values=found.values / leg)


def _excursion(row: Array, stride: Stride) -> float:
    off = phase_percent(stride, stride.toe_off_s)
    part = within(row, off, 100.0)
    if len(part) < 3:
        return float("nan")
    return float(np.max(part - np.linspace(part[0], part[-1], len(part))))
