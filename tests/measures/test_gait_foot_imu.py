"""Gait from sensors on the feet: walks with known contacts and lengths, laws of mounting, gaps, and the real walk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poise.measures.foot_signal import foot_of
from poise.measures.foot_steps import FootSteps, find_steps
from poise.measures.gait_foot_imu import MEASURE
from poise.model import SIDES, Kind, Measured, Recording, Side
from poise.testing.foot import FootWalk, recorded
from poise.workflows.validation.gaitmap_foot_imu import DATASET

WALK = FootWalk()
TURNING_WALK = FootWalk(turns_deg=(0.0,) * 5 + (60.0,) * 3 + (0.0,) * 4)


def steps(recording: Recording, side: Side = "left") -> FootSteps:
    return find_steps(foot_of(recording, side))


def value(measured: Measured, measure: str, side: Side | None = None) -> float:
    return next(m.value for m in measured.measurements if m.measure == measure and m.side == side)


def with_values(recording: Recording, kind: Kind, values: np.ndarray) -> Recording:
    return replace(recording, streams={**recording.streams, kind: replace(recording[kind], values=values)})


def turned(recording: Recording, rotation: np.ndarray) -> Recording:
    """Both sensors taken off and put back another way round."""
    for kind in (Kind.ACCELERATION, Kind.ANGULAR_VELOCITY):
        recording = with_values(recording, kind, recording[kind].values @ rotation.T)
    return recording


def rotation_of(vector: list[float]) -> np.ndarray:
    q, _ = np.linalg.qr(np.array(vector, dtype=float).reshape(3, 3) + 0.1 * np.eye(3))
    return q * np.sign(np.linalg.det(q))


class TestAWalkWithKnownContacts:
    def test_every_contact_and_toe_off_is_found_within_a_sample(self) -> None:
        for side in SIDES:
            found = steps(recorded(WALK), side)
            np.testing.assert_allclose(found.contact_s, WALK.contacts_s(side), atol=0.005)
            np.testing.assert_allclose(found.toe_off_s, WALK.toe_offs_s(side), atol=0.005)

    def test_stride_length_is_right_to_a_centimetre(self) -> None:
        found = steps(recorded(WALK))
        np.testing.assert_allclose(found.length_m, WALK.lengths_m, atol=0.01)

    def test_the_foot_was_held_as_it_was_held(self) -> None:
        measured = MEASURE.compute(recorded(WALK))
        assert value(measured, "gait.foot_strike_angle", "left") == pytest.approx(WALK.strike_deg, abs=1.0)
        assert value(measured, "gait.foot_lift", "left") == pytest.approx(WALK.lift_m, abs=0.005)
        assert value(measured, "gait.circumduction", "right") == pytest.approx(WALK.outward_m, abs=0.005)

    def test_speed_cadence_and_phases_follow(self) -> None:
        measured = MEASURE.compute(recorded(WALK))
        assert value(measured, "gait.speed") == pytest.approx(1.3 / 1.1, abs=0.01)
        assert value(measured, "gait.cadence") == pytest.approx(120 / 1.1, abs=0.5)
        assert value(measured, "gait.stance_percent", "left") == pytest.approx(52.0, abs=0.5)
        assert value(measured, "gait.step_time", "right") == pytest.approx(0.55, abs=0.005)

    @pytest.mark.parametrize("rate_hz", [50.0, 100.0, 204.8, 500.0])
    def test_any_rate_from_50_hz_gives_the_same_walk(self, rate_hz: float) -> None:
        found = steps(recorded(replace(WALK, rate_hz=rate_hz)))
        np.testing.assert_allclose(found.contact_s, WALK.contacts_s("left"), atol=max(0.005, 1.0 / rate_hz))
        np.testing.assert_allclose(found.length_m, WALK.lengths_m, atol=0.01)

    @pytest.mark.parametrize(
        "walk",
        [
            FootWalk(lengths_m=(0.5,) * 8, stride_time_s=2.0, push_deg=25.0, strike_deg=5.0, lift_m=0.04),
            FootWalk(lengths_m=(1.8,) * 8, stride_time_s=0.85),
        ],
        ids=["slow and flat", "brisk and long"],
    )
    def test_slow_and_brisk_walkers_are_seen_alike(self, walk: FootWalk) -> None:
        found = steps(recorded(walk))
        np.testing.assert_allclose(found.contact_s, walk.contacts_s("left"), atol=0.01)
        np.testing.assert_allclose(found.length_m, walk.lengths_m, atol=0.01)


class TestLaws:
    @settings(max_examples=15, deadline=None)
    @given(st.lists(st.floats(-1.0, 1.0), min_size=9, max_size=9))
    def test_the_sensor_may_sit_any_way_round(self, vector: list[float]) -> None:
        plain, other = steps(recorded(WALK)), steps(turned(recorded(WALK), rotation_of(vector)))
        np.testing.assert_allclose(other.contact_s, plain.contact_s, atol=1e-6)
        np.testing.assert_allclose(other.length_m, plain.length_m, atol=1e-3)
        np.testing.assert_allclose(other.strike_deg, plain.strike_deg, atol=0.01)

    def test_the_mirror_swaps_the_feet(self) -> None:
        walk = recorded(TURNING_WALK)
        mirrored = walk
        for kind, mirror in ((Kind.ACCELERATION, (1, -1, 1)), (Kind.ANGULAR_VELOCITY, (-1, 1, -1))):
            mirrored = with_values(mirrored, kind, walk[kind].values[:, ::-1] * mirror)
        for side, other in (("left", "right"), ("right", "left")):
            plain, swapped = steps(walk, side), steps(mirrored, other)
            np.testing.assert_allclose(swapped.contact_s, plain.contact_s, atol=1e-6)
            np.testing.assert_allclose(swapped.turned_deg, -plain.turned_deg, atol=0.01)
            np.testing.assert_allclose(swapped.outward_m, plain.outward_m, atol=1e-3)

    def test_an_earlier_start_moves_every_event_by_as_much(self) -> None:
        early, late = MEASURE.compute(recorded(WALK)), MEASURE.compute(recorded(replace(WALK, standing_s=3.0)))
        assert len(early.events) == len(late.events)
        shift = [b.time_s - a.time_s for a, b in zip(early.events, late.events, strict=True)]
        np.testing.assert_allclose(shift, 1.0, atol=1e-6)

    def test_a_cut_recording_gives_the_same_strides_as_the_whole(self) -> None:
        whole = recorded(WALK)
        cut = replace(whole, streams={key: stream.between(0.0, 9.0) for key, stream in whole.streams.items()})
        found, of_whole = steps(cut), steps(whole)
        np.testing.assert_allclose(found.contact_s, of_whole.contact_s[: len(found.contact_s)], atol=1e-3)
        np.testing.assert_allclose(found.length_m, of_whole.length_m[: len(found.length_m)], atol=1e-3)
        assert len(found.contact_s) >= 5

    def test_a_sensor_with_noise_and_drift_still_measures(self) -> None:
        found = steps(recorded(replace(WALK, noise=(0.1, 0.01), bias_rad_s=0.01)))
        np.testing.assert_allclose(found.contact_s, WALK.contacts_s("left"), atol=0.015)
        np.testing.assert_allclose(found.length_m, WALK.lengths_m, atol=0.03)


class TestTurns:
    def test_a_turn_is_measured_and_left_out_of_the_means(self) -> None:
        found = steps(recorded(TURNING_WALK))
        np.testing.assert_allclose(found.turned_deg[5:8], 60.0, atol=1.0)
        measured = MEASURE.compute(recorded(TURNING_WALK))
        assert measured.walk is not None
        assert measured.walk.turning
        assert len(measured.walk.strides) == 2 * (11 - 3)

    def test_the_contacts_of_a_turn_are_still_events(self) -> None:
        events = MEASURE.compute(recorded(TURNING_WALK)).events
        assert sum(e.event == "initial_contact" for e in events) == 24
        assert sum(e.event == "toe_off" for e in events) == 24


class TestWhatIsMissing:
    def test_standing_still_gives_no_number(self) -> None:
        measured = MEASURE.compute(recorded(FootWalk(lengths_m=(), standing_s=5.0)))
        assert measured.measurements == ()
        assert measured.events == ()
        assert measured.problems

    def test_a_gap_drops_its_strides_and_no_other(self) -> None:
        walk = recorded(WALK)
        values = walk[Kind.ACCELERATION].values.copy()
        hole = slice(*np.searchsorted(walk[Kind.ACCELERATION].time_s, (5.5, 5.8)))
        values[hole, 0] = np.nan
        measured = MEASURE.compute(with_values(walk, Kind.ACCELERATION, values))
        assert measured.walk is not None
        assert measured.walk.dropped >= 1
        for stride in measured.walk.strides:
            assert stride.time_s == pytest.approx(1.1, abs=0.01)
            assert stride.length_m == pytest.approx(1.3, abs=0.01)
        assert sum(stride.side == "right" for stride in measured.walk.strides) == 11

    def test_a_clock_with_a_hole_is_a_gap_too(self) -> None:
        walk = recorded(WALK)
        kept = ~((walk[Kind.ACCELERATION].time_s > 5.5) & (walk[Kind.ACCELERATION].time_s < 5.8))
        holed = replace(
            walk,
            streams={
                key: replace(stream, time_s=stream.time_s[kept], values=stream.values[kept])
                for key, stream in walk.streams.items()
            },
        )
        measured = MEASURE.compute(holed)
        assert measured.walk is not None
        assert measured.walk.dropped >= 1
        for stride in measured.walk.strides:
            assert stride.time_s == pytest.approx(1.1, abs=0.01)
            assert stride.length_m == pytest.approx(1.3, abs=0.01)

    def test_single_lost_samples_are_bridged(self) -> None:
        walk = recorded(WALK)
        values = walk[Kind.ANGULAR_VELOCITY].values.copy()
        values[200::97] = np.nan
        np.testing.assert_allclose(
            steps(with_values(walk, Kind.ANGULAR_VELOCITY, values)).length_m, WALK.lengths_m, atol=0.02
        )

    def test_one_foot_alone_gives_its_strides_and_says_what_it_cannot(self) -> None:
        walk = recorded(WALK)
        one = replace(walk, streams={key: stream.only(["left_foot"]) for key, stream in walk.streams.items()})
        measured = MEASURE.compute(one)
        assert value(measured, "gait.stride_length", "left") == pytest.approx(1.3, abs=0.01)
        assert not any(m.measure == "gait.double_support_time" for m in measured.measurements)
        assert any("Only the left foot" in problem.what for problem in measured.problems)

    def test_step_width_is_never_given(self) -> None:
        assert not any("step_width" in m.measure for m in MEASURE.compute(recorded(WALK)).measurements)

    @pytest.mark.parametrize(("factor", "word"), [(1 / 9.81, "gravity"), (0.0, "gravity")])
    def test_acceleration_in_another_unit_is_refused_in_plain_words(self, factor: float, word: str) -> None:
        walk = recorded(WALK)
        measured = MEASURE.compute(with_values(walk, Kind.ACCELERATION, factor * walk[Kind.ACCELERATION].values))
        assert measured.measurements == ()
        assert any(word in problem.what for problem in measured.problems)

    def test_a_slow_recording_is_refused(self) -> None:
        measured = MEASURE.compute(recorded(replace(WALK, rate_hz=25.0)))
        assert measured.measurements == ()
        assert any("25 samples a second" in problem.what for problem in measured.problems)

    def test_all_missing_gives_no_number(self) -> None:
        walk = recorded(WALK)
        measured = MEASURE.compute(with_values(walk, Kind.ACCELERATION, np.nan * walk[Kind.ACCELERATION].values))
        assert measured.measurements == ()


def test_it_fits_foot_sensors_only() -> None:
    walk = recorded(WALK)
    assert MEASURE.fits(walk)
    assert not MEASURE.fits(replace(walk, streams={Kind.ACCELERATION: walk[Kind.ACCELERATION]}))


@pytest.mark.data
def test_a_real_walk_with_a_turn_against_motion_capture(shared_data: Path) -> None:
    scores = {
        (score.measure, score.metric): score.value
        for score in DATASET.scores(shared_data / DATASET.name)
        if score.file == "all" and not score.condition
    }
    for event in ("initial_contact", "toe_off"):
        assert scores[event, "f1_100ms"] >= 0.97
        assert abs(scores[event, "bias_ms"]) <= 10.0
    assert scores["gait.stride_time", "mae"] <= 0.010
    assert scores["gait.stride_length", "mae"] <= 0.030
    assert scores["gait.foot_strike_angle", "mae"] <= 3.0


NONSENSE: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "noise": lambda values: np.random.default_rng(0).normal(0.0, 10.0, values.shape),
    "nothing": np.zeros_like,
    "a millionfold": lambda values: 1e6 * values,
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", [Kind.ACCELERATION, Kind.ANGULAR_VELOCITY])
@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_in_either_signal_gives_no_number_and_says_why(nonsense: str, kind: Kind) -> None:
    walk = recorded(replace(WALK, lengths_m=(1.3,) * 5))
    measured = MEASURE.compute(with_values(walk, kind, NONSENSE[nonsense](walk[kind].values)))
    assert measured.measurements == ()
    assert measured.problems


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("share", [0.05, 0.3])
def test_samples_lost_at_random_move_no_stride(share: float) -> None:
    walk = recorded(replace(WALK, lengths_m=(1.3,) * 5))
    lost = np.random.default_rng(1).random(len(walk[Kind.ACCELERATION].time_s)) < share
    for kind in (Kind.ACCELERATION, Kind.ANGULAR_VELOCITY):
        walk = with_values(walk, kind, np.where(lost[:, None, None], np.nan, walk[kind].values))
    measured = MEASURE.compute(walk)
    assert measured.walk is not None
    for stride in measured.walk.strides:
        assert stride.length_m == pytest.approx(1.3, abs=0.05)
    for each in measured.measurements:
        assert each.valid_fraction == pytest.approx(1.0 - share, abs=0.1)
