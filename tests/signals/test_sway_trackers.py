"""Balance while it happens: what the trackers say, and that a stream cut anywhere says the same."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poise.signals.sway_responses import find_leans, find_recovery
from poise.signals.sway_trackers import StanceTracker, SwayTracker, follow_stance, follow_sway
from poise.testing.sway import wandering


def samples_of(points: np.ndarray, rate_hz: float) -> list[tuple[float, float, float]]:
    return [(i / rate_hz, float(x), float(y)) for i, (x, y) in enumerate(points)]


def test_calm_sway_is_in_balance_and_a_lurch_loses_it() -> None:
    points = wandering(20, 50, sd=3.0)
    points[600:] += [80.0, 0.0]
    state, events = follow_sway(SwayTracker(), samples_of(points, 50))
    assert [event.what for event in events][:2] == ["balance_found", "balance_lost"]
    assert events[1].time_s == pytest.approx(12.0, abs=0.1)
    assert state.best_s == pytest.approx(12.0, abs=0.2)


def test_the_running_velocity_of_a_steady_circle_is_its_own() -> None:
    phase = 2 * np.pi * 0.5 * np.arange(1000) / 50
    state, _ = follow_sway(SwayTracker(), samples_of(5 * np.stack([np.cos(phase), np.sin(phase)], axis=1), 50))
    assert state.velocity == pytest.approx(2 * np.pi * 0.5 * 5, rel=0.05)
    assert state.path / state.seconds == pytest.approx(2 * np.pi * 0.5 * 5, rel=0.05)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), cut=st.integers(0, 500), sd=st.floats(1, 40))
def test_sway_cut_anywhere_is_the_same(seed: int, cut: int, sd: float) -> None:
    samples = samples_of(wandering(10, 50, sd=sd, seed=seed), 50)
    samples[200] = (samples[200][0], math.nan, math.nan)
    del samples[300:330]
    tracker = SwayTracker()
    whole = follow_sway(tracker, samples)
    state, first = follow_sway(tracker, samples[:cut])
    state, second = follow_sway(tracker, samples[cut:], state)
    assert (repr(state), first + second) == (repr(whole[0]), whole[1])


def lifts(*held: tuple[float, float], until: float = 30.0, rate_hz: float = 50.0) -> list[tuple[float, float, bool]]:
    times = np.arange(round(until * rate_hz)) / rate_hz
    up = np.zeros(len(times))
    for start, end in held:
        up[(times >= start) & (times < end)] = 0.15
    return [(float(t), float(z), False) for t, z in zip(times, up, strict=True)]


def test_the_time_a_foot_is_up_is_told_when_it_comes_down() -> None:
    _, events = follow_stance(StanceTracker(), lifts((2.0, 9.5), (12.0, 14.0)))
    assert [(event.what, pytest.approx(event.time_s)) for event in events] == [
        ("stance_start", 2.0), ("foot_down", 9.5), ("stance_start", 12.0), ("foot_down", 14.0),
    ]  # fmt: skip
    assert [event.value for event in events[1::2]] == pytest.approx([7.5, 2.0])


def test_the_test_is_over_at_its_limit_and_begins_again_only_from_the_floor() -> None:
    state, events = follow_stance(StanceTracker(limit_s=10.0), lifts((2.0, 25.0), (27.0, 29.0)))
    assert [event.what for event in events] == ["stance_start", "limit_reached", "stance_start", "foot_down"]
    assert events[1].value == 10.0
    assert state.touches == 1


def test_trembling_at_the_threshold_is_neither_a_stance_nor_its_end() -> None:
    samples = lifts((5.0, 15.0))
    samples[100] = (samples[100][0], 0.2, False)  # one frame up
    samples[500] = (samples[500][0], 0.0, False)  # one frame down
    samples[520] = (samples[520][0], math.nan, False)
    _, events = follow_stance(StanceTracker(), samples)
    assert [event.what for event in events] == ["stance_start", "foot_down"]
    assert events[1].value == pytest.approx(10.0)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), cut=st.integers(0, 1500))
def test_stances_cut_anywhere_are_the_same(seed: int, cut: int) -> None:
    rng = np.random.default_rng(seed)
    samples = [
        (t, float("nan") if rng.random() < 0.01 else z + rng.normal(scale=0.015), rng.random() < 0.002)
        for t, z, _ in lifts((2.0, 9.5), (12.0, 14.0), (16.0, 28.0))
    ]
    tracker = StanceTracker(limit_s=8.0)
    whole = follow_stance(tracker, samples)
    state, first = follow_stance(tracker, samples[:cut])
    state, second = follow_stance(tracker, samples[cut:], state)
    assert (repr(state), first + second) == (repr(whole[0]), whole[1])


# ── leaning and catching oneself, simulated ───────────────────────────────────────────────────────────────────────────


def test_recovery_from_a_simulated_nudge_is_told_within_20_ms() -> None:
    from poise.signals.filters import lowpass_offline

    errors = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        points, t = wandering(15, 100, sd=3.0, seed=seed), np.arange(1501) / 100
        start_s, lasts_s, far = rng.uniform(4, 7), rng.uniform(0.5, 1.2), rng.uniform(60, 120)
        points[:, 1] += far * (0.5 - 0.5 * np.cos(2 * np.pi * np.clip((t - start_s) / lasts_s, 0, 1)))
        speed = np.hypot(*np.gradient(lowpass_offline(points, 100, 10.0), 0.01, axis=0).T)
        found = find_recovery(speed, 100)
        assert found is not None
        errors.append(found.time_s - lasts_s)
    assert np.abs(errors).max() <= 0.020


def test_quiet_standing_holds_no_disturbance_and_one_at_the_end_no_recovery() -> None:
    quiet = np.abs(np.random.default_rng(0).normal(5, 0.01, 1000))
    assert find_recovery(quiet, 100, onset_s=2.0) is None  # too little rest before
    shaken = quiet.copy()
    shaken[900:] += 100
    found = find_recovery(shaken, 100)
    assert found is not None
    assert math.isnan(found.recovered_s)


def test_a_straight_lean_is_found_with_its_direction_reach_and_perfect_control() -> None:
    t = np.arange(1000) / 100
    out = np.clip((t - 2) / 1, 0, 1) - np.clip((t - 6) / 1, 0, 1)
    smooth = 60 * out * out * (3 - 2 * out)
    (lean,) = find_leans(np.stack([smooth, np.zeros(1000)], axis=1), 100, least=25)
    assert (lean.direction, lean.maximum) == ("right", pytest.approx(60))
    assert lean.endpoint == pytest.approx(60, rel=1e-3)
    assert lean.control_percent == pytest.approx(100, abs=1e-6)
    assert lean.onset_s == pytest.approx(2.0, abs=0.05)
