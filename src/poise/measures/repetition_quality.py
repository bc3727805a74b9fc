"""Every repetition judged: what was measured in it, what the body did besides, and one quality with its parts.

Anchors of a part come, in this order, from the exercise (target, checks, tempo), from the person's own best repetition
of the recording, and from rules of thumb (measures.md 3.6); each part says which. A reference made of approved
repetitions judges better than any of these: `poise.measures.quality_reference`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from poise.measures import compensations as besides
from poise.measures.compensations import Compensation, compensations
from poise.measures.quality import Judgement, judged_parts
from poise.measures.quality_reference import QualityReference, compare, reference_of
from poise.measures.quality_signals import Posture, joined, posture_of
from poise.measures.repetition_anchors import asked_of
from poise.measures.repetition_checks import beyond, fault
from poise.measures.repetition_definitions import DEFINITIONS
from poise.measures.repetition_kinematics import Course, course_of, course_values, path_ratio_of
from poise.measures.repetition_motion import OF_REPETITION, lowering_of, plan_of
from poise.measures.repetition_seen import ARMS, Readings, Seen, Value, span
from poise.model import SIDES, Exercise, Fault, Kind, Recording, Repetition, Side
from poise.signals.warping import BAND, time_normalised_offline, warp_offline

__all__ = ["DEFINITIONS", "judged", "likeness", "own_reference"]

Array = NDArray[np.float64]

FEWEST_TO_COMPARE = 3
"""From so many repetitions on, the best of them is something to hold the others against [design]."""
SIMILARITY_POINTS = 51
MOST_FAULTS = 5
JOINTS = (
    "knee_flexion", "hip_flexion", "thigh_outward", "arm_elevation", "arm_outward", "elbow_flexion",
    "trunk_forward", "trunk_side",
)  # fmt: skip
"""What likeness is told from: the angles of legs, arms and trunk."""
LEAST_MOVED_DEG = 10.0
"""Angles that hardly move in the template tell of the camera, not of the movement [design]."""
NAN = float("nan")


def judged(
    recording: Recording,
    exercise: Exercise | None,
    repetitions: Sequence[Repetition],
    *,
    primary: tuple[Array, Array] | None = None,
    reference: QualityReference | None = None,
) -> tuple[Repetition, ...]:
    """The repetitions with everything measured in each, and a quality that says what it is made of.

    Parameters
    ----------
    recording
        Prepared: with a BODY stream, or without one, then only `primary` tells of more than range and time.
    exercise
        What was done; None where nobody knows. Then the person's own best repetition and rules of thumb judge; with
        fewer than three repetitions there are parts, but no quality.
    repetitions
        As the tracker found them, in order.
    primary
        Times and values of the reading that the repetitions were counted by, for a recording without a body.
    reference
        Accepted repetitions of this movement (`reference_of`, `own_reference`): where there is one, the quality is told
        against it instead of the exercise, and what differs most is among the faults.

    Returns
    -------
    judged
        As many, in the same order. Without a signal a repetition comes back as it was.
    """
    posture = posture_of(recording)
    readings = Readings(recording, exercise)
    seen = [_seen(recording, posture, readings, each, primary) for each in repetitions]
    best = _best(seen)
    if reference is None:
        return tuple(_judged(each, exercise, readings, best) for each in seen)
    return tuple(_compared(each, reference, best) for each in seen)


def own_reference(
    recording: Recording, repetitions: Sequence[Repetition], *, source: str = "own accepted repetitions"
) -> QualityReference:
    """A reference of a person's own repetitions: those of them that somebody accepted.

    Raises
    ------
    BadSetting
        Fewer than three of them, or nothing of the body was seen.
    """
    posture = posture_of(recording)
    parts = [] if posture is None else [posture.between(each.start_s, each.end_s) for each in repetitions]
    sides = [each.side for each in repetitions] if all(each.side for each in repetitions) else None
    return reference_of(parts, sides=sides, own=True, source=source)


def _seen(
    recording: Recording,
    posture: Posture | None,
    readings: Readings,
    repetition: Repetition,
    primary: tuple[Array, Array] | None,
) -> Seen:
    signal = readings.signal(repetition.reading, repetition.side)
    source = primary if signal is None else (readings.time_s, signal)
    course = None if source is None else course_of(*source, repetition)
    part = None if posture is None else posture.between(repetition.start_s, repetition.end_s)
    found = () if part is None else compensations(part, repetition.side)
    values = tuple(_values(recording, readings, repetition, course, found))
    return Seen(repetition=repetition, course=course, posture=part, besides=found, values=values)


def _values(
    recording: Recording,
    readings: Readings,
    repetition: Repetition,
    course: Course | None,
    found: Sequence[Compensation],
) -> Iterator[Value]:
    if course is not None:
        yield from course_values(course)
        ratio = _path_ratio(recording, repetition, course)
        if np.isfinite(ratio):
            yield "path_ratio", ratio, "1"
    yield from _sides(readings, repetition)
    for each in found:
        yield each.name, each.value, each.unit


def _path_ratio(recording: Recording, repetition: Repetition, course: Course) -> float:
    """Of the working hand in movements of an arm, else of the hips."""
    if Kind.BODY not in recording or recording[Kind.BODY].frame.view != "3d":
        return NAN
    body = recording[Kind.BODY]
    side = repetition.side or "right"
    arm = repetition.reading.startswith(ARMS)
    name = next((n for n in (f"{side}_wrist_centre", f"{side}_wrist") if n in body), "") if arm else "pelvis_centre"
    if name not in body:
        return NAN
    low, high = np.searchsorted(body.time_s, (course.time_s[0] - 1e-9, course.time_s[-1] + 1e-9))
    points = body[name][low:high]
    return path_ratio_of(points, course) if len(points) == len(course.time_s) else NAN


def _sides(readings: Readings, repetition: Repetition) -> Iterator[Value]:
    """Left against right where both work; the other limb's share where one does."""
    name = repetition.reading.partition(".")[0]
    both = [readings.by_key.get(f"{name}.{side}") for side in SIDES]
    if any(each is None for each in both):
        return
    low, high = np.searchsorted(readings.time_s, (repetition.start_s - 1e-9, repetition.end_s + 1e-9))
    left, right = (span(each[low:high]) for each in both if each is not None)
    if not (np.isfinite(left) and np.isfinite(right)) or not left + right > 0.0:
        return
    if repetition.side is None:
        yield "rom_asymmetry", 200.0 * (left - right) / (left + right), "%"
    else:
        working, other = (left, right) if repetition.side == "left" else (right, left)
        if working > 0.0:
            yield "opposite_limb", 100.0 * other / working, "%"


