"""Measurements of other tasks than walking, made by hand with known answers."""

from poise.findings import find
from poise.knowledge import references, rules
from poise.model import Measurement, Part, Person, Repetition

NAN = float("nan")
ADULT, ELDER = Person(age_years=33, sex="f"), Person(age_years=72, sex="m")
FIRM_OPEN = {"eyes": "open", "surface": "firm"}


def measured(measure, value, unit, side=None, *, n=1, sd=NAN, **more):
    known = {
        "start_s": 0.0, "end_s": 60.0, "valid_fraction": 1.0, "method": "by hand 1", "recording": "task01", **more,
    }  # fmt: skip
    return Measurement(measure=measure, value=value, side=side, n=n, sd=sd, unit=unit, **known)


def judged(task, *measurements, person=ADULT, conditions=None, source="markers", repetitions=(), earlier=None):
    """Findings by id and side, and what was unseen; with repetitions, those of a named exercise."""
    conditions = conditions if conditions is not None else {"exercise": "x_squat"} if repetitions else None
    matched = references(
        [each.measure for each in measurements], person, source=source, conditions=conditions, task=task
    )
    found, unseen = find(measurements, (), rules(task), matched, person, repetitions=repetitions, earlier=earlier)
    return {(each.finding, each.side): each for each in found}, unseen


def repetition(*, number=1, apex=60.0, low=80.0, start=5.0, time_out=1.5, tempo=2.0, **more):
    """A repetition of an exercise that asks for `low` degrees or more, out in `tempo` seconds."""
    parts = (
        Part(name="range", label="range", value=apex, unit="deg", score=0.4, weight=0.5, low=low, high=low + 20,
             limit=30.0, error=5.0, source="the exercise's target"),
        Part(name="time_out", label="tempo out", value=time_out, unit="s", score=1.0, weight=0.2, low=0.67 * tempo,
             high=1.5 * tempo, limit=4.0, error=0.1, source="the exercise's tempo"),
    )  # fmt: skip
    known = {
        "number": number, "side": None, "start_s": 4.0 * number, "apex_s": 4.0 * number + time_out,
        "end_s": 4.0 * number + 3.0, "reading": "m_knee_flexion", "unit": "deg", "start": start, "apex": apex,
        "quality": 60.0, "parts": parts, "limiting": "range", **more,
    }  # fmt: skip
    return Repetition(**known)
