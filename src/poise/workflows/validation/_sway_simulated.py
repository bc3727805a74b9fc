"""Figures of what no shared recording holds: simulated, and said to be; what was not held against anything, too."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from poise.cleaning.prepare import prepare
from poise.measures import balance_limits, balance_recovery, balance_trunk
from poise.model import Event, Measured
from poise.signals.sway_trackers import StanceTracker, follow_stance
from poise.testing.sway import on_plate, trunk_acceleration, wandering, with_trunk_sensor
from poise.workflows.validation.scores import Score

Array = NDArray[np.float64]
NUDGES, SENSORS, STANCES = 40, 10, 40
SIMULATED = "simulated"
UNPROVED = (
    ("balance.imu_jerk", balance_trunk.METHOD, "a lower-back sensor beside a plate"),
    ("balance.camera_velocity", "balance_camera/1", "a camera beside a plate, 30 s of standing"),
    ("balance.stance_time", "balance_stance/1", "timed tests on one leg or in tandem"),
    ("balance.limits_maximum", balance_limits.METHOD, "leans of real people"),
    ("balance.recovery_steps", balance_recovery.METHOD, "nudged or released people"),
)


def scores(dataset: str) -> Iterator[Score]:
    """All simulated figures, then a line for each measure that no recording here can prove."""
    yield from _recovery(dataset)
    yield from _trunk(dataset)
    yield from _stances(dataset)
    yield from _leans(dataset)
    for measure, method, wanted in UNPROVED:
        yield Score(
            dataset=dataset, file="all", measure=measure, method=method, metric="not_validated", value=math.nan, n=0,
            condition=f"on recordings: {wanted} would be needed",
        )  # fmt: skip


def _figure(dataset: str, measure: str, method: str, errors: list[float], unit: str) -> Iterator[Score]:
    sizes = np.abs(errors)
    for metric, value in (("median_abs_error", np.median(sizes)), ("largest_abs_error", sizes.max())):
        yield Score(
            dataset=dataset, file="all", measure=measure, method=method, metric=metric, value=float(value),
            n=len(errors), condition=SIMULATED, unit=unit,
        )  # fmt: skip


def _value(measured: Measured, measure: str) -> float:
    return next((each.value for each in measured.measurements if each.measure == measure), math.nan)


def _recovery(dataset: str) -> Iterator[Score]:
    """Nudges of 60 to 120 mm that last 0.5 to 1.2 s, over sway of 3 mm."""
    errors = []
    for seed in range(NUDGES):
        rng = np.random.default_rng(seed)
        path, t = wandering(15, 100, sd=0.003, seed=seed), np.arange(1501) / 100
        start_s, lasts_s, far_m = rng.uniform(4, 7), rng.uniform(0.5, 1.2), rng.uniform(0.06, 0.12)
        path[:, 1] += far_m * (0.5 - 0.5 * np.cos(2 * np.pi * np.clip((t - start_s) / lasts_s, 0, 1)))
        recording = prepare(replace(on_plate(path, 100.0), conditions={"movement": balance_recovery.MOVEMENT}))
        errors.append(_value(balance_recovery.MEASURE.compute(recording), "balance.recovery_time") - lasts_s)
    yield from _figure(dataset, "balance.recovery_time", balance_recovery.METHOD, errors, "s")


def _trunk(dataset: str) -> Iterator[Score]:
    """A leaning sensor that wobbles by 2°: the size of the sway against what it was made with, %."""
    errors = []
    for seed in range(SENSORS):
        truth = trunk_acceleration(60, 100, sd=0.05, seed=seed)
        found = balance_trunk.MEASURE.compute(prepare(with_trunk_sensor(truth, 100.0, wobble_deg=2.0, seed=seed)))
        made = balance_trunk.trunk_values(truth[200:], 100.0)["balance.imu_rms"]
        errors.append(100.0 * (_value(found, "balance.imu_rms") / made - 1.0))
    yield from _figure(dataset, "balance.imu_rms", balance_trunk.METHOD, errors, "%")


def _stances(dataset: str) -> Iterator[Score]:
    """A foot that is up for 1 to 40 s, seen at 30 Hz with 10 mm of noise."""
    errors = []
    for seed in range(STANCES):
        rng = np.random.default_rng(seed)
        times = np.arange(0.0, 50.0, 1 / 30)
        start_s, held_s = rng.uniform(2, 5), rng.uniform(1, 40)
        up = np.where((times >= start_s) & (times < start_s + held_s), 0.15, 0.0) + rng.normal(0, 0.01, len(times))
        _, events = follow_stance(StanceTracker(), [(t, z, False) for t, z in zip(times, up, strict=True)])
        best = max((event.value for event in events if event.what == "foot_down"), default=math.nan)
        errors.append(best - held_s)
    yield from _figure(dataset, "balance.stance_time", "balance_stance/1", errors, "s")


def _leans(dataset: str) -> Iterator[Score]:
    """Eight leans of 60 mm, each half a second after its cue."""
    t, reach, reaction = np.arange(7001) / 100, [], []
    for seed in range(5):
        path, cues = wandering(70, 100, sd=0.001, seed=seed), []
        for i in range(8):
            begin_s = 4.0 + 8.0 * i
            out = np.clip(t - begin_s - 0.5, 0, 1) - np.clip(t - begin_s - 4.0, 0, 1)
            path += (0.06 * out * out * (3 - 2 * out))[:, None] * [np.sin(i * np.pi / 4), np.cos(i * np.pi / 4)]
            cues.append(Event(event=balance_limits.CUE, side=None, time_s=begin_s))
        recording = replace(
            on_plate(path, 100.0, ml_axis="+x", ap_axis="+y"), events=tuple(cues),
            conditions={"movement": balance_limits.MOVEMENT},
        )  # fmt: skip
        found = balance_limits.MEASURE.compute(prepare(recording))
        reach.append(_value(found, "balance.limits_maximum") - 60.0)
        reaction.append(_value(found, "balance.limits_reaction_time") - 0.5)
    yield from _figure(dataset, "balance.limits_maximum", balance_limits.METHOD, reach, "mm")
    yield from _figure(dataset, "balance.limits_reaction_time", balance_limits.METHOD, reaction, "s")
