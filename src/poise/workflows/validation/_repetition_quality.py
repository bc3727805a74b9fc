"""Correct against incorrect repetitions, each judged by other people's correct ones; and the plain baselines beside it.

Nothing is fitted to the labels of the person who is judged, and no weight to any label: a reference is made of the
correct repetitions of all **other** people, for the quality and for the baselines alike, from the same signals and with
the same mirroring of the working side. The best of the baselines is picked in hindsight; the quality is one method.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.knowledge.exercises import exercise
from poise.measures.quality_reference import (
    FEWEST_ACCEPTED,
    METHOD,
    Example,
    QualityReference,
    compare,
    course_of,
    oriented,
    reference_of,
)
from poise.measures.repetition_quality import JOINTS
from poise.measures.repetitions import METHOD as COUNTING
from poise.measures.repetitions import compute_with
from poise.model import Recording
from poise.signals.warping import BAND, warp_offline
from poise.workflows.validation.scores import Score

Array = NDArray[np.float64]

RANGE, RANGE_APART = "range alone", "distance from the others' range alone"
DTW_MEAN, DTW_NEAREST = "DTW to the others' median alone", "DTW to the nearest of the others alone"
PLAIN = (RANGE, RANGE_APART, DTW_MEAN, DTW_NEAREST)
NAN = float("nan")


@dataclass(frozen=True, kw_only=True, eq=False)
class Labelled:
    """One repetition with its label; `group` is the movement, `example` what the judging sees of it."""

    file: str
    group: str
    example: Example


@dataclass(frozen=True, kw_only=True, eq=False)
class Others:
    """The correct repetitions of all other people: as a reference, and as courses for the baselines."""

    reference: QualityReference
    courses: tuple[Array, ...]


def auc(good: Iterable[float], bad: Iterable[float]) -> float:
    """The chance that a good one scores above a bad one, ties half; NaN without both."""
    one, other = (np.asarray([v for v in values if np.isfinite(v)]) for values in (good, bad))
    if not len(one) or not len(other):
        return NAN
    apart = one[:, None] - other[None, :]
    return float(np.mean((apart > 0) + 0.5 * (apart == 0)))


def quality_scores(
    dataset: str, judged: Sequence[Labelled], *, condition: str, shown: Sequence[Labelled] = ()
) -> Iterator[Score]:
    """AUC of the quality and of every baseline, a movement each and pooled; how far the quality is above the best.

    `shown` are more repetitions that references may be made of (another sensor's), still of other people alone.
    """
    found = _values(judged, [*judged, *shown])
    pooled: dict[str, float] = {}
    for group in (*dict.fromkeys(each.group for each in judged), "all"):
        inside = [each for each in judged if group in {"all", each.group}]
        for method in (METHOD, *PLAIN):
            told = {
                accepted: [found[e.file].get(method, NAN) for e in inside if e.example.accepted is accepted]
                for accepted in (True, False)
            }
            pooled[method] = auc(told[True], told[False])
            yield Score(
                dataset=dataset, file="all", measure="rep.quality", method=method, metric="auc", value=pooled[method],
                n=int(np.isfinite([*told[True], *told[False]]).sum()), condition=f"{condition}, {group}",
            )  # fmt: skip
    yield Score(
        dataset=dataset, file="all", measure="rep.quality", method=METHOD, metric="auc_above_best_plain",
        value=pooled[METHOD] - max(pooled[method] for method in PLAIN), n=len(judged), condition=f"{condition}, all",
    )  # fmt: skip


def _values(judged: Sequence[Labelled], every: Sequence[Labelled]) -> dict[str, Mapping[str, float]]:
    """What each method gives each repetition, higher is better; nothing where too few others were correct."""
    pairs = dict.fromkeys((each.group, each.example.person) for each in judged)
    others = {pair: _others(every, *pair) for pair in pairs}
    found: dict[str, Mapping[str, float]] = {}
    for each in judged:
        known = others[each.group, each.example.person]
        found[each.file] = {} if known is None else dict(_methods(known, each.example))
    return found


def _others(every: Sequence[Labelled], group: str, person: str) -> Others | None:
    correct = [e.example for e in every if e.group == group and e.example.accepted and e.example.person != person]
    if len(correct) < FEWEST_ACCEPTED:
        return None
    sides = [each.side for each in correct] if all(each.side for each in correct) else None
    reference = reference_of([each.posture for each in correct], sides=sides, source="other people's correct")
    return Others(reference=reference, courses=tuple(_course(reference, each) for each in correct))


def _course(reference: QualityReference, example: Example) -> Array:
    return course_of(oriented(reference, example.posture, side=example.side), reference.keys)


def _methods(others: Others, example: Example) -> Iterator[tuple[str, float]]:
    reference = others.reference
    quality = compare(reference, example.posture, side=example.side).judgement.quality
    course = _course(reference, example)
    most = max(reference.moving, key=lambda i: reference.ranges[i])
    span = float(np.ptp(course[:, most]))
    joints = [i for i, (name, _) in enumerate(reference.keys) if name in JOINTS]
    unlike = [warp_offline(each[:, joints], course[:, joints], band=BAND).per_step for each in others.courses]
    to_median = warp_offline(reference.course[:, joints], course[:, joints], band=BAND).per_step
    yield METHOD, NAN if quality is None else quality
    yield RANGE, span
    yield RANGE_APART, -abs(span - float(reference.ranges[most]))
    yield DTW_MEAN, -to_median
    yield DTW_NEAREST, -float(np.nanmin(unlike)) if np.isfinite(unlike).any() else NAN


@dataclass(frozen=True, kw_only=True, eq=False)
class Held:
    """A recording that holds one repetition; `accepted` is its label, None where it has none of two.

    `exercise` is the id of our definition of what was done, empty where we have none.
    """

    file: str
    condition: str
    recording: Recording
    accepted: bool | None = None
    exercise: str = ""


def count_scores(dataset: str, recordings: Iterable[Held]) -> Iterator[Score]:
    """Repetitions counted in files of one each; and how well a quality by the exercise's definition tells the labels.

    They are counted without knowing the exercise. A quality without a reference is told for those that have one.
    """
    right: dict[str, list[bool]] = {}
    qualities: dict[str, dict[bool, list[float]]] = {}
    for held in recordings:
        file, condition, accepted, wanted = held.file, held.condition, held.accepted, 1
        measured = compute_with(held.recording, None)
        counted = float(sum(each.value for each in measured.measurements if each.measure == "rep.count"))
        if held.exercise:
            measured = compute_with(held.recording, exercise(held.exercise))
            right.setdefault(f"{condition}, exercise told", []).append(len(measured.repetitions) == wanted)
        known = [each.quality for each in measured.repetitions if each.quality is not None]
        if accepted is not None and held.exercise and known:
            qualities.setdefault(condition, {True: [], False: []})[accepted].append(known[0])
        right.setdefault(condition, []).append(counted == wanted)
        yield Score(
            dataset=dataset, file=file, measure="rep.count", method=COUNTING, metric="error", value=counted - wanted,
            n=1, condition=condition, unit="count",
        )  # fmt: skip
    for condition, exact in right.items():
        yield Score(
            dataset=dataset, file="all", measure="rep.count", method=COUNTING, metric="accuracy",
            value=float(np.mean(exact)), n=len(exact), condition=condition,
        )  # fmt: skip
    for condition, told in qualities.items():
        yield Score(
            dataset=dataset, file="all", measure="rep.quality", method=f"{COUNTING}, by the exercise alone",
            metric="auc", value=auc(told[True], told[False]), n=len(told[True]) + len(told[False]),
            condition=f"{condition}, all",
        )  # fmt: skip
