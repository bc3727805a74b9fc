"""Repetitions of a recording: how many, when, how far and how well; with an exercise, or without knowing which.

The counting is the live tracker's (`repetition_tracker`), bettered by looking back (`repetition_offline`);
the judging is `repetition_quality`'s. What is counted comes from points of the body, else from angles that the file
gives, else from the turning of a worn sensor.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from poise.measures import repetition_quality as quality
from poise.measures import repetition_set
from poise.measures.readings import ERROR_SOURCE, READINGS
from poise.measures.repetition_holds_offline import holds_offline
from poise.measures.repetition_load import LOAD, load_asymmetries
from poise.measures.repetition_offline import Counted
from poise.measures.repetition_sources import count_offline
from poise.model import (
    Definition,
    Event,
    Exercise,
    Kind,
    Measured,
    Measurement,
    Recording,
    Repetition,
    Series,
    Side,
)

Array = NDArray[np.float64]

METHOD = "repetitions@1"
NAN = float("nan")
TOLD_ALREADY = ("rom", "time", "quality")
_OWN = (
    Definition(measure="rep.count", unit="count", label="Repetitions", formula="ways out and back of the counted "
               "reading, larger than sway and half of the usual range", source="measures.md 3.1", better="neither",
               decimals=0),
    Definition(measure="rep.partial_count", unit="count", label="Partial repetitions",
               formula="ways out and back of less than half of the usual range", source="measures.md 3.1",
               better="lower", decimals=0),
    Definition(measure="rep.clean_count", unit="count", label="Clean repetitions",
               formula="repetitions that reached the target with no major fault", source="clinical/exercises.yaml",
               better="higher", decimals=0),
    Definition(measure="rep.rom", unit="deg", label="Range of a repetition",
               formula="far point − start of the counted reading, median", source="measures.md 3.2", decimals=1),
    Definition(measure="rep.time", unit="s", label="Time of a repetition",
               formula="from leaving the start to being back (2 % of peak speed), median", source="measures.md 3.2"),
    LOAD,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Repetitions:
    """The method, for recordings of which nobody said the exercise; `compute_with` is told one."""

    name: str = "repetitions"
    version: str = "1"
    tasks: frozenset[str] = frozenset({"squat", "sit_to_stand", "exercise", "reach", "single_leg"})
    defines: tuple[Definition, ...] = (*_OWN, *quality.DEFINITIONS)

    def fits(self, recording: Recording) -> bool:
        """Whether something in it can be counted: points, angles, or a worn sensor's turning."""
        kinds = (Kind.BODY, Kind.COORDINATES, Kind.JOINT_ANGLES, Kind.ANGULAR_VELOCITY)
        return any(kind in recording and recording[kind].duration_s > 0.0 for kind in kinds)

    def compute(self, recording: Recording) -> Measured:
        """Repetitions of whatever moves most."""
        return compute_with(recording, None)


def compute_with(recording: Recording, exercise: Exercise | None) -> Measured:
    """Repetitions of one exercise; of one that keeps a posture, its holds.

    Parameters
    ----------
    recording
        Prepared (`poise.cleaning.prepare`).
    exercise
        What was done (`poise.knowledge.exercises`); None counts what moves most.

    Returns
    -------
    measured
        Repetitions with their parts, events (`repetition_start`, `_apex`, `_end`), ``rep.*`` measurements with the
        median over whole repetitions, the counted reading as series. Where nothing can be counted, a problem.

    Notes
    -----
    It fails where repetitions run into each other without coming back two thirds of the way, where one is slower than
    15 s and not a hold, and below about four frames a repetition.
    """
    if exercise is not None and exercise.kind == "hold":
        return _kept(recording, exercise)
    counted, problems = count_offline(recording, exercise)
    if counted is None:
        return Measured(problems=tuple(problems))
    repetitions = _judged(recording, exercise, counted)
    return Measured(
        events=tuple(_events(repetitions)),
        measurements=tuple(_measurements(recording, counted, repetitions)),
        series=tuple(_series(counted)),
        problems=tuple(problems),
        repetitions=repetitions,
    )


def _kept(recording: Recording, exercise: Exercise) -> Measured:
    """The holds of an exercise that keeps a posture: no range and no quality, but how long, how steadily."""
    found, problems = holds_offline(recording, exercise)
    if not len(found.time_s):
        return Measured(problems=tuple(problems))
    tell = _Teller(
        recording=recording, start_s=float(found.time_s[0]), end_s=float(found.time_s[-1]), valid_fraction=found.seen
    )
    measurements: list[Measurement] = [] if found.holds else [tell.number("count", None, 0)]
    for side in dict.fromkeys(each.side for each in found.holds):
        own = [each for each in found.holds if each.side == side]
        measurements += [
            tell.number("count", side, len(own)),
            tell.number("clean_count", side, sum(each.clean is True for each in own)),
            *_held_values(tell, side, own),
        ]
    events = tuple(
        Event(event=name, side=each.side, time_s=at)
        for each in found.holds for name, at in (("hold_start", each.start_s), ("hold_end", each.end_s))
    )  # fmt: skip
    return Measured(events=events, measurements=tuple(measurements), problems=tuple(problems), repetitions=found.holds)


