"""Writes a simulated limping walk as C3D, for `make demo` to measure. Not a recording of a person.

The left step is 12 cm longer than the right one and the trunk sways 12° over the standing leg: Poise should say so.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from poise.model import Kind
from poise.testing.c3d import C3dTrial, written
from poise.testing.walking import simulate_walk


def write_walk(folder: Path) -> Path:
    """The walk as a C3D file under Plug-in-Gait labels; gives its path."""
    walk = simulate_walk(longer_left_step_m=0.12, trunk_sway_deg=12.0, duration_s=14.0)
    markers = walk.recording("plug-in-gait", noise_m=0.0005)[Kind.MARKERS]
    trial = C3dTrial(
        points=1000.0 * markers.values, analog=np.zeros((len(markers.time_s), 0)), labels=markers.channels,
        rate_hz=markers.rate_hz,
    )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    return written(trial, folder / "limping_walk.c3d")


if __name__ == "__main__":
    print(f"Written: {write_walk(Path(sys.argv[1] if len(sys.argv) > 1 else 'demo'))}")
