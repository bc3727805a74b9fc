"""Posture live: a prompt only after a breach that lasts; the same events however the stream is cut."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poise.measures import posture_angles as angles
from poise.measures.posture_tracker import Limit, PostureFrame, PostureTracker, State, Watch, at_desk, side_readings

WATCH = Watch(
    limits=(Limit(reading="head_forward", high=30.0), Limit(reading="trunk_lean", low=-5.0, high=15.0)),
    dwell_s=5.0,
    repeat_s=20.0,
)
TRACKER = PostureTracker(watch=WATCH)


def frames(*parts: tuple[float, float], rate_hz: float = 10.0) -> list[PostureFrame]:
    """Head angles, each for so many seconds; NaN is not seen."""
    course = [angle for seconds, angle in parts for _ in range(round(seconds * rate_hz))]
    return [PostureFrame(time_s=i / rate_hz, readings={"head_forward": angle}) for i, angle in enumerate(course)]


def told(made: list[PostureFrame]) -> list[tuple[str, float]]:
    return [(each.event, round(each.time_s, 2)) for each in TRACKER.run(made)]


def test_a_glance_down_is_no_breach() -> None:
    assert told(frames((10, 20), (4, 40), (10, 20), (4, 40), (10, 20))) == []


def test_a_breach_that_lasts_is_told_once_and_so_is_its_end() -> None:
    assert told(frames((2, 20), (8, 40), (10, 20))) == [("breach", 7.0), ("prompt", 7.0), ("recovered", 12.0)]


def test_hanging_about_the_limit_does_not_chatter() -> None:
    about = frames((2, 20), (8, 40), *((0.5, 29.0 if i % 2 else 31.0) for i in range(20)), (10, 20))
    assert [event for event, _ in told(about)] == ["breach", "prompt", "recovered"]


def test_a_long_breach_is_prompted_again_but_seldom() -> None:
    assert [event for event, _ in told(frames((60, 40)))] == ["breach", "prompt", "prompt", "prompt"]


def test_out_of_sight_nobody_is_blamed() -> None:
    assert told(frames((3, 40), (5, np.nan), (3, 40), (5, 20))) == []
    assert [event for event, _ in told(frames((3, 40), (1, np.nan), (3, 40)))] == ["breach", "prompt"]
    assert told(frames((60, np.nan))) == []


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(st.floats(0.1, 9.0), st.sampled_from([20.0, 29.0, 31.0, 45.0, float("nan")])), min_size=1, max_size=8
    ),
    st.data(),
)
def test_cut_anywhere_the_events_are_the_same(parts: list[tuple[float, float]], data: st.DataObject) -> None:
    made = frames(*parts)
    cut = data.draw(st.integers(0, len(made)))
    state, events = TRACKER.start(), []
    for piece in (made[:cut], made[cut:]):
        for frame in piece:
            state, found = TRACKER.step(state, frame)
            events += found
        state = State(**json.loads(json.dumps(asdict(state))))  # put away and taken up again
    assert events == list(TRACKER.run(made))


def test_at_a_desk_the_own_posture_is_the_measure() -> None:
    watch = at_desk({"head_forward": 22.0, "trunk_lean": -4.0, "knee_bend": 90.0})
    assert {limit.reading: limit.high for limit in watch.limits} == {"head_forward": 32.0, "trunk_lean": 6.0}


@given(st.tuples(*[st.floats(-300, 300)] * 6), st.sampled_from([-1.0, 1.0]))
def test_live_readings_are_the_batch_formulas(xy: tuple[float, ...], facing: float) -> None:
    ear, shoulder, hip = xy[:2], xy[2:4], xy[4:]
    found = side_readings({"ear": ear, "shoulder": shoulder, "hip": hip}, facing)  # type: ignore[dict-item]
    if min(np.hypot(*np.subtract(ear, shoulder)), np.hypot(*np.subtract(shoulder, hip))) < 1.0:
        return
    assert found["head_forward"] == pytest.approx(float(angles.from_vertical_deg(shoulder, ear, facing)), abs=1e-9)
    assert found["trunk_lean"] == pytest.approx(float(angles.from_vertical_deg(hip, shoulder, facing)), abs=1e-9)
    apart = found["slouch"] + float(angles.bend_deg(ear, shoulder, hip, facing))
    assert np.cos(np.radians(apart)) == pytest.approx(1.0, abs=1e-9)


def test_a_hidden_point_gives_no_reading() -> None:
    assert side_readings({"ear": (0.0, 1.0)}, 1.0) == {}
    assert set(side_readings({"ear": (0.0, 1.0), "shoulder": (0.0, 0.0)}, 1.0)) == {"head_forward"}
