"""Paths: straight, curved, and where they end."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from poise.signals import geometry
from poise.signals.paths import curvature, endpoint_scatter, speed_of, straightness

THETA = np.linspace(0.0, np.pi, 181)
SEMICIRCLE = np.stack([-0.2 * np.cos(THETA), 0.2 * np.sin(THETA)], axis=1)


def test_vector_path_semicircle() -> None:
    found = straightness(SEMICIRCLE)
    assert found.length == pytest.approx(0.62831056, rel=1e-6)
    assert found.chord == pytest.approx(0.4, rel=1e-6)
    assert found.path_ratio == pytest.approx(1.57077639, rel=1e-6)
    assert found.straightness == pytest.approx(0.63662785, rel=1e-6)
    assert found.deviation == pytest.approx(0.2, rel=1e-6)


def test_a_turned_moved_and_larger_path_is_as_straight() -> None:
    space = np.column_stack([SEMICIRCLE, np.zeros(181)])
    turned = 3.0 * space @ geometry.rotation_from_cardan([20.0, 40.0, 60.0], "xyz").T + [1.0, 2.0, 3.0]
    assert straightness(turned).path_ratio == pytest.approx(straightness(space).path_ratio, rel=1e-9)


def test_nothing_comes_of_nothing() -> None:
    broken = SEMICIRCLE.copy()
    broken[3] = np.nan
    assert np.isnan(straightness(broken).path_ratio)
    assert np.isnan(straightness(np.zeros((9, 2))).path_ratio)
    assert np.isnan(straightness(SEMICIRCLE[:1]).length)


def test_a_circle_has_the_curvature_of_its_radius_at_any_pace() -> None:
    assert_allclose(curvature(SEMICIRCLE, 50.0)[5:-5], 5.0, rtol=1e-3)
    assert_allclose(curvature(SEMICIRCLE, 500.0)[5:-5], 5.0, rtol=1e-3)
    assert_allclose(speed_of(SEMICIRCLE, 100.0)[1:-1], 0.2 * np.pi / 180 * 100, rtol=1e-3)


def test_ends_of_reaches() -> None:
    rng = np.random.default_rng(1)
    ends = rng.normal([0.03, -0.01], [0.02, 0.01], (4000, 2))
    found = endpoint_scatter(np.vstack([ends, [np.nan, 0.0]]), [0.0, 0.0])
    assert found.n == 4000
    assert_allclose(found.constant_error, [0.03, -0.01], atol=0.002)
    assert found.variable_error == pytest.approx(np.hypot(0.02, 0.01), rel=0.05)
    assert found.area_95 == pytest.approx(np.pi * 5.9915 * 0.02 * 0.01, rel=0.05)
    assert np.isnan(endpoint_scatter(np.empty((0, 2)), [0.0, 0.0]).area_95)
