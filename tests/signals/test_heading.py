"""Which way somebody goes, overground and on a treadmill, in any direction."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from poise.signals import geometry, heading
from poise.testing.walking import SimulatedWalk, simulate_walk


def feet_forward(walk: SimulatedWalk) -> np.ndarray:
    return sum(walk.points[f"{s}_toe"] - walk.points[f"{s}_heel"] for s in ("left", "right"))


@pytest.mark.parametrize("treadmill", [False, True])
@pytest.mark.parametrize("direction", [0.0, 90.0, 180.0, -37.0])
def test_progression_is_the_heading_walked(direction: float, treadmill: bool) -> None:
    walk = simulate_walk(heading_deg=direction, treadmill=treadmill)
    found = heading.progression(walk.points["pelvis_centre"], feet_forward(walk), 100.0)
    wanted = [np.cos(np.radians(direction)), np.sin(np.radians(direction)), 0.0]
    assert np.max(geometry.angle_between(found, wanted)) < 6.0
    assert np.median(geometry.angle_between(found, wanted)) < 2.0
    assert heading.travels(walk.points["pelvis_centre"], 100.0) is not treadmill


def test_a_turn_shows_in_the_heading() -> None:
    walk = simulate_walk(turn_deg=90.0, turn_after_m=4.0, heading_deg=10.0)
    found = heading.heading_deg(heading.travel_direction(walk.points["pelvis_centre"], 100.0))
    assert_allclose([found[100], found[-100]], [10.0, 100.0], atol=3.0)


def test_who_stands_goes_nowhere() -> None:
    still = np.zeros((300, 3))
    assert np.isnan(heading.travel_direction(still, 100.0)).all()
    assert not heading.travels(still, 100.0)
    facing = heading.progression(still, np.tile([0.0, 1.0, 0.2], (300, 1)), 100.0)
    assert_allclose(facing, np.tile([0.0, 1.0, 0.0], (300, 1)), atol=1e-12)


def test_missing_samples_are_passed_over_and_nothing_in_is_nothing_out() -> None:
    forward = np.tile([1.0, 0.0, 0.0], (200, 1))
    forward[50:60] = np.nan
    assert_allclose(heading.facing_direction(forward, 100.0)[55], [1.0, 0.0, 0.0])
    assert np.isnan(heading.facing_direction(np.full((200, 3), np.nan), 100.0)).all()
    assert np.isnan(heading.progression(np.full((200, 3), np.nan), np.full((200, 3), np.nan), 100.0)).all()
