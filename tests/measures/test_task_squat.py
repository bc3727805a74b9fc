"""Squats on two legs and on one: known depth, knees, lean and load; sides named; what is no squat."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poise.cleaning.prepare import prepare
from poise.measures import task_single_leg, task_squat, task_squat_force
from poise.measures.task_body import Doer
from poise.model import Kind, Measured, Recording
from poise.model.body import mirrored
from poise.testing.tasks import plates_under, simulate_sit_to_stand, simulate_squats, simulate_tug

TWO, ONE, PLATES = task_squat.MEASURE, task_single_leg.MEASURE, task_squat_force.MEASURE


def told(found: Measured) -> dict[str, float]:
    return {each.ref: each.value for each in found.measurements}


def in_mirror(recording: Recording) -> Recording:
    body = recording[Kind.BODY]
    flipped = replace(
        body, channels=tuple(map(mirrored, body.channels)), values=body.values * np.array([1.0, -1.0, 1.0])
    )
    return replace(recording, streams={Kind.BODY: flipped})


@given(
    depth=st.floats(0.15, 0.5),
    height_m=st.floats(1.45, 2.0),
    rate_hz=st.sampled_from([15.0, 30.0, 100.0]),
    count=st.integers(1, 6),
)
@settings(max_examples=15)
def test_depth_and_count_hold_for_anybody_at_any_rate(
    depth: float, height_m: float, rate_hz: float, count: int
) -> None:
    person = simulate_squats(depth=depth, height_m=height_m, rate_hz=rate_hz, repetitions=count)
    got = told(TWO.compute(person.posture.body()))
    assert got["squat.count"] == count
    assert got["squat.depth"] == pytest.approx(depth, abs=0.02)


def test_what_was_put_there_is_found() -> None:
    person = simulate_squats(knee_inward_m={"left": 0.03}, heel_lift_deg=10.0, shift_left_m=0.03, lean_left_deg=5.0)
    got = told(TWO.compute(person.posture.body(heading_deg=33.0, noise_m=0.001)))
    assert got["squat.trunk_lean"] == pytest.approx(30.0, abs=1.0)
    assert got["squat.trunk_lean_left"] == pytest.approx(5.0, abs=0.5)
    assert got["squat.weight_shift"] == pytest.approx(10.0, abs=1.0)
    assert got["squat.knee_inward@left"] > got["squat.knee_inward@right"] + 4.0
    assert got["squat.heel_lift@left"] == pytest.approx(0.8 * 0.152 * 1.7 * np.sin(np.radians(10.0)), abs=0.004)
    assert got["squat.up_time"] < got["squat.down_time"]


def test_a_mirror_exchanges_the_sides() -> None:
    recording = simulate_squats(knee_inward_m={"left": 0.03}, shift_left_m=0.03, lean_left_deg=5.0).posture.body()
    one, other = told(TWO.compute(recording)), told(TWO.compute(in_mirror(recording)))
    for name, value in one.items():
        if name.endswith("@left"):
            assert other[name.replace("@left", "@right")] == pytest.approx(value, abs=1e-6)
        elif name in {"squat.trunk_lean_left", "squat.weight_shift", "squat.knee_flexion_difference"}:
            assert other[name] == pytest.approx(-value, abs=1e-6)


def test_each_view_gives_what_it_shows() -> None:
    person = simulate_squats(knee_inward_m={"left": 0.03})
    side, front = (TWO.compute(person.posture.pictured(view)) for view in ("sagittal", "frontal"))
    assert {"squat.knee_flexion_peak@left", "squat.trunk_lean"} <= set(told(side))
    assert not [name for name in told(side) if "inward" in name or "shift" in name or "separation" in name]
    assert {"squat.knee_inward@left", "squat.weight_shift"} <= set(told(front))
    assert not [name for name in told(front) if "flexion" in name or "heel" in name or name == "squat.trunk_lean"]
    assert side.problems
    assert front.problems


def test_plates_alone_count_and_compare_the_feet() -> None:
    found = PLATES.compute(plates_under(simulate_squats().posture, left_share=0.62))
    assert told(found)["squat.count"] == 5
    assert told(found)["squat.load_asymmetry"] == pytest.approx(24.0, abs=0.1)


@pytest.mark.parametrize("standing", ["left", "right"])
def test_the_standing_leg_is_named_and_its_knee_judged(standing: str) -> None:
    person = simulate_squats(
        standing=standing, depth=0.2, knee_inward_m={standing: 0.04}, pelvis_left_up_deg=6.0, lean_left_deg=8.0
    )
    got = told(ONE.compute(person.posture.body(heading_deg=120.0)))
    way = 1.0 if standing == "left" else -1.0
    assert {ref.split("@")[1] for ref in got} == {standing}
    assert got[f"single_leg.squats@{standing}"] == 5
    assert got[f"single_leg.knee_medial@{standing}"] == pytest.approx(0.04, abs=0.004)
    assert got[f"single_leg.fppa@{standing}"] > 8.0
    assert got[f"single_leg.pelvic_drop@{standing}"] == pytest.approx(6.0 * way, abs=0.3)
    assert got[f"single_leg.trunk_lean@{standing}"] == pytest.approx(8.0 * way, abs=0.3)
    assert TWO.compute(person.posture.body()).measurements == ()


def test_one_leg_from_the_side_gives_no_frontal_angle() -> None:
    person = simulate_squats(standing="left", depth=0.2)
    found = ONE.compute(person.posture.pictured("sagittal"))
    assert "single_leg.knee_flexion_peak@left" in told(found)
    assert not [name for name in told(found) if "fppa" in name or "pelvic" in name or "lean" in name]


@pytest.mark.parametrize("other", [simulate_sit_to_stand, simulate_tug])
def test_other_tasks_are_no_squats(other: object) -> None:
    recording = other().posture.body()  # type: ignore[operator]
    assert TWO.compute(recording).measurements == ()
    assert ONE.compute(recording).measurements == ()


def test_squats_on_two_feet_are_none_on_one() -> None:
    assert ONE.compute(simulate_squats().posture.body()).measurements == ()


@pytest.mark.data
def test_uneven_squats_are_told_from_even_ones(shared_data: Path) -> None:
    from poise.workflows.assess import read

    for markers in sorted((shared_data / "opencap-lab-tasks").rglob("squats*.trc")):
        by_points = told(TWO.compute(prepare(read(markers)[0])))
        by_plates = told(PLATES.compute(prepare(read(markers.with_name(f"{markers.stem}_grf.mot"))[0])))
        assert by_points["squat.count"] == by_plates["squat.count"] == 5
        if "Asym" in markers.stem:
            assert by_plates["squat.load_difference"] > 15.0
        else:
            assert by_plates["squat.load_difference"] < 10.0


@pytest.mark.parametrize(
    ("side", "picture", "expected"),
    [
        ("right", ((0.5, 0.55), (0.48, 0.75), (0.52, 0.95)), -17.02052561),  # vector fppa
        ("left", ((0.5, 0.55), (0.53, 0.75), (0.52, 0.95)), -11.39317084),  # vector fppa.left
    ],
)
def test_the_projection_angle_is_that_of_the_reference(
    side: str, picture: tuple[tuple[float, float], ...], expected: float
) -> None:
    def at(x: float, y: float) -> np.ndarray:
        return np.tile([0.0, x, -y], (50, 1))

    points = {"left_shoulder_centre": at(0.7, 0.1), "right_shoulder_centre": at(0.3, 0.1)}
    points |= {
        f"{side}_{name}_centre": at(*place) for name, place in zip(("hip", "knee", "ankle"), picture, strict=True)
    }
    doer = Doer(
        id="v",
        where="v",
        time_s=np.arange(50) / 30.0,
        rate_hz=30.0,
        points=points,
        view="frontal",
        to_scale=True,
        on_floor=True,
    )
    assert doer.knee_inward_deg(side)[25] == pytest.approx(expected, abs=1e-6)  # type: ignore[arg-type]
