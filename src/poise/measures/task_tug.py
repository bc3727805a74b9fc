"""Timed up-and-go from the body's points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from poise.measures import task_tug_values as values
from poise.measures.lumbar_turns import TurnSettings, find_turns
from poise.measures.task_body import Doer, doer_of, has_legs, oblique, shoulder_width_share
from poise.measures.task_cycles import Way, ways
from poise.measures.task_sit_to_stand import MEASURE as STANDS
from poise.measures.task_sit_to_stand import SLOWEST_BEND_DEG_S
from poise.measures.task_tug_imu import ERRORS, not_a_tug, with_turns
from poise.measures.task_tug_values import LARGEST_TURN_DEG, LONGEST_S, SMALLEST_TURN_DEG, UpAndGo
from poise.measures.task_values import BY_CAMERA, Error, Teller, by_camera, not_seen, units_of
from poise.model import SIDES, Definition, Measured, Problem, Recording
from poise.signals import geometry
from poise.signals.events import stretches

Array = NDArray[np.float64]
NAN = float("nan")

CAMERA_ERRORS = {
    "tug.time": Error(error=1.0, source=BY_CAMERA), "tug.turn_steps": Error(error=1.0, source=BY_CAMERA),
    "tug.trunk_flexion_peak": Error(error=5.0, source=BY_CAMERA),
}  # fmt: skip
LEAST_WAY = 0.20
"""Of the hips, by leg length, as in sit-to-stand."""
MOVING_LEGS_S = 0.35
"""A foot that goes faster than this share of a leg a second swings [design]."""


@dataclass(frozen=True, kw_only=True)
class Tug:
    """A rise, two turns round and a sitting-down, by the height of the hips and the way the pelvis faces.

    Pictures give the whole time and the times of rising and sitting; turns need three dimensions, and whether the
    person turned round twice is told from the feet (side) or the shoulders (front).
    """

    name: str = "task_tug"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"tug"})
    defines: tuple[Definition, ...] = values.DEFINES
    turns: TurnSettings = field(default_factory=lambda: TurnSettings(lowpass_hz=1.5, smallest_deg=SMALLEST_TURN_DEG))
    least_seen: float = 0.6

    @property
    def method(self) -> str:
        """Id and version, as measurements carry it."""
        return f"{self.name}@{self.version}"

    def fits(self, recording: Recording) -> bool:
        """Whether there is a body with hips and legs."""
        return has_legs(recording)

    def compute(self, recording: Recording) -> Measured:
        """The phases; a problem where this is no timed up-and-go."""
        doer = doer_of(recording)
        if doer is None or doer.seen(doer.rise) < self.least_seen:
            return Measured(problems=(oblique(recording) or not_a_tug(recording.source or recording.id),))
        tug = self.tug_of(doer)
        if tug is None:
            return Measured(problems=(not_a_tug(doer.where),))
        errors = CAMERA_ERRORS if by_camera(recording) else ERRORS
        tell = Teller(
            recording=recording.id, method=self.method, units=units_of(self.defines), errors=errors,
            valid_fraction=doer.seen(doer.rise),
        )  # fmt: skip
        return Measured(
            events=values.events_of(tug), measurements=tuple(values.measurements_of(tug, tell)),
            problems=tuple(_unseen(doer)),
        )  # fmt: skip

    def tug_of(self, doer: Doer) -> UpAndGo | None:
        """The one rise and sitting-down with two turns between; None where there is anything else."""
        found = ways(doer.rise, least=LEAST_WAY)
        ups = [way for way in found if way.up]
        if len(ups) != 1 or len(found) < 2 or found[-1].up or found[0] is not ups[0]:
            return None
        rises, sits = found[0], found[1]
        stands, _ = STANDS.stands_of(doer, [rises, sits])
        if (
            not stands
            or doer.rise[rises.start] > STANDS.highest_seat
            or stands[0].seat_s - stands[0].start_s > LONGEST_S
        ):
            return None
        stand = stands[0]
        tug = UpAndGo(
            start_s=stand.start_s, upright_s=stand.up_s, sit_s=stand.sit_s, seat_s=stand.seat_s,
            end_s=_upright_again(doer, sits, stand.seat_s),
            rise_m_s=stand.values.get("sts.rise_velocity_peak", NAN),
            trunk_deg=stand.values.get("sts.trunk_flexion_peak", NAN),
        )  # fmt: skip
        return self._turned(doer, tug, rises, sits)

    def _turned(self, doer: Doer, tug: UpAndGo, rises: Way, sits: Way) -> UpAndGo | None:
        if doer.view != "3d":
            return tug if _turned_round_twice(doer, rises.peak, sits.peak) else None
        heading = doer.heading_deg
        if not np.isfinite(heading).all():
            known = np.isfinite(heading)
            if known.mean() < 0.8:
                return None
            heading = np.interp(doer.time_s, doer.time_s[known], heading[known])
        rate = np.gradient(np.radians(heading), 1.0 / doer.rate_hz)
        start_s = float(doer.time_s[0])
        middle = (float(doer.time_s[rises.peak]), float(doer.time_s[sits.peak]))
        around = [
            turn for turn in find_turns(rate, doer.rate_hz, self.turns)
            if abs(turn.angle_deg) <= LARGEST_TURN_DEG and start_s + turn.end_s > middle[0]
            and start_s + turn.start_s < middle[1]
        ]  # fmt: skip
        if len(around) != 2:
            return None
        turned = with_turns(tug, around, start_s)
        return replace(turned, turn_steps=_landings(doer, turned.turn_s))


def _upright_again(doer: Doer, sits: Way, seat_s: float) -> float:
    """When the trunk has come back up from the bend of the sitting-down; the seat's contact where it was not seen."""
    stop = min(len(doer), sits.end + round(2.5 * doer.rate_hz))
    lean = doer.trunk_deg[sits.start : stop]
    if not np.isfinite(lean).all():
        return seat_s
    bend = int(np.argmax(lean))
    rising = -doer.speed(lean[bend:]) if stop - sits.start - bend > 2 else np.zeros(1)
    if not rising.max() > SLOWEST_BEND_DEG_S:
        return seat_s
    fastest = int(np.argmax(rising))
    slow = np.flatnonzero(rising[fastest:] < 0.1 * rising[fastest])
    at = sits.start + bend + fastest + (int(slow[0]) if len(slow) else 0)
    return max(seat_s, float(doer.time_s[min(at, len(doer) - 1)]))


