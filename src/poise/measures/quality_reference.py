"""A repetition judged against accepted ones: a clinician's approved repetitions, the person's own best, or a group's.

A reference holds what the accepted repetitions have in common (how far each angle goes, its course over time) and how
much they differ among themselves. A repetition is then judged signal by signal: what lies within the scatter of the
accepted ones and the measuring error costs nothing, four times as far away nothing is left. Nothing is learnt from
repetitions that were not accepted, and no weight is fitted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.errors import BadSetting
from poise.measures.quality import ROUNDING, Anchors, Asked, Judgement, judged_parts
from poise.measures.quality_signals import QUANTITIES, Key, Posture, joined
from poise.model import SIDES, Fault, Part, Side
from poise.signals import smoothness
from poise.signals.warping import time_normalised_offline

Array = NDArray[np.float64]

POINTS = 51
"""Points of a course over one repetition."""
FEWEST_ACCEPTED = 3
"""Fewer show no scatter."""
COSTS_NOTHING, NOTHING_LEFT = 1.0, 4.0
"""In scatters of the accepted repetitions: one is how they differ among themselves, four is none of them [design]."""
MOVING_SHARE, STILL_SHARE = 0.5, 0.3
"""A joint angle moves where its range is half of the largest one or more; a signal is still below three tenths; what
lies between is neither asked for nor counted as other motion [design]."""
ONE_SIDED = 0.2
"""From such a difference of the sides' motion on, relative to both, a movement is that of one side [design]."""
START_S = 0.15
LEAST_SEEN = 0.5
ANGLES = (
    "knee_flexion", "hip_flexion", "ankle_bend", "thigh_outward", "arm_elevation", "arm_forward", "arm_outward",
    "elbow_flexion", "forearm_up", "forearm_forward", "forearm_outward",
)  # fmt: skip
"""Angles of the limbs: of them a movement is made, by them its side is told."""
LEFT_OUT = frozenset({"heel_rise", "shoulders_ahead"})
"""Signals in metres, which grow with the body and which few sources have."""
SPARC_SPAN, SPARC_ERROR = 1.4, 0.15
"""From −1.6, healthy, to −3 after a stroke (Balasubramanian 2015); error: clinical/measures.yaml."""
NAN = float("nan")
METHOD = "quality_reference@1"


