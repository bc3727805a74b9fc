"""Gait from inertial sensors on one or both feet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from poise.errors import NothingToMeasure
from poise.measures import spatiotemporal
from poise.measures.foot_signal import channel_of, foot_of, recorded_sides, stream_of
from poise.measures.foot_steps import FootSteps, find_steps
from poise.measures.foot_walk import walk_of
from poise.measures.kinematic_definitions import DEFINED
from poise.model.gait import Walk
from poise.model.measurement import Definition, Measured, Measurement
from poise.model.recording import Event, Kind, Problem, Recording

Array = NDArray[np.float64]

_SOURCE = "measures.md 1.1.4; Mariani et al. 2010, J Biomech 43:2999; Rampp et al. 2015"
_POSTURE = (
    DEFINED["gait.foot_strike_angle"],
    Definition(
        measure="gait.foot_push_off_angle", unit="deg", label="Foot to floor at toe-off, toes up positive", decimals=1,
        formula="pitch of the foot at toe-off − its pitch while it stands", source=_SOURCE,
    ),
    Definition(
        measure="gait.foot_lift", unit="m", label="Highest point of the foot's sensor in swing", decimals=3,
        formula="greatest height of the sensor above its standing height, stride by stride", source=_SOURCE,
    ),
    DEFINED["gait.circumduction"],
)  # fmt: skip

# Spread of single strides against motion capture on one walk of one person: `poise validate`, gaitmap-foot-imu.
_MEASURED = "SD of 56 strides of one adult against motion capture (validation/results.md, gaitmap-foot-imu)"
_ERRORS = {
    "gait.stride_length": spatiotemporal.MethodError(error=0.018, source=_MEASURED),
    "gait.speed": spatiotemporal.MethodError(error=0.017, source=_MEASURED),
    "gait.stride_time": spatiotemporal.MethodError(error=0.007, source=_MEASURED),
}


@dataclass(frozen=True, kw_only=True)
class FootImuGait:
    """Gait from foot sensors: contacts from the pitch rate, stride length by strapdown between still moments.

    The sensors may sit anywhere on the shoe and either way round: up is found from gravity in stance, forward from
    where the foot went, the pitch axis from how it turned. Turns are walked through but left out of the means.

    Notes
    -----
    Step length and width cannot be had: each sensor knows its own path only. Circumduction and lift are those of the
    sensor, wherever it sits on the shoe. A sensor whose accelerometer reads 1 % too much gives strides 1 % too long.
    Not made for running, stairs or walking backwards. On a treadmill lengths are right only while the belt runs
    evenly. The first step from standing is no stride, as no contact comes before it; the strides after it and before
    the stop, in which the walk speeds up and slows down, are real strides of that foot and are counted: record a
    lead-in of 2.5 m, or cut the recording, where a steady pace is meant. See `foot_swings`
    and `foot_strapdown` for the methods and their sources.
    """

    name: str = "gait_foot_imu"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"walk"})
    defines: tuple[Definition, ...] = (*spatiotemporal.DEFINES, *_POSTURE)

    @property
    def method(self) -> str:
        """Id and version, as it stands beside every number."""
        return f"{self.name}/{self.version}"

    def fits(self, recording: Recording) -> bool:
        """Whether at least one foot has both an accelerometer and a gyroscope."""
        return bool(recorded_sides(recording))

    def compute(self, recording: Recording) -> Measured:
        """Events, strides and their measures; a foot that cannot be used is a problem, not an error."""
        feet, problems = _steps_of_each_foot(recording)
        where = recording.source or recording.id
        walk = walk_of(feet, self.method)
        walk = replace(walk, valid_fraction=_valid_fraction(recording, walk))
        measurements, doubts = spatiotemporal.summarise(walk, recording, errors=_ERRORS)
        return Measured(
            events=_events(feet),
            measurements=(*measurements, *_posture(feet, walk, recording.id)),
            problems=(*problems, *doubts, *_unseen(feet, where)),
            walk=walk,
        )


def _steps_of_each_foot(recording: Recording) -> tuple[list[FootSteps], list[Problem]]:
    feet: list[FootSteps] = []
    problems: list[Problem] = []
    for side in recorded_sides(recording):
        try:
            feet.append(find_steps(foot_of(recording, side)))
        except NothingToMeasure as reason:
            where = recording.source or recording.id
            problems.append(Problem(what=f"{reason.problem} {reason.found}".strip(), where=where, do=reason.do))
    return feet, problems


def _events(feet: list[FootSteps]) -> tuple[Event, ...]:
    found = [
        Event(event=name, side=foot.side, time_s=float(time_s))
        for foot in feet
        for name, times_s in (("initial_contact", foot.contact_s), ("toe_off", foot.toe_off_s))
        for time_s in times_s
    ]
    return tuple(sorted(found, key=lambda event: (event.time_s, event.event)))


def _valid_fraction(recording: Recording, walk: Walk) -> float:
    """Share of samples recorded during the bouts (without one: from start to end), of the signal that fared worst."""
    shares = []
    for side in recorded_sides(recording):
        for kind in (Kind.ACCELERATION, Kind.ANGULAR_VELOCITY):
            stream = stream_of(recording, kind, side)
            if stream is not None:
                bouts = [slice(*np.searchsorted(stream.time_s, (bout.start_s, bout.end_s))) for bout in walk.bouts]
                bouts = bouts or [slice(None)]
                values = np.concatenate([stream[channel_of(side)][bout] for bout in bouts])
                shares.append(float(np.isfinite(values).all(axis=1).mean()))
    return min(shares, default=1.0)


def _posture(feet: list[FootSteps], walk: Walk, recording: str) -> Iterator[Measurement]:
    """How the foot was held in the swings that ended a counted stride."""
    for foot in feet:
        ends_s = np.array([stride.end_s for stride in walk.strides if stride.side == foot.side])
        counted = np.isin(foot.contact_s, ends_s)
        per_stride = (foot.strike_deg, foot.push_deg, foot.highest_m, foot.outward_m)
        for definition, values in zip(_POSTURE, per_stride, strict=True):
            kept = counted & np.isfinite(values)
            if kept.any():
                yield Measurement(
                    measure=definition.measure, unit=definition.unit, side=foot.side,
                    value=float(values[kept].mean()), n=int(kept.sum()),
                    sd=float(values[kept].std(ddof=1)) if kept.sum() > 1 else float("nan"),
                    start_s=float(foot.toe_off_s[kept][0]), end_s=float(foot.contact_s[kept][-1]),
                    valid_fraction=walk.valid_fraction, method=walk.method, recording=recording,
                )  # fmt: skip


def _unseen(feet: list[FootSteps], where: str) -> Iterator[Problem]:
    for foot in feet:
        if not len(foot.contact_s):
            yield Problem(
                what=f"No swing could be read from the {foot.side} foot: it stood, or moved without lifting, swinging "
                "and coming to rest.",
                where=where, do="Check that the sensor is fixed to the shoe. Running is not measured.",
            )  # fmt: skip
    seen = [foot.side for foot in feet if len(foot.contact_s)]
    if len(seen) == 2:
        yield Problem(
            what="Step length and step width are not given: foot sensors know each foot's own path, "
            "not where the other foot is.",
            where=where, do="Use markers or a camera where these matter.",
        )  # fmt: skip
    elif len(seen) == 1:
        yield Problem(
            what=f"Only the {seen[0]} foot was seen walking: no step time, double support or asymmetry.",
            where=where, do="Put a sensor on each foot.",
        )  # fmt: skip


MEASURE = FootImuGait()
