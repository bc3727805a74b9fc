"""Squats on one leg and step-downs: the knee in the frontal plane, pelvis and trunk at the deepest point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.measures.task_body import Doer, doer_of, has_legs, oblique
from poise.measures.task_squat import Dip, dips
from poise.measures.task_values import BY_CAMERA, Error, Teller, by_camera, defined, not_seen, units_of
from poise.model import SIDES, Definition, Event, Measured, Measurement, Problem, Recording, Side

Array = NDArray[np.float64]
NAN = float("nan")

DEFINES: tuple[Definition, ...] = (
    defined("single_leg.squats", "count", "Squats on this leg", "falls of the hips over one standing leg and back",
            "measures.md 3.6", sided=True, decimals=0),
    defined("single_leg.fppa", "deg", "Knee inward (frontal projection) at the deepest point",
            "180° − hip–knee–ankle in the frontal plane at greatest knee flexion, inward positive, mean",
            "Herrington & Munro 2010; measures.md 3.6", sided=True, better="lower", decimals=0),
    defined("single_leg.knee_medial", "m", "Knee inward of the line hip–ankle",
            "distance in the frontal plane at greatest knee flexion, mean",
            "measures.md 3.6 (rated squats: 1471-2474-13-207)", sided=True, better="lower", decimals=3),
    defined("single_leg.pelvic_drop", "deg", "Pelvic drop at the deepest point",
            "lifted side lower than the standing one, less that of standing, mean",
            "reference measures.yaml m_pelvic_obliquity", sided=True, better="lower", decimals=0),
    defined("single_leg.trunk_lean", "deg", "Trunk lean over the standing leg",
            "lean to the standing side at the deepest point less that of standing, mean",
            "reference measures.yaml m_trunk_lean_front", sided=True, better="lower", decimals=0),
    defined("single_leg.knee_flexion_peak", "deg", "Knee flexion at the deepest point",
            "hip–knee–ankle of the standing leg, greatest in each, mean", "reference measures.yaml m_knee_flexion",
            sided=True, better="higher", decimals=0),
    defined("single_leg.depth", "1", "Depth on one leg", "fall of the hips by the leg's length, mean",
            "reference measures.yaml m_hip_drop", sided=True),
    defined("single_leg.down_time", "s", "Time to go down", "from the hips beginning to fall to the lowest point, mean",
            "reference measures.yaml m_descent_time", sided=True),
)  # fmt: skip
_FPPA = "measures.md 3.6: SEM 2 to 4 deg between sessions [v: clinical/src_fppa_sem]"
ERRORS = {
    "single_leg.fppa": Error(error=4.0, source=_FPPA), "single_leg.pelvic_drop": Error(error=3.0, source=BY_CAMERA),
    "single_leg.trunk_lean": Error(error=3.0, source=BY_CAMERA),
    "single_leg.knee_flexion_peak": Error(error=7.0, source=BY_CAMERA),
    "single_leg.depth": Error(error=0.03, source=BY_CAMERA),
    "single_leg.down_time": Error(error=0.1, source=BY_CAMERA),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SingleLeg:
    """Falls of the hips over one standing leg: the other foot is off the floor, or reaches below a step.

    The standing leg is the one whose knee bends with the fall while its foot stays in place; a foot that hangs free or
    taps below the step moves with the hips or stays lower. The deepest point is the greatest flexion of that knee, from
    the front the lowest point of the hips.

    Fails where both feet keep their place (that is a squat), and the frontal angle mixes rotation of the hip with the
    knee: it is a screen, as its name in the clinic (valgus *look*) says.
    """

    name: str = "task_single_leg"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"single_leg"})
    defines: tuple[Definition, ...] = DEFINES
    least_depth: float = 0.06
    least_bend_deg: float = 15.0
    least_seen: float = 0.6
    least_uneven_feet: float = 0.06
    most_moved_foot: float = 0.06

    @property
    def method(self) -> str:
        """Id and version, as measurements carry it."""
        return f"{self.name}@{self.version}"

    def fits(self, recording: Recording) -> bool:
        """Whether there is a body with hips and both legs."""
        return has_legs(recording)

    def compute(self, recording: Recording) -> Measured:
        """The numbers of each standing leg; a problem where nobody squats on one leg."""
        doer = doer_of(recording)
        if doer is None or doer.seen(doer.rise) < self.least_seen:
            return Measured(problems=(oblique(recording) or _nobody(recording.source or recording.id),))
        by_side: dict[Side, list[Dip]] = {side: [] for side in SIDES}
        for side in SIDES:
            over = _over_foot(doer, side)
            by_side[side] = [
                dip
                for dip in dips(over, self.least_depth)
                if self.stands_on(doer, dip) == side and self._is_bent(over, side, dip)
            ]
        if not any(by_side.values()):
            return Measured(problems=(_nobody(doer.where),))
        errors = ERRORS if by_camera(recording) else {"single_leg.fppa": ERRORS["single_leg.fppa"]}
        tell = Teller(
            recording=recording.id, method=self.method, units=units_of(DEFINES), errors=errors,
            valid_fraction=doer.seen(doer.rise),
        )  # fmt: skip
        found = [each for side in SIDES if by_side[side] for each in _measurements(doer, side, by_side[side], tell)]
        events = [each for side in SIDES for each in _events(doer, side, by_side[side])]
        return Measured(
            events=tuple(sorted(events, key=lambda each: each.time_s)), measurements=tuple(found),
            problems=tuple(_unseen(doer)),
        )  # fmt: skip

    def _is_bent(self, over: Doer, side: Side, dip: Dip) -> bool:
        """Whether the hips fall far enough, and the standing knee bends on the way as far as it was seen."""
        knee = over.knee_deg(side)
        bend = float(knee[dip.low] - knee[dip.start])
        return float(over.rise[dip.start] - over.rise[dip.low]) >= self.least_depth and not bend < self.least_bend_deg

    def stands_on(self, doer: Doer, dip: Dip) -> Side | None:
        """The standing leg of a fall of the hips; None where both feet stand, or neither."""
        ankles = {side: doer.joint(side, "ankle")[dip.start : dip.end + 1] for side in SIDES}
        moved = {side: float(np.nanmax(np.ptp(ankles[side], axis=0))) / doer.leg_m for side in SIDES}
        apart = float((ankles["left"] - ankles["right"])[dip.low - dip.start, 2]) / doer.leg_m
        still = [side for side in SIDES if moved[side] <= self.most_moved_foot]
        if len(still) == 1:
            return still[0]
        if len(still) == 2 and abs(apart) >= self.least_uneven_feet:
            # Both keep their place: the free foot hangs higher than the standing one.
            return "left" if apart < 0.0 else "right"
        return None


def _over_foot(doer: Doer, side: Side) -> Doer:
    """The person with the height of the hips told from one foot alone."""
    assert doer.hips is not None
    over = Doer(
        id=doer.id, where=doer.where, time_s=doer.time_s, rate_hz=doer.rate_hz, points=doer.points, view=doer.view,
        to_scale=doer.to_scale, on_floor=doer.on_floor,
    )  # fmt: skip
    over.__dict__["ankles"] = doer.joint(side, "ankle")
    over.__dict__["leg_m"] = doer.leg_m
    return over


def _measurements(doer: Doer, side: Side, found: Sequence[Dip], tell: Teller) -> Iterator[Measurement]:
    time_s = doer.time_s
    span = (float(time_s[found[0].start]), float(time_s[found[-1].end]))
    over = _over_foot(doer, side)
    deepest = [_deepest(doer, side, dip) for dip in found]
    yield from tell.of("single_leg.squats", float(len(found)), span, side=side)
    yield from tell.of("single_leg.depth", [over.rise[d.start] - over.rise[d.low] for d in found], span, side=side)
    yield from tell.of("single_leg.down_time", [time_s[d.low] - time_s[d.start] for d in found], span, side=side)
    yield from tell.of("single_leg.fppa", doer.knee_inward_deg(side)[deepest].tolist(), span, side=side)
    if doer.to_scale:
        yield from tell.of("single_leg.knee_medial", doer.knee_medial_m(side)[deepest].tolist(), span, side=side)
    if doer.sees_forward:
        yield from tell.of("single_leg.knee_flexion_peak", doer.knee_deg(side)[deepest].tolist(), span, side=side)
    outward = 1.0 if side == "left" else -1.0
    starts = [dip.start for dip in found]
    lean, hips = outward * doer.trunk_left_deg, outward * doer.pelvis_left_up_deg
    yield from tell.of("single_leg.trunk_lean", (lean[deepest] - lean[starts]).tolist(), span, side=side)
    yield from tell.of("single_leg.pelvic_drop", (hips[deepest] - hips[starts]).tolist(), span, side=side)


def _deepest(doer: Doer, side: Side, dip: Dip) -> int:
    knee = doer.knee_deg(side)[dip.start : dip.end + 1]
    return dip.start + int(np.nanargmax(knee)) if np.isfinite(knee).any() else dip.low


def _events(doer: Doer, side: Side, found: Sequence[Dip]) -> Iterator[Event]:
    for dip in found:
        for name, sample in (("squat_start", dip.start), ("squat_lowest", dip.low), ("squat_end", dip.end)):
            yield Event(event=name, side=side, time_s=float(doer.time_s[sample]))


def _unseen(doer: Doer) -> Iterator[Problem]:
    if doer.view == "sagittal":
        yield not_seen(
            "The knee's way inward, pelvic drop and side lean cannot be seen from the side.", doer.where,
            "Film from the front, the camera at knee height and square to the person.",
        )  # fmt: skip
    if doer.view == "frontal":
        yield not_seen(
            "Knee flexion is not told from the front: the deepest point is the lowest of the hips.", doer.where,
            "Read the frontal angles as a screen; add a side view for the depth of the knee.",
        )  # fmt: skip


def _nobody(where: str) -> Problem:
    return not_seen(
        "Nobody squats on one leg here: the hips do not fall and come back over one foot that keeps its place while "
        "the other is off the floor.",
        where, "Record whole squats or step-downs on one leg, both feet and hips in view.",
    )  # fmt: skip


MEASURE = SingleLeg()