@dataclass(frozen=True, kw_only=True, eq=False)
class QualityReference:
    """What accepted repetitions have in common, with the right side working.

    Attributes
    ----------
    keys
        The signals it knows, n of them.
    course, course_scatter
        Median course of each signal against its start, (points, n), and how far the accepted ones run from it (n,).
    ranges, range_scatter
        Median range of each signal, (n,), and its scatter; both scatters without the measuring error.
    sparc
        Median smoothness of the accepted repetitions where they are the person's own; NaN else, for healthy people
        differ by more than a patient may change: −1.5 to −3.5 in the same correct movement (UI-PRMD, Kinect).
    one_sided
        Whether one side works; then a repetition of the left is mirrored before it is compared.
    repetitions, source
        How many were accepted, and whose they are, for the sentence that explains a judgement.
    """

    keys: tuple[Key, ...]
    course: Array
    course_scatter: Array
    ranges: Array
    range_scatter: Array
    sparc: float
    one_sided: bool
    repetitions: int
    source: str

    @property
    def moving(self) -> tuple[int, ...]:
        """The signals of `keys` of which the movement is made."""
        angles = [i for i, (name, _) in enumerate(self.keys) if name in ANGLES]
        most = max((self.ranges[i] for i in angles), default=0.0)
        return tuple(i for i in angles if self.ranges[i] >= MOVING_SHARE * most > 0.0)

    @property
    def still(self) -> tuple[int, ...]:
        """The signals that should not move."""
        most = max((self.ranges[i] for i, (name, _) in enumerate(self.keys) if name in ANGLES), default=0.0)
        return tuple(i for i in range(len(self.keys)) if self.ranges[i] < STILL_SHARE * most)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A judgement against a reference; `details` are the parts' own parts, a signal each, in their own units."""

    judgement: Judgement
    details: tuple[Part, ...]
    mirrored: bool

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The signals that cost something, the costliest first."""
        costly = sorted((each for each in self.details if each.score < 1.0 - ROUNDING), key=lambda each: each.score)
        return tuple(
            Fault(
                reading=each.name, label=each.label, value=each.value, unit=each.unit,
                limit=each.low if each.value < each.low else each.high,
                severity="major" if each.score == 0.0 else "minor",
            )
            for each in costly
        )  # fmt: skip


# ── building a reference ──────────────────────────────────────────────────────────────────────────────────────────────


def reference_of(
    accepted: Sequence[Posture],
    *,
    sides: Sequence[Side | None] | None = None,
    own: bool = False,
    source: str = "accepted repetitions",
) -> QualityReference:
    """A reference from accepted repetitions, one posture each (`Posture.between`).

    Parameters
    ----------
    accepted
        Of one movement, of one or several people; with either side working.
    sides
        The working side of each where it is known; else it is told by which side's limbs move more.
    own
        Whether they are those of the person to be judged, by the same sensor: then smoothness is compared too.
    source
        Whose they are: "other people's correct repetitions".

    Raises
    ------
    BadSetting
        Fewer than three repetitions, or nothing that was seen in most of them.

    Notes
    -----
    Medians and 1.4826 times median deviations: one bad repetition among the accepted ones changes little. Scatter among
    few people is a rough guess; the measuring error is added to it in square when a repetition is judged.
    """
    if len(accepted) < FEWEST_ACCEPTED:
        raise BadSetting(
            f"A reference needs {FEWEST_ACCEPTED} accepted repetitions at least, not {len(accepted)}.",
            do="Accept more of them, or judge by the exercise alone.",
        )
    told = list(sides) if sides is not None else [None] * len(accepted)
    one_sided = any(told) or float(np.median([abs(lopsided(each)) for each in accepted])) >= ONE_SIDED
    right = [
        each.mirrored() if one_sided and (side or working_side(each)) == "left" else each
        for each, side in zip(accepted, told, strict=True)
    ]
    keys = _common_keys(right)
    if not keys:
        raise BadSetting("The accepted repetitions have no signal in common.", do="Take them from one kind of view.")
    if one_sided and not any(told):
        right = _turned_alike(right, keys)
    courses = np.stack([course_of(each, keys) for each in right])
    middle = np.nanmedian(courses, axis=0)
    ranges = np.stack([_ranges(course) for course in courses])
    typical = np.nanmedian(ranges, axis=0)
    smooth = [_sparc(each, course, keys) for each, course in zip(right, courses, strict=True)] if own else []
    known = [sparc for sparc in smooth if np.isfinite(sparc)]
    return QualityReference(
        keys=keys, course=middle, course_scatter=np.nanmedian(_apart(courses, middle), axis=0), ranges=typical,
        range_scatter=1.4826 * np.nanmedian(np.abs(ranges - typical), axis=0),
        sparc=float(np.median(known)) if known else NAN,
        one_sided=one_sided, repetitions=len(accepted), source=source,
    )  # fmt: skip


def lopsided(posture: Posture) -> float:
    """How much more the left limbs move than the right: −1 (right alone) to 1 (left alone), 0 for both alike."""
    left, right = (
        sum(_range(posture.signals[name, side]) ** 2 for name in ANGLES if (name, side) in posture.signals)
        for side in SIDES
    )
    return (left - right) / (left + right) if left + right > 0.0 else 0.0


def working_side(posture: Posture) -> Side:
    """The side whose limbs move more."""
    return "left" if lopsided(posture) > 0.0 else "right"


def _common_keys(postures: Sequence[Posture]) -> tuple[Key, ...]:
    """Signals that more than half of the repetitions have, in the order of `QUANTITIES`."""
    every: tuple[Key, ...] = tuple(
        (name, side) for name in QUANTITIES for side in (*SIDES, None) if name not in LEFT_OUT
    )
    return tuple(key for key in every if sum(_seen(each, key) for each in postures) > 0.5 * len(postures))


def _seen(posture: Posture, key: Key) -> bool:
    return key in posture.signals and bool(np.isfinite(posture.signals[key]).mean() >= LEAST_SEEN)


def _turned_alike(postures: Sequence[Posture], keys: tuple[Key, ...]) -> list[Posture]:
    """The repetitions with those mirrored that are nearer to the others so: which limbs move more may mislead."""
    now = list(postures)
    for _ in range(5):
        middle = np.nanmedian(np.stack([course_of(each, keys) for each in now]), axis=0)
        turned = [_nearer(each, keys, middle) for each in now]
        if all(new is old for new, old in zip(turned, now, strict=True)):
            break
        now = turned
    return now


def _nearer(posture: Posture, keys: tuple[Key, ...], middle: Array) -> Posture:
    """The repetition or its mirror image, whichever runs nearer to a course."""
    limbs = [i for i, (_, side) in enumerate(keys) if side is not None]
    mirror = posture.mirrored()
    return mirror if _distance(mirror, keys, middle, limbs) < _distance(posture, keys, middle, limbs) else posture


def _distance(posture: Posture, keys: tuple[Key, ...], middle: Array, among: list[int]) -> float:
    """Mean square distance of these signals from a course; infinite where none was seen."""
    apart = (course_of(posture, keys) - middle)[:, among] ** 2
    known = apart[np.isfinite(apart)]
    return float(known.mean()) if len(known) else float("inf")


def course_of(posture: Posture, keys: tuple[Key, ...]) -> Array:
    """The signals of one repetition against their start, in 51 points over its time, (points, signals).

    Short gaps are bridged; a signal that was seen for less than half of the time is NaN.
    """
    if len(posture.time_s) < 2:
        return np.full((POINTS, len(keys)), np.nan)
    return time_normalised_offline(_bridged(joined(posture, keys), posture.rate_hz), POINTS)


def _bridged(values: Array, rate_hz: float) -> Array:
    first = max(1, round(START_S * rate_hz))
    clock = np.arange(len(values))
    whole = np.full(values.shape, np.nan)
    for i, signal in enumerate(values.T):
        known = np.isfinite(signal)
        if known.mean() >= LEAST_SEEN:
            bridged = np.interp(clock, clock[known], signal[known])
            whole[:, i] = bridged - np.median(bridged[:first])
    return whole


def _range(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(np.ptp(known)) if len(known) else 0.0


def _ranges(course: Array) -> Array:
    spans: Array = course.max(axis=0) - course.min(axis=0)
    return spans


def _apart(courses: Array, middle: Array) -> Array:
    """Root mean square distance of courses (..., points, signals) from a middle one, (..., signals)."""
    return np.asarray(np.sqrt(np.mean((courses - middle) ** 2, axis=-2)))


def _sparc(posture: Posture, course: Array, keys: tuple[Key, ...]) -> float:
    """Smoothness of the way out of all angles of the limbs together; NaN where it is not seen whole."""
    angles = [i for i, (name, _) in enumerate(keys) if name in ANGLES and np.isfinite(course[:, i]).all()]
    if not angles or len(posture.time_s) < smoothness.FEWEST_SAMPLES:
        return NAN
    values = _bridged(joined(posture, tuple(keys[i] for i in angles)), posture.rate_hz)
    far = int(np.argmax(np.sum(values**2, axis=1)))
    speed = smoothness.speed_of_angles(values[: far + 1], posture.rate_hz)
    return smoothness.spectral_arc_length(speed[smoothness.moving_part(speed)], posture.rate_hz)


# ── judging by it ─────────────────────────────────────────────────────────────────────────────────────────────────────


def oriented(reference: QualityReference, posture: Posture, *, side: Side | None = None) -> Posture:
    """The repetition as it is held against the reference: mirrored where the left side works in a one-sided movement.

    Without a `side` it or its mirror image is taken, whichever runs nearer to the reference.
    """
    if not reference.one_sided:
        return posture
    if side is not None:
        return posture.mirrored() if side == "left" else posture
    return _nearer(posture, reference.keys, reference.course)


def compare(reference: QualityReference, posture: Posture, *, side: Side | None = None) -> Compared:
    """One repetition held against a reference.

    Parameters
    ----------
    reference
        See `reference_of`.
    posture
        Of this repetition alone.
    side
        Its working side where it is known; else see `oriented`.

    Returns
    -------
    compared
        Parts: **range** (a joint that the movement is made of and that goes less far than accepted), **other motion**
        (what should be still and moves more), **course** (how the angles run over the time of the repetition) and,
        against the person's own repetitions, **smoothness**. The value of the first three is the share that lies within
        what is accepted: the mean of the scores of the signals in `details`, weighted by range in the first. A part of
        which too little was seen is missing.

    Notes
    -----
    Going farther than the accepted repetitions costs nothing by itself, moving in another way does. Time is normalised:
    a slower repetition is as good as a quicker one, for pace is a matter of the exercise's tempo.
    """
    told = oriented(reference, posture, side=side)
    course = course_of(told, reference.keys)
    groups = (
        _reach(reference, course, told),
        _other_motion(reference, course, told),
        _way(reference, course, told),
    )
    asked = [
        _grouped(name, label, group, details)
        for (name, label, group), details in zip(_GROUPS, (tuple(each) for each in groups), strict=True)
    ]
    smooth = [_smooth(reference, told, course)] if np.isfinite(reference.sparc) else []
    judgement = judged_parts([*(each for each, _ in asked), *smooth])
    return Compared(
        judgement=judgement, details=tuple(part for _, parts in asked for part in parts), mirrored=told is not posture
    )  # fmt: skip


_GROUPS = (
    ("range", "range", "range"),
    ("other_motion", "other motion", "compensation"),
    ("course", "course of the movement", "accuracy"),
)


def _grouped(name: str, label: str, group: str, details: tuple[Part, ...]) -> tuple[Asked, tuple[Part, ...]]:
    """One part of the quality from the scores of its signals; without any of them it has no value."""
    known = [part for part in details if np.isfinite(part.score)]
    whole = sum(part.weight for part in details)
    seen = sum(part.weight for part in known)
    # Half of what is asked for must have been seen.
    value = 100.0 * sum(part.weight * part.score for part in known) / seen if seen >= 0.5 * whole > 0.0 else NAN
    anchors = Anchors(low=100.0, high=100.0, worst_low=0.0, source=details[0].source if details else "")
    made = Asked(name=name, label=label, group=group, value=value, unit="%", anchors=anchors)
    return made, tuple(known)


def _reach(reference: QualityReference, course: Array, posture: Posture) -> Iterator[Part]:
    spans, scatter = _ranges(course), _with_error(reference, reference.range_scatter, posture)
    for i in reference.moving:
        usual, spread = float(reference.ranges[i]), float(scatter[i])
        anchors = Anchors(
            low=usual - COSTS_NOTHING * spread, high=float("inf"), worst_low=usual - NOTHING_LEFT * spread,
            source=reference.source,
        )  # fmt: skip
        yield _detail("range", i, float(spans[i]), anchors, reference=reference)


def _other_motion(reference: QualityReference, course: Array, posture: Posture) -> Iterator[Part]:
    spans, scatter = _ranges(course), _with_error(reference, reference.range_scatter, posture)
    for i in reference.still:
        usual, spread = float(reference.ranges[i]), float(scatter[i])
        anchors = Anchors(
            low=0.0, high=usual + COSTS_NOTHING * spread, worst_high=usual + NOTHING_LEFT * spread,
            source=reference.source,
        )  # fmt: skip
        yield _detail("other_motion", i, float(spans[i]), anchors, reference=reference)


def _way(reference: QualityReference, course: Array, posture: Posture) -> Iterator[Part]:
    away = _apart(course, reference.course)
    scatter = _with_error(reference, reference.course_scatter, posture)
    for i in range(len(reference.keys)):
        spread = float(scatter[i])
        anchors = Anchors(
            low=0.0, high=COSTS_NOTHING * spread, worst_high=NOTHING_LEFT * spread, source=reference.source
        )
        yield _detail("course", i, float(away[i]), anchors, reference=reference)


def _with_error(reference: QualityReference, scatter: Array, posture: Posture) -> Array:
    """The scatter of the accepted repetitions and the measuring error of this one together."""
    errors = np.array([posture.error_of(name) for name, _ in reference.keys])
    return np.asarray(np.hypot(scatter, errors))


def _detail(group: str, index: int, value: float, anchors: Anchors, *, reference: QualityReference) -> Part:
    """One signal's score; in the range it weighs as much as it usually moves."""
    name, side = reference.keys[index]
    weight = float(reference.ranges[index]) if group == "range" else 1.0
    quantity = QUANTITIES[name]
    label = {"range": "{} less far", "other_motion": "{} moves", "course": "{} runs another way"}[group]
    whose = "" if side is None else side if not reference.one_sided else "working" if side == "right" else "other"
    own = f"{whose} {quantity.label}".strip()
    asked = Asked(
        name=f"{group}.{name}" + (f".{side}" if side else ""), label=label.format(own), group="accuracy", value=value,
        unit=quantity.unit, anchors=anchors,
    )  # fmt: skip
    return asked.scored(weight)


