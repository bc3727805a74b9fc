"""Squats on two legs: depth, knees, trunk, heels and load, from the body's points or from plates alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.measures.quality_signals import knee_inward_deg
from poise.measures.segment_axes import present
from poise.measures.task_body import Doer, doer_of, has_legs, oblique
from poise.measures.task_cycles import ways
from poise.measures.task_load import Loads, loads_of, whose_plates
from poise.measures.task_values import (
    BETWEEN_SESSIONS,
    BY_CAMERA,
    Error,
    Teller,
    by_camera,
    defined,
    not_seen,
    units_of,
)
from poise.model import SIDES, Definition, Event, Measured, Measurement, Problem, Recording, Side

Array = NDArray[np.float64]
NAN = float("nan")

_QUALITY = "measures.md 3.6"
DEFINES: tuple[Definition, ...] = (
    defined("squat.count", "count", "Squats", "falls of the hips from standing and back", _QUALITY, decimals=0),
    defined("squat.depth", "1", "Depth of the squat", "fall of the hips from standing by the leg's length, mean",
            "reference measures.yaml m_hip_drop"),
    defined("squat.knee_flexion_peak", "deg", "Knee flexion at the lowest point",
            "hip–knee–ankle, greatest in each squat, mean", "reference measures.yaml m_knee_flexion", sided=True,
            decimals=0),
    defined("squat.knee_flexion_difference", "deg", "Knee flexion, left minus right", "difference of the peaks, mean",
            _QUALITY, decimals=0),
    defined("squat.trunk_lean", "deg", "Trunk lean forward at its most", "greatest lean in each squat, mean",
            "reference measures.yaml m_trunk_lean_sag", decimals=0),
    defined("squat.trunk_lean_left", "deg", "Trunk lean to the left at the lowest point",
            "lean at the lowest point less that of standing, to the left positive, mean", _QUALITY, decimals=0),
    defined("squat.weight_shift", "%", "Hips to the left at the lowest point",
            "100 · (mid-hip − mid-ankle) / stance width, to the left positive, less that of standing, mean",
            "reference measures.yaml m_lat_hip_shift", decimals=0),
    defined("squat.knee_inward", "deg", "Knee inward at the lowest point",
            "how far the knee lies inward of the line hip–ankle, as an angle, at the lowest point, mean",
            "measures.md 3.6; formula as rep.knee_inward", sided=True, decimals=0, better="lower"),
    defined("squat.knee_separation", "1", "Distance of the knees by that of the ankles",
            "at the lowest point, mean", "reference measures.yaml m_knee_sep_ratio"),
    defined("squat.heel_lift", "m", "Heel lift", "greatest rise of the heel over the toe from standing, mean",
            "measures.md 3.6", sided=True, better="lower", decimals=3),
    defined("squat.down_time", "s", "Time to go down", "from the hips beginning to fall to the lowest point, mean",
            "reference measures.yaml m_descent_time"),
    defined("squat.up_time", "s", "Time to come up", "from the lowest point to standing, mean", _QUALITY),
    defined("squat.load_asymmetry", "%", "Load left against right",
            "100 · (left − right) / (left + right) of the mean vertical force from first to last squat",
            "measures.md 1.4, 3.6; reference m_wb_asym", decimals=1),
    defined("squat.load_difference", "%", "Difference of load between the feet",
            "the same without its sign, where nobody knows which plate was under which foot", "measures.md 1.4, 3.6",
            better="lower", decimals=1),
)  # fmt: skip
CAMERA_ERRORS = {
    "squat.depth": Error(error=0.03, source=BY_CAMERA), "squat.knee_flexion_peak": Error(error=7.0, source=BY_CAMERA),
    "squat.trunk_lean": Error(error=5.0, source=BY_CAMERA),
    "squat.trunk_lean_left": Error(error=3.0, source=BY_CAMERA),
    "squat.weight_shift": Error(error=5.0, source=BY_CAMERA), "squat.knee_inward": Error(error=4.0, source=BY_CAMERA),
    "squat.knee_separation": Error(error=0.06, source=BY_CAMERA),
    "squat.down_time": Error(error=0.1, source=BY_CAMERA),
}  # fmt: skip
BY_DEPTH = "design: a pose network's depth is wrong by about 5 cm, a fifth of the way between the ankles"
DEPTH_ERRORS = {
    "squat.trunk_lean_left": Error(error=8.0, source=BY_DEPTH),
    "squat.weight_shift": Error(error=20.0, source=BY_DEPTH),
    "squat.knee_inward": Error(error=10.0, source=BY_DEPTH), "squat.knee_separation": Error(error=0.2, source=BY_DEPTH),
}  # fmt: skip
"""Where one camera's own depth makes three dimensions of a picture that need not be square to the person."""
MARKER_ERRORS = {
    "squat.knee_flexion_peak": Error(error=5.0, source="against two models of one trial, opencap-lab-tasks"),
    "squat.trunk_lean": Error(error=5.0, source=BETWEEN_SESSIONS),
}
_PLATES = "reference measures.yaml m_wb_asym [design]"
FORCE_ERRORS = {
    f"squat.load_{name}": Error(error=3.0, source=_PLATES) for name in ("asymmetry", "difference")
}  # fmt: skip


