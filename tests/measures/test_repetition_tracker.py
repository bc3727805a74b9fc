"""The tracker counts what the person did, live as in batch, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poise.knowledge.exercises import exercise, exercises
from poise.measures.repetition_frames import frames_of
from poise.measures.repetition_motion import Plan, motion_of, plan_for, plan_of
from poise.measures.repetition_tracker import finish, resumed, start, step, stored, track
from poise.model import Kind
from poise.testing.exercises import Exerciser, Repeated, exercised

SQUAT = plan_of(exercise("x_squat"))
KNEES = ("m_knee_flexion.left", "m_knee_flexion.right")


def angles(values, rate_hz=50.0):
    """Frames in which both knees have this angle."""
    return [(i / rate_hz, dict.fromkeys(KNEES, float(value))) for i, value in enumerate(values)]


def knees(done: Repeated, rate_hz=50.0, noise_deg=0.0, seed=0):
    time_s = np.arange(round(done.duration_s * rate_hz)) / rate_hz
    shaking = np.random.default_rng(seed).normal(0.0, noise_deg, len(time_s)) if noise_deg else 0.0
    return angles(done.angle_deg(time_s) + shaking, rate_hz)


def ends(events):
    return [each for each in events if each.event == "repetition_end"]


def said(events):
    """What was said, as plain values that compare."""
    return [(e.event, e.side, round(e.time_s, 9), e.why, e.repetition, e.fault) for e in events]


# ---------- counting ----------


@pytest.mark.parametrize("number", [0, 1, 3, 10])
def test_it_counts_what_was_done(number):
    assert len(ends(track(SQUAT, knees(Repeated(ranges_deg=(80.0,) * number))))) == number


def test_little_range_counts_and_is_not_clean():
    found = ends(track(SQUAT, knees(Repeated(ranges_deg=(25.0,) * 4))))
    assert [each.repetition.clean for each in found] == [False] * 4


@given(noise_deg=st.floats(0.0, 2.5), seed=st.integers(0, 2**16))
@settings(max_examples=30)
def test_noise_at_a_threshold_counts_nothing(noise_deg, seed):
    """Standing with the knee at the very number that the exercise asks for, on a shaking camera."""
    for level in (15.0, 75.0):
        shaking = np.random.default_rng(seed).normal(level, noise_deg, 1500)
        assert not ends(track(replace(SQUAT, gate_s=0.0), angles(shaking)))


@given(noise_deg=st.floats(0.0, 3.0), seed=st.integers(0, 2**16))
@settings(max_examples=20)
def test_a_shaking_camera_does_not_change_the_count(noise_deg, seed):
    assert len(ends(track(SQUAT, knees(Repeated(), noise_deg=noise_deg, seed=seed)))) == 5


def test_slow_sway_is_no_repetition():
    time_s = np.arange(0, 120, 0.02)
    assert not ends(track(SQUAT, angles(8.0 + 4.0 * np.sin(2 * np.pi * 0.2 * time_s))))


@pytest.mark.parametrize("rate_hz", [15.0, 25.0, 30.0, 60.0, 100.0])
def test_any_frame_rate_gives_the_same_count_and_nearly_the_same_times(rate_hz):
    done = Repeated(hold_s=0.5)
    found = ends(track(SQUAT, knees(done, rate_hz)))
    assert len(found) == 5
    middles = [start_s + done.out_s + done.hold_s / 2 for start_s in done.starts_s]
    apexes = [each.repetition.apex_s for each in found]
    # The hold is flat: the far point is anywhere in it.
    np.testing.assert_allclose(apexes, middles, atol=0.3 + 2 / rate_hz)
    np.testing.assert_allclose([each.time_s for each in found], done.ends_s, atol=0.25)


def test_vector_reps_cosine():
    """test-vectors.json, reps.cosine: three periods of 4 s, 90 deg; live apexes within 0.05 s of the truth."""
    time_s = np.arange(601) / 50.0
    events = track(plan_for("m_knee_flexion", gate_s=0.0), angles(45.0 * (1.0 - np.cos(2 * np.pi * time_s / 4.0))))
    found = ends(events)
    assert len(found) == 3
    np.testing.assert_allclose([each.repetition.apex_s for each in found], [2.0, 6.0, 10.0], atol=0.05)


def test_partial_repetitions_are_told_apart():
    events = track(SQUAT, knees(Repeated(ranges_deg=(80.0, 80.0, 80.0, 30.0, 80.0))))
    assert len(ends(events)) == 4
    assert [each.event for each in events].count("repetition_partial") == 1


def test_three_small_ones_in_a_row_are_what_the_person_does_now():
    events = track(SQUAT, knees(Repeated(ranges_deg=(80.0,) * 3 + (30.0,) * 6)))
    assert len(ends(events)) >= 6


def test_the_last_repetition_counts_when_it_was_cut_after_its_deepest_point():
    frames = knees(Repeated(ranges_deg=(80.0, 80.0)))
    cut = [frame for frame in frames if frame[0] <= 5.4]  # starts 1 and 4 s, deepest at 5 s
    found = ends(track(SQUAT, cut))
    assert [each.repetition.complete for each in found] == [True, False]


def test_one_that_was_cut_on_its_way_out_does_not_count():
    frames = [frame for frame in knees(Repeated(ranges_deg=(80.0, 80.0))) if frame[0] <= 4.7]
    assert len(ends(track(SQUAT, frames))) == 1


def test_pulses_that_do_not_come_back_are_one_repetition_and_that_come_back_two_thirds_are_two():
    time_s = np.arange(0, 6, 0.02)
    shallow = 60.0 - 20.0 * np.cos(np.pi * (time_s - 1.5)) * ((time_s > 1.5) & (time_s < 3.5))
    assert len(ends(track(SQUAT, angles(np.where((time_s > 1) & (time_s < 4), shallow, 5.0))))) == 1


# ---------- the gate, and what is not the exercise ----------


def test_nothing_counts_before_the_person_was_calm():
    time_s = np.arange(0, 4, 0.02)
    getting_there = 30.0 + 25.0 * np.sin(2 * np.pi * 0.7 * time_s)
    frames = angles(np.concatenate((getting_there, Repeated().angle_deg(np.arange(0, 16, 0.02)))))
    events = track(SQUAT, frames)
    assert events[0].event == "ready"
    assert len(ends(events)) == 5


def test_standing_still_at_the_far_posture_opens_no_gate():
    frames = angles(np.full(200, 85.0))
    assert track(SQUAT, frames) == ()


def test_walking_is_not_squatting():
    """Knees that bend one after the other while the feet travel."""
    time_s = np.arange(0, 10, 0.02)
    frames = []
    for t in time_s:
        swing = [5.0 + 55.0 * max(0.0, np.sin(2 * np.pi * (t + phase))) ** 2 for phase in (0.0, 0.5)]
        place = {"place.x": 1.2 * t, "place.y": 0.0, "place.height": 0.9}
        frames.append((float(t), dict(zip(KNEES, map(float, swing), strict=True)) | place))
    assert not ends(track(replace(SQUAT, gate_s=0.0), frames))


def test_one_leg_alone_is_not_a_squat():
    frames = [(t, {KNEES[0]: each[KNEES[0]], KNEES[1]: 5.0}) for t, each in knees(Repeated())]
    events = track(SQUAT, frames)
    assert not ends(events)
    assert {each.why for each in events if each.event == "repetition_void"} == {"one side only"}


def test_feet_that_end_elsewhere_make_it_void():
    frames = [(t, each | {"place.x": 0.3 * t, "place.y": 0.0, "place.height": 0.9}) for t, each in knees(Repeated())]
    events = track(SQUAT, frames)
    assert {each.why for each in events if each.event == "repetition_void"} == {"travelled"}


def test_a_one_sided_exercise_knows_its_side_and_counts_a_movement_of_both_once():
    plan = plan_of(exercise("x_standing_hip_abduction"), gate_s=0.5)
    done = Repeated(ranges_deg=(25.0,) * 3, rest_deg=0.0)
    time_s = np.arange(round(done.duration_s * 50)) / 50
    frames = [
        (float(t), {"m_hip_abduction.left": float(a), "m_hip_abduction.right": float(0.4 * a)})
        for t, a in zip(time_s, done.angle_deg(time_s), strict=True)
    ]
    assert [each.side for each in ends(track(plan, frames))] == ["left"] * 3


def test_alternating_sides_are_counted_each():
    plan = plan_of(exercise("x_march_in_place"), gate_s=0.5)
    left = Repeated(ranges_deg=(0.5, 0.0) * 4, out_s=0.4, back_s=0.4, rest_s=0.2, rest_deg=0.0)
    right = replace(left, ranges_deg=(0.0, 0.5) * 4)
    time_s = np.arange(round(left.duration_s * 50)) / 50 + 0.0
    rows = zip(time_s, left.angle_deg(time_s), right.angle_deg(time_s), strict=True)
    frames = [(i * 0.02, {"m_knee_lift.left": 0.4, "m_knee_lift.right": 0.4}) for i in range(50)]
    frames += [
        (1.0 + float(t), {"m_knee_lift.left": 0.4 * (1 - a), "m_knee_lift.right": 0.4 * (1 - b)}) for t, a, b in rows
    ]
    found = ends(track(plan, frames))
    assert [each.side for each in found] == ["left", "right"] * 4


def test_a_turn_of_the_head_counts_to_both_sides():
    plan = plan_of(exercise("x_neck_rotation"), gate_s=0.5)
    right = Repeated(ranges_deg=(50.0, -50.0) * 2, rest_deg=0.0)
    time_s = np.arange(round(right.duration_s * 30)) / 30
    frames = [(float(t), {"m_neck_rotation": float(a)}) for t, a in zip(time_s, right.angle_deg(time_s), strict=True)]
    assert [each.side for each in ends(track(plan, frames))] == ["right", "left"] * 2


# ---------- what was not seen ----------


def test_missing_in_nothing_out():
    frames = [(t, dict.fromkeys(KNEES, float("nan"))) for t, _ in knees(Repeated())]
    assert track(SQUAT, frames) == ()
    assert track(SQUAT, [(t, {}) for t, _ in frames]) == ()


def test_a_short_dropout_costs_nothing_and_a_long_one_the_repetition():
    done = Repeated(out_s=1.5, back_s=1.5)
    frames = knees(done)
    short = [(t, {} if 2.0 < t < 2.3 else each) for t, each in frames]
    assert len(ends(track(SQUAT, short))) == 5
    long = [(t, {} if 1.6 < t < 3.2 else each) for t, each in frames]
    events = track(SQUAT, long)
    assert len(ends(events)) == 4
    assert "not seen" in {each.why for each in events}


def test_one_leg_out_of_sight_is_counted_by_the_other():
    frames = [(t, {KNEES[0]: each[KNEES[0]]}) for t, each in knees(Repeated())]
    assert len(ends(track(SQUAT, frames))) == 5


# ---------- checks ----------


def leaning(lean_deg, seconds=0.5):
    done = Repeated()
    return [(t, each | {"m_trunk_lean_sag": lean_deg if 1.5 < t < 1.5 + seconds else 10.0}) for t, each in knees(done)]


def test_a_broken_check_is_told_at_once_and_once_with_its_cue():
    events = track(SQUAT, leaning(60.0))
    (told,) = [each for each in events if each.event == "check"]
    assert told.fault.reading == "m_trunk_lean_sag"
    assert told.fault.cue == "cue_chest_up"
    assert 1.5 < told.time_s < 1.7
    assert [len(each.repetition.faults) for each in ends(events)] == [1, 0, 0, 0, 0]


def test_one_bad_frame_is_no_fault():
    assert not [each for each in track(SQUAT, leaning(60.0, seconds=0.03)) if each.event == "check"]


def test_a_major_fault_makes_a_repetition_not_clean_and_a_minor_one_does_not():
    assert ends(track(SQUAT, leaning(60.0)))[0].repetition.clean is True
    mini = plan_of(exercise("x_mini_squat"))
    frames = [
        (t, {"m_hip_drop": 0.9 * (1.0 - each[KNEES[0]] / 500.0), "m_fppa.left": 15.0, "m_fppa.right": 2.0})
        for t, each in knees(Repeated())
    ]
    found = ends(track(mini, frames))
    assert [each.repetition.clean for each in found] == [False] * 5
    assert {fault.reading for fault in found[0].repetition.faults} >= {"m_fppa"}


def test_too_fast_is_told_at_the_end():
    plan = plan_of(exercise("x_seated_knee_extension"), side="left")
    done = Repeated(ranges_deg=(-80.0,) * 2, rest_deg=90.0, out_s=0.6, back_s=0.6)
    frames = [(t, {"m_knee_flexion.left": each[KNEES[0]]}) for t, each in knees(done)]
    faults = [each.fault.reading for each in track(plan, frames) if each.event == "check"]
    assert faults.count("m_rep_time") == 2


def test_what_the_person_says_is_checked_too():
    plan = plan_of(exercise("x_heel_slide"), side="left")
    done = Repeated(ranges_deg=(80.0,))
    frames = [(t, {"m_knee_flexion.left": each[KNEES[0]], "m_pain_now": 6.0}) for t, each in knees(done)]
    (told,) = [each for each in track(plan, frames) if each.event == "check"]
    assert (told.fault.reading, told.fault.severity) == ("m_pain_now", "stop")


# ---------- live is batch ----------


def every_event(plan, frames, cuts=()):
    state, found = start(plan), []
    for i, (time_s, readings) in enumerate(frames):
        if i in cuts:
            state = resumed(json.loads(json.dumps(stored(state))))
        state, events = step(state, time_s, readings)
        found += events
    return found + list(finish(state)[1])


@given(cuts=st.sets(st.integers(0, 400), max_size=4), seed=st.integers(0, 100))
@settings(max_examples=25)
def test_cut_anywhere_stored_and_resumed_it_says_the_same(cuts, seed):
    body = exercised(Exerciser(set=Repeated(ranges_deg=(80.0, 30.0, 70.0)), rate_hz=30.0, noise_m=0.004, seed=seed))
    plan = plan_of(exercise("x_squat"))
    frames = list(frames_of(body[Kind.BODY], plan.wanted))
    assert said(every_event(plan, frames, cuts)) == said(track(plan, frames))


def test_a_state_is_a_value_that_a_step_does_not_touch():
    frames = knees(Repeated(ranges_deg=(80.0,)))
    state = start(SQUAT)
    for time_s, readings in frames[:80]:
        before = json.dumps(stored(state))
        after, _ = step(state, time_s, readings)
        assert json.dumps(stored(state)) == before
        state = after


def test_a_frame_that_is_not_later_is_passed_over():
    state, _ = step(start(SQUAT), 1.0, dict.fromkeys(KNEES, 5.0))
    assert step(state, 1.0, dict.fromkeys(KNEES, 80.0)) == (state, ())
    assert step(state, 0.5, dict.fromkeys(KNEES, 80.0)) == (state, ())


@given(shift_s=st.floats(-1000.0, 1000.0))
@settings(max_examples=20)
def test_a_shift_of_the_clock_shifts_every_time(shift_s):
    frames = knees(Repeated(ranges_deg=(80.0,) * 2))
    here = track(SQUAT, frames)
    there = track(SQUAT, [(t + shift_s, each) for t, each in frames])
    assert [each.event for each in here] == [each.event for each in there]
    np.testing.assert_allclose([e.time_s + shift_s for e in here], [e.time_s for e in there], atol=1e-6)


# ---------- exercises ----------


@pytest.mark.parametrize("id", [each.id for each in exercises().values() if motion_of(each) is not None])
def test_every_cycle_of_the_knowledge_is_counted_as_it_is_defined(id):
    """Each exercise's own counted reading, from its near level past its far one and back, five times."""
    asked = exercise(id)
    best = {"m_knee_flexion": 110.0, "m_shoulder_flexion": 160.0, "m_shoulder_abduction": 160.0}
    best |= {"m_neck_rotation": 60.0, "m_trunk_yaw": 40.0}
    motion, plan = motion_of(asked, best), plan_of(asked, best=best)
    assert plan is not None
    span = max(abs(motion.far - motion.near), 0.0) if motion.near == motion.near else 0.0
    size = max(1.3 * span, 2.5 * plan.least)
    rest = motion.near if motion.near == motion.near else 0.0
    done = Repeated(
        ranges_deg=(motion.sign * size,) * 5, out_s=1.5, back_s=1.5, rest_deg=rest - 0.1 * motion.sign * size
    )
    time_s = np.arange(round(done.duration_s * 30)) / 30
    limb = plan.limbs[-1]
    rows = zip(time_s, done.angle_deg(time_s), strict=True)
    frames = [(float(t), {key: _raw(plan, float(value)) for key in limb.keys}) for t, value in rows]
    assert len(ends(track(plan, frames))) == 5


def _raw(plan: Plan, value: float) -> float:
    """What one frame reads where the reading, against a calm start of 1, means `value`."""
    return 1.0 - value if plan.start == "fall" else value
