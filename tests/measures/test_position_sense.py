"""Position sense: shown, back, found again; the errors that were put in come out, whatever saw them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poise.cleaning.prepare import prepare
from poise.measures.position_sense import MEASURE
from poise.measures.position_sense_across import compare
from poise.measures.position_sense_errors import errors, judgements, laser_error_deg, laser_offset_m, pooled
from poise.measures.position_sense_holds import holds, positions
from poise.model import Event, Kind, Measured
from poise.testing.imu_joints import Hinge, simulated_hinge
from poise.testing.position_sense import PositionTest, angle_course, as_angles, as_landmarks, as_sensor

ANSWERS = (30.0, 33.0, 30.0, 28.5, 30.0, 34.0, 30.0, 31.5, 30.0, 29.0)
"""A target of 30 shown and found again five times: the errors of the vector `jps`."""
SHOWN_AND_FOUND = PositionTest(positions_deg=ANSWERS)
ERRORS = {
    "jps.absolute_error": 2.2,
    "jps.constant_error": 1.2,
    "jps.variable_error": 2.15870331,
    "jps.rms_error": 2.46981781,
}


def values(found: Measured) -> dict[str, float]:
    return {m.measure: m.value for m in found.measurements}


def test_vector_jps() -> None:
    found = errors([33.0, 28.5, 34.0, 31.5, 29.0], 30.0)
    assert found.absolute == pytest.approx(2.2, abs=1e-8)
    assert found.constant == pytest.approx(1.2, abs=1e-8)
    assert found.variable == pytest.approx(2.15870331, abs=1e-8)
    assert found.rms == pytest.approx(2.46981781, abs=1e-8)


def test_vector_cjpe() -> None:
    assert float(laser_error_deg(0.07, 0.90)) == pytest.approx(4.44738485, abs=1e-8)
    assert 100.0 * float(laser_offset_m(4.5, 0.90)) == pytest.approx(7.08315361, abs=1e-8)
    assert np.isnan(laser_error_deg(0.07, 0.0))


@given(st.lists(st.floats(-90, 90), min_size=2, max_size=12), st.floats(-90, 90))
def test_the_parts_make_the_whole(responses: list[float], target: float) -> None:
    found = errors(responses, target)
    assert found.rms**2 == pytest.approx(np.mean((np.array(responses) - target) ** 2), abs=1e-6)
    assert found.absolute >= abs(found.constant) - 1e-9


@given(st.lists(st.floats(-90, 90), min_size=2, max_size=12), st.integers(1, 11))
def test_trials_taken_together_are_one_series(responses: list[float], cut: int) -> None:
    cut = min(cut, len(responses) - 1)
    whole, parts = errors(responses, 10.0), pooled([errors(responses[:cut], 10.0), errors(responses[cut:], 10.0)])
    assert parts.n == whole.n
    for name in ("absolute", "constant", "rms"):
        assert getattr(parts, name) == pytest.approx(getattr(whole, name), abs=1e-6)
    assert parts.variable == pytest.approx(whole.variable, abs=1e-5)


def test_missing_judgements_are_left_out() -> None:
    assert errors([np.nan, 31.0], 30.0).n == 1
    assert errors([np.nan], 30.0).n == 0
    assert judgements([1.0, 2.0, np.nan, 6.0]).drift == pytest.approx(4.5)
    assert np.isnan(judgements([np.nan]).mean)


@pytest.mark.parametrize(
    ("make", "within"), [(as_angles, 0.1), (as_sensor, 0.5), (lambda t: prepare(as_landmarks(t)), 0.2)],
    ids=["angles", "one sensor", "camera"],
)  # fmt: skip
def test_shown_and_found(make, within) -> None:  # type: ignore[no-untyped-def]
    found = values(MEASURE.compute(make(SHOWN_AND_FOUND)))
    assert found == pytest.approx(ERRORS, abs=within)


@pytest.mark.parametrize("make", [as_angles, lambda t: prepare(as_landmarks(t))], ids=["angles", "camera"])
def test_noise_of_a_camera_does_not_lose_trials(make) -> None:  # type: ignore[no-untyped-def]
    found = MEASURE.compute(make(replace(SHOWN_AND_FOUND, noise_deg=1.0, rate_hz=30.0)))
    assert found.measurements[0].n == 5
    assert values(found) == pytest.approx(ERRORS, abs=0.7)


def test_a_slow_test_at_five_degrees_a_second() -> None:
    found = MEASURE.compute(as_angles(replace(SHOWN_AND_FOUND, speed_deg_s=5.0)))
    assert values(found) == pytest.approx(ERRORS, abs=0.2)


def test_two_sensors_on_a_thigh_that_moves_as_well() -> None:
    # A knee bend in standing: the thigh leans forward by half of what the knee bends.
    _, knee = angle_course(replace(SHOWN_AND_FOUND, speed_deg_s=40.0, pause_s=3.0))
    how = Hinge(rate_hz=60.0, duration_s=len(knee) / 60.0, still_s=0.0, swing_deg=0.0, skin_deg=0.0, off_axis_deg=0.0,
                bias_deg_s=0.2, noise_deg_s=0.1, noise_m_s2=0.05)  # fmt: skip
    made = simulated_hinge(how, flexion_deg=knee, lean_deg=0.5 * knee).recording()
    found = MEASURE.compute(made)
    assert "knee.flexion" in found.measurements[0].method
    assert values(found) == pytest.approx(ERRORS, abs=0.6)


def test_two_sensors_without_a_hinge_are_not_taken_for_a_joint() -> None:
    _, knee = angle_course(SHOWN_AND_FOUND)
    how = Hinge(rate_hz=60.0, duration_s=len(knee) / 60.0, still_s=0.0, swing_deg=0.0)
    made = simulated_hinge(how, flexion_deg=knee, lean_deg=0.5 * knee)
    twisted = replace(made, gyr=(made.gyr[0][::-1].copy(), made.gyr[1]), acc=(made.acc[0][::-1].copy(), made.acc[1]))
    slow = simulated_hinge(how, flexion_deg=0.5 * knee, lean_deg=0.25 * knee)
    for each in (twisted, slow):
        found = MEASURE.compute(each.recording())
        assert all("turn" not in m.method for m in found.measurements)


def test_told_target_every_hold_is_an_answer() -> None:
    test = PositionTest(positions_deg=(33.0, 28.5, 34.0, 31.5, 29.0))
    found = MEASURE.compute(as_angles(test, target_deg="30"))
    assert values(found) == pytest.approx(ERRORS, abs=0.1)


def test_told_target_that_was_shown_as_well() -> None:
    found = MEASURE.compute(as_angles(SHOWN_AND_FOUND, target_deg="30"))
    assert values(found) == pytest.approx(ERRORS, abs=0.1)
    assert any("pairs" in each.what for each in found.problems)


def test_events_win() -> None:
    recording = as_angles(PositionTest(positions_deg=(40.0, 43.0, 36.0)))
    marks = (Event(event="target", side=None, time_s=7.5), Event(event="reproduction", side=None, time_s=21.0),
             Event(event="reproduction", side=None, time_s=33.0))  # fmt: skip
    found = values(MEASURE.compute(replace(recording, events=marks)))
    assert found["jps.constant_error"] == pytest.approx((3.0 - 4.0) / 2, abs=0.1)


def test_several_targets_are_told_apart() -> None:
    test = PositionTest(positions_deg=(30.0, 32.0, 60.0, 57.0, 30.0, 34.0, 60.0, 59.0))
    found = values(MEASURE.compute(as_angles(test)))
    assert found["jps.constant_error.target_30"] == pytest.approx(3.0, abs=0.1)
    assert found["jps.constant_error.target_60"] == pytest.approx(-2.0, abs=0.1)
    assert found["jps.absolute_error"] == pytest.approx(2.5, abs=0.1)


def test_a_pause_or_a_correction_is_not_a_trial() -> None:
    time_s, angle = angle_course(PositionTest(positions_deg=(30.0, 33.0)))
    slow = np.interp(time_s, [0, 2, 4, 6, 8, 11, 14], [0, 0, 20, 20, 30, 30, 0])
    whole = np.concatenate([slow[: 14 * 60], angle[10 * 60 :]])
    kept = positions(whole, 60.0, holds(whole, 60.0))
    assert [round(each.angle_deg) for each in kept] == [30, 33]


def test_the_other_way_round_is_the_same_size() -> None:
    test = PositionTest(positions_deg=tuple(-each for each in ANSWERS))
    found = values(MEASURE.compute(as_angles(test)))
    assert found["jps.constant_error"] == pytest.approx(-1.2, abs=0.1)
    assert found["jps.absolute_error"] == pytest.approx(2.2, abs=0.1)


def test_mirrored_people_have_the_same_errors() -> None:
    left, right = (MEASURE.compute(as_angles(replace(SHOWN_AND_FOUND, side=side))) for side in ("left", "right"))
    assert values(left) == values(right)
    assert {m.side for m in right.measurements} == {"right"}


def test_a_camera_says_what_it_cannot_know() -> None:
    test = PositionTest(positions_deg=(33.0,))
    told = MEASURE.compute(prepare(as_landmarks(test, target_deg="30")))
    assert values(told)["jps.constant_error"] == pytest.approx(3.0, abs=0.3)
    assert told.measurements[0].error == 5.0
    assert any("camera" in each.what for each in told.problems)
    assert "jps.variable_error" not in values(told)


def test_nothing_held_nothing_measured() -> None:
    moving = as_angles(SHOWN_AND_FOUND)
    stream = moving[Kind.JOINT_ANGLES]
    swing = 30.0 + 30.0 * np.sin(2 * np.pi * stream.time_s / 3.0)
    for angle, problem in (
        (swing, "held still"),
        (np.full_like(swing, 10.0), "moves"),
        (np.full_like(swing, np.nan), "moves"),
    ):
        values_ = np.stack([angle, angle * 0 + 1, angle * 0 + 1], axis=-1)[:, None]
        found = MEASURE.compute(replace(moving, streams={Kind.JOINT_ANGLES: replace(stream, values=values_)}))
        assert not found.measurements
        assert problem in found.problems[0].what


def trial(answer: float, number: int, side: str = "left", **more: str) -> tuple[str, dict[str, str], tuple]:  # type: ignore[type-arg]
    conditions = {"target_deg": "30", "trial": str(number), "side": side, "eyes": "closed", **more}
    recording = as_angles(PositionTest(positions_deg=(answer,), side=side), **conditions)  # type: ignore[arg-type]
    return f"trial {number}", conditions, MEASURE.compute(recording).measurements


def test_one_trial_a_recording_taken_together() -> None:
    told = [trial(answer, i) for i, answer in enumerate((33.0, 28.5, 34.0, 31.5, 29.0))]
    (found,) = compare(told)
    assert {m.measure: m.value for m in found.measurements} == pytest.approx(ERRORS, abs=0.1)
    assert found.measurements[0].n == 5
    (both,) = compare([*told, trial(30.0, 6, "right")])
    assert {m.measure: m.value for m in both.measurements}["jps.side_bias"] == pytest.approx(1.2, abs=0.1)


def test_open_and_closed_eyes_are_not_taken_together() -> None:
    (found,) = compare([trial(33.0, 1), trial(31.0, 2, eyes="open")])
    assert not found.measurements
    assert "eyes" in found.problems[0].what
    assert compare([trial(33.0, 1)]) == ()
