"""Sets of repetitions: how alike repetitions are is a question for one set, done in one way without a rest."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from poise.model.measurement import Measurement
from poise.model.repetition import Repetition

SHORTEST_REST_S = 5.0
REST_OF_TIME = 1.5
"""A pause this many times as long as a repetition, and 5 s at least, is a rest between two sets (design)."""
OF_ONE_SET = frozenset({"rep.rom_cv", "rep.time_cv"})


def within_one_set(
    measurements: Sequence[Measurement], repetitions: Sequence[Repetition]
) -> tuple[tuple[Measurement, ...], str]:
    """The measurements that can be judged, and why those of the spread cannot; empty where they can.

    A recording of several sets mixes what was done in one way with what was done in another: the spread over all of
    them is no sign of an unsteady pattern.
    """
    rests = _rests(repetitions)
    if not rests or not any(each.measure in OF_ONE_SET for each in measurements):
        return tuple(measurements), ""
    kept = tuple(each for each in measurements if each.measure not in OF_ONE_SET)
    return kept, (
        f"How alike the repetitions are: not judged, because rests of {max(rests):.0f} s and less part them into "
        f"{len(rests) + 1} sets; record each set by itself."
    )


def _rests(repetitions: Sequence[Repetition]) -> list[float]:
    """The pauses between sets, s; repetitions of both sides follow each other in one set."""
    ordered = sorted(repetitions, key=lambda each: each.start_s)
    if len(ordered) < 2:
        return []
    usual_s = float(np.median([each.end_s - each.start_s for each in ordered]))
    pauses = [after.start_s - before.end_s for before, after in pairwise(ordered)]
    return [pause for pause in pauses if pause > max(SHORTEST_REST_S, REST_OF_TIME * usual_s)]
