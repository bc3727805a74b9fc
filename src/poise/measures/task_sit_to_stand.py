"""Sit-to-stand from the body's points: counts, times, phases, trunk, arms, and the load where plates saw it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from poise.measures import task_sit_to_stand_values as values
from poise.measures.task_body import Doer, doer_of, has_legs, oblique
from poise.measures.task_cycles import Way, first_motion, ways
from poise.measures.task_load import Loads, loads_of, whose_plates
from poise.measures.task_sit_to_stand_values import Conventions, StandUp
from poise.measures.task_values import (
    BETWEEN_SESSIONS,
    BY_CAMERA,
    SIMULATED,
    Error,
    Teller,
    by_camera,
    not_seen,
    units_of,
)
from poise.model import SIDES, Definition, Measured, Problem, Recording
from poise.signals import geometry

Array = NDArray[np.float64]
NAN = float("nan")

UPPER_SHARE = 0.75
LONGEST_BEND_S, SLOWEST_BEND_DEG_S = 3.0, 15.0
REST_S = 0.12
"""Shorter stillness is a turn of direction, as of shoulders that sink and then rise [design]."""
CAMERA_ERRORS = {
    "sts.trunk_flexion_peak": Error(error=5.0, source=BY_CAMERA),
    "sts.sit_time": Error(error=0.1, source=BY_CAMERA),
    "sts.time_5": Error(error=1.0, source=BY_CAMERA),
    "sts.time_5_standing": Error(error=1.0, source=BY_CAMERA),
    "sts.count_30s": Error(error=1.0, source=BY_CAMERA),
}
MARKER_ERRORS = {
    "sts.trunk_flexion_peak": Error(error=5.0, source=BETWEEN_SESSIONS),
    **{
        f"sts.{name}": Error(error=0.2, source=SIMULATED)
        for name in ("time_5", "time_5_standing", "rise_time", "sit_time")
    },
}
FORCE_ERRORS = {
    "sts.load_asymmetry": Error(error=3.0, source="reference measures.yaml m_wb_asym [design]"),
    "sts.load_difference": Error(error=3.0, source="reference measures.yaml m_wb_asym [design]"),
}


@dataclass(frozen=True, kw_only=True)
class SitToStand:
    """Stands from a seat, found by the height of the hips over the ankles.

    A rise begins with the trunk (its shoulders move at a tenth of their peak speed), leaves the seat when the hips go
    up at a tenth of theirs, and ends upright when they have slowed to that again. A stand counts when it reaches three
    quarters of the way from the seat to the person's own standing height.

    Fails where the seat is higher than four fifths of a leg (a stool), and in a front view it cannot tell a seat from a
    squat: there the task must be said. By the tenth of the peak a smooth rise reads some 0.04 s short at each end.

    Attributes
    ----------
    least_rise
        Of the hips, by leg length; a fifth of a leg is 0.16 m (skdh asks 0.125 m of the back).
    highest_seat
        Hips over ankles on the seat, by leg length.
    over_feet
        Who has the body's centre further than this before the heels while the hips are low, by leg length, sits on
        nothing. A seat that is only touched, the trunk still bent forward, is missed by it.
    """

    name: str = "task_sit_to_stand"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"sit_to_stand"})
    defines: tuple[Definition, ...] = values.DEFINES
    conventions: Conventions = field(default_factory=Conventions)
    least_rise: float = 0.20
    highest_seat: float = 0.80
    over_feet: float = 0.0
    least_seen: float = 0.6
    still_hand_share: float = 0.25

    @property
    def method(self) -> str:
        """Id and version, as measurements carry it."""
        return f"{self.name}@{self.version}"

    def fits(self, recording: Recording) -> bool:
        """Whether there is a body with hips and legs."""
        return has_legs(recording)

    def compute(self, recording: Recording) -> Measured:
        """Stands with their times; a problem where nobody rises from a seat."""
        doer = doer_of(recording)
        if doer is None or doer.seen(doer.rise) < self.least_seen:
            return Measured(problems=(oblique(recording) or _unseen(recording),))
        found = ways(doer.rise, least=self.least_rise)
        why = self.not_a_seat(doer, found)
        if why is not None:
            return Measured(problems=(why,))
        loads = loads_of(recording)
        stands, partial = self.stands_of(doer, found)
        if not stands:
            return Measured(problems=(_nobody_rises(doer.where),))
        errors = {**(CAMERA_ERRORS if by_camera(recording) else MARKER_ERRORS), **FORCE_ERRORS}
        tell = Teller(
            recording=recording.id, method=self.method, units=units_of(self.defines), errors=errors,
            valid_fraction=doer.seen(doer.rise),
        )  # fmt: skip
        measurements = (
            *values.tests_of(stands, float(doer.time_s[-1]), tell, self.conventions),
            *values.cycles_of(stands, tell),
            *(() if loads is None else loads.told("sts", [(each.seat_off_s, each.up_s) for each in stands], tell)),
        )
        problems = (*values.doubts_of(stands, partial, doer.where), *self._unseen_parts(doer, loads))
        return Measured(events=values.events_of(stands), measurements=measurements, problems=tuple(problems))

    def not_a_seat(self, doer: Doer, found: Sequence[Way]) -> Problem | None:
        """Why this is no sit-to-stand; None where it is."""
        if not any(way.up for way in found):
            return _nobody_rises(doer.where)
        low = [way.start if way.up else way.end for way in found]
        seat = float(np.nanmedian(doer.rise[low]))
        if not 0.0 < seat <= self.highest_seat:
            return _nobody_rises(doer.where)
        if doer.balance_low > self.over_feet:
            return not_seen(
                "The hips go down and up, but at the lowest point the body is over the feet: nobody sits there.",
                doer.where, "If these are squats, say so with --task squat.",
            )  # fmt: skip
        return None

    def stands_of(self, doer: Doer, found: Sequence[Way]) -> tuple[list[StandUp], int]:
        """Full stands in order, and how many rises did not reach standing."""
        tops = [float(doer.rise[way.end]) for way in found if way.up]
        lows = [float(doer.rise[way.start]) for way in found if way.up]
        standing, seat = max(tops), float(np.median(lows))
        stands: list[StandUp] = []
        for number, way in enumerate(found):
            if way.up and doer.rise[way.end] - seat >= 0.75 * (standing - seat):
                earliest = found[number - 1].end if number else 0
                sits = found[number + 1] if number + 1 < len(found) else None
                stands.append(self._stand(doer, way, sits, earliest))
        return stands, len(_partial(doer.rise, seat, standing))

    def _stand(self, doer: Doer, way: Way, sits: Way | None, earliest: int) -> StandUp:
        start = self._first_motion(doer, earliest, way)
        half = way.start + int(np.argmax(doer.rise[way.start : way.end + 1] >= _middle(doer.rise, way)))
        time_s = doer.time_s
        cut = sits is None or (sits.end >= len(doer) - 1 and not _is_down(doer.rise, sits, way))
        return StandUp(
            start_s=float(time_s[start]), seat_off_s=float(time_s[way.start]), half_s=float(time_s[half]),
            up_s=float(time_s[way.end]),
            sit_s=NAN if sits is None else float(time_s[sits.start]),
            seat_s=NAN if cut or sits is None else float(time_s[sits.end]),
            values=dict(self._numbers(doer, way, start)),
        )  # fmt: skip

    def _first_motion(self, doer: Doer, earliest: int, way: Way) -> int:
        mover = doer.shoulders if doer.shoulders is not None else doer.hips
        assert mover is not None
        speed = geometry.length(doer.speed(doer.smooth(mover)))
        earliest, latest = max(earliest, way.start - round(LONGEST_BEND_S * doer.rate_hz)), way.start
        bending = doer.speed(doer.trunk_deg)[earliest : way.peak + 1]
        if np.isfinite(bending).any() and np.nanmax(bending) > SLOWEST_BEND_DEG_S:
            # Who bends, rests and then rises began with the bend.
            latest = min(latest, earliest + int(np.nanargmax(bending)))
        return first_motion(speed, earliest, latest, rest=max(2, round(REST_S * doer.rate_hz)))

    def _numbers(self, doer: Doer, way: Way, start: int) -> Iterator[tuple[str, float]]:
        part = slice(start, way.end + 1)
        if np.isfinite(doer.trunk_deg[part]).any():
            yield "sts.trunk_flexion_peak", float(np.nanmax(doer.trunk_deg[part]))
        if doer.to_scale:
            height = doer.rise * doer.leg_m
            yield "sts.rise_velocity_peak", float(np.nanmax(doer.speed(height)[way.start : way.end + 1]))
            yield "sts.rise_height", float(height[way.end] - height[way.start])
        yield "sts.arms_used", self._hands_stay(doer, start, way)

    def _hands_stay(self, doer: Doer, start: int, way: Way) -> float:
        """100 where a hand keeps its place while the shoulders move off, 0 where both go along; NaN where not seen."""
        off = way.start + max(1, (way.peak - way.start) // 2)
        if doer.shoulders is None or off <= start or not doer.sees_forward:
            return NAN
        moved = float(geometry.length(doer.shoulders[off] - doer.shoulders[start]))
        stays = []
        for side in SIDES:
            wrist = doer.joint(side, "wrist")
            path = geometry.length(wrist[start : off + 1] - wrist[start])
            if np.isfinite(path).all():
                stays.append(float(path.max()) < self.still_hand_share * moved)
        return (100.0 if any(stays) else 0.0) if stays and moved > 0.1 * doer.leg_m else NAN

    def _unseen_parts(self, doer: Doer, loads: Loads | None) -> Iterator[Problem]:
        if not np.isfinite(doer.trunk_deg).any():
            yield not_seen(
                "Trunk lean and the hands' part in rising cannot be seen from the front.", doer.where,
                "Film from the side as well.",
            )  # fmt: skip
        if not doer.to_scale:
            yield not_seen(
                "Heights and speeds of the rise are not given: the points have no metres.", doer.where,
                "Give the person's height with --person height_m=…",
            )  # fmt: skip
        if loads is not None and not loads.sided:
            yield whose_plates(doer.where)


def _middle(rise: Array, way: Way) -> float:
    return 0.5 * (float(rise[way.start]) + float(rise[way.end]))


def _is_down(rise: Array, sits: Way, way: Way) -> bool:
    """Whether a sitting-down that ends with the recording has reached the seat: within a tenth of the rise."""
    return bool(rise[sits.end] - rise[way.start] < 0.1 * (rise[way.end] - rise[way.start]))


def _partial(rise: Array, seat: float, standing: float) -> list[Way]:
    """Rises of the hips by a quarter to three quarters of the way that fall back again."""
    share = np.nan_to_num((rise - seat) / (standing - seat), nan=0.0)
    found = ways(np.where(share < UPPER_SHARE, share, np.nan), least=0.0, low=0.0, high=0.45)
    ups = [way for way in found if way.up]
    return [way for way in ups if share[way.end : way.end + 1].size and _falls_back(share, way.end)]


def _falls_back(share: Array, index: int) -> bool:
    """Whether after this sample the seat comes before standing."""
    later = share[index:]
    back, up = np.flatnonzero(later < 0.2), np.flatnonzero(later >= UPPER_SHARE)
    return bool(len(back) and (not len(up) or back[0] < up[0]))


def _unseen(recording: Recording) -> Problem:
    return not_seen(
        "Hips and ankles were seen too little, or for too short a time, to tell a sit-to-stand.",
        recording.source or recording.id, "Record the whole body, hips and feet, from the side.",
    )  # fmt: skip


def _nobody_rises(where: str) -> Problem:
    return not_seen(
        "Nobody rises from a seat here: the hips do not go from chair height to standing.", where,
        "If this is a sit-to-stand, record from sitting to standing with hips and feet in view.",
    )  # fmt: skip


MEASURE = SitToStand()
