"""Writes a simulated visit, as files to be measured: a walk, a chair, a stance, muscles. Nobody was recorded.

What is off is put in on purpose, and Poise should say so: the left step is 12 cm longer than the right one and the
trunk sways 12° over the standing leg; standing sways two and a half times as much with closed eyes; the inner thigh
muscle starts 60 ms after the outer one.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from poise.model import Kind
from poise.testing.c3d import C3dTrial, written
from poise.testing.emg import Activity, SimulatedMuscle, Trial, record
from poise.testing.sway import wandering
from poise.testing.tasks import simulate_sit_to_stand
from poise.testing.walking import Walker, simulate_walk


def write_walk(folder: Path, name: str = "limping_walk", **changes: object) -> Path:
    """The walk as a C3D file under Plug-in-Gait labels; gives its path. `changes`: another walker (`Walker`)."""
    walker = {"longer_left_step_m": 0.12, "trunk_sway_deg": 12.0, "duration_s": 14.0} | changes
    walk = simulate_walk(Walker(**walker))  # type: ignore[arg-type]  # a Walker checks its own fields
    markers = walk.recording("plug-in-gait", noise_m=0.0005)[Kind.MARKERS]
    trial = C3dTrial(
        points=1000.0 * markers.values, analog=np.zeros((len(markers.time_s), 0)), labels=markers.channels,
        rate_hz=markers.rate_hz,
    )  # fmt: skip
    return written(trial, folder / f"{name}.c3d")


def write_chair(folder: Path) -> Path:
    """Standing up from a chair five times, as a pose network sees it from the side: landmarks in pixels."""
    seen = simulate_sit_to_stand().posture.landmarks("left")[Kind.LANDMARKS]
    frames = [
        {"time_s": time, "landmarks": [{"x": x, "y": y, "z": z, "visibility": 0.95} for x, y, z in points]}
        for time, points in zip(seen.time_s.tolist(), seen.values.tolist(), strict=True)
    ]
    path = folder / "chair_from_the_side.json"
    path.write_text(json.dumps({"frames": frames, "width": 1280, "height": 960}), encoding="utf-8")
    return path


def write_stance(folder: Path, eyes: str, *, sway: float, seed: int) -> Path:
    """Half a minute of standing on a force plate: centre of pressure, m."""
    rate_hz = 100.0
    place = 0.001 * wandering(30.0, rate_hz, sd=sway, seed=seed)
    time_s = np.arange(len(place)) / rate_hz
    path = folder / f"eyes{eyes}.csv"
    np.savetxt(path, np.column_stack([time_s, place]), "%.5f", ",", header="Time,CoPx,CoPy", comments="")
    return path


def write_muscles(folder: Path) -> Path:
    """Six contractions of three thigh muscles, the inner one 60 ms after the outer one."""
    starts = (1.5, 4.5, 7.5, 10.5, 13.5, 16.5)
    muscles = [
        SimulatedMuscle(
            name=name, bursts=tuple(Activity(onset_s=at + late, offset_s=at + 1.5, level=level) for at in starts)
        )
        for name, late, level in (("RF", 0.02, 0.8), ("VL", 0.0, 1.0), ("VM", 0.06, 0.9), ("BF", 0.1, 0.2))
    ]
    emg = record(Trial(muscles=tuple(muscles), duration_s=19.0))[Kind.EMG]
    path = folder / "thigh_muscles.csv"
    rows = np.column_stack([emg.time_s, emg.values[..., 0]])
    np.savetxt(path, rows, "%.4f", ",", header=",".join(("time", *emg.channels)), comments="")
    return path


def write_visit(folder: Path) -> tuple[Path, ...]:
    """All of it."""
    folder.mkdir(parents=True, exist_ok=True)
    return (
        write_walk(folder), write_chair(folder), write_stance(folder, "Open", sway=3.0, seed=1),
        write_stance(folder, "Closed", sway=8.0, seed=2), write_muscles(folder),
    )  # fmt: skip
