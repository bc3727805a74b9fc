"""Left against right: published values hold, and a difference inside its own spread is not claimed."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poise.measures import symmetry

positive = st.floats(0.05, 5.0)


def test_the_indices_of_one_pair() -> None:  # vector gait.symmetry
    left, right = 0.62, 0.54
    assert symmetry.symmetry_ratio(left, right) == pytest.approx(1.14814815, abs=1e-8)
    assert float(symmetry.symmetry_index(left, right)) == pytest.approx(13.79310345, abs=1e-6)
    assert symmetry.asymmetry_by_larger(left, right) == pytest.approx(12.90322581, abs=1e-6)
    assert symmetry.normalised_difference(left, right) == pytest.approx(6.89655172, abs=1e-6)
    assert symmetry.gait_asymmetry(left, right) == pytest.approx(13.81503385, abs=1e-6)
    assert symmetry.symmetry_angle(left, right) == pytest.approx(-4.38354025, abs=1e-6)


@given(positive, positive)
def test_swapping_the_sides_changes_the_sign_of_signed_indices_alone(left: float, right: float) -> None:
    # vector gait.symmetry.swapped
    assert float(symmetry.symmetry_index(right, left)) == pytest.approx(-float(symmetry.symmetry_index(left, right)))
    assert symmetry.symmetry_angle(right, left) == pytest.approx(-symmetry.symmetry_angle(left, right), abs=1e-9)
    assert symmetry.gait_asymmetry(right, left) == pytest.approx(symmetry.gait_asymmetry(left, right))
    assert symmetry.symmetry_ratio(right, left) == pytest.approx(symmetry.symmetry_ratio(left, right))


@given(positive, positive, st.floats(0.01, 100.0))
def test_the_unit_does_not_matter(left: float, right: float, scale: float) -> None:
    assert float(symmetry.symmetry_index(scale * left, scale * right)) == pytest.approx(
        float(symmetry.symmetry_index(left, right)), abs=1e-9
    )


def test_phase_coordination() -> None:  # vector gait.pci
    long_swing, short_swing = [0.0, 1.1, 2.2, 3.31, 4.4], [0.56, 1.65, 2.77, 3.87]
    phases = [183.27272727, 180.0, 184.86486486, 184.95412844]
    assert symmetry.phase_deg(long_swing, short_swing) == pytest.approx(phases, abs=1e-6)
    assert symmetry.phase_coordination_index(long_swing, short_swing) == pytest.approx(3.08124471, abs=1e-6)


def test_a_cycle_without_the_other_foot_counts_for_nothing() -> None:
    assert len(symmetry.phase_deg([0.0, 1.0, 2.0], [0.5])) == 1
    assert math.isnan(symmetry.phase_coordination_index([0.0, 1.0, 2.0], [0.5]))


def test_a_limp_is_told_from_unsteady_steps() -> None:
    random = np.random.default_rng(1)
    limp = symmetry.asymmetry(0.62 + 0.01 * random.normal(size=20), 0.54 + 0.01 * random.normal(size=20))
    even = symmetry.asymmetry(0.58 + 0.03 * random.normal(size=20), 0.58 + 0.03 * random.normal(size=20))
    assert limp.is_real
    assert limp.low < limp.percent < limp.high
    assert not even.is_real


def test_two_strides_are_too_few_to_be_sure_of_anything() -> None:
    found = symmetry.asymmetry([0.62, 0.63], [0.50, 0.51])
    assert found.percent == pytest.approx(21.2389, abs=1e-3)
    assert math.isnan(found.error)
    assert not found.is_real


def test_nothing_in_nothing_out() -> None:
    assert math.isnan(symmetry.asymmetry([np.nan], [1.0]).percent)
    assert math.isnan(float(symmetry.symmetry_index(0.0, 0.0)))
    assert math.isnan(symmetry.gait_asymmetry(0.0, 1.0))


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    random, held = np.random.default_rng(5), 0
    for draw in range(200):
        left, right = 0.6 + 0.02 * random.normal(size=6), 0.6 + 0.02 * random.normal(size=6)
        held += not symmetry.asymmetry(left, right, seed=draw).is_real
    assert held / 200 > 0.92