# ── likeness to the best ──────────────────────────────────────────────────────────────────────────────────────────────


def _best(seen: Sequence[Seen]) -> Seen | None:
    """The person's own best repetition of each recording: whole, and with the largest range; None with too few."""
    whole = [each for each in seen if each.repetition.complete and each.repetition.clean is not False]
    if len(whole) < FEWEST_TO_COMPARE:
        return None
    return max(whole, key=lambda each: each.repetition.range)


def likeness(template: Posture, posture: Posture, *, mirror: bool = False) -> tuple[float, float]:
    """How unlike two repetitions are: mean angle between them after warping, deg, and the timing that warping hid, %.

    Parameters
    ----------
    template, posture
        Each of one repetition.
    mirror
        Whether the second was done with the other side.

    Notes
    -----
    Angles of `JOINTS` that move by 10° in the template, each against its own start; 51 points each; local cost is the
    root mean square over the angles, so that the number of joints does not matter; Sakoe-Chiba band 10 %; cost per
    step. NaN where an angle was not seen.
    """
    other = posture.mirrored() if mirror else posture
    keys = tuple(
        key for key in template.signals
        if key[0] in JOINTS and key in other.signals and span(template.signals[key]) >= LEAST_MOVED_DEG
    )  # fmt: skip
    if not keys:
        return NAN, NAN
    curves = [_moved(each, keys) / np.sqrt(len(keys)) for each in (template, other)]
    warp = warp_offline(*curves, band=BAND)
    return warp.per_step, 100.0 * warp.timing


