"""Movements laid over each other: warped in time, moved and turned in space."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from poise.signals import geometry
from poise.signals.warping import BAND, procrustes, time_normalised_offline, warp_offline

BEND = np.sin(np.linspace(0.0, np.pi, 60))


def test_vector_dtw_simple() -> None:
    found = warp_offline([0, 1, 2, 3, 2, 1, 0], [0, 0, 1, 2, 4, 3, 1, 1, 0])
    assert found.distance == pytest.approx(2.0, abs=1e-9)
    assert found.per_length == pytest.approx(0.125, abs=1e-9)


@given(st.lists(st.floats(-9, 9), min_size=2, max_size=30), st.lists(st.floats(-9, 9), min_size=2, max_size=30))
def test_warping_is_the_same_both_ways_and_nothing_from_itself(one: list[float], other: list[float]) -> None:
    assert warp_offline(one, one).distance == 0.0
    assert warp_offline(one, one, band=BAND).timing == 0.0
    there, back = warp_offline(one, other), warp_offline(other, one)
    assert there.distance == pytest.approx(back.distance, abs=1e-9)
    assert tuple(there.path[0]) == (0, 0)
    assert tuple(there.path[-1]) == (len(one) - 1, len(other) - 1)


@given(n=st.integers(2, 60), m=st.integers(2, 60))
def test_a_band_always_lets_through_and_never_lowers_the_cost(n: int, m: int) -> None:
    one, other = np.sin(np.arange(n)), np.cos(np.arange(m))
    banded, free = warp_offline(one, other, band=BAND), warp_offline(one, other)
    assert np.isfinite(banded.distance)
    assert banded.distance >= free.distance - 1e-9


def test_timing_tells_what_warping_hides() -> None:
    late = np.sin(np.pi * np.linspace(0.0, 1.0, 60) ** 1.3)
    found = warp_offline(BEND, late, band=0.3)
    assert found.per_step < 0.02
    assert found.timing > 0.03


def test_missing_in_nothing_out() -> None:
    broken = BEND.copy()
    broken[7] = np.nan
    assert np.isnan(warp_offline(BEND, broken).distance)
    assert np.isnan(warp_offline(BEND, broken).per_step)
    assert np.isnan(time_normalised_offline(broken)).any()
    assert np.isnan(procrustes(np.full((4, 2), np.nan), np.ones((4, 2))).disparity)


def test_time_normalised_keeps_ends_and_shape() -> None:
    found = time_normalised_offline(BEND, 101)
    assert found.shape == (101,)
    assert_allclose(found[[0, -1]], BEND[[0, -1]])
    assert_allclose(time_normalised_offline(np.array([1.0, np.nan, 3.0]), 3), [1.0, np.nan, 3.0])


def test_procrustes_takes_out_place_size_and_turn_but_not_a_mirror() -> None:
    rng = np.random.default_rng(3)
    shape = rng.normal(size=(9, 3))
    turned = 2.5 * shape @ geometry.rotation_from_cardan([30.0, -50.0, 100.0], "xyz").T + 4.0
    assert procrustes(shape, turned).disparity == pytest.approx(0.0, abs=1e-9)
    assert procrustes(turned, shape).scale == pytest.approx(2.5, rel=1e-6)
    assert procrustes(shape, turned, rotate=False).disparity > 0.1
    assert procrustes(shape, shape * [-1.0, 1.0, 1.0]).disparity > 0.05
