"""Stairs and muscle length: known steps, pitch and angles; who does not climb or lie gives no number."""

from __future__ import annotations

import numpy as np
import pytest

from poise.measures import task_muscle_length, task_muscle_length_imu, task_stairs, task_stairs_head
from poise.model import Measured, Side
from poise.signals.geometry import rotation_about
from poise.testing.imu_tasks import worn_on_segment
from poise.testing.posed import eased
from poise.testing.tasks import simulate_lying, simulate_sit_to_stand, simulate_squats, simulate_stairs, simulate_tug

STAIRS, HEAD = task_stairs.MEASURE, task_stairs_head.MEASURE
LENGTH, SENSOR = task_muscle_length.MEASURE, task_muscle_length_imu.MEASURE
WORN = rotation_about(np.array([1.0, 2.0, 0.5]), 2.1)


def told(found: Measured) -> dict[str, float]:
    return {each.ref: each.value for each in found.measurements}


@pytest.mark.parametrize("up", [True, False])
@pytest.mark.parametrize("gaze_down_deg", [10.0, 40.0])
def test_steps_and_gaze_come_back_as_put(up: bool, gaze_down_deg: float) -> None:
    person = simulate_stairs(up=up, gaze_down_deg=gaze_down_deg)
    got = told(STAIRS.compute(person.posture.body(heading_deg=44.0, noise_m=0.001)))
    assert got["stairs.steps"] == 8
    assert got["stairs.step_time"] == pytest.approx(0.7, abs=0.03)
    assert got["stairs.step_height"] == pytest.approx(0.17, abs=0.02)
    assert got["stairs.head_pitch"] == pytest.approx(gaze_down_deg, abs=1.0)
    assert got["stairs.head_down_share"] == (100.0 if gaze_down_deg > task_stairs.HEAD_DOWN_DEG else 0.0)


def test_from_the_front_the_head_is_not_seen_and_that_is_said() -> None:
    found = STAIRS.compute(simulate_stairs().posture.pictured("frontal"))
    assert "stairs.head_pitch" not in told(found)
    assert any("head" in each.what for each in found.problems)


@pytest.mark.parametrize("other", [simulate_tug, simulate_squats, simulate_sit_to_stand])
def test_who_does_not_climb_gives_no_number(other: object) -> None:
    assert STAIRS.compute(other().posture.body()).measurements == ()  # type: ignore[operator]


def test_a_head_sensor_tells_how_far_it_is_tipped_forward() -> None:
    time_s = np.arange(0.0, 12.0, 0.01)
    recording = worn_on_segment(time_s, 30.0 * eased(time_s, 3.0, 4.0), "head", worn=WORN)
    got = told(HEAD.compute(recording))
    assert got["stairs.head_pitch"] == pytest.approx(30.0 * np.mean(eased(time_s, 3.0, 4.0)[time_s >= 2.0]), abs=1.5)


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_straight_leg_raise_comes_back_as_put(side: Side) -> None:
    got = told(LENGTH.compute(simulate_lying(side=side, thigh_deg=72.0, knee_deg=4.0, repetitions=2)))
    assert got[f"length.straight_leg_raise@{side}"] == pytest.approx(72.0, abs=0.5)
    assert got[f"length.straight_leg_knee@{side}"] == pytest.approx(4.0, abs=0.5)
    assert {name.split("@")[1] for name in got} == {side}


def test_a_bent_knee_makes_a_raise_void_and_says_so() -> None:
    found = LENGTH.compute(simulate_lying(knee_deg=40.0))
    assert found.measurements == ()
    assert any("knee bends" in each.what for each in found.problems)


@pytest.mark.parametrize("thigh_deg", [-8.0, 0.0, 14.0])
def test_a_thomas_test_comes_back_as_put(thigh_deg: float) -> None:
    recording = simulate_lying(
        side="left", thigh_deg=112.0, knee_deg=120.0, other_thigh_deg=thigh_deg, other_knee_deg=65.0
    )
    got = told(LENGTH.compute(recording))
    assert got == {
        "length.thomas@right": pytest.approx(thigh_deg, abs=0.3),
        "length.thomas_knee@right": pytest.approx(65.0, abs=0.3),
    }


@pytest.mark.parametrize("other", [simulate_tug, simulate_squats, simulate_sit_to_stand])
def test_who_does_not_lie_gives_no_number(other: object) -> None:
    found = LENGTH.compute(other().posture.body())  # type: ignore[operator]
    assert found.measurements == ()
    assert "Nobody lies" in found.problems[0].what


def test_one_sensor_on_the_thigh_tells_the_raise_whichever_way_it_is_worn() -> None:
    time_s = np.arange(0.0, 12.0, 0.01)
    raised = 70.0 * (eased(time_s, 2.0, 5.0) - eased(time_s, 7.0, 10.0))
    for worn in (np.eye(3), WORN):
        found = SENSOR.compute(worn_on_segment(time_s, -raised, "right_thigh", worn=worn))
        assert told(found)["length.straight_leg_raise@right"] == pytest.approx(70.0, abs=1.0)
        assert any("knee" in each.what for each in found.problems)


def test_a_leg_that_does_not_begin_at_rest_gives_no_number() -> None:
    time_s = np.arange(0.0, 6.0, 0.01)
    found = SENSOR.compute(worn_on_segment(time_s, 40.0 * np.sin(2.0 * np.pi * time_s), "left_shank"))
    assert found.measurements == ()
    assert found.problems