def _moved(posture: Posture, keys: tuple[tuple[str, Side | None], ...]) -> Array:
    values = joined(posture, keys)
    start = np.array([besides.start_of(values[:, i], posture.rate_hz) for i in range(len(keys))])
    return time_normalised_offline(values - start, SIMILARITY_POINTS)


# ── the quality ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _judged(seen: Seen, exercise: Exercise | None, readings: Readings, best: Seen | None) -> Repetition:
    told = replace(_likened(seen, best), repetition=_timed(seen, exercise))
    judgement = judged_parts(asked_of(told, exercise, readings, best))
    if best is None and not _asks(exercise):
        # Rules of thumb alone told nothing of correct and incorrect (AUC 0.51 of 131, IntelliRehabDS): parts, no total.
        judgement = replace(judgement, quality=None)
    return _with(told, judgement)


def _asks(exercise: Exercise | None) -> bool:
    """Whether anybody said how it should be done: an exercise that was recognised only says how it is counted."""
    return exercise is not None and bool(exercise.target or exercise.checks or exercise.tempo_s)


def _timed(seen: Seen, exercise: Exercise | None) -> Repetition:
    """The repetition with the faults of its times by the times that are told of it, not by the live ones."""
    repetition = seen.repetition
    if exercise is None or seen.course is None or not repetition.complete:
        return repetition
    late = OF_REPETITION - {"m_hold_time"}
    plan = plan_of(exercise)
    watched = plan.limbs[0].checks if plan is not None else ()
    times = {"m_rep_time": repetition.duration_s, "m_descent_time": seen.value(lowering_of(exercise, repetition))}
    anew = [
        fault(check, times[check.reading]) for check in watched
        if check.reading in late and beyond(check, times[check.reading])
    ]  # fmt: skip
    kept = [each for each in repetition.faults if each.reading not in late]
    return replace(repetition, faults=(*kept, *anew), clean=_clean(repetition, (*kept, *anew)))


def _clean(repetition: Repetition, faults: Sequence[Fault]) -> bool | None:
    """As the tracker has it, unless only a time made it unclean (or did not)."""
    severe = [any(each.severity in ("major", "stop") for each in held) for held in (repetition.faults, faults)]
    if severe[0] == severe[1]:
        return repetition.clean
    return False if severe[1] else None


def _compared(seen: Seen, reference: QualityReference, best: Seen | None) -> Repetition:
    told = _likened(seen, best)
    if seen.posture is None:
        return _with(told, judged_parts(()))
    found = compare(reference, seen.posture, side=seen.repetition.side)
    faults = (*seen.repetition.faults, *found.faults[:MOST_FAULTS])
    return replace(_with(told, found.judgement), faults=faults)


def _likened(seen: Seen, best: Seen | None) -> Seen:
    values = list(seen.values)
    if best is not None and best.posture is not None and seen.posture is not None:
        mirror = seen.repetition.side is not None and seen.repetition.side != best.repetition.side
        unlike, timing = likeness(best.posture, seen.posture, mirror=mirror)
        values += [(n, v, u) for n, v, u in (("similarity", unlike, "deg"), ("timing", timing, "%")) if np.isfinite(v)]
    return replace(seen, values=tuple(values))


def _with(seen: Seen, judgement: Judgement) -> Repetition:
    if not judgement.parts:
        return replace(seen.repetition, values=(*seen.repetition.values, *seen.values))
    values = (*seen.repetition.values, *seen.values, ("quality_coverage", 100.0 * judgement.coverage, "%"))
    fraction = seen.course.seen if seen.course is not None else seen.repetition.valid_fraction
    return replace(
        seen.repetition, quality=judgement.quality, parts=judgement.parts, limiting=judgement.limiting,
        values=values, valid_fraction=min(seen.repetition.valid_fraction, fraction),
    )  # fmt: skip
