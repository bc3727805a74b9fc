"""What a repetition is held against without a reference: the exercise, the person's own best, rules of thumb."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from poise.measures import compensations as besides
from poise.measures.quality import Anchors, Asked
from poise.measures.readings import READINGS, from_start
from poise.measures.repetition_motion import from_far_end, lowering_of, ways_of
from poise.measures.repetition_seen import ARMS, Readings, Seen, reading_error
from poise.model import Check, Exercise

ROUGH_SPARC, SPARC_SPAN = -2.5, 1.4
"""A movement rougher than −2.5 is told so by the exercises' own checks; 1.4 lies between the smoothness of healthy
people and of people after a stroke (Balasubramanian et al. 2015)."""
NAN = float("nan")


def asked_of(seen: Seen, exercise: Exercise | None, readings: Readings, best: Seen | None) -> Iterator[Asked]:
    """Every part that a repetition's quality is to be made of, those that could not be measured too."""
    yield from _range(seen, exercise, best)
    yield from _tempo(seen, exercise)
    yield _smoothness(seen, best)
    yield from _likeness(seen, best)
    yield from _symmetry(seen)
    checked = list(_checks(seen, exercise, readings))
    yield from checked
    yield from _rules_of_thumb(seen, exercise, {each.name for each in checked})


def _range(seen: Seen, exercise: Exercise | None, best: Seen | None) -> Iterator[Asked]:
    repetition = seen.repetition
    target = None if exercise is None else exercise.target
    error = reading_error(repetition.reading, seen)
    counted = repetition.reading.partition(".")[0]
    if exercise is not None and target is not None and target.against != "pct_best" and target.reading == counted:
        reached, left = repetition.apex, repetition.start
        if from_far_end(exercise, repetition):
            reached, left = left, reached
        goal = target.value + (left if target.against == "rel" else 0.0)
        # Half way between the start and what is asked is no repetition of it; going farther is no fault of range: what
        # is too far is a check's matter.
        reach = max(abs(goal - left), target.tolerance)
        source, inf = "the exercise's target", float("inf")
        low, high = goal - target.tolerance, goal + target.tolerance
        anchors = (
            Anchors(low=low, high=inf, worst_low=low - 0.5 * reach, source=source)
            if goal >= left
            else Anchors(low=-inf, high=high, worst_high=high + 0.5 * reach, source=source)
        )
        yield Asked(
            name="range",
            label="range",
            group="range",
            value=reached,
            unit=repetition.unit,
            anchors=anchors,
            error=error,
        )
    elif best is not None:
        most = best.repetition.range
        anchors = Anchors(low=0.9 * most, high=float("inf"), worst_low=0.5 * most, source="own best repetition")
        yield Asked(
            name="range",
            label="range",
            group="range",
            value=repetition.range,
            unit=repetition.unit,
            anchors=anchors,
            error=error,
        )

    else:
        # Nobody said how far it should go: a part that cannot be judged, and its weight is told as missing.
        nobody = Anchors(low=-float("inf"), high=float("inf"), source="no target, no other repetitions")
        yield Asked(name="range", label="range", group="range", value=NAN, unit=repetition.unit, anchors=nobody)


def _tempo(seen: Seen, exercise: Exercise | None) -> Iterator[Asked]:
    if exercise is None or exercise.tempo_s is None or seen.course is None:
        return
    out, back = ways_of(exercise, seen.repetition)
    for name, asked_s in ((out, exercise.tempo_s[0]), (back, exercise.tempo_s[2])):
        if asked_s > 0.0:
            anchors = Anchors(
                low=0.67 * asked_s, high=1.5 * asked_s, worst_low=0.25 * asked_s, worst_high=4.0 * asked_s,
                source="the exercise's tempo",
            )  # fmt: skip
            label = "tempo out" if name == "time_out" else "tempo back"
            yield Asked(
                name=name,
                label=label,
                group="control",
                value=seen.value(name),
                unit="s",
                anchors=anchors,
                error=0.1,
                share=0.25,
            )


def _smoothness(seen: Seen, best: Seen | None) -> Asked:
    """Against the person's own best where there is one: healthy people differ by more than one would lose."""
    own = best.value("sparc") if best is not None else NAN
    low = own if np.isfinite(own) else ROUGH_SPARC
    source = "own best repetition" if np.isfinite(own) else "rough below −2.5, clinical/exercises.yaml"
    anchors = Anchors(low=low, high=0.0, worst_low=low - SPARC_SPAN, source=source)
    return Asked(
        name="smoothness", label="smoothness", group="control", value=seen.value("sparc"), unit="1", anchors=anchors,
        error=0.15, share=0.5,
    )  # fmt: skip


def _likeness(seen: Seen, best: Seen | None) -> Iterator[Asked]:
    if best is None or best is seen or seen.posture is None:
        return
    error = 8.0 if seen.posture.camera else 3.0
    anchors = Anchors(low=0.0, high=5.0, worst_high=35.0, source="own best repetition")
    yield Asked(
        name="similarity",
        label="likeness to the best",
        group="accuracy",
        value=seen.value("similarity"),
        unit="deg",
        anchors=anchors,
        error=error,
    )


