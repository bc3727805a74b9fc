"""Posture: the angles that a simulated person was given, from the side, the front and in space; and what is not seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poise.measures import posture_angles as angles
from poise.measures.posture import MEASURE
from poise.model import Kind, Measured
from poise.testing.posture import Stander, as_body, as_landmarks, mirrored
from poise.testing.walking import Walker, simulate_walk

SIDE = Stander(head_forward=25.0, trunk_lean=8.0, knee_bend=5.0, sway_deg=0.4, noise_px=1.5)
FRONT = Stander(
    seen_from_deg=90.0,
    shoulder_level=4.0,
    pelvis_level=-3.0,
    head_level=5.0,
    trunk_lean_side=-4.0,
    sway_deg=0.4,
    noise_px=1.0,
)


def values(found: Measured) -> dict[str, float]:
    return {m.measure.removeprefix("posture."): m.value for m in found.measurements if m.side is None}


def words(found: Measured) -> str:
    return " ".join(each.what for each in found.problems)


def test_vector_posture_cva() -> None:
    c7, tragus = np.array([0.4, -0.5]), np.array([0.455, -0.437])
    assert float(angles.craniovertebral_angle_deg(c7, tragus)) == pytest.approx(48.8785245, abs=1e-7)


def test_vector_posture_aspect() -> None:
    c7, tragus = angles.square_pixels([[0.4, 0.5], [0.455, 0.437]], 1920, 1080)
    assert float(angles.craniovertebral_angle_deg(c7, tragus)) == pytest.approx(32.7944195, abs=1e-7)


def test_vector_posture_trunk() -> None:
    hip, shoulder = angles.square_pixels([[0.44, 0.62], [0.47, 0.35]], 1, 1)
    assert float(angles.from_vertical_deg(hip, shoulder)) == pytest.approx(6.34019175, abs=1e-7)


@pytest.mark.parametrize("seen_from_deg", [0.0, 180.0])
@pytest.mark.parametrize("turned_deg", [-8.0, 0.0, 8.0])
def test_head_and_trunk_within_two_degrees_from_the_side(seen_from_deg: float, turned_deg: float) -> None:
    found = values(MEASURE.compute(as_landmarks(replace(SIDE, seen_from_deg=seen_from_deg + turned_deg))))
    assert found["head_forward"] == pytest.approx(25.0, abs=2.0)
    assert found["trunk_lean"] == pytest.approx(8.0, abs=2.0)
    assert found["slouch"] == pytest.approx(17.0, abs=2.0)
    assert found["head_tilt"] == pytest.approx(15.0, abs=2.0)
    assert found["knee_bend"] == pytest.approx(5.0, abs=2.0)
    assert found["shank_lean"] == pytest.approx(2.0, abs=2.0)


@given(st.floats(-10, 60), st.floats(-20, 30), st.booleans())
def test_any_head_and_trunk(head: float, trunk: float, left: bool) -> None:
    who = Stander(head_forward=head, trunk_lean=trunk, seen_from_deg=180.0 * left, duration_s=5.0, rate_hz=10.0)
    found = values(MEASURE.compute(as_landmarks(who)))
    assert found["head_forward"] == pytest.approx(head, abs=0.1)
    assert found["trunk_lean"] == pytest.approx(trunk, abs=0.1)


@pytest.mark.parametrize("seen_from_deg", [90.0, 270.0, 80.0, 100.0])
def test_levels_from_the_front_and_the_back(seen_from_deg: float) -> None:
    found = values(MEASURE.compute(as_landmarks(replace(FRONT, seen_from_deg=seen_from_deg))))
    assert found["shoulder_level"] == pytest.approx(4.0, abs=0.5)
    assert found["pelvis_level"] == pytest.approx(-3.0, abs=0.7)
    assert found["head_level"] == pytest.approx(5.0, abs=1.0)
    assert found["trunk_lean_side"] == pytest.approx(-4.0, abs=1.0)
    assert "head_forward" not in found


@pytest.mark.parametrize("seen_from_deg", [90.0, 270.0])
def test_a_knee_that_falls_inward_is_positive_on_both_sides(seen_from_deg: float) -> None:
    made = as_landmarks(replace(FRONT, seen_from_deg=seen_from_deg))
    stream = made[Kind.LANDMARKS]
    pushed = stream.values.copy()
    middle = np.mean([stream["left_hip"][:, 0], stream["right_hip"][:, 0]], axis=0)
    for side in ("left", "right"):
        i = stream.channels.index(f"{side}_knee")
        pushed[:, i, 0] += 0.5 * (middle - pushed[:, i, 0])
    found = MEASURE.compute(replace(made, streams={Kind.LANDMARKS: replace(stream, values=pushed)}))
    inward = {m.side: m.value for m in found.measurements if m.measure == "posture.knee_inward"}
    assert set(inward) == {"left", "right"}
    assert min(inward.values()) > 5.0


def test_a_mirror_changes_the_sign_of_what_has_a_side_only() -> None:
    one, other = (values(MEASURE.compute(as_body(who))) for who in (FRONT, mirrored(FRONT)))
    for name, value in one.items():
        sided = name.endswith("level") or name.endswith("_side")
        assert other[name] == pytest.approx(-value if sided else value, abs=1e-6)


@given(st.floats(-180, 180))
def test_where_the_person_faces_in_the_room_changes_nothing(heading_deg: float) -> None:
    who = replace(SIDE, duration_s=5.0, rate_hz=10.0)
    one, other = (values(MEASURE.compute(as_body(who, heading_deg=turn))) for turn in (0.0, heading_deg))
    assert other == pytest.approx(one, abs=1e-6)


@given(st.floats(0.3, 3.0))
def test_how_large_the_person_looks_changes_nothing(factor: float) -> None:
    who = Stander(duration_s=5.0, rate_hz=10.0)
    one, other = (values(MEASURE.compute(as_landmarks(replace(who, height_px=600.0 * f)))) for f in (1.0, factor))
    assert other == pytest.approx(one, abs=1e-6)


def test_markers_have_a_craniovertebral_angle_a_camera_has_not() -> None:
    with_c7 = values(MEASURE.compute(as_body(SIDE, with_c7=True)))
    camera = MEASURE.compute(as_landmarks(SIDE))
    assert 20.0 < with_c7["craniovertebral"] < 70.0
    assert "craniovertebral" not in values(camera)
    assert "C7" in words(camera)
    assert "pelvic tilt" in words(camera)


def test_shares_of_a_picture_are_made_square_or_refused() -> None:
    known = as_landmarks(SIDE, shares=True)
    assert values(MEASURE.compute(known))["head_forward"] == pytest.approx(25.0, abs=2.0)
    found = MEASURE.compute(replace(known, details={}))
    assert not found.measurements
    assert "unknown size" in words(found)


def test_a_still_is_measured_and_says_that_it_is_one() -> None:
    found = MEASURE.compute(as_landmarks(replace(SIDE, duration_s=1 / 30.0, noise_px=0.0)))
    assert values(found)["trunk_lean"] == pytest.approx(8.0, abs=0.1)
    assert "1 frame only" in words(found)
    assert not found.series


def test_stills_of_both_views_in_one_file() -> None:
    side, front = (as_landmarks(replace(who, duration_s=1 / 30.0, noise_px=0.0)) for who in (SIDE, FRONT))
    streams = [each[Kind.LANDMARKS] for each in (side, front)]
    both = replace(streams[0], time_s=np.zeros(2), values=np.concatenate([s.values for s in streams]),
                   confidence=np.concatenate([s.confidence for s in streams]))  # fmt: skip
    found = values(MEASURE.compute(replace(side, streams={Kind.LANDMARKS: both})))
    assert found["head_forward"] == pytest.approx(25.0, abs=0.1)
    assert found["shoulder_level"] == pytest.approx(4.0, abs=0.1)


def test_pictures_of_several_people_or_tasks_have_no_posture_in_common() -> None:
    stills = [
        as_landmarks(replace(SIDE, trunk_lean=lean, duration_s=1 / 30.0))[Kind.LANDMARKS] for lean in (0.0, 40.0, 10.0)
    ]
    made = as_landmarks(replace(SIDE, duration_s=1 / 30.0))
    all_ = replace(stills[0], time_s=np.zeros(3), values=np.concatenate([s.values for s in stills]),
                   confidence=np.concatenate([s.confidence for s in stills]))  # fmt: skip
    found = MEASURE.compute(replace(made, streams={Kind.LANDMARKS: all_}))
    assert not found.measurements
    assert "differ by more than one posture" in words(found)


def test_at_a_desk_the_legs_are_left_out() -> None:
    told = values(MEASURE.compute(as_landmarks(replace(SIDE, sitting=True))))
    assert told["head_forward"] == pytest.approx(25.0, abs=2.0)
    assert not {"knee_bend", "hip_bend", "shank_lean"} & told.keys()
    hidden = values(
        MEASURE.compute(as_landmarks(replace(FRONT, sitting=True), hide=("hip", "knee", "ankle", "heel", "foot")))
    )
    assert hidden["shoulder_level"] == pytest.approx(4.0, abs=0.5)
    assert "trunk_lean_side" not in hidden


def test_in_space_somebody_who_sits_has_no_legs_from_the_front_either() -> None:
    found = MEASURE.compute(as_body(replace(SIDE, sitting=True)))
    assert not any(m.measure == "posture.knee_inward" for m in found.measurements)
    assert any(m.measure == "posture.knee_inward" for m in MEASURE.compute(as_body(SIDE)).measurements)


def test_the_near_side_alone_is_enough() -> None:
    found = values(MEASURE.compute(as_landmarks(SIDE, hide=("left_ear", "left_eye"))))
    assert found["head_forward"] == pytest.approx(25.0, abs=2.0)


@pytest.mark.parametrize("turned_deg", [25.0, 35.0])
def test_turned_out_of_both_planes_gives_no_number(turned_deg: float) -> None:
    found = MEASURE.compute(as_landmarks(replace(SIDE, seen_from_deg=turned_deg)))
    assert not found.measurements
    assert "neither square" in words(found)


def test_somebody_who_walks_about_has_no_posture() -> None:
    still = as_landmarks(SIDE)
    stream = still[Kind.LANDMARKS]
    walk = stream.values + (stream.time_s * 200.0)[:, None, None] * np.array([1.0, 0.0])
    found = MEASURE.compute(replace(still, streams={Kind.LANDMARKS: replace(stream, values=walk)}))
    assert not found.measurements
    assert "never still" in words(found)


@pytest.mark.parametrize("treadmill", [False, True])
def test_walking_over_the_floor_or_on_a_belt_is_no_posture(treadmill: bool) -> None:
    walk = simulate_walk(Walker(duration_s=8.0, treadmill=treadmill))
    for seen in (walk.body(), walk.landmarks()):
        found = MEASURE.compute(seen)
        assert not found.measurements
        assert found.problems


def test_the_calm_part_is_found() -> None:
    still = as_landmarks(replace(SIDE, duration_s=20.0))
    stream = still[Kind.LANDMARKS]
    walk = stream.values + (np.clip(10.0 - stream.time_s, 0.0, None) * 200.0)[:, None, None] * np.array([1.0, 0.0])
    found = MEASURE.compute(replace(still, streams={Kind.LANDMARKS: replace(stream, values=walk)}))
    assert values(found)["trunk_lean"] == pytest.approx(8.0, abs=2.0)
    assert found.measurements[0].start_s >= 9.5


def test_missing_in_nothing_out() -> None:
    hidden = as_landmarks(SIDE, hide=("ear", "shoulder", "hip", "eye", "nose"))
    assert not MEASURE.compute(hidden).measurements
    assert MEASURE.compute(hidden).problems


@pytest.mark.parametrize(("hip", "sign"), [(60.0, 1.0), (-60.0, -1.0)])
@pytest.mark.parametrize("mirror", [1.0, -1.0])
def test_a_plank_with_hips_high_and_low(hip: float, sign: float, mirror: float) -> None:
    bend = angles.off_line_deg([mirror * 0.0, 100.0], [mirror * 250.0, 60.0 + hip], [mirror * 600.0, 0.0])
    assert np.sign(bend) == sign
    assert abs(bend) == pytest.approx(abs(angles.bend_deg([0.0, 100.0], [250.0, 60.0 + hip], [600.0, 0.0])), abs=1e-9)
