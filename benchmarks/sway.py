"""Sway of one 60 s trial: the usual 14 measures, the 72 published descriptors, and one step of the live trackers.

The published code needs packages that are not installed here; beside ours stands a plain transcription of its slow
parts, loop by loop as they are published (resampling, range, sway density, diffusion and its fits). It leaves out the
rest, so that the ratio is a least.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from poise.measures.balance_pressure import sway_values
from poise.signals.filters import lowpass_offline
from poise.signals.sway_published import quijoux
from poise.signals.sway_trackers import StanceTracker, SwayTracker
from poise.testing.sway import wandering

Array = NDArray[np.float64]
RATE_HZ, RUNS = 100.0, 15


def rows() -> list[dict[str, object]]:
    """Milliseconds of processor time, best of some runs: a machine at work elsewhere does not count."""
    path_mm = wandering(60, RATE_HZ, sd=4.0)[:6000]
    usual = _best(lambda: sway_values(lowpass_offline(path_mm, RATE_HZ, 10.0), RATE_HZ))
    ours = _best(lambda: quijoux(path_mm / 10.0, RATE_HZ))
    plain = _best(lambda: published_loops(path_mm / 10.0), runs=2)
    return [
        _row("sway, 60 s: filter and the usual 14 measures", usual, None, "≤ 5 ms", "ms"),
        _row("sway, 60 s: 72 published descriptors", ours, plain, "≤ 15 ms", "ms, beside the published loops"),
        _row("sway tracker, one step", _step_us(), None, "≤ 25 µs", "µs, median"),
        _row("stance tracker, one step", _stance_step_us(), None, "≤ 25 µs", "µs, median"),
    ]


def published_loops(points_cm: Array) -> None:
    """The slow parts as they are published, sample by sample."""
    path = _resampled(points_cm)
    _ = max(np.linalg.norm(path - point, axis=1).max() for point in path)
    for points in (path, path[::-1]):
        for i in range(len(points) - 1):
            j = i + 1
            while j < len(points) and np.linalg.norm(points[j] - points[i]) <= 0.3:
                j += 1
    lags = len(path) // 3
    squares = np.array([np.mean((path[lag:] - path[:-lag]) ** 2, axis=0) for lag in range(1, lags + 1)])
    x = np.log(np.arange(1, lags + 1) / 25.0)
    for y in np.log(squares).T:
        for end in range(8, 63):
            for part in (slice(0, end), slice(end - 1, None)):
                np.linalg.lstsq(np.stack([np.ones_like(x[part]), x[part]], axis=1), y[part], rcond=None)


def _resampled(points_cm: Array) -> Array:
    time_s, at_s, out = np.arange(len(points_cm)) / RATE_HZ, 0.1, []
    while at_s < time_s[-2]:
        near = [i for i in range(len(time_s)) if abs(time_s[i] - at_s) < 0.04 - 5e-7]
        out.append(np.mean(points_cm[near], axis=0))
        at_s += 0.04
    return np.array(out)


def _step_us() -> float:
    tracker = SwayTracker()
    state = tracker.start()
    points = wandering(60, RATE_HZ, sd=4.0).tolist()
    taken = []
    for i, (x, y) in enumerate(points):
        begun = time.perf_counter()
        state, _ = tracker.step(state, i / RATE_HZ, x, y)
        taken.append(time.perf_counter() - begun)
    return 1e6 * float(np.median(taken))


def _stance_step_us() -> float:
    tracker = StanceTracker()
    state = tracker.start()
    taken = []
    for i in range(6000):
        begun = time.perf_counter()
        state, _ = tracker.step(state, i / RATE_HZ, 0.1 if i % 1000 > 300 else 0.0)
        taken.append(time.perf_counter() - begun)
    return 1e6 * float(np.median(taken))


def _best(call: Callable[[], object], *, runs: int = RUNS) -> float:
    call()
    taken = []
    for _ in range(runs):
        begun = time.process_time()
        call()
        taken.append(time.process_time() - begun)
    return 1e3 * min(taken)


def _row(name: str, ours: float, beside: float | None, bar: str, unit: str) -> dict[str, object]:
    ratio = beside / ours if beside else None
    return {"benchmark": name, "ours": ours, "peer": beside, "ratio": ratio, "bar": bar, "unit": unit}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(rows(), indent=1, ensure_ascii=False) + "\n")
