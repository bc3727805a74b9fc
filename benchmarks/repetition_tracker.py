"""One frame of the live repetition tracker, every check of its exercise on, beside the same angles in numpy.

    python benchmarks/repetition_tracker.py

A frame is all of it: points into readings, filter, gate, states, checks, target. The bar is for one core; what other
processes do to this one is taken out by the median over frames, of the quickest of several runs.
"""

from __future__ import annotations

import json
import time
from statistics import median

import numpy as np

from poise.knowledge.exercises import exercise
from poise.measures.readings import eye
from poise.measures.readings_points import bodies_of
from poise.measures.repetition_frames import frame_of
from poise.measures.repetition_motion import plan_of
from poise.measures.repetition_tracker import resumed, start, step, stored
from poise.model import Kind
from poise.signals import geometry
from poise.testing.exercises import Exerciser, exercised

BAR_US = 25.0
RUNS = 9
EXERCISES = ("x_squat", "x_sit_to_stand", "x_step_down", "x_mini_squat", "x_bird_dog")
TWELVE = (
    "m_knee_flexion", "m_hip_flexion", "m_shoulder_abduction", "m_elbow_flexion", "m_hip_abduction",
    "m_trunk_lean_sag", "m_trunk_lean_front",
)  # fmt: skip
JOINTS = (
    ("hip", "knee", "ankle"), ("shoulder", "hip", "knee"), ("elbow", "shoulder", "hip"),
    ("shoulder", "elbow", "wrist"), ("hip", "ankle", "heel"), ("knee", "ankle", "toe"),
)  # fmt: skip


def rows() -> list[dict[str, object]]:
    """Each exercise's frame, twelve angles' frame, and twelve angles in numpy for scale."""
    body = exercised(Exerciser(rate_hz=100.0))[Kind.BODY]
    bodies = list(bodies_of(body))
    table = []
    arrays = _numpy_us(body)
    for name in EXERCISES:
        plan = plan_of(exercise(name), gate_s=0.5)
        tracked, whole = _tracked_us(plan, bodies, body.time_s), _whole_us(plan, bodies, body.time_s)
        table.append(_row(f"repetition tracker, {name}: one step, all checks on", tracked, BAR_US))
        table.append(_row(f"repetition tracker, {name}: one frame, points to events", whole, BAR_US))
        table.append(
            {"benchmark": f"repetition tracker, {name}: one frame, beside twelve angles alone in numpy", "ours": whole,
             "peer": arrays, "ratio": arrays / whole, "unit": "µs median"}
        )  # fmt: skip
    plain = _angles_us(bodies)
    table.append(
        {"benchmark": "twelve live angles of one frame, plain Python beside numpy", "ours": plain, "peer": arrays,
         "ratio": arrays / plain, "unit": "µs"}
    )  # fmt: skip
    plan = plan_of(exercise("x_squat"))
    state = start(plan)
    table.append(
        {"benchmark": "a tracker put away as JSON and taken up again", "unit": "µs",
         "ours": _us(lambda: resumed(json.loads(json.dumps(stored(state)))))}
    )  # fmt: skip
    return table


def _row(name: str, ours: float, bar: float) -> dict[str, object]:
    return {"benchmark": name, "ours": ours, "unit": "µs median", "peer": bar, "ratio": bar / ours,
            "bar": f"≤ {bar:g} µs"}  # fmt: skip


def _tracked_us(plan, bodies, times) -> float:
    seen = eye(plan.wanted, "3d")
    frames = [frame_of(seen, body) for body in bodies]
    return min(_fold(plan, zip(times.tolist(), frames, strict=True), lambda frame: frame) for _ in range(RUNS))


def _whole_us(plan, bodies, times) -> float:
    seen = eye(plan.wanted, "3d")
    return min(
        _fold(plan, zip(times.tolist(), bodies, strict=True), lambda body: frame_of(seen, body)) for _ in range(RUNS)
    )


def _fold(plan, frames, read) -> float:
    state, spent = start(plan), []
    for time_s, each in frames:
        began = time.perf_counter_ns()
        state, _ = step(state, time_s, read(each))
        spent.append(time.perf_counter_ns() - began)
    return median(spent) / 1000.0


def _angles_us(bodies) -> float:
    seen = eye(TWELVE, "3d")
    return min(_us(lambda: seen.read(bodies[100])) for _ in range(RUNS))


def _numpy_us(body) -> float:
    at = {name: body[name][100] for name in body.channels}

    def twelve() -> None:
        for side in ("left", "right"):
            for a, b, c in JOINTS:
                geometry.flexion_angle(*(at.get(f"{side}_{n}_centre", at.get(f"{side}_{n}")) for n in (a, b, c)))

    return min(_us(twelve, 200) for _ in range(RUNS))


def _us(call, times: int = 500) -> float:
    spent = []
    for _ in range(times):
        began = time.perf_counter_ns()
        call()
        spent.append(time.perf_counter_ns() - began)
    return float(np.median(spent)) / 1000.0


if __name__ == "__main__":
    for row in rows():
        print(row)
