"""Left and right of a pose network: put back where it is sure, not scored where it is not, never locked on the wrong."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from poise.cleaning.left_right import Trunk, Verdict, judged, sides_guarded, start, step
from poise.cleaning.prepare import prepare
from poise.model import Recording
from poise.model.body import mirrored
from poise.testing.exchanged_sides import exchanged, person, runs
from poise.testing.walking import simulate_walk

Points = dict[str, np.ndarray]


def trunks(points: Points) -> list[Trunk]:
    return [
        Trunk(
            left_shoulder=tuple(points["left_shoulder"][i]), right_shoulder=tuple(points["right_shoulder"][i]),
            left_hip=tuple(points["left_hip"][i]), right_hip=tuple(points["right_hip"][i]),
            ears=(points["left_ear"][i, 0], points["right_ear"][i, 0]),
        )
        for i in range(len(points["left_hip"]))
    ]  # fmt: skip


def verdicts(time_s: list[float], seen: list[Trunk], facing: str | None = None) -> list[Verdict]:
    return judged(time_s, seen, facing)[1]


def guarded(time_s: np.ndarray, points: Points, **conditions: str) -> tuple[Recording, Points]:
    recording = Recording(id="squats", source="squats.mp4", streams={}, conditions=conditions)
    return sides_guarded(recording, points, time_s)


def wrongly_scored(true: Points, found: Points) -> float:
    """Share of frames in which a left shoulder came out where the right one is."""
    return float(np.mean(np.abs(found["left_shoulder"][:, 0] - true["right_shoulder"][:, 0]) < 1e-9))


def scored(found: Points) -> float:
    return float(np.isfinite(found["left_shoulder"][:, 0]).mean())


@pytest.mark.parametrize("yaw_deg", [80.0, 45.0, 25.0, 0.0, -45.0, -80.0])
def test_a_person_who_was_seen_well_is_left_alone_however_they_stand(yaw_deg: float) -> None:
    time_s, points = person(20.0, yaw_deg=yaw_deg)
    recording, found = guarded(time_s, points)
    assert not recording.history
    assert not recording.problems
    assert all(found[name] is points[name] for name in points)


def test_a_person_who_turns_round_is_believed() -> None:
    recording, _ = guarded(*person(40.0, turns=True))
    assert not recording.history


@pytest.mark.parametrize("share", [0.08, 0.24, 0.31, 0.59])
@pytest.mark.parametrize("run_s", [0.0, 0.3, 3.0])
def test_with_a_declared_facing_every_exchange_is_put_back(share: float, run_s: float) -> None:
    time_s, points = person(30.0)
    _, found = guarded(time_s, exchanged(points, runs(len(time_s), share, run_s)), facing="camera")
    for name, values in points.items():
        assert_array_equal(found[name], values)


@pytest.mark.parametrize("yaw_deg", [80.0, 45.0])
@pytest.mark.parametrize(
    ("share", "run_s", "most_wrong", "least_scored"),
    [(0.01, 0.0, 0.0, 0.99), (0.08, 0.0, 0.002, 0.98), (0.08, 0.2, 0.01, 0.9), (0.08, 1.0, 0.02, 0.6),
     (0.24, 0.3, 0.01, 0.0), (0.31, 1.0, 0.0, 0.0), (0.59, 0.3, 0.0, 0.0), (0.59, 3.0, 0.0, 0.0)],
)  # fmt: skip
def test_without_one_rare_exchanges_are_put_back_and_frequent_ones_are_not_scored(
    yaw_deg: float, share: float, run_s: float, most_wrong: float, least_scored: float
) -> None:
    """Mean over ten simulated recordings of 30 s each."""
    wrong, kept = [], []
    for seed in range(10):
        time_s, points = person(30.0, yaw_deg=yaw_deg, seed=seed)
        _, found = guarded(time_s, exchanged(points, runs(len(time_s), share, run_s, seed)))
        wrong.append(wrongly_scored(points, found))
        kept.append(scored(found))
    assert np.mean(wrong) <= most_wrong
    assert np.mean(kept) >= least_scored


def test_a_long_exchange_is_never_what_the_rest_is_held_against() -> None:
    """Wrong for its first four seconds, right for the other twenty-six: the guard may lose frames, not its way."""
    time_s, points = person(30.0)
    told = np.array(verdicts(time_s.tolist(), trunks(exchanged(points, time_s < 4.0))))
    assert (told[time_s > 22.0] == Verdict.KEPT).all()
    assert (told[(time_s > 4.6)] != Verdict.EXCHANGED).all()


def test_what_was_lost_is_said_with_its_share() -> None:
    time_s, points = person(20.0)
    recording, found = guarded(time_s, exchanged(points, runs(len(time_s), 0.05, 0.1)))
    assert "put back" in recording.problems[0].what
    assert "%" in recording.problems[0].what
    assert "facing=camera" in recording.problems[0].do
    assert recording.history[0].settings["exchanged"] == pytest.approx(0.05, abs=0.02)
    assert scored(found) > 0.95


def test_of_points_with_a_depth_an_exchanged_frame_is_lost() -> None:
    time_s, points = person(10.0)
    deep = {name: np.column_stack([values, 0 * time_s]) for name, values in points.items()}
    wrong = np.zeros(len(time_s), dtype=bool)
    wrong[100:105] = True
    empty = Recording(id="squats", source="", streams={})
    _, found = sides_guarded(empty, exchanged(deep, wrong), time_s, depth_too=True)
    assert_array_equal(np.isnan(found["left_shoulder"][:, 0]), wrong)


def test_shoulders_against_hips_are_nobodys() -> None:
    time_s, points = person(10.0)
    legs = {name: values for name, values in points.items() if "hip" in name}
    torn = points | exchanged(legs, (time_s > 5.0) & (time_s < 5.5))
    _, found = guarded(time_s, torn, facing="camera")
    assert_array_equal(np.isnan(found["left_hip"][:, 0]), (time_s > 5.0) & (time_s < 5.5))


def test_what_is_not_seen_says_nothing() -> None:
    time_s, points = person(10.0)
    points["left_shoulder"][50:80] = math.nan
    recording, found = guarded(time_s, points)
    assert not recording.history
    assert_array_equal(found["left_shoulder"], points["left_shoulder"])


def test_left_and_right_of_the_verdicts_are_one_law() -> None:
    """A person filmed in a mirror faces away as far as the order of the sides goes: the same verdicts."""
    time_s, points = person(20.0)
    wrong = exchanged(points, runs(len(time_s), 0.1, 0.2))
    flipped = {name: values * (-1.0, 1.0) for name, values in wrong.items()}
    assert verdicts(time_s.tolist(), trunks(wrong)) == verdicts(time_s.tolist(), trunks(flipped))


@given(cuts=st.lists(st.integers(0, 300), max_size=5), facing=st.sampled_from([None, "camera", "away"]))
def test_cut_anywhere_it_says_the_same(cuts: list[int], facing: str | None) -> None:
    time_s, points = person(10.0)
    seen = trunks(exchanged(points, runs(len(time_s), 0.2, 0.3)))
    state, told = start(facing), []
    for begin, end in pairwise([0, *sorted(cuts), len(seen)]):
        state = replace(state)  # stored and resumed
        for i in range(begin, end):
            state, verdict = step(state, float(time_s[i]), seen[i])
            told.append(verdict)
    assert told == verdicts(time_s.tolist(), seen, facing)


def test_a_recording_is_guarded_on_its_way_to_a_body() -> None:
    recording = simulate_walk(duration_s=6.0, rate_hz=30.0).landmarks("front")
    stream = recording["landmarks"]
    other = [stream.channels.index(mirrored(name)) for name in stream.channels]
    values = stream.values.copy()
    values[90:96] = values[90:96][:, other]
    found = prepare(replace(recording, streams={"landmarks": replace(stream, values=values)}))
    assert [each.what for each in found.history].count("left and right guarded") == 1
    assert_allclose(found["body"].values, prepare(recording)["body"].values, atol=1e-3)
