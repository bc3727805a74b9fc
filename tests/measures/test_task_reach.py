"""Reaches: standing, seated, with the foot; known distances come back, whoever reaches which way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poise.measures import task_reach, task_y_reach
from poise.model import Kind, Measured, Recording, Side
from poise.model.body import mirrored
from poise.testing.tasks import (
    simulate_functional_reach,
    simulate_seated_reach,
    simulate_sit_to_stand,
    simulate_squats,
    simulate_tug,
    simulate_y_reach,
)

REACH, Y = task_reach.MEASURE, task_y_reach.MEASURE


def told(found: Measured) -> dict[str, float]:
    return {each.ref: each.value for each in found.measurements}


def in_mirror(recording: Recording) -> Recording:
    body = recording[Kind.BODY]
    flipped = replace(
        body, channels=tuple(map(mirrored, body.channels)), values=body.values * np.array([1.0, -1.0, 1.0])
    )
    return replace(recording, streams={Kind.BODY: flipped})


@given(
    distance_m=st.floats(0.08, 0.32),
    height_m=st.floats(1.5, 1.95),
    heading_deg=st.floats(0, 360),
    side=st.sampled_from(["left", "right"]),
)
@settings(max_examples=12)
def test_a_functional_reach_comes_back_as_put(
    distance_m: float, height_m: float, heading_deg: float, side: Side
) -> None:
    person = simulate_functional_reach(distance_m=distance_m, height_m=height_m, side=side)
    got = told(REACH.compute(person.posture.body(heading_deg=heading_deg)))
    assert got == {f"reach.distance@{side}": pytest.approx(person.values["distance"], abs=0.01)}


def test_a_step_makes_a_reach_void_and_says_so() -> None:
    found = REACH.compute(simulate_functional_reach(step=True).posture.body())
    assert found.measurements == ()
    assert any("foot moved" in each.what for each in found.problems)


def test_from_the_front_no_reach_forward_is_given() -> None:
    found = REACH.compute(simulate_functional_reach().posture.pictured("frontal"))
    assert found.measurements == ()
    assert "front" in found.problems[0].what


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_seated_reach_tells_hand_and_trunk_apart(side: Side) -> None:
    person = simulate_seated_reach(side=side, trunk_m=0.08, bow_m=0.0)
    got = told(REACH.compute(person.posture.body()))
    chord = np.hypot(0.35, 0.15)
    assert got[f"reach.hand_distance@{side}"] == pytest.approx(chord, abs=0.02)
    assert got[f"reach.trunk_displacement@{side}"] == pytest.approx(0.08, abs=0.01)
    assert got[f"reach.path_ratio@{side}"] == pytest.approx(1.0, abs=0.01)
    assert got[f"reach.movement_units@{side}"] == 1.0
    assert got[f"reach.velocity_peak@{side}"] == pytest.approx(1.875 * chord / 0.9, rel=0.05)
    assert {name.split("@")[1] for name in got} == {side}
    bowed = told(REACH.compute(simulate_seated_reach(side=side, bow_m=0.1).posture.body()))
    assert bowed[f"reach.path_ratio@{side}"] > 1.1


def test_the_distance_of_a_seated_hand_is_not_called_a_functional_reach() -> None:
    assert not [
        name
        for name in told(REACH.compute(simulate_seated_reach().posture.body()))
        if name.startswith("reach.distance")
    ]


@pytest.mark.parametrize("other", [simulate_sit_to_stand, simulate_squats, simulate_tug])
def test_nobody_reaches_in_other_tasks(other: object) -> None:
    recording = other().posture.body()  # type: ignore[operator]
    assert REACH.compute(recording).measurements == ()
    assert Y.compute(recording).measurements == ()


@pytest.mark.parametrize("standing", ["left", "right"])
@pytest.mark.parametrize("heading_deg", [0.0, 77.0, 200.0])
def test_a_y_reach_comes_back_in_each_direction(standing: Side, heading_deg: float) -> None:
    person = simulate_y_reach(standing=standing)
    found = Y.compute(person.posture.body(heading_deg=heading_deg))
    got = told(found)
    for name, reach_m in person.values.items():
        assert got[f"ybalance.{name}@{standing}"] == pytest.approx(reach_m, abs=0.01)
    leg_m = reach_m / got[f"ybalance.{name}_percent@{standing}"] * 100.0
    assert got[f"ybalance.composite@{standing}"] == pytest.approx(
        100.0 * sum(person.values.values()) / (3.0 * leg_m), abs=0.5
    )
    assert {each.n for each in found.measurements if "composite" not in each.measure} == {3}


def test_a_mirror_exchanges_the_standing_leg_and_keeps_the_directions() -> None:
    recording = simulate_y_reach(standing="right").posture.body()
    one, other = told(Y.compute(recording)), told(Y.compute(in_mirror(recording)))
    assert other == pytest.approx({name.replace("right", "left"): value for name, value in one.items()}, abs=1e-9)


def test_the_longest_try_counts() -> None:
    one = simulate_y_reach(reaches_m={"anterior": 0.5}).posture.body()
    assert told(Y.compute(one))["ybalance.anterior@right"] == pytest.approx(0.5, abs=0.01)
    assert "ybalance.composite@right" not in told(Y.compute(one))


def test_the_vector_of_the_reference() -> None:  # balance.ybt
    got = task_y_reach.y_reach(62.0, 98.0, 95.0, 90.0)
    assert got.composite_percent == pytest.approx(94.44444444, abs=1e-8)
    assert (got.anterior_percent, got.posteromedial_percent, got.posterolateral_percent) == pytest.approx(
        (68.88888889, 108.88888889, 105.55555556)
    )


@pytest.mark.parametrize("wrong", [(1.0, 1.0, 1.0, 0.0), (-1.0, 1.0, 1.0, 90.0)])
def test_lengths_are_not_negative(wrong: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="negative or zero"):
        task_y_reach.y_reach(*wrong)


def test_legs_in_two_recordings_are_compared() -> None:
    left, right = (
        Y.compute(simulate_y_reach(standing=side, reaches_m={"anterior": reach}).posture.body()).measurements
        for side, reach in (("left", 0.62), ("right", 0.55))
    )
    (found,) = task_y_reach.compare([("a", {}, left), ("b", {}, right)])
    assert found.measurements[0].measure == "ybalance.anterior_difference"
    assert found.measurements[0].value == pytest.approx(0.07, abs=0.01)
    assert task_y_reach.compare([("a", {}, left)]) == ()


def test_directions_in_three_recordings_make_a_composite() -> None:
    parts = [
        (name, {}, Y.compute(simulate_y_reach(reaches_m={name: reach}).posture.body()).measurements)
        for name, reach in (("anterior", 0.62), ("posteromedial", 0.85), ("posterolateral", 0.80))
    ]
    (found,) = task_y_reach.compare(parts)
    whole = told(Y.compute(simulate_y_reach().posture.body()))["ybalance.composite@right"]
    assert found.measurements[0].value == pytest.approx(whole, abs=0.3)


def test_a_point_that_shakes_shows_no_movement_units_and_says_so() -> None:
    found = REACH.compute(simulate_seated_reach(rate_hz=30.0).posture.body(noise_m=0.01))
    assert not [name for name in told(found) if "units" in name]
    assert any("shakes" in each.what for each in found.problems)
