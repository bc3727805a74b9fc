"""One recording, start to end: clean it, measure it with every method that fits, judge it, say what was not seen."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray

from poise.cleaning.prepare import prepare
from poise.cleaning.settings import Settings
from poise.errors import PoiseError
from poise.findings import anything_judged, find
from poise.knowledge import emg_timing, exercises, library
from poise.measures import coordination, emg_gait, kinematics, repetitions
from poise.measures.gait_choice import choose_walk
from poise.model import (
    Assessment,
    Band,
    Event,
    Exercise,
    Kind,
    Measure,
    Measured,
    Measurement,
    Problem,
    Recognition,
    Recording,
    Side,
    Walk,
)  # fmt: skip
from poise.model.finding import Source
from poise.plugins import left_out
from poise.readers.mapping import conditions, landmarks
from poise.workflows.recognise import WALKING, otherwise, recognise
from poise.workflows.registry import all_measures, labels
from poise.workflows.request import Request

Array = NDArray[np.float64]

OF_ONE_EXERCISE = ("squat", "sit_to_stand")
"""Tasks whose repetitions are one movement; arms and one leg do many, and what moves most is counted."""


def assess_recording(recording: Recording, request: Request) -> Assessment:
    """Everything that can be said of one recording.

    What a method cannot do with it becomes a problem of the assessment; nothing is raised for what a recording holds.
    """
    known = _known(recording, request)
    try:
        clean = _prepared(known, request)
    except PoiseError as error:
        told = Recognition(task=request.task if request.task != "auto" else known.task, confidence=0.0, because="")
        return _described(known, told, [Measured(problems=(_as_problem(error, known),))], request)
    recognition, measured = _measured(clean, request.task)
    if not any(each.measurements or each.problems for each in measured):
        measured.append(Measured(problems=tuple(_nothing_measured(clean, recognition))))
    return _judged(_described(clean, recognition, measured, request), clean, request)


def recognised(recording: Recording) -> Recognition:
    """What a recording is of, found out from the movement alone: what its file says of the task is not looked at.

    Raises
    ------
    PoiseError
        It cannot be prepared.
    """
    clean = _prepared(replace(recording, task="unknown"), Request())
    return recognise(clean, "auto", _gait(clean))


def _known(recording: Recording, request: Request) -> Recording:
    """The recording with what the user says of the person and the conditions put over what the file says."""
    mapped = conditions(request.mapping, recording.id, os.path.basename(recording.source))
    return replace(
        recording,
        person=recording.person.updated(request.person),
        conditions={**recording.conditions, **mapped, **request.conditions},
    )


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
        source=assessment.source_kind,
        treadmill=assessment.walk is not None and assessment.walk.treadmill,
        recorded_on=_day(recording),
        conditions=assessment.conditions,
        task=assessment.task,
    )
    rules = library.rules(assessment.task)
    findings, unseen = find(
        assessment.measurements,
        assessment.curves,
        rules,
        references,
        assessment.person,
        earlier=request.earlier.measurements if request.earlier else None,
        problems=assessment.problems,
        repetitions=assessment.repetitions,
    )
    judged = bool(findings) or anything_judged(
        assessment.measurements, assessment.curves, rules, references, assessment.person,
        earlier=request.earlier.measurements if request.earlier else None, repetitions=assessment.repetitions,
    )  # fmt: skip
    first = {measure: held[0] for measure, held in references.by_measure.items()}
    return replace(assessment, findings=findings, unseen=unseen, judged=judged, references=first)


def _source(recording: Recording) -> Source:
    """What kind of sensor the numbers come from: it decides how far off they can be."""
    if Kind.LANDMARKS in recording:
        return "camera"
    if Kind.BODY in recording:
        return "markers"
    if Kind.EMG in recording and Kind.FORCE not in recording:
        return "emg"
    if Kind.COORDINATES in recording or Kind.JOINT_ANGLES in recording:
        return "coordinates"
    return "imu" if Kind.ACCELERATION in recording else "force"


def _prepared(recording: Recording, request: Request) -> Recording:
    up = request.mapping.get("up")
    settings = Settings(up=up if isinstance(up, str) else None)
    return prepare(recording, names=landmarks(request.mapping) or None, settings=settings)


def _measured(recording: Recording, asked: str) -> tuple[Recognition, list[Measured]]:
    """What the recording is of, and what every method for that makes of it.

    Steps are looked for first: whether somebody walks is best told by finding the steps, and what comes after (angles
    over the stride, muscles over the stride) is cut by them.
    """
    gait = _gait(recording) if asked in {"auto", *WALKING} else []
    recognition = recognise(recording, asked, gait)
    found = _of_task(recording, recognition, gait)
    if recognition.instead and not any(each.measurements for each in found):
        second = otherwise(recognition)
        tried = _of_task(recording, second, gait)
        if any(each.measurements for each in tried):
            return second, tried
    return recognition, found


def _of_task(recording: Recording, recognition: Recognition, gait: Sequence[Measured]) -> list[Measured]:
    """What every method for a task makes of the recording; `gait` is what was found of its steps already."""
    if recognition.task not in WALKING:
        gait = []
    walk = _walk(gait)
    noted = replace(_with_events(recording, gait), task=recognition.task)
    by_angles = bool(gait) and Kind.BODY not in recording and walk is None
    found = [*([] if by_angles else gait), *_angles(noted, recognition.task, gait, walk)]
    exercise = _exercise(recognition)
    already = {each.name for each in _gait_methods(noted)} if gait else set()
    told: dict[str, Callable[[], Measured]] = {
        repetitions.MEASURE.name: lambda: repetitions.compute_with(noted, exercise),
        emg_gait.MEASURE.name: lambda: emg_gait.compute_with(noted, walk, emg_timing.usual_windows()),
    }
    rest = [
        _guarded(noted, each.name, told.get(each.name, partial(each.compute, noted)))
        for each in _methods(noted, recognition.task)
        if each.name not in already
    ]
    return [*found, *_worth_telling(rest)]


def _worth_telling(found: Sequence[Measured]) -> Iterator[Measured]:
    """What was measured; why another way of measuring the same task could not, only where nothing could."""
    something = any(each.measurements for each in found)
    return (each for each in found if each.measurements or each.faulty or not something)


def _gait(recording: Recording) -> list[Measured]:
    """What the methods that find steps make of it, with one walk in it: never a mixture of several methods'.

    Where a file gives angles and no points, its angles alone tell a walk.
    """
    found = _of_one_walk([_computed(each, recording) for each in _gait_methods(recording)])
    if found or Kind.BODY in recording or not kinematics.MEASURE.fits(recording):
        return found
    angles = _guarded(recording, kinematics.MEASURE.name, lambda: kinematics.compute_with(recording, None, {}))
    return [angles] if angles.measurements else []


def _gait_methods(recording: Recording) -> list[Measure]:
    return [each for each in _methods(recording, "walk") if each.tasks <= WALKING]


def _angles(recording: Recording, task: str, gait: Sequence[Measured], walk: Walk | None) -> Iterator[Measured]:
    """The joint angles: over the stride in a walk; as they go, without a word on strides, in everything else."""
    if Kind.BODY not in recording and not kinematics.MEASURE.fits(recording):
        return
    norms = _arrays(_bands(recording, gait)) if task == "walk" else {}
    found = _guarded(recording, kinematics.MEASURE.name, lambda: kinematics.compute_with(recording, walk, norms))
    if task != "walk":
        yield Measured(series=found.series)
        return
    yield found
    if Kind.BODY in recording:
        yield _guarded(recording, coordination.MEASURE.name, lambda: coordination.of_series(found.series, recording))


def _with_events(recording: Recording, found: Sequence[Measured]) -> Recording:
    """The recording with the events that were found in it, where any were: later methods are cut by them."""
    events = tuple(event for each in found for event in each.events)
    return replace(recording, events=events) if events else recording


def _exercise(recognition: Recognition) -> Exercise | None:
    """What was told to be done; else the task's, where it means one."""
    if recognition.exercise:
        return exercises.exercise(recognition.exercise)
    return exercises.exercise_of_task(recognition.task) if recognition.task in OF_ONE_EXERCISE else None


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
        return Measured(problems=(_fault(method, error, recording),), faulty=True)


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


