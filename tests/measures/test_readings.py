"""Live readings: the right number from one frame, the same live and in batch, none where nothing was seen."""

from __future__ import annotations

from math import cos, isnan, radians, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poise.errors import MissingSignal
from poise.knowledge.exercises import reading_facts
from poise.measures.readings import READINGS, eye, from_start, readings_of
from poise.measures.readings_formulas import projection_angle
from poise.measures.readings_points import ALL_MISSING, body_of, facing_vote
from poise.measures.repetition_frames import frame_of, frames_of
from poise.model import Frame, Kind, Recording, Stream
from poise.testing.exercises import Exerciser, Repeated, exercised, mirrored, turned

ALL = tuple(READINGS)
SQUATTING = exercised(Exerciser(set=Repeated(ranges_deg=(80.0,)), knee_inward_m=0.03, rate_hz=20.0))


def standing(**moved):
    """A body seen in space, 1.7 m, facing +x, with some points moved."""
    points = {
        "left_hip_centre": (0.0, 0.1, 0.9), "right_hip_centre": (0.0, -0.1, 0.9), "left_knee_centre": (0.0, 0.1, 0.5),
        "right_knee_centre": (0.0, -0.1, 0.5), "left_ankle_centre": (0.0, 0.1, 0.08),
        "right_ankle_centre": (0.0, -0.1, 0.08), "left_heel": (-0.05, 0.1, 0.0), "right_heel": (-0.05, -0.1, 0.0),
        "left_toe": (0.18, 0.1, 0.0), "right_toe": (0.18, -0.1, 0.0), "left_shoulder_centre": (0.0, 0.2, 1.4),
        "right_shoulder_centre": (0.0, -0.2, 1.4), "left_elbow_centre": (0.0, 0.2, 1.1),
        "right_elbow_centre": (0.0, -0.2, 1.1), "left_wrist_centre": (0.0, 0.2, 0.85),
        "right_wrist_centre": (0.0, -0.2, 0.85), "left_ear": (0.0, 0.08, 1.6), "right_ear": (0.0, -0.08, 1.6),
        "nose": (0.1, 0.0, 1.58),
    }  # fmt: skip
    return body_of(points | moved)


def read(body, view="3d", facing=1.0):
    return eye(ALL, view, facing=facing).read(body)


def test_the_table_says_what_the_clinical_reference_says():
    facts = reading_facts()
    plane = {"side": "sagittal", "front": "frontal", "back": "frontal"}
    for name, reading in READINGS.items():
        if name in facts:
            assert (reading.unit, reading.error, reading.evidence) == (
                facts[name].unit, facts[name].error, facts[name].evidence,
            ), name  # fmt: skip
            if name != "m_trunk_yaw":  # a picture does not tell left from right there
                seen = {plane[view] for view in facts[name].views} - (
                    reading.views if name != "m_forearm_out" else set()
                )
                assert not seen or name == "m_forearm_out", name


@given(knee=st.floats(0.0, 120.0), trunk=st.floats(-20.0, 60.0))
def test_a_bent_knee_and_a_leaning_trunk_read_as_they_were_bent(knee, trunk):
    ankle = (0.42 * sin(radians(-knee)), -0.1, 0.5 - 0.42 * cos(radians(knee)))
    shoulders = {
        f"{side}_shoulder_centre": (0.5 * sin(radians(trunk)), y, 0.9 + 0.5 * cos(radians(trunk)))
        for side, y in (("left", 0.2), ("right", -0.2))
    }
    found = read(standing(right_ankle_centre=ankle, **shoulders))
    assert found["m_knee_flexion.right"] == pytest.approx(knee, abs=1e-6)
    assert found["m_trunk_lean_sag"] == pytest.approx(trunk, abs=1e-6)
    assert found["m_hip_flexion.left"] == pytest.approx(trunk, abs=1e-6)


def test_a_hip_behind_the_trunk_is_negative_and_a_knee_beyond_straight_too_from_the_side():
    back = standing(right_knee_centre=(-0.1, -0.1, 0.5))
    assert read(back)["m_hip_flexion.right"] < -10
    flat = {name: (x, 0.0, z) for name, (x, _, z) in standing(right_ankle_centre=(0.05, 0.0, 0.08)).items()}
    assert read(flat, "sagittal")["m_knee_flexion.right"] == pytest.approx(-6.8, abs=0.1)


@pytest.mark.parametrize("facing", [1.0, -1.0])
def test_from_the_side_forward_is_where_the_feet_point(facing):
    body = {name: (facing * x, 0.0, z) for name, (x, _, z) in standing(nose=(0.2, 0.0, 1.5)).items()}
    lean = {name: (x + facing * 0.3 * (z - 0.9), y, z) if z > 0.9 else (x, y, z) for name, (x, y, z) in body.items()}
    assert facing_vote(lean) == facing
    assert read(lean, "sagittal", facing)["m_trunk_lean_sag"] == pytest.approx(16.7, abs=0.1)


