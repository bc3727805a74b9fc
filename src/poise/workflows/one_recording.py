"""One recording, start to end: clean it, measure it with every method that fits, judge it, say what was not seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from poise.errors import PoiseError
from poise.model import Assessment, Event, Measure, Measured, Measurement, Problem, Recording, Side
from poise.workflows.registry import all_measures

if TYPE_CHECKING:
    from poise.workflows.assess import Request


def assess_recording(recording: Recording, request: Request) -> Assessment:
    """Everything that can be said of one recording.

    What a method cannot do with it becomes a problem of the assessment; nothing is raised for what a recording holds.
    """
    known = replace(recording, person=recording.person.updated(request.person))
    try:
        clean = _prepared(known, request)
    except PoiseError as error:
        return _described(known, request, [Measured(problems=(_as_problem(error, known),))])
    measured = list(_measured(clean, request.task))
    return _described(clean, request, measured)


def _prepared(recording: Recording, request: Request) -> Recording:
    from poise.cleaning.prepare import prepare

    names = request.mapping.get("landmarks")
    return prepare(recording, names=names if isinstance(names, Mapping) else None)


def _measured(recording: Recording, task: str) -> Iterator[Measured]:
    for method in _methods(recording, task):
        try:
            yield method.compute(recording)
        except PoiseError as error:
            yield Measured(problems=(_as_problem(error, recording),))


def _methods(recording: Recording, task: str) -> Iterable[Measure]:
    return (each for each in all_measures() if (task == "auto" or task in each.tasks) and each.fits(recording))


def _as_problem(error: PoiseError, recording: Recording) -> Problem:
    return Problem(
        what=" ".join(part for part in (error.problem, error.found) if part), where=recording.id, do=error.do
    )


def _described(recording: Recording, request: Request, measured: list[Measured]) -> Assessment:
    walk = next((each.walk for each in measured if each.walk is not None), None)
    events = tuple(event for each in measured for event in each.events)
    return Assessment(
        source=recording.source,
        id=recording.id,
        task=_task(recording, request.task, has_walk=walk is not None),
        person=recording.person,
        rates_hz={name: stream.rate_hz for name, stream in recording.streams.items()},
        duration_s=recording.duration_s,
        history=recording.history,
        events=tuple(sorted(events or recording.events, key=_when)),
        measurements=tuple(_once(measurement for each in measured for measurement in each.measurements)),
        curves=tuple(curve for each in measured for curve in each.curves),
        series=tuple(series for each in measured for series in each.series),
        walk=walk,
        problems=(*recording.problems, *(problem for each in measured for problem in each.problems)),
        recording=recording if request.keep_signals else None,
    )


def _task(recording: Recording, asked: str, *, has_walk: bool) -> str:
    if asked != "auto":
        return asked
    return "walk" if has_walk else recording.task


def _when(event: Event) -> tuple[float, str]:
    return event.time_s, event.event


def _once(measurements: Iterable[Measurement]) -> Iterator[Measurement]:
    """Each measure of each side once: the first method that gave it."""
    seen: set[tuple[str, Side | None]] = set()
    for each in measurements:
        if (each.measure, each.side) not in seen:
            seen.add((each.measure, each.side))
            yield each
