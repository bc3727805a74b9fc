"""Pose landmarks: which plane was seen, in what scale, and what cannot be known from them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from poise.cleaning.prepare import prepare
from poise.model import Person, Recording
from poise.signals import geometry
from poise.testing.walking import simulate_walk

WALK = simulate_walk(duration_s=4.0, rate_hz=50.0)


def with_stream(recording: Recording, **changes: Any) -> Recording:
    return replace(recording, streams={"landmarks": replace(recording["landmarks"], **changes)})


def knee(recording: Recording, side: str = "left") -> np.ndarray:
    body = recording["body"]
    return geometry.flexion_angle(*(body[f"{side}_{joint}_centre"] for joint in ("hip", "knee", "ankle")))


@pytest.mark.parametrize(("seen", "view"), [("left", "sagittal"), ("right", "sagittal"), ("front", "frontal")])
def test_the_view_is_found(seen: Any, view: str) -> None:
    body = prepare(WALK.landmarks(seen))["body"]
    assert body.frame.view == view
    assert_array_equal(body.values[..., 1 if view == "sagittal" else 0], 0.0)


@pytest.mark.parametrize("seen", ["left", "right"])
def test_a_side_view_measures_the_knee_whichever_way_the_person_goes(seen: Any) -> None:
    assert_allclose(knee(prepare(WALK.landmarks(seen))), WALK.angles_deg["knee.flexion.left"], atol=6.0)


def test_without_a_height_lengths_are_in_body_heights_with_one_in_metres() -> None:
    unknown = prepare(WALK.landmarks("left"))
    assert unknown["body"].unit == "body_height"
    assert any("height" in problem.what for problem in unknown.problems)
    known = prepare(replace(WALK.landmarks("left"), person=Person(height_m=1.70)))
    assert known["body"].unit == "m"
    stride_m = np.ptp(known["body"]["pelvis_centre"][:, 0]) / 4.0 * WALK.walker.stride_time_s
    assert stride_m == pytest.approx(WALK.walker.stride_length_m, rel=0.06)


def test_the_size_of_the_picture_does_not_matter() -> None:
    small, large = (prepare(WALK.landmarks("left", pixels_per_m=scale)) for scale in (150.0, 900.0))
    assert_allclose(
        small["body"].values - small["body"].values[0, 0], large["body"].values - large["body"].values[0, 0], atol=1e-6
    )


def test_shares_of_a_picture_need_its_size() -> None:
    recording = WALK.landmarks("left")
    shares = recording["landmarks"].values / np.array([1920.0, 1080.0, 1920.0])
    unknown = with_stream(recording, values=shares, unit="1")
    assert "body" not in prepare(unknown)
    assert any("width" in problem.what for problem in prepare(unknown).problems)
    known = replace(unknown, details={"width_px": "1920", "height_px": "1080"})
    assert_allclose(knee(prepare(known)), knee(prepare(recording)), atol=1e-6)


def test_an_oblique_view_is_neither_side_nor_front() -> None:
    walk = simulate_walk(duration_s=4.0, rate_hz=50.0)
    recording = walk.landmarks("left")
    # Turn the person by 45 degrees under a camera that looks along y.
    angle = np.radians(45.0)
    oblique = np.stack(
        [points @ [[-np.cos(angle), 0], [np.sin(angle), 0], [0, -1]] * 400.0 for points in walk.points.values()], axis=1
    )
    named = with_stream(recording, channels=tuple(walk.points), values=oblique)
    found = prepare(named)
    assert found["body"].frame.view == "unknown"
    assert any("neither" in problem.what for problem in found.problems)


def test_hip_centred_points_tell_angles_but_no_travel() -> None:
    found = prepare(WALK.landmarks("world"))
    assert found["body"].frame.name == "hip-centred"
    assert found["body"].frame.view == "3d"
    assert any("centred on the hips" in problem.what for problem in found.problems)
    assert_allclose(knee(found), WALK.angles_deg["knee.flexion.left"], atol=6.0)


def test_what_the_network_doubts_is_not_seen() -> None:
    recording = WALK.landmarks("left")
    confidence = np.ones(recording["landmarks"].values.shape[:2])
    ankle = recording["landmarks"].channels.index("left_ankle")
    confidence[50:120, ankle] = 0.2
    found = prepare(with_stream(recording, confidence=confidence))
    assert np.isnan(found["body"]["left_ankle_centre"][50:120]).all()
    assert np.isfinite(found["body"]["left_knee_centre"]).all()


def test_exchanged_legs_are_put_back_and_said() -> None:
    walk = simulate_walk(duration_s=4.0, rate_hz=30.0)
    recording = walk.landmarks("front")
    stream = recording["landmarks"]
    values = stream.values.copy()
    other = [
        stream.channels.index(n.replace("left", "#").replace("right", "left").replace("#", "right"))
        for n in stream.channels
    ]
    values[40:47] = values[40:47][:, other]
    found = prepare(with_stream(recording, values=values))
    assert any(step.what == "left and right guarded" for step in found.history)
    assert_allclose(found["body"].values, prepare(recording)["body"].values, atol=1e-3)


def test_a_walk_seen_well_is_not_tampered_with() -> None:
    for seen in ("left", "front", "world"):
        told = [step.what for step in prepare(simulate_walk(rate_hz=30.0).landmarks(seen)).history]  # type: ignore[arg-type]
        assert "left and right put back" not in told
        assert "left and right guarded" not in told
        assert "ghosts taken out" not in told


def test_a_picture_without_legs_has_no_body() -> None:
    recording = WALK.landmarks("left")
    stream = recording["landmarks"].only(["nose", "left_eye", "right_eye"])
    found = prepare(replace(recording, streams={"landmarks": stream}))
    assert "body" not in found
    assert found.problems
