"""Gait Profile Score: the root of the mean square, fifteen variables for both sides, and never from too few."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poise.measures.gait_profile import SAGITTAL, VARIABLES, cannot_score, profile_score, profiles, variable_score
from poise.model import Curve, Side

POINTS = np.arange(101.0)
NORMS = {name: (np.zeros(101), np.ones(101)) for name in VARIABLES}


def flat(name: str, side: Side, level: float) -> Curve:
    values = np.full(101, level)
    return Curve(curve=name, side=side, unit="deg", mean=values, sd=values * np.nan, cycles=values[None], method="m")


def test_variable_score_of_a_shifted_and_shaped_curve() -> None:  # vector gait.gvs
    k = np.arange(51)
    reference = 30 + 30 * np.sin(2 * np.pi * k / 51)
    patient = reference + 5 + 2 * np.cos(2 * np.pi * k / 51)
    assert variable_score(patient, reference) == pytest.approx(5.19615242, abs=1e-8)


def test_profile_score_is_the_root_mean_square_and_not_the_mean() -> None:  # vector gait.gps
    scores = [5.1, 2.2, 4.0, 9.8, 3.1, 6.0, 11.5, 5.2, 7.7]
    assert profile_score(scores) == pytest.approx(6.72540788, abs=1e-8)
    assert profile_score(scores) > np.mean(scores)


def test_both_sides_take_the_pelvis_once_from_the_left() -> None:
    curves = [flat(name, "left", 3.0) for name in VARIABLES] + [flat(name, "right", 6.0) for name in VARIABLES]
    left, right, both = profiles(curves, NORMS)
    assert (left.side, right.side, both.side) == ("left", "right", None)
    assert left.score == pytest.approx(3.0)
    assert right.score == pytest.approx(6.0)
    assert both.score == pytest.approx(np.sqrt((9 * 9.0 + 6 * 36.0) / 15))


@pytest.mark.parametrize("missing", VARIABLES)
def test_without_one_of_its_nine_variables_there_is_no_score(missing: str) -> None:
    curves = [flat(name, "left", 1.0) for name in VARIABLES if name != missing]
    assert list(profiles(curves, NORMS)) == []
    problem = cannot_score(curves, NORMS)
    assert problem is not None
    assert missing in problem.what


def test_sagittal_curves_alone_can_still_be_scored_as_such() -> None:
    curves = [flat(name, "left", 2.0) for name in SAGITTAL]
    (only,) = profiles(curves, NORMS, SAGITTAL)
    assert only.score == pytest.approx(2.0)
    assert set(only.variables) == set(SAGITTAL)


def test_a_gap_in_a_curve_gives_no_score() -> None:
    curves = [flat(name, "left", np.nan if name == "knee.flexion" else 1.0) for name in VARIABLES]
    assert list(profiles(curves, NORMS)) == []


@given(st.lists(st.floats(0.0, 60.0), min_size=9, max_size=9))
def test_the_score_lies_between_the_mean_and_the_largest_variable(scores: list[float]) -> None:
    assert np.mean(scores) - 1e-9 <= profile_score(scores) <= max(scores) + 1e-9
