"""A change is told from measuring error; a series from chance; a score never invents an answer."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poise.measures import questionnaires
from poise.progress.forecast import level, trend
from poise.progress.reliability import reliability, reliable_change_index, smallest_real_change, standard_error
from poise.progress.single_case import non_overlap

RATINGS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def test_the_published_table_gives_its_published_correlations() -> None:  # Shrout & Fleiss 1979
    found = reliability(RATINGS)
    assert (round(found.icc_1, 2), round(found.icc_2, 2), round(found.icc_3, 2)) == (0.17, 0.29, 0.71)


def test_a_shift_between_raters_costs_agreement_and_not_consistency() -> None:
    shifted = np.add(RATINGS, [0.0, 5.0, 0.0, 0.0])
    before, after = reliability(RATINGS), reliability(shifted)
    assert after.sem_consistency == pytest.approx(before.sem_consistency)
    assert after.icc_3 == pytest.approx(before.icc_3)
    assert after.sem_agreement != pytest.approx(before.sem_agreement)


@pytest.mark.parametrize("table", [[[1.0, 2.0]], [[1.0], [2.0]], [[1.0, math.nan], [2.0, 3.0]]])
def test_what_cannot_be_rated_is_refused(table: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="two people"):
        reliability(table)


def test_a_change_of_exactly_the_smallest_real_change_is_at_the_limit() -> None:
    sem = standard_error(8.8, 0.95)
    assert reliable_change_index(38.0, 38.0 + smallest_real_change(sem), sem) == pytest.approx(1.96)
    assert smallest_real_change(sem, tests=4) == pytest.approx(smallest_real_change(sem) / 2)


values = st.lists(st.floats(-100, 100).map(lambda x: round(x, 3)), min_size=1, max_size=12)


@given(values, values)
def test_phases_told_the_other_way_round_change_sign(a: list[float], b: list[float]) -> None:
    one, other = non_overlap(a, b), non_overlap(b, a)
    assert one.tau == pytest.approx(-other.tau)
    assert non_overlap(a, b, higher_is_better=False).tau == pytest.approx(-one.tau)
    assert 0.0 <= one.nap <= 1.0


@given(values, st.floats(-50, 50))
def test_more_measurements_never_make_a_level_less_sure(found: list[float], prior: float) -> None:
    sds = [level(prior, 10.0, 5.0, found[:k]).sd for k in range(len(found) + 1)]
    assert sds == sorted(sds, reverse=True)
    assert level(prior, 10.0, 5.0, [*found, math.nan]) == level(prior, 10.0, 5.0, found)


@given(st.floats(-5, 5), st.floats(-100, 100), st.integers(3, 15))
def test_a_straight_line_is_found_and_its_forecast_lies_on_it(slope: float, start: float, n: int) -> None:
    found = trend(np.arange(n), start + slope * np.arange(n))
    assert found.slope == pytest.approx(slope, abs=1e-7)
    assert found.theil_sen_slope == pytest.approx(slope, abs=1e-7)
    low, high = found.interval_at(n + 1.0)
    assert low - 1e-6 <= start + slope * (n + 1) <= high + 1e-6


def test_a_trend_needs_three_visits() -> None:
    with pytest.raises(ValueError, match="three pairs"):
        trend([0, 1, 2], [1.0, math.nan, 2.0])


def test_nobody_gets_a_score_from_answers_that_are_not_there() -> None:
    assert questionnaires.dash(78, 26) is None
    assert questionnaires.dash(30, 9, items=11) is None
    assert questionnaires.disability_index(10, 7) is None
    assert questionnaires.koos_jr(29) is None
    assert questionnaires.hoos_jr(-1) is None
    assert questionnaires.ikdc(88, 87) is None


def test_the_ends_of_every_scale_are_its_ends() -> None:
    assert (questionnaires.dash(30, 30), questionnaires.dash(150, 30)) == (0.0, 100.0)
    assert (questionnaires.koos_jr(0), questionnaires.koos_jr(28)) == (100.0, 0.0)
    assert (questionnaires.hoos_jr(0), questionnaires.hoos_jr(24)) == (100.0, 0.0)
    assert list(questionnaires.KOOS_JR) == sorted(questionnaires.KOOS_JR, reverse=True)
    assert list(questionnaires.HOOS_JR) == sorted(questionnaires.HOOS_JR, reverse=True)