TURNED = 0.15
"""Share of the fall by which the hips must have come up again before the recording ends."""


@dataclass(frozen=True, kw_only=True)
class Dip:
    """One fall of the hips and its way back, samples; `low` is the lowest, `whole` False where the end is cut off."""

    start: int
    low: int
    end: int
    whole: bool = True


def dips(doer: Doer, least: float) -> list[Dip]:
    """Every fall of the hips from standing that comes back, in order.

    One whose way back the recording's end cuts off is among them where its lowest point was passed.
    """
    found = ways(doer.rise, least=least)
    made = []
    for number, down in enumerate(found):
        if down.up:
            continue
        back = found[number + 1] if number + 1 < len(found) else None
        end = back.end if back is not None else len(doer) - 1
        low = down.start + int(np.nanargmin(doer.rise[down.start : end + 1]))
        after = doer.rise[low : end + 1]
        come_up = float(np.nanmax(after) - doer.rise[low])
        if back is not None or come_up > TURNED * float(doer.rise[down.start] - doer.rise[low]):
            made.append(Dip(start=down.start, low=low, end=end, whole=back is not None))
    return made


@dataclass(frozen=True, kw_only=True)
class Squat:
    """Squats on both feet, found by the height of the hips over the ankles.

    Fails for squats shallower than `least_depth` of a leg, and with a chair behind that is sat on. In a front view
    knee flexion and trunk lean forward are not seen; in a side view the knees' way inward and the shift of the hips.
    From plates alone see `task_squat_force`.
    """

    name: str = "task_squat"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"squat"})
    defines: tuple[Definition, ...] = DEFINES
    least_depth: float = 0.10
    least_seen: float = 0.6
    most_uneven_feet: float = 0.12
    least_balance: float = -0.08

    @property
    def method(self) -> str:
        """Id and version, as measurements carry it."""
        return f"{self.name}@{self.version}"

    def fits(self, recording: Recording) -> bool:
        """Whether there is a body with hips and legs."""
        return has_legs(recording)

    def compute(self, recording: Recording) -> Measured:
        """The squats' numbers, as means over them; a problem where nobody squats."""
        doer = doer_of(recording)
        if doer is None or doer.seen(doer.rise) < self.least_seen:
            return Measured(problems=(oblique(recording) or _nobody_squats(recording.source or recording.id),))
        found = dips(doer, self.least_depth)
        why = self.not_squats(doer, found)
        if why is not None:
            return Measured(problems=(why,))
        loads = loads_of(recording)
        errors = {**(CAMERA_ERRORS if by_camera(recording) else MARKER_ERRORS), **FORCE_ERRORS}
        if by_camera(recording) and doer.view == "3d":
            errors |= DEPTH_ERRORS
        tell = Teller(
            recording=recording.id, method=self.method, units=units_of(DEFINES), errors=errors,
            valid_fraction=doer.seen(doer.rise),
        )  # fmt: skip
        return Measured(
            events=tuple(_events(doer, found)), measurements=tuple(_measurements(doer, found, loads, tell)),
            problems=tuple(_unseen(doer, loads)),
        )  # fmt: skip

    def not_squats(self, doer: Doer, found: Sequence[Dip]) -> Problem | None:
        """Why these are no squats on both feet; None where they are."""
        if not found:
            return _nobody_squats(doer.where)
        low = [dip.low for dip in found]
        if _uneven_feet(doer, low) > self.most_uneven_feet:
            return not_seen(
                "The hips fall while one foot is off the floor: these are not squats on both feet.", doer.where,
                "Say so with --task single_leg.",
            )  # fmt: skip
        if doer.balance_low < self.least_balance:
            return not_seen(
                "At the lowest point the body is behind its feet: it sits on something, these are no squats.",
                doer.where, "Say so with --task sit_to_stand.",
            )  # fmt: skip
        return None


def _uneven_feet(doer: Doer, at: Sequence[int]) -> float:
    """How much higher one ankle is than the other, by leg length, median over these samples; 0 where not seen."""
    apart = np.abs(doer.joint("left", "ankle")[:, 2] - doer.joint("right", "ankle")[:, 2])[list(at)] / doer.leg_m
    known = apart[np.isfinite(apart)]
    return float(np.median(known)) if len(known) else 0.0


def _events(doer: Doer, found: Sequence[Dip]) -> Iterator[Event]:
    for dip in found:
        for name, sample in _named(dip):
            yield Event(event=name, side=None, time_s=float(doer.time_s[sample]))


def _named(dip: Dip) -> Iterator[tuple[str, int]]:
    yield from (("squat_start", dip.start), ("squat_lowest", dip.low))
    if dip.whole:
        yield "squat_end", dip.end


