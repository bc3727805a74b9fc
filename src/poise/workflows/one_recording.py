"""One recording, start to end: clean it, measure it with every method that fits, judge it, say what was not seen."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from poise.cleaning.prepare import prepare
from poise.cleaning.settings import Settings
from poise.errors import PoiseError
from poise.findings import find
from poise.knowledge import library
from poise.measures import kinematics
from poise.measures.gait_choice import choose_walk
from poise.model import Assessment, Band, Event, Kind, Measure, Measured, Measurement, Problem, Recording, Side, Walk
from poise.model.finding import Source
from poise.plugins import left_out
from poise.readers.mapping import landmarks
from poise.workflows.registry import all_measures, labels, measures_of_walking
from poise.workflows.request import Request

Array = NDArray[np.float64]


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
    if not any(each.measurements or each.problems for each in measured):
        measured.append(Measured(problems=tuple(_nothing_measured(clean, request.task))))
    return _judged(_described(clean, request, measured), clean, request)


def _judged(assessment: Assessment, recording: Recording, request: Request) -> Assessment:
    """The assessment with its findings, what they were held against, and what could not be judged."""
    if request.earlier is not None and not request.earlier.measurements:
        assessment = replace(assessment, problems=(*assessment.problems, _nothing_earlier(request.earlier)))
    if not assessment.measurements:
        return assessment
    references = library.references(
        [each.measure for each in assessment.measurements],
        assessment.person,
        _speed_m_s(assessment.measurements),
        source=_source(recording),
        treadmill=assessment.walk is not None and assessment.walk.treadmill,
        recorded_on=_day(recording),
    )
    findings, unseen = find(
        assessment.measurements,
        assessment.curves,
        library.rules(assessment.task),
        references,
        assessment.person,
        earlier=request.earlier.measurements if request.earlier else None,
        problems=assessment.problems,
    )
    first = {measure: held[0] for measure, held in references.by_measure.items()}
    return replace(assessment, findings=findings, unseen=unseen, references=first)


def _source(recording: Recording) -> Source:
    """What kind of sensor the numbers come from: it decides how far off they can be."""
    if Kind.LANDMARKS in recording:
        return "camera"
    if Kind.BODY in recording:
        return "markers"
    if Kind.COORDINATES in recording or Kind.JOINT_ANGLES in recording:
        return "coordinates"
    return "imu" if Kind.ACCELERATION in recording else "force"


def _prepared(recording: Recording, request: Request) -> Recording:
    up = request.mapping.get("up")
    settings = Settings(up=up if isinstance(up, str) else None)
    return prepare(recording, names=landmarks(request.mapping) or None, settings=settings)


def _measured(recording: Recording, task: str) -> Iterator[Measured]:
    """What every method that fits makes of it: first those that find the steps, then the angles, cut by the steps."""
    found = _of_one_walk([_computed(method, recording) for method in _methods(recording, task)])
    yield from found
    if task in {"auto", "walk"} and (Kind.BODY in recording or kinematics.MEASURE.fits(recording)):
        walk = _walk(found)
        norms = _arrays(_bands(recording, found))
        yield _guarded(recording, kinematics.MEASURE.name, lambda: kinematics.compute_with(recording, walk, norms))


def _of_one_walk(found: Sequence[Measured]) -> list[Measured]:
    """What was measured, with one walk in it: that of the method to trust, never a mixture of several methods'."""
    chosen = choose_walk(found)
    return [each for each in found if each.walk is None or each is chosen]


def _computed(method: Measure, recording: Recording) -> Measured:
    return _guarded(recording, method.name, lambda: method.compute(recording))


def _guarded(recording: Recording, method: str, compute: Callable[[], Measured]) -> Measured:
    """What a method makes of it; that it could not is a problem and costs no other method its numbers."""
    try:
        return _typed(compute())
    except PoiseError as error:
        return Measured(problems=(_as_problem(error, recording),))
    except Exception as error:
        if os.environ.get("POISE_DEBUG"):
            raise
        return Measured(problems=(_fault(method, error, recording),))


def _typed(measured: Measured) -> Measured:
    if not isinstance(measured, Measured):
        raise TypeError(f"it gave a {type(measured).__name__} instead of a Measured")
    return measured