def _nothing_measured(recording: Recording, recognition: Recognition) -> Iterator[Problem]:
    """Why nothing came out at all, where neither a method nor the reading said so."""
    do = "See what is measured with: poise measures"
    if recognition.task == "unknown":
        yield Problem(
            what=f"It could not be told what was done here. {recognition.because}".strip(),
            where=recording.id,
            do="Say it with --task, such as --task squat.",
        )
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
    fitting = [each for each in all_measures() if _meant_for(each, task) and _fits(each, recording)]
    # What is made for the task comes before what is made for many: its numbers are the ones that people ask for.
    return sorted((each for each in fitting if each.name != kinematics.MEASURE.name), key=lambda each: len(each.tasks))


def _meant_for(method: Measure, task: str) -> bool:
    """Whether a method is for the task. Other packages know sensors that we do not: what is unknown to us is theirs."""
    return task in method.tasks or (task == "unknown" and not type(method).__module__.startswith("poise."))


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


def _described(
    recording: Recording, recognition: Recognition, measured: Sequence[Measured], request: Request
) -> Assessment:
    walk = _walk(measured)
    events = tuple(event for each in measured for event in each.events)
    return Assessment(
        source=recording.source,
        id=recording.id,
        task=recognition.task,
        recognition=recognition,
        conditions=dict(recording.conditions),
        subject=recording.subject,
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
        source_kind=_source(recording),
        walk=walk,
        repetitions=tuple(each for one in measured for each in one.repetitions),
        bursts=tuple(each for one in measured for each in one.bursts),
        problems=(*recording.problems, *(problem for each in measured for problem in each.problems)),
        recording=recording if request.keep_signals else None,
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
