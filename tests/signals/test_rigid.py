"""A hidden point of a rigid body is where its neighbours say; a body that is not rigid is left alone."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from poise.signals.geometry import rotation_from_cardan
from poise.signals.rigid import fill_rigid_offline, fit_rigid

RANDOM = np.random.default_rng(11)
SHAPE = RANDOM.normal(0.0, 0.1, (5, 3))
TURNS = rotation_from_cardan(RANDOM.uniform(-170, 170, (80, 3)) * [1.0, 0.5, 1.0], "zxy")
SHIFTS = RANDOM.normal(0.0, 2.0, (80, 3))
MOVED = np.einsum("nij,kj->nki", TURNS, SHAPE) + SHIFTS[:, None]


def test_the_fit_finds_turn_and_shift() -> None:
    rotation, shift = fit_rigid(SHAPE, MOVED)
    assert_allclose(rotation, TURNS, atol=1e-9)
    assert_allclose(shift, SHIFTS, atol=1e-9)


def test_a_mirror_image_is_never_a_turn() -> None:
    rotation, _ = fit_rigid(SHAPE, MOVED * [-1.0, 1.0, 1.0])
    assert_allclose(np.linalg.det(rotation), 1.0)


def test_hidden_points_are_found_and_seen_ones_unchanged() -> None:
    holed = MOVED.copy()
    holed[20:50, 2], holed[30:40, 4] = np.nan, np.nan
    filled = fill_rigid_offline(holed)
    assert_allclose(filled, MOVED, atol=1e-9)
    assert_array_equal(filled[np.isfinite(holed)], holed[np.isfinite(holed)])


def test_with_two_points_or_a_bent_body_nothing_is_made_up() -> None:
    holed = MOVED.copy()
    holed[20:50, :3] = np.nan
    assert_array_equal(fill_rigid_offline(holed), holed)
    bent = MOVED + RANDOM.normal(0.0, 0.1, MOVED.shape)
    bent[20:50, 2] = np.nan
    assert np.isnan(fill_rigid_offline(bent)[20:50, 2]).mean() > 0.8


def test_a_missing_sample_stays_missing() -> None:
    holed = MOVED.copy()
    holed[7] = np.nan
    assert np.isnan(fill_rigid_offline(holed)[7]).all()
    assert np.isnan(fit_rigid(SHAPE, holed)[0][7]).all()