def _judged(recording: Recording, exercise: Exercise | None, counted: Counted) -> tuple[Repetition, ...]:
    if not counted.repetitions:
        return ()
    seen = [values for values in counted.series.values() if np.isfinite(values).any()]
    primary = (counted.time_s, seen[0]) if len(seen) == 1 and Kind.BODY not in recording else None
    judged = quality.judged(recording, exercise, counted.repetitions, primary=primary)
    return tuple(_with_load(recording, judged))


def _with_load(recording: Recording, repetitions: Sequence[Repetition]) -> Iterator[Repetition]:
    for each, load in zip(repetitions, load_asymmetries(recording, repetitions), strict=True):
        yield each if np.isnan(load) else replace(each, values=(*each.values, ("load_asymmetry", load, "%")))


def _events(repetitions: Sequence[Repetition]) -> Iterator[Event]:
    for each in repetitions:
        yield Event(event="repetition_start", side=each.side, time_s=each.start_s)
        yield Event(event="repetition_apex", side=each.side, time_s=each.apex_s)
        if each.complete:
            yield Event(event="repetition_end", side=each.side, time_s=each.end_s)


def _series(counted: Counted) -> Iterator[Series]:
    rate_hz = (len(counted.time_s) - 1) / (counted.time_s[-1] - counted.time_s[0]) if len(counted.time_s) > 1 else NAN
    for side, values in counted.series.items():
        if np.isfinite(values).any():
            yield Series(
                series=_name(counted.plan.reading), side=side, unit=counted.plan.unit, rate_hz=rate_hz, values=values,
                start_s=float(counted.time_s[0]),
            )  # fmt: skip


def _name(reading: str) -> str:
    """``m_knee_flexion`` → ``rep.knee_flexion``."""
    return "rep." + reading.removeprefix("m_")


@dataclass(frozen=True, kw_only=True, eq=False)
class _Teller:
    """Writes measurements of one recording's repetitions."""

    recording: Recording
    start_s: float
    end_s: float
    valid_fraction: float

    def number(self, name: str, side: Side | None, value: float) -> Measurement:
        """A count."""
        return self.of(name, side, [value], "count")

    def of(
        self, name: str, side: Side | None, values: Sequence[float], unit: str, *, n: int = 0, error: float = NAN
    ) -> Measurement:
        """The median of a value over repetitions, with its spread and how many stand behind it."""
        return Measurement(
            measure=f"rep.{name}", value=float(np.median(values)), unit=unit, side=side, n=n or len(values),
            sd=float(np.std(values, ddof=1)) if len(values) > 1 else NAN, start_s=self.start_s, end_s=self.end_s,
            valid_fraction=self.valid_fraction, method=METHOD, recording=self.recording.id, error=error,
            error_source="" if np.isnan(error) else ERROR_SOURCE,
        )  # fmt: skip


def _measurements(recording: Recording, counted: Counted, repetitions: Sequence[Repetition]) -> Iterator[Measurement]:
    tell = _Teller(
        recording=recording, start_s=float(counted.time_s[0]), end_s=float(counted.time_s[-1]),
        valid_fraction=max(float(np.isfinite(values).mean()) for values in counted.series.values()),
    )  # fmt: skip
    if not repetitions:
        yield tell.number("count", None, 0)
        return
    for side in dict.fromkeys(each.side for each in repetitions):
        own = [each for each in repetitions if each.side == side]
        yield tell.number("count", side, len(own))
        yield tell.number("partial_count", side, sum(each.side == side for each in counted.partial))
        if any(each.clean is not None for each in own):
            yield tell.number("clean_count", side, sum(each.clean is True for each in own))
        yield from _values(tell, side, own)
    for name, side, value, unit, n in repetition_set.together(repetitions):
        yield tell.of(name, side, [value], unit, n=n)


def _values(tell: _Teller, side: Side | None, own: Sequence[Repetition]) -> Iterator[Measurement]:
    """What was measured in each of one side's repetitions, told together; times only of complete ones."""
    reading = READINGS.get(own[0].reading)
    yield tell.of("rom", side, [each.range for each in own], own[0].unit, error=reading.error if reading else NAN)
    if complete := [each.duration_s for each in own if each.complete]:
        yield tell.of("time", side, complete, "s")
    if graded := [each.quality for each in own if each.quality is not None]:
        yield tell.of("quality", side, graded, "points")
    yield from _held_values(tell, side, own)


def _held_values(tell: _Teller, side: Side | None, own: Sequence[Repetition]) -> Iterator[Measurement]:
    held: dict[tuple[str, str], list[float]] = {}
    for each in own:
        for name, value, unit in each.values:
            if np.isfinite(value) and name not in TOLD_ALREADY:
                held.setdefault((name, unit), []).append(value)
    for (name, unit), values in held.items():
        yield tell.of(name, side, values, unit)


MEASURE = Repetitions()
