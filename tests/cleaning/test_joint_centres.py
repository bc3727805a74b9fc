"""Joint centres where the papers put them, whichever way the pelvis lies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from poise.cleaning.joint_centres import harrington_hips, with_joint_centres, with_lengths_checked
from poise.model import Person, Recording
from poise.signals.geometry import rotation_from_cardan
from poise.testing.walking import simulate_walk

# Pelvis 240 mm wide, 150 mm deep; x forward, y left, z up; its ASIS level with its PSIS.
LEFT_ASIS, RIGHT_ASIS, BACK = (np.array([p]) for p in ([0.0, 0.12, 1.0], [0.0, -0.12, 1.0], [-0.15, 0.0, 1.0]))
NOBODY = Recording(id="x", source="x", streams={})


def test_harringtons_regression_in_millimetres() -> None:
    left, right = harrington_hips(LEFT_ASIS, RIGHT_ASIS, BACK)
    wanted_mm = [-0.24 * 150 - 9.9, 0.33 * 240 + 7.3, 1000 - 0.30 * 240 - 10.9]
    assert_allclose(left[0] * 1000, wanted_mm, atol=1e-9)
    assert_allclose(right[0] * 1000, wanted_mm * np.array([1, -1, 1]), atol=1e-9)


@given(st.lists(st.floats(-180, 180), min_size=3, max_size=3))
def test_the_hips_turn_with_the_pelvis(angles: list[float]) -> None:
    lab = rotation_from_cardan(angles, "zxy")
    turned = harrington_hips(*(point @ lab.T for point in (LEFT_ASIS, RIGHT_ASIS, BACK)))
    straight = harrington_hips(LEFT_ASIS, RIGHT_ASIS, BACK)
    assert_allclose(turned, [hip @ lab.T for hip in straight], atol=1e-9)


def test_a_missing_asis_gives_no_hip_in_that_sample() -> None:
    left = np.repeat(LEFT_ASIS, 3, axis=0)
    left[1] = np.nan
    hips = harrington_hips(left, np.repeat(RIGHT_ASIS, 3, axis=0), np.repeat(BACK, 3, axis=0))
    for hip in hips:
        assert np.isnan(hip[1]).all()
        assert np.isfinite(hip[[0, 2]]).all()


def test_between_the_epicondyles_is_the_middle_and_what_is_given_stays() -> None:
    points = {"left_knee": np.array([[0.0, 0.15, 0.5]]), "left_knee_medial": np.array([[0.0, 0.05, 0.5]])}
    _, placed = with_joint_centres(NOBODY, points)
    assert_allclose(placed["left_knee_centre"], [[0.0, 0.10, 0.5]])
    _, kept = with_joint_centres(NOBODY, {**points, "left_knee_centre": np.array([[1.0, 1.0, 1.0]])})
    assert_allclose(kept["left_knee_centre"], [[1.0, 1.0, 1.0]])


@pytest.mark.parametrize("heading_deg", [0.0, 100.0, -160.0])
def test_centres_inside_the_lateral_marker_come_near_the_true_ones(heading_deg: float) -> None:
    walk = simulate_walk(duration_s=3.0, heading_deg=heading_deg)
    names = ("asis", "psis", "knee", "ankle", "heel", "toe")
    points = {f"{s}_{n}": walk.points[f"{s}_{n}"] for s in ("left", "right") for n in names}
    recording = Recording(id="x", source="x", streams={}, person=Person(height_m=1.70))
    _, placed = with_joint_centres(recording, points)
    for side in ("left", "right"):
        for joint, near_m in (("hip", 1e-3), ("knee", 0.015), ("ankle", 0.015)):
            error = np.linalg.norm(placed[f"{side}_{joint}_centre"] - walk.points[f"{side}_{joint}_centre"], axis=1)
            assert error.max() < near_m, (side, joint, error.max())


def test_the_record_says_whether_the_axis_of_the_knee_was_seen() -> None:
    walk = simulate_walk(duration_s=3.0)
    skin = {name: at for name, at in walk.points.items() if not name.endswith("_centre")}
    lateral = {name: at for name, at in skin.items() if not name.endswith("_medial")}
    for points, known in ((skin, True), (lateral, False), (walk.points, True)):
        (step,) = with_joint_centres(NOBODY, points)[0].history
        assert step.settings["knee_axis_known"] is known


def test_a_leg_that_changes_its_length_is_said() -> None:
    walk = simulate_walk(duration_s=3.0)
    assert with_lengths_checked(NOBODY, walk.points).problems == ()
    broken = dict(walk.points)
    broken["left_knee_centre"] = broken["left_knee_centre"] + np.linspace(0, 0.6, len(walk.time_s))[:, None] * [
        1.0,
        0,
        0,
    ]
    doubts = with_lengths_checked(NOBODY, broken).problems
    assert doubts
    assert all("left" in doubt.what for doubt in doubts)