def _landings(doer: Doer, span_s: tuple[float, float]) -> float:
    """Swings of the feet that end within a time; NaN where the feet do not travel or were not seen."""
    if not doer.on_floor:
        return NAN
    landed = 0
    for side in SIDES:
        ankle = doer.smooth(doer.joint(side, "ankle"))
        if not np.isfinite(ankle).any():
            return NAN
        speed = geometry.length(doer.speed(ankle)[:, :2]) / doer.leg_m
        swings = stretches(np.nan_to_num(speed) > MOVING_LEGS_S)
        long = swings.stop - swings.start >= 0.15 * doer.rate_hz
        ends_s = doer.time_s[np.minimum(swings.stop[long], len(doer) - 1)]
        landed += int(np.sum((ends_s >= span_s[0]) & (ends_s <= span_s[1])))
    return float(landed)


def _turned_round_twice(doer: Doer, first: int, last: int) -> bool:
    """Whether a picture shows the person the other way round between these samples, and the first way at both."""
    shown = doer.smooth(doer.toes_ahead) if doer.view == "sagittal" else shoulder_width_share(doer)
    part = np.sign(shown)[first:last]
    known = part[np.isfinite(part) & (part != 0.0)]
    if len(known) < 5:
        return False
    changes = known[np.flatnonzero(np.diff(known)) + 1]
    runs = stretches(known == -known[0])
    return len(changes) >= 1 and bool(((runs.stop - runs.start) > 0.15 * len(known)).any())


def _unseen(doer: Doer) -> Iterator[Problem]:
    if doer.view != "3d":
        yield not_seen(
            "Turns and the walks between them are not timed: a picture does not show how far a body has turned.",
            doer.where, "Use two cameras, markers, or a sensor on the lower back.",
        )  # fmt: skip


MEASURE = Tug()
