"""Gait from the lower back: laws of the method on a simulated sensor, then real people."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poise.measures.gait_lumbar_imu import MEASURE, walk_within
from poise.model import Bout, Kind, Recording, Stream, Walk
from poise.testing.lumbar import LumbarWalker, contacts, record
from poise.workflows.validation.scores import Matches, match_events

QUICK = settings(max_examples=12, deadline=None)


def found(recording: Recording) -> Walk:
    walk = MEASURE.compute(recording).walk
    assert walk is not None
    return walk


def matched(walk: Walk, walker: LumbarWalker, tolerance_s: float = 0.1) -> Matches:
    return match_events([step.time_s for step in walk.footsteps], [c.time_s for c in contacts(walker)], tolerance_s)


def sides_right(walk: Walk, walker: LumbarWalker) -> bool:
    truth = contacts(walker)
    return all(min(truth, key=lambda c: abs(c.time_s - step.time_s)).side == step.side for step in walk.footsteps)


def rotations() -> st.SearchStrategy[np.ndarray]:
    """Any way a sensor can be worn."""
    from scipy.spatial.transform import Rotation

    return st.integers(0, 10_000).map(lambda seed: Rotation.random(rng=seed).as_matrix())


def streams_changed(recording: Recording, change: object) -> Recording:
    assert callable(change)
    return replace(recording, streams={kind: change(stream) for kind, stream in recording.streams.items()})


@pytest.mark.parametrize("step_time_s", [0.42, 0.55, 0.7, 0.95])
def test_every_step_of_a_steady_walk_is_found_with_its_side(step_time_s: float) -> None:
    walker = LumbarWalker(steps=24, step_time_s=step_time_s)
    walk = found(record(walker))
    matches = matched(walk, walker)

    # The first and the last step belong to starting and stopping.
    assert matches.extra == 0
    assert matches.missed <= 4
    assert abs(np.mean(matches.errors_s)) < 0.015
    assert sides_right(walk, walker)


def test_cadence_is_that_of_the_steps() -> None:
    measured = {each.measure: each for each in MEASURE.compute(record(LumbarWalker(step_time_s=0.5))).measurements}

    assert measured["gait.cadence"].value == pytest.approx(120.0, abs=0.5)
    assert measured["gait.cadence"].unit == "steps/min"


@QUICK
@given(worn=rotations(), gyroscope=st.booleans())
def test_it_does_not_matter_how_the_sensor_is_worn(worn: np.ndarray, gyroscope: bool) -> None:
    walker = LumbarWalker(steps=16)
    upright, turned = found(record(walker)), found(record(walker, worn=worn, gyroscope=gyroscope))

    assert [step.side for step in turned.footsteps] == [step.side for step in upright.footsteps]
    np.testing.assert_allclose(
        [step.time_s for step in turned.footsteps], [step.time_s for step in upright.footsteps], atol=0.02
    )


def test_the_mirror_image_walks_on_the_other_feet() -> None:
    recording = record(LumbarWalker())
    mirrored = record(LumbarWalker(first=1))

    assert [step.side for step in found(recording).footsteps] != [step.side for step in found(mirrored).footsteps]
    assert sides_right(found(mirrored), LumbarWalker(first=1))


@QUICK
@given(st.lists(st.floats(0.45, 0.85), min_size=14, max_size=20))
def test_uneven_steps_are_found_too(step_times_s: list[float]) -> None:
    walker = LumbarWalker(step_times_s=tuple(step_times_s))
    bouts = [Bout(start_s=contacts(walker)[0].time_s, end_s=contacts(walker)[-1].time_s)]

    matches = matched(walk_within(record(walker), bouts), walker, tolerance_s=0.2)

    assert matches.f1 >= 0.85


@pytest.mark.parametrize("rate_hz", [50.0, 128.0, 204.8])
def test_any_usual_rate_will_do(rate_hz: float) -> None:
    walker = LumbarWalker(rate_hz=rate_hz)

    assert matched(found(record(walker)), walker).extra == 0


def test_an_uneven_clock_is_put_right() -> None:
    walker = LumbarWalker(rate_hz=197.0)
    jitter = np.random.default_rng(1).uniform(-0.3, 0.3, 100_000) / 197.0

    def shaken(stream: Stream) -> Stream:
        # What was measured stays; only the moments at which it was sampled move a little.
        uneven_s = stream.time_s + jitter[: len(stream.time_s)]
        values = [np.interp(uneven_s, stream.time_s, axis) for axis in stream.values[:, 0].T]
        return replace(stream, time_s=uneven_s, values=np.stack(values, axis=1)[:, None])

    matches = matched(found(streams_changed(record(walker), shaken)), walker)

    assert matches.extra == 0
    assert abs(np.mean(matches.errors_s)) < 0.015


def test_g_or_metres_make_no_difference() -> None:
    recording = record(LumbarWalker())
    felt = recording[Kind.ACCELERATION]
    in_g = replace(felt, values=felt.values / 9.80665, unit="g")

    walked, same = found(recording), found(replace(recording, streams={**recording.streams, "acceleration": in_g}))

    np.testing.assert_allclose(
        [step.time_s for step in same.footsteps], [step.time_s for step in walked.footsteps], atol=1e-6
    )


def test_a_later_start_of_the_clock_moves_every_event_with_it() -> None:
    recording = record(LumbarWalker())
    later = streams_changed(recording, lambda stream: replace(stream, time_s=stream.time_s + 1000.0))

    moved = [step.time_s - 1000.0 for step in found(later).footsteps]

    np.testing.assert_allclose(moved, [step.time_s for step in found(recording).footsteps], atol=1e-6)


def test_standing_still_gives_no_bout_and_says_so() -> None:
    standing = record(LumbarWalker(push_m_s2=0.0, forward_m_s2=0.0, sway_m_s2=0.0))
    measured = MEASURE.compute(standing)

    assert measured.walk is None
    assert measured.measurements == ()
    assert "No walking was found" in measured.problems[0].what


def test_slow_bending_is_not_walking() -> None:
    time_s = np.arange(3000) / 100.0
    felt = np.zeros((3000, 1, 3))
    felt[:, 0, 2] = 9.81 + 2.0 * np.sin(2 * np.pi * 0.3 * time_s) + 0.6 * np.sin(2 * np.pi * 0.6 * time_s)
    squatting = record(LumbarWalker(steps=2), gyroscope=False)
    stream = replace(squatting[Kind.ACCELERATION], time_s=time_s, values=felt)

    assert MEASURE.compute(replace(squatting, streams={"acceleration": stream})).walk is None


def test_a_hole_in_the_signal_gives_no_steps_there() -> None:
    walker = LumbarWalker(steps=60)
    recording = record(walker)

    def holed(stream: Stream) -> Stream:
        values = stream.values.copy()
        values[(stream.time_s > 18.0) & (stream.time_s < 24.0)] = np.nan
        return replace(stream, values=values)

    walk = found(streams_changed(recording, holed))

    assert not any(18.0 < step.time_s < 24.0 for step in walk.footsteps)
    assert len(walk.bouts) == 2
    assert matched(walk, walker).extra == 0


def test_signals_that_cannot_be_used_are_problems_and_never_numbers() -> None:
    recording = record(LumbarWalker())
    felt = recording[Kind.ACCELERATION]
    for values in (np.full_like(felt.values, np.nan), felt.values - felt.values.mean(axis=0), felt.values / 9.81):
        measured = MEASURE.compute(replace(recording, streams={"acceleration": replace(felt, values=values)}))

        assert measured.measurements == ()
        assert "gravity" in measured.problems[0].what


def test_a_fault_of_transmission_is_a_gap_and_not_a_step() -> None:
    walker = LumbarWalker(steps=30)
    recording = record(walker)

    def struck(stream: Stream) -> Stream:
        values = stream.values.copy()
        values[800:810] = 1e9
        return replace(stream, values=values)

    matches = matched(found(streams_changed(recording, struck)), walker)

    assert matches.extra == 0
    assert matches.missed <= 4


@pytest.mark.parametrize("samples", [0, 1, 2, 10, 60, 150])
def test_hardly_any_signal_is_a_problem(samples: int) -> None:
    short = streams_changed(record(LumbarWalker()), lambda stream: stream.between(5.0, 5.0 + samples / 100.0))
    measured = MEASURE.compute(short)

    assert measured.measurements == ()
    assert measured.problems


def test_without_a_gyroscope_turns_are_not_given_and_with_one_they_are() -> None:
    walker = LumbarWalker(steps=14, turn_deg=180.0)
    with_it, without = MEASURE.compute(record(walker)), MEASURE.compute(record(walker, gyroscope=False))
    turns = {each.measure: each.value for each in with_it.measurements if each.measure.startswith("turn.")}

    assert not any(each.measure.startswith("turn.") for each in without.measurements)
    assert any("no gyroscope" in problem.what for problem in without.problems)
    # What is turned in starting and stopping lies outside the bout.
    assert 110.0 <= turns["turn.angle"] <= 185.0


def test_speed_grows_with_the_push_and_not_with_the_noise() -> None:
    speeds = []
    for share in (0.5, 1.0, 1.5):
        walker = LumbarWalker(push_m_s2=2.0 * share, forward_m_s2=1.5 * share)
        measured = {each.measure: each.value for each in MEASURE.compute(record(walker)).measurements}
        speeds.append(measured["gait.speed"])

    assert speeds[1] == pytest.approx(2.0 * speeds[0], rel=0.1)
    assert speeds[2] == pytest.approx(3.0 * speeds[0], rel=0.1)


def test_given_bouts_are_measured_however_short() -> None:
    walker = LumbarWalker(steps=6)
    marks = contacts(walker)

    walk = walk_within(record(walker), [Bout(start_s=marks[0].time_s, end_s=marks[-1].time_s)])

    assert matched(walk, walker).extra == 0
    assert len(walk.footsteps) >= 4


def test_no_bouts_given_is_no_walk() -> None:
    assert walk_within(record(LumbarWalker()), []).footsteps == ()


def test_it_leaves_walking_to_sensors_on_the_feet() -> None:
    recording = record(LumbarWalker())
    with_foot = streams_changed(
        recording,
        lambda stream: replace(
            stream, channels=("lower_back", "left_foot"), values=np.repeat(stream.values, 2, axis=1)
        ),
    )

    assert MEASURE.fits(recording)
    assert not MEASURE.fits(with_foot)


@pytest.mark.data
def test_real_walks_against_the_reference_system(shared_data: Path) -> None:
    from poise.workflows.validation.mobgap_lumbar_imu import DATASET

    figures = {
        (score.condition, score.measure, score.metric): score.value
        for score in DATASET.scores(shared_data / DATASET.name)
        if score.file == "all"
    }

    assert figures["bouts given", "initial_contact", "f1_200ms"] >= 0.82
    assert figures["bouts given", "initial_contact", "mean_abs_error_ms"] <= 50.0
    assert abs(figures["bouts given", "initial_contact", "bias_ms"]) <= 15.0
    assert figures["bouts given", "initial_contact_side", "accuracy"] >= 0.95
    assert figures["bouts given", "gait.speed", "mae"] <= 0.06
    assert figures["bouts given", "gait.stride_length", "mae"] <= 0.07
    assert figures["bouts found", "initial_contact", "f1_200ms"] >= 0.63


def shaken(*, level_m_s2: float) -> Recording:
    """A sensor shaken up and down at 1.8 Hz for 30 s; sideways at random, which has no rhythm."""
    recording = record(LumbarWalker(steps=60, push_m_s2=0.0, forward_m_s2=0.0, sway_m_s2=0.0))
    felt = recording[Kind.ACCELERATION]
    values = felt.values.copy()
    values[:, 0, 2] += 3.0 * np.sin(2.0 * np.pi * 1.8 * felt.time_s)
    values[:, 0, :2] += np.random.default_rng(3).normal(0.0, level_m_s2, values[:, 0, :2].shape)
    return replace(recording, streams={**recording.streams, "acceleration": replace(felt, values=values)})


def test_what_only_goes_up_and_down_does_not_walk() -> None:
    measured = MEASURE.compute(shaken(level_m_s2=0.0))

    assert measured.measurements == ()
    assert "No walking" in measured.problems[0].what


@pytest.mark.parametrize("level_m_s2", [0.3, 1.0])
def test_without_a_sure_forward_there_is_no_speed_and_no_length(level_m_s2: float) -> None:
    measured = MEASURE.compute(shaken(level_m_s2=level_m_s2))

    names = {each.measure for each in measured.measurements}
    assert not names & {"gait.speed", "gait.stride_length"}
    assert not any("speed" in each.what and "estimates" in each.what for each in measured.problems)
    if names:
        assert any("speed and stride length are not given" in each.what for each in measured.problems)
