"""One frame of the live posture tracker at a desk: points into readings, limits, breach and prompt.

    python benchmarks/posture_tracker.py

The bar of every tracker step is for one core; other processes are taken out by the median over frames, of the quickest
of several runs.
"""

from __future__ import annotations

import json
import time
from statistics import median

import numpy as np

from poise.measures import posture_angles as angles
from poise.measures.posture_tracker import PostureFrame, PostureTracker, at_desk, side_readings

BAR_US = 25.0
RUNS, FRAMES = 5, 3000


def rows() -> list[dict[str, object]]:
    """A step of the tracker, a frame with its angles, and the same angles in numpy for scale."""
    rng = np.random.default_rng(1)
    ears = 100.0 + 5.0 * rng.normal(size=(FRAMES, 2)) + np.array([30.0, 300.0])
    frames = [{"ear": tuple(map(float, ear)), "shoulder": (110.0, 250.0), "hip": (100.0, 60.0)} for ear in ears]
    own = side_readings(frames[0], 1.0)
    tracker = PostureTracker(watch=at_desk(own, dwell_s=1.0))
    made = [PostureFrame(time_s=i / 30.0, readings=side_readings(each, 1.0)) for i, each in enumerate(frames)]
    arrays = [{name: np.array(point) for name, point in each.items()} for each in frames]
    step = min(_steps_us(tracker, made) for _ in range(RUNS))
    plain = min(_each_us(lambda each: side_readings(each, 1.0), frames) for _ in range(RUNS))
    numpy_us = min(_each_us(_in_numpy, arrays) for _ in range(RUNS))
    return [
        {"benchmark": "posture tracker at a desk: one step", "ours": step, "unit": "µs median", "peer": BAR_US,
         "ratio": BAR_US / step, "bar": f"≤ {BAR_US:g} µs"},
        {"benchmark": "posture tracker: one frame, points to events", "ours": step + plain, "unit": "µs median"},
        {"benchmark": "three live angles of posture, plain Python beside numpy", "ours": plain, "peer": numpy_us,
         "ratio": numpy_us / plain, "unit": "µs"},
    ]  # fmt: skip


def _steps_us(tracker: PostureTracker, frames: list[PostureFrame]) -> float:
    state, taken = tracker.start(), []
    for frame in frames:
        start = time.perf_counter()
        state, _ = tracker.step(state, frame)
        taken.append(time.perf_counter() - start)
    return 1e6 * median(taken)


def _each_us(function, values) -> float:
    taken = []
    for value in values:
        start = time.perf_counter()
        function(value)
        taken.append(time.perf_counter() - start)
    return 1e6 * median(taken)


def _in_numpy(points) -> None:
    angles.from_vertical_deg(points["shoulder"], points["ear"])
    angles.from_vertical_deg(points["hip"], points["shoulder"])
    angles.bend_deg(points["ear"], points["shoulder"], points["hip"])


if __name__ == "__main__":
    print(json.dumps(rows(), indent=1, ensure_ascii=False))
