"""Reaction time: movements that were made to start at a known time after a stimulus."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poise.measures.reaction_time import MEASURE, jumps_s, stimuli_s
from poise.model import Event, Frame, Kind, Measured, Recording, Stream

STIMULI = (1.5, 6.4, 11.2, 16.9, 21.6, 27.0)


def reach(time_s: np.ndarray, starts: tuple[float, ...], size: float, duration: float) -> np.ndarray:
    """A hand that goes out and stays, then comes back a second later; minimum jerk."""
    place = np.zeros_like(time_s)
    for start in starts:
        for at, sign in ((start, 1.0), (start + duration + 0.8, -1.0)):
            u = np.clip((time_s - at) / duration, 0.0, 1.0)
            place += sign * size * (10 * u**3 - 15 * u**4 + 6 * u**5)
    return place


def recording(
    delays: list[float], *, rate_hz: float = 100.0, noise: float = 0.0, duration: float = 0.5, seed: int = 1
) -> Recording:
    """A hand of landmarks (px) that answers each stimulus after a delay; NaN does not answer."""
    time_s = np.arange(round(31.0 * rate_hz)) / rate_hz
    starts = tuple(s + d for s, d in zip(STIMULI, delays, strict=False) if np.isfinite(d))
    x = 300.0 + reach(time_s, starts, 400.0, duration)
    rng = np.random.default_rng(seed)
    hand = np.stack([x, 0 * x + 200.0], axis=-1) + noise * rng.normal(size=(len(x), 2))
    still = np.tile([200.0, 100.0], (len(x), 1)) + noise * rng.normal(size=(len(x), 2))
    stream = Stream(
        kind=Kind.LANDMARKS, channels=("nose", "right_wrist"), time_s=time_s, values=np.stack([still, hand], axis=1),
        unit="px", frame=Frame(name="image", up="-y", view="unknown"),
    )  # fmt: skip
    events = tuple(Event(event="stimulus", side=None, time_s=s) for s in STIMULI[: len(delays)])
    return Recording(id="reaction", source="reaction (simulated)", streams={Kind.LANDMARKS: stream}, events=events)


def value(found: Measured, measure: str) -> float:
    return next(m.value for m in found.measurements if m.measure == f"reaction.{measure}")


DELAYS = [0.25, 0.31, 0.22, 0.28, 0.35, 0.26]


@pytest.mark.parametrize(
    ("rate_hz", "noise", "within"), [(200.0, 0.0, 0.01), (100.0, 0.5, 0.02), (60.0, 1.0, 0.02), (30.0, 1.0, 0.0334)]
)
@pytest.mark.parametrize("duration", [0.35, 0.6, 1.0])
def test_within_20_ms_or_one_frame(rate_hz: float, noise: float, within: float, duration: float) -> None:
    found = MEASURE.compute(recording(DELAYS, rate_hz=rate_hz, noise=noise, duration=duration))
    onsets = np.array([e.time_s for e in found.events])
    true = np.array(STIMULI) + DELAYS
    assert len(onsets) == len(true)
    assert np.abs(onsets - true).max() <= max(within, 1 / rate_hz) + (0.02 if duration == 1.0 else 0.0)
    assert value(found, "time") == pytest.approx(np.median(DELAYS), abs=within)


@settings(max_examples=25)
@given(st.lists(st.floats(0.15, 0.9), min_size=5, max_size=6), st.integers(0, 1000))
def test_any_delays(delays: list[float], seed: int) -> None:
    found = MEASURE.compute(recording(delays, noise=0.3, seed=seed))
    assert value(found, "time") == pytest.approx(np.median(delays), abs=0.02)
    assert value(found, "false_starts") == 0
    assert value(found, "missed") == 0


def test_false_starts_are_caught_and_left_out() -> None:
    found = MEASURE.compute(recording([0.25, -0.15, 0.03, 0.30, 0.28, 0.27]))
    assert value(found, "false_starts") == 2
    assert value(found, "time") == pytest.approx(0.275, abs=0.01)
    assert next(m.n for m in found.measurements if m.measure == "reaction.time") == 4
    assert "4 valid answers" in found.problems[0].what


def test_somebody_who_still_moves_is_not_judged() -> None:
    made = recording(DELAYS, duration=1.2)
    marks = (*made.events, Event(event="stimulus", side=None, time_s=STIMULI[0] + 3.0))
    found = MEASURE.compute(replace(made, events=marks))
    assert value(found, "false_starts") == 0
    assert value(found, "missed") == 0
    assert value(found, "time") == pytest.approx(np.median(DELAYS), abs=0.01)
    assert any("still moving" in each.what for each in found.problems)


def test_no_answer_is_a_miss() -> None:
    found = MEASURE.compute(recording([0.25, float("nan"), 0.3, 0.3, 0.3, 0.28]))
    assert value(found, "missed") == 1
    assert value(found, "time") == pytest.approx(0.3, abs=0.01)


def test_a_sensor_answers_too_whatever_its_bias() -> None:
    rate_hz = 100.0
    time_s = np.arange(3100) / rate_hz
    angle = reach(time_s, tuple(s + d for s, d in zip(STIMULI, DELAYS, strict=True)), 1.0, 0.5)
    gyr = np.stack([np.gradient(angle, 1 / rate_hz), 0 * angle, 0 * angle], axis=-1) + np.array([0.02, -0.01, 0.0])
    gyr += 0.01 * np.random.default_rng(3).normal(size=gyr.shape)
    stream = Stream(
        kind=Kind.ANGULAR_VELOCITY,
        channels=("right_wrist",),
        time_s=time_s,
        values=gyr[:, None],
        unit="rad/s",
        frame=Frame(name="sensor"),
    )
    trigger = np.zeros(len(time_s))
    for at in STIMULI:
        trigger[(time_s >= at) & (time_s < at + 0.1)] = 5.0
    analog = Stream(
        kind=Kind.ANALOG,
        channels=("Stimulus",),
        time_s=time_s,
        values=trigger[:, None, None],
        unit="V",
        frame=Frame(name="lab"),
    )
    made = Recording(id="r", source="r", streams={Kind.ANGULAR_VELOCITY: stream, Kind.ANALOG: analog})
    assert MEASURE.fits(made)
    assert stimuli_s(made) == pytest.approx(STIMULI, abs=0.011)
    found = MEASURE.compute(made)
    assert value(found, "time") == pytest.approx(np.median(DELAYS), abs=0.02)


def test_a_trigger_may_fall_and_noise_is_none() -> None:
    time_s = np.arange(0, 10, 0.01)
    down = np.where((time_s > 3.0) & (time_s < 3.2), 0.0, 5.0)
    assert jumps_s(down, time_s) == pytest.approx((3.01,), abs=0.011)
    assert jumps_s(np.random.default_rng(0).normal(size=1000), time_s) == ()
    assert jumps_s(np.zeros(1000), time_s) == ()
    assert jumps_s(np.full(1000, np.nan), time_s) == ()


@pytest.mark.parametrize(
    ("jumps", "taken"), [(STIMULI, True), ((2.0,), False), (tuple(np.arange(1.0, 29.0, 2.0)), False)]
)
def test_a_trigger_that_starts_a_machine_or_keeps_time_is_no_stimulus(jumps: tuple[float, ...], taken: bool) -> None:
    made = recording(DELAYS)
    time_s = made[Kind.LANDMARKS].time_s
    level = np.zeros(len(time_s))
    for at in jumps:
        level[(time_s >= at) & (time_s < at + 0.1)] = 5.0
    analog = Stream(
        kind=Kind.ANALOG,
        channels=("Trigger",),
        time_s=time_s,
        values=level[:, None, None],
        unit="V",
        frame=Frame(name="lab"),
    )
    found = MEASURE.compute(replace(made, events=(), streams={**made.streams, Kind.ANALOG: analog}))
    assert bool(found.measurements) is taken
    assert taken or not found.problems


def test_without_a_stimulus_or_a_mover_it_does_not_fit() -> None:
    made = recording(DELAYS)
    assert MEASURE.fits(made)
    assert not MEASURE.fits(replace(made, events=()))
    assert not MEASURE.fits(replace(made, streams={}))


def test_missing_in_nothing_out() -> None:
    made = recording(DELAYS)
    stream = made[Kind.LANDMARKS]
    found = MEASURE.compute(
        replace(made, streams={Kind.LANDMARKS: replace(stream, values=np.full_like(stream.values, np.nan))})
    )
    assert not found.measurements
    assert found.problems
