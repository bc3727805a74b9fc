"""Sit-to-stand from one sensor on the lower back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from poise.errors import PoiseError
from poise.measures import task_sit_to_stand_values as values
from poise.measures.lumbar_signal import worn_on_trunk
from poise.measures.task_back_sensor import Back, Lift, back_of, lifts
from poise.measures.task_cycles import first_motion
from poise.measures.task_sit_to_stand_values import Conventions, StandUp
from poise.measures.task_values import SIMULATED, Error, Teller, not_seen, units_of
from poise.model import Definition, Kind, Measured, Problem, Recording

Array = NDArray[np.float64]
NAN = float("nan")

ERRORS = {
    **{
        f"sts.{name}": Error(error=0.2, source=SIMULATED)
        for name in ("time_5", "time_5_standing", "rise_time", "sit_time")
    },
    "sts.rise_height": Error(error=0.05, source=SIMULATED),
    "sts.rise_velocity_peak": Error(error=0.06, source=SIMULATED),
}
GIVEN = frozenset({
    "sts.count", "sts.time_5", "sts.time_5_standing", "sts.count_30s", "sts.rise_time", "sts.sit_time",
    "sts.trunk_flexion_peak", "sts.rise_velocity_peak", "sts.rise_height", "sts.seat_off_time",
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SitToStandImu:
    """Stands from the back's height (acceleration integrated twice), each begun by a bend of the trunk.

    A rise is 0.125 m and 0.2 m/s upward (skdh), with the trunk bent forward by `least_bend_deg` on the way; it begins
    where the trunk begins to bend. Trunk flexion is that of the sensor, against its median over the recording: it is
    less than that of the line hips–shoulders, because the back rounds. Seat-off is where the back begins to go up.

    Fails in lifts, on stairs taken two at a time, and where the sensor slips.
    """

    name: str = "task_sit_to_stand_imu"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"sit_to_stand"})
    defines: tuple[Definition, ...] = tuple(each for each in values.DEFINES if each.measure in GIVEN)
    conventions: Conventions = field(default_factory=Conventions)
    least_bend_deg: float = 8.0
    longest_bend_s: float = 2.5

    @property
    def method(self) -> str:
        """Id and version, as measurements carry it."""
        return f"{self.name}@{self.version}"

    def fits(self, recording: Recording) -> bool:
        """Whether a lower-back sensor was worn and no body was seen, which shows more."""
        return Kind.BODY not in recording and worn_on_trunk(recording) is not None

    def compute(self, recording: Recording) -> Measured:
        """Stands with their times; a problem where nobody rises."""
        where = recording.source or recording.id
        try:
            back = back_of(recording)
        except PoiseError as reason:
            what = f"{reason.problem} {reason.found}".strip()
            return Measured(problems=(Problem(what=what, where=where, do=reason.do),))
        stands = self.stands_of(back, lifts(back))
        if not stands:
            return Measured(problems=(_nobody_rises(where),))
        tell = Teller(recording=recording.id, method=self.method, units=units_of(self.defines), errors=ERRORS)
        measurements = (
            *values.tests_of(stands, back.time(len(back) - 1), tell, self.conventions), *values.cycles_of(stands, tell),
        )  # fmt: skip
        problems = values.doubts_of(stands, 0, where, self.conventions.longest_pause_s)
        return Measured(events=values.events_of(stands), measurements=measurements, problems=tuple(problems))

    def stands_of(self, back: Back, found: Sequence[Lift]) -> list[StandUp]:
        """Rises with a bend of the trunk, each with the sitting-down that follows before the next rise."""
        stands = []
        for number, way in enumerate(found):
            bend = self._bend_deg(back, way)
            if way.height_m > 0.0 and bend >= self.least_bend_deg:
                after = found[number + 1] if number + 1 < len(found) else None
                sits = after if after is not None and after.height_m < 0.0 else None
                earliest = found[number - 1].end if number else 0
                stands.append(_stand(back, way, sits, max(earliest, way.start - self._bend_samples(back))))
        return stands

    def _bend_samples(self, back: Back) -> int:
        return round(self.longest_bend_s * back.rate_hz)

    def _bend_deg(self, back: Back, way: Lift) -> float:
        """How far the trunk comes back up from its bend, by the end of the way."""
        before = back.pitch_deg[max(0, way.start - self._bend_samples(back)) : way.end + 1]
        return float(before.max() - back.pitch_deg[way.end])


def _stand(back: Back, way: Lift, sits: Lift | None, earliest: int) -> StandUp:
    bending = np.maximum(back.pitch_deg_s, 0.0)
    top = earliest + int(np.argmax(back.pitch_deg[earliest : way.peak + 1]))
    fastest = earliest + int(np.argmax(bending[earliest : top + 1]))
    start = first_motion(bending, earliest, fastest, rest=max(2, round(0.1 * back.rate_hz)))
    whole = _height_share(back, way)
    cut = sits is None or sits.end >= len(back) - 1
    return StandUp(
        start_s=back.time(start), seat_off_s=back.time(way.start), half_s=back.time(whole), up_s=back.time(way.end),
        sit_s=NAN if sits is None else back.time(sits.start),
        seat_s=NAN if cut or sits is None else back.time(sits.end),
        values={
            "sts.trunk_flexion_peak": float(back.pitch_deg[start : way.end + 1].max()),
            "sts.rise_velocity_peak": way.peak_m_s, "sts.rise_height": way.height_m,
        },
    )  # fmt: skip


def _height_share(back: Back, way: Lift) -> int:
    """The sample at which half of the height is reached; the speed of a rise is even enough about its peak."""
    return min(way.end, max(way.start, way.peak))


def _nobody_rises(where: str) -> Problem:
    return not_seen(
        "Nobody rises from a seat here: the back never goes up by 0.125 m after a bend of the trunk.", where,
        "If this is a sit-to-stand, record from sitting to standing with the sensor fixed to the lower back.",
    )  # fmt: skip


MEASURE = SitToStandImu()