def _measurements(doer: Doer, found: Sequence[Dip], loads: Loads | None, tell: Teller) -> Iterator[Measurement]:
    time_s = doer.time_s
    span = (float(time_s[found[0].start]), float(time_s[found[-1].end]))
    yield from tell.of("squat.count", float(len(found)), span)
    yield from tell.of("squat.depth", [doer.rise[d.start] - doer.rise[d.low] for d in found], span)
    yield from tell.of("squat.down_time", [time_s[d.low] - time_s[d.start] for d in found], span)
    yield from tell.of("squat.up_time", [time_s[d.end] - time_s[d.low] for d in found if d.whole], span)
    knees = {side: [_most(doer.knee_deg(side), d) for d in found] for side in SIDES}
    for side in SIDES:
        yield from tell.of("squat.knee_flexion_peak", knees[side], span, side=side)
        yield from tell.of("squat.knee_inward", _at_lowest(knee_inward(doer, side), found), span, side=side)
        if doer.to_scale:
            yield from tell.of("squat.heel_lift", [_rise_of(heel_m(doer, side), d) for d in found], span, side=side)
    apart = [left - right for left, right in zip(knees["left"], knees["right"], strict=True)]
    if doer.view == "3d":
        yield from tell.of("squat.knee_flexion_difference", apart, span)
    yield from tell.of("squat.trunk_lean", [_most(doer.trunk_deg, d) for d in found], span)
    yield from tell.of("squat.trunk_lean_left", [_change(doer.trunk_left_deg, d) for d in found], span)
    yield from tell.of("squat.weight_shift", [100.0 * _change(_shift(doer), d) for d in found], span)
    yield from tell.of("squat.knee_separation", _at_lowest(_separation(doer), found), span)
    if loads is not None:
        spans = [(float(time_s[d.start]), float(time_s[d.end])) for d in found]
        yield from loads.told("squat", spans, tell, whole=True)


def _most(values: Array, dip: Dip) -> float:
    inside = values[dip.start : dip.end + 1]
    return float(np.nanmax(inside)) if np.isfinite(inside).any() else NAN


def _change(values: Array, dip: Dip) -> float:
    return float(values[dip.low] - values[dip.start])


def _rise_of(values: Array, dip: Dip) -> float:
    return max(0.0, _most(values, dip) - float(values[dip.start])) if np.isfinite(values[dip.start]) else NAN


def _at_lowest(values: Array, found: Sequence[Dip]) -> list[float]:
    return [float(values[dip.low]) for dip in found]


def knee_inward(doer: Doer, side: Side) -> Array:
    """The knee's way inward as an angle that stays steady when the thigh points at the viewer; NaN from the side."""
    if not doer.sees_aside:
        return doer.nowhere
    outward = doer.left if side == "left" else -doer.left
    hip, knee, ankle = (doer.joint(side, name) for name in ("hip", "knee", "ankle"))
    return doer.smooth(knee_inward_deg(hip, knee, ankle, outward))


def heel_m(doer: Doer, side: Side) -> Array:
    """Height of the heel over the toe, (samples,); NaN from the front, where a lifted heel hides behind the foot."""
    toe = next((name for name in (f"{side}_toe", f"{side}_hallux") if present(doer.points, name)), "")
    if not toe or not present(doer.points, f"{side}_heel") or not doer.sees_forward:
        return doer.nowhere
    return doer.smooth(doer.points[f"{side}_heel"][:, 2] - doer.points[toe][:, 2])


def _shift(doer: Doer) -> Array:
    """How far the hips are left of the middle of the ankles, by the distance of the ankles, (samples,)."""
    if doer.hips is None or doer.ankles is None or not doer.sees_aside:
        return doer.nowhere
    apart = doer.joint("left", "ankle") - doer.joint("right", "ankle")
    width = np.abs(np.sum(apart * doer.left, axis=-1))
    width[~(width > 0.05 * doer.leg_m)] = NAN
    return doer.smooth(np.sum((doer.hips - doer.ankles) * doer.left, axis=-1) / width)


def _separation(doer: Doer) -> Array:
    """Distance of the knees across the body by that of the ankles, (samples,)."""
    if not doer.sees_aside:
        return doer.nowhere
    widths = [
        np.abs(np.sum((doer.joint("left", name) - doer.joint("right", name)) * doer.left, axis=-1))
        for name in ("knee", "ankle")
    ]
    widths[1][~(widths[1] > 0.05 * doer.leg_m)] = NAN
    return doer.smooth(widths[0] / widths[1])


def _unseen(doer: Doer, loads: Loads | None) -> Iterator[Problem]:
    if doer.view == "frontal":
        yield not_seen(
            "Knee flexion, trunk lean forward and heels cannot be seen from the front.", doer.where,
            "Film a second set from the side.",
        )  # fmt: skip
    if doer.view == "sagittal":
        yield not_seen(
            "Knees inward, a shift of the hips and the other leg's knee cannot be told from the side.", doer.where,
            "Film a second set from the front.",
        )  # fmt: skip
    if loads is not None and not loads.sided:
        yield whose_plates(doer.where)


def _nobody_squats(where: str) -> Problem:
    return not_seen(
        "Nobody squats here: the hips do not fall from standing and come back.", where,
        "Record whole squats from standing to standing, hips and feet in view.",
    )  # fmt: skip


MEASURE = Squat()