def _fault(method: str, error: Exception, recording: Recording) -> Problem:
    return Problem(
        what=f"The method '{method}' failed on it, by a fault of its own ({type(error).__name__}: {error}).",
        where=recording.id,
        do="Please report it to who made the method; with POISE_DEBUG=1 in the environment the place is shown.",
    )


def _nothing_measured(recording: Recording, task: str) -> Iterator[Problem]:
    """Why nothing came out at all, where neither a method nor the reading said so."""
    do = "See what is measured with: poise measures"
    if task != "auto" and not any(task in each.tasks for each in all_measures()):
        yield Problem(what=f"Nothing measures this task yet: {task}.", where=recording.id, do=do)
    elif not recording.problems:
        held = ", ".join(recording.streams) or "nothing"
        yield Problem(what=f"No method measures what this recording holds: {held}.", where=recording.id, do=do)


def _nothing_earlier(earlier: Assessment) -> Problem:
    return Problem(
        what=f"Nothing was measured in the earlier recording '{earlier.id}': it is not compared with.",
        where=earlier.source,
        do="Look at that recording alone with: poise analyze",
    )


def _methods(recording: Recording, task: str) -> list[Measure]:
    fitting = [each for each in all_measures() if (task == "auto" or task in each.tasks) and _fits(each, recording)]
    return [each for each in fitting if each.name != kinematics.MEASURE.name]


def _fits(method: Measure, recording: Recording) -> bool:
    try:
        return method.fits(recording)
    except Exception as error:
        left_out(f"Method '{method.name}'", error)
        return False


def _walk(found: Iterable[Measured]) -> Walk | None:
    return next((each.walk for each in found if each.walk is not None), None)


def _bands(recording: Recording, found: Iterable[Measured]) -> dict[str, Band]:
    measurements = (each for one in found for each in one.measurements)
    return library.norm_curves(recording.person, _speed_m_s(measurements), _day(recording))


def _arrays(bands: Mapping[str, Band]) -> dict[str, tuple[Array, Array]]:
    return {name: (np.array(band.mean), np.array(band.sd)) for name, band in bands.items()}


def _speed_m_s(measurements: Iterable[Measurement]) -> float | None:
    return next((each.value for each in measurements if each.measure == "gait.speed"), None)


def _day(recording: Recording) -> date | None:
    return recording.started_at.date() if recording.started_at else None


def _as_problem(error: PoiseError, recording: Recording) -> Problem:
    return Problem(
        what=" ".join(part for part in (error.problem, error.found) if part), where=recording.id, do=error.do
    )


def _described(recording: Recording, request: Request, measured: list[Measured]) -> Assessment:
    walk = _walk(measured)
    events = tuple(event for each in measured for event in each.events)
    return Assessment(
        source=recording.source,
        id=recording.id,
        task=_task(recording, request.task, walked=_walked(measured)),
        person=recording.person,
        rates_hz={name: stream.rate_hz for name, stream in recording.streams.items()},
        duration_s=recording.duration_s,
        history=recording.history,
        events=tuple(sorted(events or recording.events, key=_when)),
        measurements=tuple(_once(measurement for each in measured for measurement in each.measurements)),
        curves=tuple(curve for each in measured for curve in each.curves),
        series=tuple(series for each in measured for series in each.series),
        bands=_bands(recording, measured) if walk else {},
        labels=labels(),
        walk=walk,
        problems=(*recording.problems, *(problem for each in measured for problem in each.problems)),
        recording=recording if request.keep_signals else None,
    )


def _task(recording: Recording, asked: str, *, walked: bool) -> str:
    if asked != "auto":
        return asked
    return "walk" if walked else recording.task


def _walked(found: Iterable[Measured]) -> bool:
    """Whether a walk was measured, or what only a walk has, such as the angles of a cycle that came without markers."""
    of_walking = measures_of_walking()
    return any(
        each.walk is not None or measured.measure in of_walking for each in found for measured in each.measurements
    )


def _when(event: Event) -> tuple[float, str]:
    return event.time_s, event.event


def _once(measurements: Iterable[Measurement]) -> Iterator[Measurement]:
    """Each measure of each side once: the first method that gave it."""
    seen: set[tuple[str, Side | None]] = set()
    for each in measurements:
        if (each.measure, each.side) not in seen:
            seen.add((each.measure, each.side))
            yield each
