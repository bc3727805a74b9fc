"""The hold tracker: time in the band, drift, spread, touches and breaks; live is batch, cut anywhere."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poise.knowledge.exercises import exercise, exercises
from poise.measures.repetition_holds import finish, hold_plan_of, resumed, start, step, stored, track
from poise.measures.repetitions import MEASURE, compute_with
from poise.model import Kind
from poise.testing.exercises import Exerciser, Repeated, exercised

ONE_LEG = exercise("x_single_leg_stance_ec")
SEATED = exercise("x_disc_seated")
HEEL_PROP = exercise("x_heel_prop_extension")


def lifted(heights, rate_hz=50.0):
    """Frames of the left foot at these heights (by hip height), the right one on the floor."""
    return [(i / rate_hz, {"m_foot_clearance.left": h, "m_foot_clearance.right": -h}) for i, h in enumerate(heights)]


def spans(*parts, rate_hz=50.0):
    return [value for seconds, value in parts for _ in range(round(seconds * rate_hz))]


def holds(plan, frames):
    return [each.repetition for each in track(plan, frames) if each.repetition is not None]


def told(one):
    return {name: value for name, value, _ in one.values}


def test_a_foot_kept_up_is_one_hold_of_the_leg_that_stands():
    found = holds(hold_plan_of(ONE_LEG), lifted(spans((2, 0.0), (12, 0.15), (2, 0.0))))
    assert [each.side for each in found] == ["right"]
    assert told(found[0])["hold_time"] == pytest.approx(12.0, abs=0.03)
    assert found[0].start_s == pytest.approx(2.0, abs=0.03)
    assert found[0].complete
    assert found[0].clean


def test_too_short_a_hold_is_not_clean_and_a_moment_is_none():
    found = holds(hold_plan_of(ONE_LEG), lifted(spans((2, 0.0), (4, 0.15), (2, 0.0), (0.6, 0.15), (2, 0.0))))
    assert len(found) == 1
    assert found[0].clean is False


def test_a_touch_costs_its_time_and_a_break_ends_the_hold():
    touched = holds(hold_plan_of(ONE_LEG), lifted(spans((1, 0.0), (5, 0.15), (0.3, 0.0), (5, 0.15), (2, 0.0))))
    assert len(touched) == 1
    assert told(touched[0])["hold_touches"] == 1
    assert told(touched[0])["hold_time"] == pytest.approx(10.0, abs=0.06)
    broken = holds(hold_plan_of(ONE_LEG), lifted(spans((1, 0.0), (5, 0.15), (1.0, 0.0), (5, 0.15), (2, 0.0))))
    assert [told(each)["hold_time"] for each in broken] == pytest.approx([5.0, 5.0], abs=0.06)
    assert [told(each)["hold_touches"] for each in broken] == [0, 0]


@given(seed=st.integers(0, 100))
@settings(max_examples=10, deadline=None)
def test_shaking_about_the_bound_is_neither_touch_nor_break(seed):
    noise = np.random.default_rng(seed).uniform(-0.025, 0.025, 500)
    found = holds(hold_plan_of(ONE_LEG), lifted(spans((1, 0.0), (1, 0.15)) + (0.06 + noise).tolist()))
    assert len(found) == 1
    assert told(found[0])["hold_touches"] == 0


def test_drift_and_spread_of_the_held_angle():
    lean = [(i / 50, {"m_trunk_lean_front": 1.0 + 0.1 * (i / 50)}) for i in range(1000)]
    one = holds(hold_plan_of(SEATED), lean)[0]
    assert told(one)["hold_drift"] == pytest.approx(0.1, rel=1e-6)
    assert told(one)["hold_sd"] == pytest.approx(0.1 * 20 / np.sqrt(12), rel=0.06)
    assert one.complete is False
    to_the_left = [(time_s, {"m_trunk_lean_front": -value["m_trunk_lean_front"] * 5}) for time_s, value in lean]
    assert told(holds(hold_plan_of(SEATED), to_the_left)[0])["hold_time"] < 13.0, "a lean to either side leaves"


def test_a_broken_check_is_told_and_makes_it_unclean():
    frames = [(t, {**r, "m_pelvic_obliquity": 0.0 if t < 4 else 12.0}) for t, r in lifted(spans((1, 0.0), (40, 0.15)))]
    events = track(hold_plan_of(exercise("x_single_leg_stance")), frames)
    assert [each.fault.reading for each in events if each.event == "check"] == ["m_pelvic_obliquity"]
    assert [each.repetition.clean for each in events if each.repetition] == [False]


def test_missing_in_nothing_out():
    assert track(hold_plan_of(ONE_LEG), lifted([float("nan")] * 500)) == ()
    assert track(hold_plan_of(ONE_LEG), []) == ()


@given(cuts=st.lists(st.integers(0, 700), max_size=4), seed=st.integers(0, 20))
@settings(max_examples=25, deadline=None)
def test_cut_anywhere_stored_and_resumed_it_says_the_same(cuts, seed):
    noise = np.random.default_rng(seed).normal(0.0, 0.02, 750)
    frames = lifted(
        (np.array(spans((1, 0.0), (5, 0.15), (0.3, 0.0), (5, 0.12), (2.7, 0.0), (1, 0.15))) + noise).tolist()
    )
    plan = hold_plan_of(exercise("x_single_leg_stance"))
    state, events = start(plan), ()
    for i, (time_s, readings) in enumerate(frames):
        if i in cuts:
            state = resumed(json.loads(json.dumps(stored(state))))
        state, more = step(state, time_s, readings)
        events += more
    assert repr((*events, *finish(state)[1])) == repr(track(plan, frames))


@pytest.mark.parametrize("id", [each.id for each in exercises().values() if each.kind == "hold"])
def test_every_hold_of_the_knowledge_has_a_plan_or_is_known_to_have_none(id):
    plan = hold_plan_of(exercise(id))
    assert (plan is None) == (id in {"x_wobble_stance", "x_short_foot"})
    if plan is not None:
        assert resumed(json.loads(json.dumps(stored(start(plan))))) == start(plan) or plan.limbs


def test_batch_tells_the_hold_of_a_recording_and_that_it_was_not_seen():
    who = exercised(Exerciser(set=Repeated(ranges_deg=(12.0,), out_s=1.0, hold_s=0.0, back_s=1.0, rest_s=8.0)))
    measured = compute_with(who, exercise("x_posture_reset_standing"))
    names = {each.measure for each in measured.measurements}
    assert names <= {each.measure for each in MEASURE.defines}
    assert {"rep.count", "rep.hold_time", "rep.hold_drift", "rep.hold_sd"} <= names
    unseen = replace(
        who, streams={Kind.BODY: replace(who[Kind.BODY], values=np.full_like(who[Kind.BODY].values, np.nan))}
    )
    assert compute_with(unseen, ONE_LEG).problems
    assert compute_with(who, exercise("x_wobble_stance")).problems
    assert not compute_with(who, exercise("x_wobble_stance")).measurements


def test_a_heel_prop_is_told_against_its_own_start():
    frames = [(i / 50, {"m_knee_flexion.left": 20.0 - min(3.0, i / 200)}) for i in range(1500)]
    one = holds(hold_plan_of(HEEL_PROP, side="left"), frames)[0]
    assert one.side == "left"
    assert told(one)["hold_drift"] < 0.0
