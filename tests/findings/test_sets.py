"""How alike repetitions are is asked of one set, done in one way."""

from __future__ import annotations

import numpy as np
import pytest

from poise.findings.sets import within_one_set
from poise.model import Measurement, Repetition


def counted(durations_s: list[float], *, pause_s: float = 0.5, rest_after: int | None = None) -> list[Repetition]:
    """Repetitions one after another, with a rest of 20 s after one of them."""
    made, at_s = [], 0.0
    for number, duration_s in enumerate(durations_s, 1):
        made.append(
            Repetition(
                number=number, side=None, reading="m_knee_flexion", unit="deg", start_s=at_s,
                apex_s=at_s + duration_s / 2, end_s=at_s + duration_s, start=0.0, apex=80.0,
                complete=True, valid_fraction=1.0,
            )
        )  # fmt: skip
        at_s += duration_s + (20.0 if number == rest_after else pause_s)
    return made


def spread(durations_s: list[float]) -> Measurement:
    percent = 100.0 * float(np.std(durations_s, ddof=1) / np.mean(durations_s))
    return Measurement(
        measure="rep.time_cv", value=percent, unit="%", side=None, n=len(durations_s), sd=float("nan"), start_s=0.0,
        end_s=60.0, valid_fraction=1.0, method="made@1", recording="made",
    )  # fmt: skip


MIXED = [2.0, 4.1, 1.8, 3.9, 2.2, 3.7, 1.7, 4.2, 2.1]
IN_STEPS = [2.0, 2.1, 2.05, 4.0, 4.1, 3.9, 6.0, 6.2, 5.9]


def test_one_set_of_unlike_repetitions_is_judged() -> None:
    held = spread(MIXED)
    assert within_one_set([held], counted(MIXED)) == ((held,), ())


def test_two_sets_are_not_judged_together() -> None:
    kept, why = within_one_set([spread(MIXED)], counted(MIXED, rest_after=4))
    assert kept == ()
    assert "2 sets" in why[0]


def test_ways_that_follow_each_other_are_not_judged_together() -> None:
    kept, why = within_one_set([spread(IN_STEPS)], counted(IN_STEPS))
    assert kept == ()
    assert "in steps" in why[0]


@pytest.mark.parametrize("count", [5, 9, 30])
def test_chance_is_rarely_taken_for_steps(count: int) -> None:
    random = np.random.default_rng(3)
    drawn = [random.normal(3.0, 0.9, count).clip(0.5).tolist() for _ in range(400)]
    refused = sum(not within_one_set([spread(each)], counted(each))[0] for each in drawn)
    assert refused / len(drawn) < 0.09
