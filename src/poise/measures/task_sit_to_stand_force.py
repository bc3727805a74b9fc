"""Sit-to-stand from force plates under the feet alone: a seat takes the weight off them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from poise.measures import task_sit_to_stand_values as values
from poise.measures.task_load import Loads, loads_of, whose_plates
from poise.measures.task_sit_to_stand import FORCE_ERRORS
from poise.measures.task_sit_to_stand_values import Conventions, StandUp
from poise.measures.task_values import Teller, not_seen, units_of
from poise.model import Definition, Kind, Measured, Problem, Recording
from poise.signals.events import stretches

Array = NDArray[np.float64]
NAN = float("nan")

GIVEN = frozenset({
    "sts.count", "sts.time_5", "sts.time_5_standing", "sts.count_30s", "sts.load_asymmetry",
    "sts.load_difference", "sts.force_peak",
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SitToStandForce:
    """Stands from the vertical force under the feet.

    The feet of somebody who sits carry little; on the way up they carry all the body's weight and for a moment more.
    Body weight is the usual force while the feet carry most. On the feet is who puts more than `leaves` of the way from
    the usual seated force to it on them; a stand carries all the weight, and `carried` of it on average. Upright is
    where the weight is back after the lightness that ends the rise; the seat is touched where the feet are light
    again. The first stand begins where the force leaves what it was on the seat,
    so that the time of five is that of the other methods; later ones begin unseen, so that no rise time is given.

    Trunk, hands and heights are not seen. Fails where the feet rest beside the plates, or where the person stands on
    only one.
    """

    name: str = "task_sit_to_stand_force"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"sit_to_stand"})
    defines: tuple[Definition, ...] = tuple(each for each in values.DEFINES if each.measure in GIVEN)
    conventions: Conventions = field(default_factory=Conventions)
    seated: float = 0.35
    leaves: float = 0.15
    carried: float = 0.75
    shortest_s: float = 0.4

    @property
    def method(self) -> str:
        """Id and version, as measurements carry it."""
        return f"{self.name}@{self.version}"

    def fits(self, recording: Recording) -> bool:
        """Whether there are forces and no body, which shows more."""
        return Kind.FORCE in recording and Kind.BODY not in recording

    def compute(self, recording: Recording) -> Measured:
        """Stands with their times and loads; a problem where nobody rises."""
        where = recording.source or recording.id
        loads = loads_of(recording)
        stands = [] if loads is None else self.stands_of(loads)
        if loads is None or not stands:
            return Measured(problems=(_nobody_rises(where),))
        tell = Teller(recording=recording.id, method=self.method, units=units_of(self.defines), errors=FORCE_ERRORS)
        measurements = (
            *values.tests_of(stands, float(loads.time_s[-1]), tell, self.conventions),
            *values.cycles_of([_as_seen(each) for each in stands], tell),
            *loads.told("sts", [(each.seat_off_s, each.up_s) for each in stands], tell),
        )
        problems = (*values.doubts_of(stands, 0, where), *(() if loads.sided else (whose_plates(where),)))
        return Measured(events=values.events_of(stands), measurements=measurements, problems=problems)

    def stands_of(self, loads: Loads) -> list[StandUp]:
        """Full stands in order."""
        total = loads.total
        weight = body_weight(total)
        sitting = total[total < self.seated * weight]
        if not weight > 0.0 or len(sitting) < self.shortest_s * loads.rate_hz:
            return []
        seat = float(np.median(sitting))
        found = stretches(total > seat + self.leaves * (weight - seat))
        rises = zip(found.start.tolist(), found.stop.tolist(), strict=True)
        # A rise that begins before the recording was not seen.
        return [
            self._stand(loads, total, (seat, weight), first, last, alone=not number)
            for number, (first, last) in enumerate(rises)
            if first > 0 and self._is_stand(total[first:last], weight, loads.rate_hz)
        ]

    def _is_stand(self, inside: Array, weight: float, rate_hz: float) -> bool:
        """Long enough on the feet, and with all the weight on them for half of that."""
        if len(inside) < self.shortest_s * rate_hz:
            return False
        return bool(inside.max() > 0.95 * weight and np.mean(inside) > self.carried * weight)

    def _stand(
        self, loads: Loads, total: Array, levels: tuple[float, float], first: int, last: int, *, alone: bool
    ) -> StandUp:
        weight, time_s = levels[1], loads.time_s
        peak, top = _rise_of(total, first, last, weight, loads.rate_hz)
        start = _leaves_rest(total[:first], weight, loads.rate_hz) if alone else first
        return StandUp(
            start_s=float(time_s[start]), seat_off_s=float(time_s[first]), half_s=float(time_s[peak]),
            up_s=float(time_s[top]), sit_s=NAN, seat_s=NAN if last >= len(total) else float(time_s[last]),
            values={
                "sts.force_peak": 100.0 * float(total[peak]) / weight,
            },
        )  # fmt: skip


def body_weight(total: Array) -> float:
    """The usual force while the feet carry most, N: the median of what lies over half of the greatest part."""
    high = float(np.percentile(total, 95))
    return float(np.median(total[total > 0.5 * high])) if high > 0.0 else 0.0


def _rise_of(total: Array, first: int, last: int, weight: float, rate_hz: float) -> tuple[int, int]:
    """The peak of the rise, and upright: the weight is back after the lightness that ends it.

    The peak is the greatest force before the first lightness; without one, who rises slowly is up where the force comes
    back to the weight.
    """
    inside = total[first:last]
    loaded = np.flatnonzero(inside > 0.95 * weight)
    begin = int(loaded[0]) if len(loaded) else 0
    light = np.flatnonzero(inside[begin:] < 0.95 * weight)
    dip = begin + int(light[0]) if len(light) else len(inside) - 1
    peak = begin + int(np.argmax(inside[begin : dip + 1]))
    back = np.flatnonzero(inside[dip:] >= 0.98 * weight)
    top = dip + int(back[0]) if len(back) else dip
    return first + peak, first + min(top, len(inside) - 1)


def _leaves_rest(before: Array, weight: float, rate_hz: float) -> int:
    """When the force of somebody who sat quietly last left what it was at first: by more than 2.5 % of body weight.

    On its way it may pass that level again; a rest is longer than that.
    """
    level = float(np.median(before[: max(1, len(before) // 2)]))
    resting = stretches(np.abs(before - level) < 0.025 * weight)
    long = np.flatnonzero(resting.stop - resting.start >= max(2, round(0.1 * rate_hz)))
    return int(resting.stop[long[-1]]) - 1 if len(long) else len(before) - 1


def _as_seen(stand: StandUp) -> StandUp:
    """Plates under the feet do not tell when a trunk begins to bend, nor when the hips begin to fall."""
    return StandUp(
        start_s=NAN, seat_off_s=NAN, half_s=stand.half_s, up_s=stand.up_s, seat_s=stand.seat_s, values=stand.values,
    )  # fmt: skip


def _nobody_rises(where: str) -> Problem:
    return not_seen(
        "Nobody rises from a seat here: the force under two feet does not go from little to the whole body's weight.",
        where, "Put a plate under each foot and record from sitting to standing.",
    )  # fmt: skip


MEASURE = SitToStandForce()