def test_vectors_fppa():
    """test-vectors.json: fppa (right limb, medial toward larger x) and fppa.left."""
    right = projection_angle((0.5, 0.55), (0.48, 0.75), (0.52, 0.95), medial=1.0)
    left = projection_angle((0.5, 0.55), (0.53, 0.75), (0.52, 0.95), medial=-1.0)
    assert right == pytest.approx(-17.02052561, abs=1e-6)
    assert left == pytest.approx(-11.39317084, abs=1e-6)


def test_knees_that_fall_in_are_positive_on_both_sides():
    found = read(standing(left_knee_centre=(0.0, 0.05, 0.5), right_knee_centre=(0.0, -0.05, 0.5)))
    assert found["m_fppa.left"] == pytest.approx(found["m_fppa.right"])
    assert found["m_fppa.left"] > 10
    assert found["m_knee_sep_ratio"] == pytest.approx(0.5)


def test_only_planes_that_were_seen_are_read():
    side, front = set(read(standing(), "sagittal")), set(read(standing(), "frontal"))
    assert "m_knee_flexion.left" in side - front
    assert "m_fppa.left" in front - side
    assert set(read(standing(), "unknown")) == {
        "m_hip_drop", "m_knee_lift.left", "m_knee_lift.right", "m_foot_clearance.left", "m_foot_clearance.right",
    }  # fmt: skip


def test_missing_in_nothing_out():
    assert all(isnan(value) for value in read(dict(ALL_MISSING)).values())
    without_ankle = dict(standing(), right_ankle=(float("nan"),) * 3)
    found = read(without_ankle)
    assert isnan(found["m_knee_flexion.right"])
    assert found["m_knee_flexion.left"] == pytest.approx(0.0, abs=1e-9)


def test_live_is_batch():
    stream = SQUATTING[Kind.BODY]
    _, batch = readings_of(SQUATTING, ALL)
    seen = eye(ALL, stream.frame.view)
    for i in range(0, len(stream.time_s), 7):
        points = {name: stream[name][i] for name in stream.channels}
        live = seen.read(body_of(points))
        np.testing.assert_array_equal([batch[key][i] for key in live], list(live.values()))


@given(degrees=st.floats(0.0, 360.0), scale=st.floats(0.6, 1.4))
def test_the_laboratory_may_be_turned_and_the_body_larger(degrees, scale):
    names = [name for name in ALL if READINGS[name].start in ("", "change") and name != "m_plumb_ear_ankle"]
    _, here = readings_of(SQUATTING, names)
    _, there = readings_of(turned(SQUATTING, degrees, scale=scale), names)
    for key, values in here.items():
        if key != "m_ap_hip_shift" and not key.startswith("m_forearm_out"):
            np.testing.assert_allclose(there[key], values, atol=1e-6, err_msg=key)


def test_mirrored_left_is_right():
    _, here = readings_of(SQUATTING, ALL)
    _, there = readings_of(mirrored(SQUATTING), ALL)
    for key, values in here.items():
        if "." in key:
            name, side = key.split(".")
            other = f"{name}.{'right' if side == 'left' else 'left'}"
            np.testing.assert_allclose(there[other], values, atol=1e-9, err_msg=key)


@pytest.mark.parametrize(
    ("start", "value", "calm", "means"),
    [("", 30.0, 5.0, 30.0), ("change", 30.0, 5.0, 25.0), ("turn", -170.0, 170.0, 20.0), ("share", 0.9, 1.2, 0.75),
     ("fall", 0.6, 0.8, 0.25)],
)  # fmt: skip
def test_against_the_calm_start(start, value, calm, means):
    assert from_start(start, value, calm) == pytest.approx(means)
    assert isnan(from_start(start, float("nan"), calm))


def test_a_recording_without_a_body_says_what_is_missing():
    with pytest.raises(MissingSignal, match="points of the body"):
        readings_of(Recording(id="a", source="a", streams={}), ALL)


def test_points_that_move_with_the_hips_do_not_say_where_the_feet_are():
    body = SQUATTING[Kind.BODY]
    centred = Stream(
        kind=Kind.BODY, channels=body.channels, time_s=body.time_s, values=body.values, unit="m",
        frame=Frame(name="hip-centred", up="+z"),
    )  # fmt: skip
    assert "place.x" not in frames_of(centred, ALL).readings
    assert "place.x" in frames_of(body, ALL).readings
    assert frame_of(eye(ALL, "3d"), standing())["place.height"] == pytest.approx(0.82)
