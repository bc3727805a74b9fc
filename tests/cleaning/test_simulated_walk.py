"""The simulated walk keeps its word: contacts, lengths, widths and angles are the ones it was asked for."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from poise.signals import geometry
from poise.testing.walking import Walker, simulate_walk


@pytest.mark.parametrize("heading_deg", [0.0, 75.0, -140.0])
def test_a_foot_stands_still_between_its_contact_and_its_toe_off(heading_deg: float) -> None:
    walk = simulate_walk(heading_deg=heading_deg)
    for side in ("left", "right"):
        contacts, toe_offs = walk.times("initial_contact", side), walk.times("toe_off", side)
        for contact in contacts[:-1]:
            toe_off = toe_offs[toe_offs > contact][0]
            stance = (walk.time_s > contact + 0.15) & (walk.time_s < contact + 0.4)
            assert np.ptp(walk.points[f"{side}_heel"][stance], axis=0).max() < 0.005
            assert toe_off - contact == pytest.approx(0.62 * 1.10)


def test_stride_length_width_and_cadence_are_as_asked() -> None:
    walker = Walker(stride_length_m=1.2, stride_time_s=1.0, step_width_m=0.14, toe_out_deg=0.0)
    walk = simulate_walk(walker)
    stood = {s: [walk.points[f"{s}_heel"][round((t + 0.25) * 100)] for t in walk.times("initial_contact", s)[:5]] for s in ("left", "right")}  # fmt: skip
    for side in ("left", "right"):
        assert_allclose(np.diff(stood[side], axis=0), [[1.2, 0.0, 0.0]] * 4, atol=1e-6)
    assert stood["left"][0][1] - stood["right"][0][1] == pytest.approx(0.14)
    assert walker.cadence_steps_min == 120.0


def test_bones_keep_their_length_and_feet_stay_above_the_floor() -> None:
    points = simulate_walk(turn_deg=180.0, longer_left_step_m=0.1, crouch=0.1).points
    for side in ("left", "right"):
        for a, b in (("hip", "knee"), ("knee", "ankle")):
            assert np.ptp(geometry.length(points[f"{side}_{a}_centre"] - points[f"{side}_{b}_centre"])) < 1e-3
        assert points[f"{side}_heel"][:, 2].min() > 0.0
        assert points[f"{side}_toe"][:, 2].min() > 0.0


def test_the_longer_step_is_longer() -> None:
    walk = simulate_walk(longer_left_step_m=0.10)
    heel = {s: walk.points[f"{s}_heel"][:, 0] for s in ("left", "right")}
    step = {}
    for side, other in (("left", "right"), ("right", "left")):
        at = round((walk.times("initial_contact", side)[2] + 0.12) * 100)
        step[side] = heel[side][at] - heel[other][at - 15]
    assert step["left"] - step["right"] == pytest.approx(0.10, abs=0.03)


def test_crouch_bends_the_knees_and_a_treadmill_keeps_the_place() -> None:
    upright, crouched = simulate_walk(), simulate_walk(crouch=0.15)
    assert crouched.angles_deg["knee.flexion.left"].min() > upright.angles_deg["knee.flexion.left"].min() + 20.0
    assert np.ptp(simulate_walk(treadmill=True).points["pelvis_centre"], axis=0).max() < 0.1


def test_backwards_is_the_walk_from_its_end_to_its_beginning() -> None:
    there, back = simulate_walk(), simulate_walk(Walker(backwards=True))
    assert_allclose(back.points["left_toe"], there.points["left_toe"][::-1], atol=1e-9)
    assert_allclose(back.times("initial_contact", "right"), 8.0 - there.times("toe_off", "right")[::-1])


def test_a_change_of_speed_keeps_the_strides_and_stretches_their_time() -> None:
    walk = simulate_walk(duration_s=20.0, changes_at_s=10.0, changes_to=0.5)
    contacts = walk.times("initial_contact", "left")
    assert_allclose(np.diff(contacts[contacts < 10.0]), 1.1)
    assert_allclose(np.diff(contacts[contacts > 10.0]), 2.2)
    stood = np.array([walk.points["left_heel"][round((t + 0.3) * 100), 0] for t in contacts[:-1]])
    assert_allclose(np.diff(stood), 1.3, atol=1e-6)


@pytest.mark.parametrize("stance_percent", [40.0, 46.0, 70.0])
def test_a_stance_it_cannot_roll_over_is_refused(stance_percent: float) -> None:
    with pytest.raises(ValueError, match="stance_percent"):
        simulate_walk(stance_percent=stance_percent)


def test_it_says_that_it_is_simulated() -> None:
    for recording in (simulate_walk().recording(), simulate_walk().body(), simulate_walk().landmarks()):
        assert recording.details["simulated"] == "yes"
        assert "Simulated" in recording.problems[0].what
