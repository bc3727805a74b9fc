"""Timed up-and-go from one sensor on the lower back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from poise.errors import PoiseError
from poise.measures import gait_lumbar_imu
from poise.measures import task_tug_values as values
from poise.measures.lumbar_signal import worn_on_trunk
from poise.measures.lumbar_turns import Turn, TurnSettings, find_turns
from poise.measures.task_back_sensor import Back, Lift, back_of, lifts
from poise.measures.task_sit_to_stand_imu import MEASURE as STANDS
from poise.measures.task_tug_values import LARGEST_TURN_DEG, LONGEST_S, SMALLEST_TURN_DEG, UpAndGo
from poise.measures.task_values import SIMULATED, Error, Teller, not_seen, units_of
from poise.model import Definition, Kind, Measured, Problem, Recording
from poise.model.gait import Bout

Array = NDArray[np.float64]
NAN = float("nan")

ERRORS = {
    "tug.time": Error(error=0.15, source=SIMULATED), "tug.turn_steps": Error(error=1.0, source=SIMULATED),
    **{f"tug.{name}_time": Error(error=0.3, source=SIMULATED)
       for name in ("stand", "walk_out", "turn", "walk_back", "turn_to_sit", "sit")},
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class TugImu:
    """A rise, two turns round and a sitting-down, in this order and with nothing like them between.

    The test begins with the trunk (pitch rate over a tenth of its peak) and ends where the trunk has come back from the
    bend of the sitting-down. Turns are those of El-Gohary et al. with 120 to 260 deg.

    Fails where the walk out is so short that the turns run into each other, and where somebody pauses on the way to
    look round. Turn times are longer than those of the feet: the rate is smoothed at 0.5 Hz.
    """

    name: str = "task_tug_imu"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"tug"})
    defines: tuple[Definition, ...] = values.DEFINES
    turns: TurnSettings = field(default_factory=lambda: TurnSettings(lowpass_hz=1.5, smallest_deg=SMALLEST_TURN_DEG))

    @property
    def method(self) -> str:
        """Id and version, as measurements carry it."""
        return f"{self.name}@{self.version}"

    def fits(self, recording: Recording) -> bool:
        """Whether a lower-back sensor with a gyroscope was worn, and no body seen."""
        return (
            Kind.BODY not in recording and Kind.ANGULAR_VELOCITY in recording and worn_on_trunk(recording) is not None
        )

    def compute(self, recording: Recording) -> Measured:
        """The phases; a problem where this is no timed up-and-go."""
        where = recording.source or recording.id
        try:
            back = back_of(recording)
        except PoiseError as reason:
            what = f"{reason.problem} {reason.found}".strip()
            return Measured(problems=(Problem(what=what, where=where, do=reason.do),))
        tug = self.tug_of(back)
        if tug is None:
            return Measured(problems=(not_a_tug(where),))
        tug = replace(tug, turn_steps=_steps(recording, tug))
        tell = Teller(recording=recording.id, method=self.method, units=units_of(self.defines), errors=ERRORS)
        return Measured(events=values.events_of(tug), measurements=tuple(values.measurements_of(tug, tell)))

    def tug_of(self, back: Back) -> UpAndGo | None:
        """The first rise that is followed by exactly two turns round and a sitting-down."""
        found = lifts(back)
        stands = STANDS.stands_of(back, found)
        around = [
            turn for turn in find_turns(np.radians(back.yaw_deg_s), back.rate_hz, self.turns)
            if abs(turn.angle_deg) <= LARGEST_TURN_DEG
        ]  # fmt: skip
        for stand in stands:
            sits = next((way for way in found if way.height_m < 0.0 and back.time(way.peak) > stand.up_s), None)
            if sits is None or any(stand.up_s < other.half_s < back.time(sits.peak) for other in stands):
                continue
            between = [t for t in around if stand.half_s < back.time(t.end_s * back.rate_hz) and
                       t.start_s + back.start_s < back.time(sits.peak)]  # fmt: skip
            if len(between) == 2 and back.time(sits.end) - stand.start_s <= LONGEST_S:
                tug = UpAndGo(
                    start_s=stand.start_s, upright_s=stand.up_s, sit_s=back.time(sits.start),
                    seat_s=back.time(sits.end),
                    end_s=_seated(back, sits),
                    rise_m_s=stand.values["sts.rise_velocity_peak"], trunk_deg=stand.values["sts.trunk_flexion_peak"],
                )  # fmt: skip
                return with_turns(tug, between, back.start_s)
        return None


def with_turns(tug: UpAndGo, turns: Sequence[Turn], start_s: float) -> UpAndGo:
    """The phases with both turns; `start_s` is when the signal of the turns begins."""
    first, second = turns
    return replace(
        tug, turn_s=(start_s + first.start_s, start_s + first.end_s),
        second_turn_s=(start_s + second.start_s, start_s + second.end_s),
        turn_deg=abs(first.angle_deg), turn_deg_s=first.peak_deg_s, second_turn_deg_s=second.peak_deg_s,
    )  # fmt: skip


def _seated(back: Back, sits: Lift) -> float:
    """When the trunk has come back up from the bend of the sitting-down; the seat's contact where it does not bend."""
    stop = min(len(back), sits.end + round(2.5 * back.rate_hz))
    bend = sits.start + int(np.argmax(back.pitch_deg[sits.start : stop]))
    rising = -back.pitch_deg_s[bend:stop]
    if not len(rising) or not rising.max() > 10.0:
        return back.time(sits.end)
    fastest = int(np.argmax(rising))
    slow = np.flatnonzero(rising[fastest:] < 0.1 * rising[fastest])
    return back.time(max(sits.end, bend + fastest + (int(slow[0]) if len(slow) else 0)))


def _steps(recording: Recording, tug: UpAndGo) -> float:
    """Feet that land within the first turn, by the steps of the trunk; NaN where it shows none."""
    try:
        walk = gait_lumbar_imu.walk_within(recording, [Bout(start_s=tug.upright_s, end_s=tug.sit_s)])
    except PoiseError:
        return NAN
    landed = [step.time_s for step in walk.footsteps if tug.turn_s[0] <= step.time_s <= tug.turn_s[1]]
    return float(len(landed)) if landed else NAN


def not_a_tug(where: str) -> Problem:
    """No rise, two turns round and sitting-down in this order."""
    return not_seen(
        "This is no timed up-and-go: a rise from a seat, two turns round and a sitting-down, in this order and with "
        "nothing like them between, were not found.",
        where, "Record one test from sitting to sitting; cut a longer recording to it.",
    )  # fmt: skip


MEASURE = TugImu()