def _symmetry(seen: Seen) -> Iterator[Asked]:
    if seen.repetition.side is None and np.isfinite(seen.value("rom_asymmetry")):
        anchors = Anchors(low=-10.0, high=10.0, worst_low=-50.0, worst_high=50.0, source="within a tenth [design]")
        most = max(seen.repetition.range, 1e-9)
        error = 100.0 * reading_error(seen.repetition.reading, seen) / most
        yield Asked(
            name="symmetry",
            label="left against right",
            group="accuracy",
            value=seen.value("rom_asymmetry"),
            unit="%",
            anchors=anchors,
            error=error,
        )


def _checks(seen: Seen, exercise: Exercise | None, readings: Readings) -> Iterator[Asked]:
    """The exercise's own checks: up to the bound nothing is lost, two measuring errors or more past it all is."""
    if exercise is None:
        return
    for check in exercise.checks:
        value, unit, error = _checked_value(seen, check, exercise, readings)
        if unit:
            bound = check.bound
            room = max(0.5 * abs(bound.value), 2.0 * error, 1e-6)
            source = "the exercise's check"
            anchors = (
                Anchors(low=-float("inf"), high=bound.value, worst_high=bound.value + room, source=source)
                if bound.above
                else Anchors(low=bound.value, high=float("inf"), worst_low=bound.value - room, source=source)
            )
            share = {"stop": 2.0, "major": 2.0, "minor": 1.0}.get(check.severity, 0.5)
            group = "control" if bound.reading in _OF_TIME else "compensation"
            yield Asked(
                name=bound.reading,
                label=_label(bound.reading),
                group=group,
                value=value,
                unit=unit,
                anchors=anchors,
                error=error,
                share=share,
            )


_OF_TIME: Mapping[str, tuple[str, str, float]] = {
    "m_rep_time": ("time", "s", 0.1), "m_hold_time": ("time_hold", "s", 0.1),
    "m_sparc": ("sparc", "1", 0.15),
}  # fmt: skip


def _label(reading: str) -> str:
    return READINGS[reading].label if reading in READINGS else reading.removeprefix("m_").replace("_", " ")


def _checked_value(seen: Seen, check: Check, exercise: Exercise, readings: Readings) -> tuple[float, str, float]:
    """The value a check is about, its unit and error; the unit is empty where nothing of ours measures it."""
    name = check.bound.reading
    if name == "m_descent_time":
        return seen.value(lowering_of(exercise, seen.repetition)), "s", 0.1
    if name in _OF_TIME:
        value, unit, error = _OF_TIME[name]
        return (seen.repetition.duration_s if value == "time" else seen.value(value)), unit, error
    signal = readings.signal(name, seen.repetition.side) if name in READINGS else None
    if signal is None or check.bound.against == "pct_best":
        return NAN, "", 0.0
    low, high = np.searchsorted(readings.time_s, (seen.repetition.start_s - 1e-9, seen.repetition.end_s + 1e-9))
    inside = signal[low:high]
    known = inside[np.isfinite(inside)]
    if len(known) < 0.5 * max(len(inside), 1):
        return NAN, READINGS[name].unit, READINGS[name].error
    calm = besides.start_of(inside, 1.0 / float(np.median(np.diff(readings.time_s))))
    meant = np.array([from_start(READINGS[name].start, float(value), calm) for value in known])
    if check.bound.against == "rel":
        meant = meant - from_start(READINGS[name].start, calm, calm)
    worst = float(meant.max() if check.bound.above else meant.min())
    if check.at and name == seen.repetition.reading.partition(".")[0]:
        far_end = from_far_end(exercise, seen.repetition)
        worst = seen.repetition.start if far_end else seen.repetition.apex
    return worst, READINGS[name].unit, reading_error(name, seen)


def _rules_of_thumb(seen: Seen, exercise: Exercise | None, checked: set[str]) -> Iterator[Asked]:
    """Compensations that the exercise says nothing of, where they are none of its movement."""
    if exercise is not None and checked & set(READINGS):
        return
    arm = seen.repetition.reading.startswith(ARMS)
    bilateral = seen.repetition.side is None
    for each in seen.besides:
        rule = besides.RULES[each.name]
        moves = (rule.arms if arm else rule.legs) and each.name not in {"trunk_turn", "trunk_shift"}
        # A single raised leg shifts the weight by being raised.
        if moves and (each.name not in {"weight_shift", "pelvic_drop"} or arm or bilateral):
            anchors = besides.anchors_of(each.name)
            yield Asked(
                name=each.name,
                label=each.label,
                group="compensation",
                value=abs(each.value),
                unit=each.unit,
                anchors=anchors,
                error=each.error,
            )
