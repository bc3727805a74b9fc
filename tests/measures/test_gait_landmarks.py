"""Gait from pose landmarks: what a side view shows, what it cannot show, and what says so instead."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poise.cleaning.prepare import prepare
from poise.measures import gait_landmarks
from poise.model import Kind, Measured, Person, Recording
from poise.testing.walking import SimulatedWalk, simulate_walk
from poise.workflows.validation.scores import match_events, pooled

MEASURE = gait_landmarks.MEASURE


@pytest.fixture(scope="module")
def walk() -> SimulatedWalk:
    return simulate_walk(duration_s=9.0, rate_hz=60.0)


def seen(walk: SimulatedWalk, view: str, *, height_m: float | None = None) -> Recording:
    return prepare(replace(walk.landmarks(view), person=Person(height_m=height_m)))  # type: ignore[arg-type]


def values(found: Measured) -> dict[str, float]:
    return {each.ref: each.value for each in found.measurements}


@pytest.mark.parametrize("view", ["left", "right"])
def test_a_side_view_times_the_steps(walk: SimulatedWalk, view: str) -> None:
    found = MEASURE.compute(seen(walk, view))
    matches = pooled([
        match_events([e.time_s for e in found.events if (e.event, e.side) == (event, side)], walk.times(event, side), 0.1)
        for event in ("initial_contact", "toe_off") for side in ("left", "right")
    ])  # fmt: skip
    assert matches.precision == 1.0
    assert matches.recall > 0.9
    got = values(found)
    assert got["gait.cadence"] == pytest.approx(walk.walker.cadence_steps_min, rel=0.01)
    assert got["gait.stance_percent@left"] == pytest.approx(walk.walker.stance_percent, abs=5.0)


@pytest.mark.parametrize("view", ["left", "right", "world"])
def test_walking_backwards_is_seen_in_pictures_too(view: str) -> None:
    found = MEASURE.compute(seen(simulate_walk(duration_s=9.0, rate_hz=60.0, backwards=True), view, height_m=1.7))
    assert found.measurements == ()
    assert any("walks backwards" in problem.what for problem in found.problems)


def test_without_a_height_no_length_is_given(walk: SimulatedWalk) -> None:
    found = MEASURE.compute(seen(walk, "left"))
    assert not [ref for ref in values(found) if "length" in ref or "speed" in ref or "width" in ref or "ratio" in ref]
    assert found.walk is not None
    assert np.isnan([stride.length_m for stride in found.walk.strides]).all()


def test_with_a_height_lengths_along_the_way_are_given_and_widths_never(walk: SimulatedWalk) -> None:
    got = values(MEASURE.compute(seen(walk, "left", height_m=walk.walker.height_m)))
    assert got["gait.stride_length@left"] == pytest.approx(walk.walker.stride_length_m, rel=0.08)
    assert got["gait.speed"] == pytest.approx(walk.walker.speed_m_s, rel=0.08)
    assert not [ref for ref in got if "width" in ref]


def test_a_front_view_gives_nothing_and_says_why(walk: SimulatedWalk) -> None:
    found = MEASURE.compute(seen(walk, "front"))
    assert found.measurements == ()
    assert found.events == ()
    assert "cannot be timed from this view" in found.problems[0].what


def test_landmarks_about_the_hips_are_a_walk_on_a_moving_floor(walk: SimulatedWalk) -> None:
    got = values(MEASURE.compute(seen(walk, "world")))
    assert got["gait.cadence"] == pytest.approx(walk.walker.cadence_steps_min, rel=0.01)


def test_known_errors_of_the_method_travel_with_its_numbers(walk: SimulatedWalk) -> None:
    found = MEASURE.compute(seen(walk, "left", height_m=1.7))
    step = next(each for each in found.measurements if each.measure == "gait.step_length")
    assert step.error == pytest.approx(0.0225)
    assert "Stenum" in step.error_source


def test_legs_that_are_hidden_most_of_the_walk_give_no_numbers(walk: SimulatedWalk) -> None:
    recording = seen(walk, "left")
    body = recording[Kind.BODY]
    hidden = body.values.copy()
    feet = [
        i
        for i, name in enumerate(body.channels)
        if any(word in name for word in ("heel", "toe", "ankle", "hallux", "metatarsal"))
    ]
    hidden[:, feet] = np.where((body.time_s % 1.0 < 0.75)[:, None, None], np.nan, hidden[:, feet])
    found = MEASURE.compute(replace(recording, streams={**recording.streams, Kind.BODY: replace(body, values=hidden)}))
    assert found.measurements == ()
    assert found.problems


def test_it_fits_bodies_from_landmarks_alone(walk: SimulatedWalk) -> None:
    assert MEASURE.fits(seen(walk, "left"))
    assert not MEASURE.fits(walk.body())
    assert not MEASURE.fits(walk.landmarks("left"))


@pytest.mark.data
def test_a_patient_with_labelled_events(shared_data: Path) -> None:
    from poise.workflows.validation.gait_landmarks_patients_gaitkit import DATASET

    scores = {(s.measure, s.metric): s.value for s in DATASET.scores(shared_data / DATASET.name) if s.file == "all"}
    assert scores["initial_contact", "f1_100ms"] >= 0.97
    assert scores["toe_off", "f1_100ms"] >= 0.97


def test_points_centred_on_the_hips_give_times_but_no_lengths() -> None:
    """A pose model's world points do not travel and have the model's own scale: a speed from them would be made up."""
    found = MEASURE.compute(prepare(simulate_walk(duration_s=12.0).landmarks("world")))
    measures = {each.measure for each in found.measurements}
    assert "gait.cadence" in measures
    assert not {name for name in measures if any(word in name for word in ("speed", "length", "width", "ratio"))}


def test_a_picture_without_scale_judges_no_length_and_excuses_none() -> None:
    """A child of 1 m filmed walking briskly is taken as 1.7 m tall, and is not thrown out for its seeming speed."""
    known = simulate_walk(height_m=1.0, stride_length_m=1.0, stride_time_s=0.72, duration_s=12.0, rate_hz=60.0)
    found = MEASURE.compute(seen(known, "left"))
    assert values(found)["gait.cadence"] == pytest.approx(known.walker.cadence_steps_min, rel=0.01)
    assert not any(word in each.what for each in found.problems for word in ("Step width", "belt", "nobody walks"))


def test_who_turns_in_points_told_from_the_hips_is_not_said_to_stand() -> None:
    found = MEASURE.compute(prepare(simulate_walk(duration_s=12.0, turn_deg=180.0).landmarks("world")))
    assert not found.measurements
    (told,) = found.problems
    assert "turns" in told.what
    assert "Nobody walks" not in told.what