def _smooth(reference: QualityReference, posture: Posture, course: Array) -> Asked:
    anchors = Anchors(
        low=reference.sparc, high=0.0, worst_low=reference.sparc - SPARC_SPAN, source=f"{reference.source}; "
        "from there as far as from healthy to after a stroke (Balasubramanian 2015)",
    )  # fmt: skip
    return Asked(
        name="smoothness", label="smoothness", group="control", value=_sparc(posture, course, reference.keys), unit="1",
        anchors=anchors,
        error=SPARC_ERROR,
    )  # fmt: skip


# ── many people ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True, eq=False)
class Example:
    """One repetition of one person, with whether somebody accepted it; `side` where the working side is known."""

    person: str
    posture: Posture
    accepted: bool
    side: Side | None = None


def judged_by_others(examples: Sequence[Example]) -> tuple[Compared | None, ...]:
    """Every repetition judged by the accepted ones of **other** people alone: the leave-one-person-out procedure.

    None where the others have too few accepted repetitions. A person's own repetitions, accepted or not, never stand
    behind the judgement of one of them.
    """
    references = {person: _of_others(examples, person) for person in dict.fromkeys(each.person for each in examples)}
    return tuple(
        None if (found := references[each.person]) is None else compare(found, each.posture, side=each.side)
        for each in examples
    )


def _of_others(examples: Iterable[Example], person: str) -> QualityReference | None:
    others = [each for each in examples if each.accepted and each.person != person]
    if len(others) < FEWEST_ACCEPTED:
        return None
    sides = [each.side for each in others] if all(each.side for each in others) else None
    return reference_of([each.posture for each in others], sides=sides, source="other people's accepted repetitions")
