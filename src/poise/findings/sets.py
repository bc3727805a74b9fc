"""Sets of repetitions: how alike repetitions are is a question for one set, done in one way without a rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from math import sqrt

import numpy as np

from poise.model.measurement import Measurement
from poise.model.repetition import Repetition

SHORTEST_REST_S = 5.0
REST_OF_TIME = 1.5
"""A pause this many times as long as a repetition, and 5 s at least, is a rest between two sets (design)."""
FEWEST = 5
ONE_SIDED_5_PERCENT = 1.645


def _duration_s(each: Repetition) -> float:
    return each.duration_s


OF_ONE_SET: Mapping[str, Callable[[Repetition], float]] = {
    "rep.rom_cv": lambda each: each.range,
    "rep.time_cv": _duration_s,
}
"""The measures of spread, and what they are the spread of."""


def within_one_set(
    measurements: Sequence[Measurement], repetitions: Sequence[Repetition]
) -> tuple[tuple[Measurement, ...], tuple[str, ...]]:
    """The measurements that can be judged, and why those of the spread cannot; empty where they can.

    A recording of several sets, or of one exercise done in several ways one after the other, mixes what was meant to
    differ: the spread over all of it is no sign of an unsteady pattern.

    Notes
    -----
    Sets are told by their rests; ways that follow each other without one by von Neumann's ratio of successive
    differences to the variance, which is near 2 for repetitions that differ by chance [1]_. Below its lower 5 % the
    repetitions drift or change in steps. It cannot tell ways that alternate.

    References
    ----------
    .. [1] von Neumann 1941, Ann Math Stat 12(4):367-395.
    """
    spread = [each for each in measurements if each.measure in OF_ONE_SET]
    if not spread:
        return tuple(measurements), ()
    if rests := _rests(repetitions):
        why = (
            f"How alike the repetitions are: not judged, because rests of up to {max(rests):.0f} s part them into "
            f"{len(rests) + 1} sets; record each set by itself."
        )
        return tuple(each for each in measurements if each.measure not in OF_ONE_SET), (why,)
    # Ways that differ in range alone, or in time alone, are several ways all the same.
    sides = {each.side for each in spread if _changes_along(_values(each, repetitions))}
    if not sides:
        return tuple(measurements), ()
    why = (
        "How alike the repetitions are: not judged, because they change in steps or steadily along the recording, as "
        "where they are done in several ways; record each way by itself."
    )
    return tuple(each for each in measurements if each not in spread or each.side not in sides), (why,)


def _values(spread: Measurement, repetitions: Sequence[Repetition]) -> list[float]:
    own = [each for each in repetitions if spread.side is None or each.side == spread.side]
    return [OF_ONE_SET[spread.measure](each) for each in sorted(own, key=lambda each: each.start_s)]


def _changes_along(values: Sequence[float]) -> bool:
    """Whether von Neumann's ratio lies under the lower 5 % of what chance gives (normal approximation)."""
    count = len(values)
    variance = float(np.var(values)) if count else 0.0
    if count < FEWEST or not variance > 0.0:
        return False
    ratio = float(np.mean(np.diff(values) ** 2)) / variance
    by_chance = 2.0 * count / (count - 1)
    return ratio < by_chance - ONE_SIDED_5_PERCENT * sqrt(
        4.0 * count**2 * (count - 2) / ((count + 1) * (count - 1) ** 3)
    )


def _rests(repetitions: Sequence[Repetition]) -> list[float]:
    """The pauses between sets, s; repetitions of both sides follow each other in one set."""
    ordered = sorted(repetitions, key=lambda each: each.start_s)
    if len(ordered) < 2:
        return []
    usual_s = float(np.median([_duration_s(each) for each in ordered]))
    pauses = [after.start_s - before.end_s for before, after in pairwise(ordered)]
    return [pause for pause in pauses if pause > max(SHORTEST_REST_S, REST_OF_TIME * usual_s)]
