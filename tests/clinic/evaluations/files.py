"""Files of simulated recordings, as a laboratory would send them. Nothing in them is of a person."""

from __future__ import annotations

import numpy as np

from poise.testing.files import trc
from poise.testing.sway import wandering
from poise.testing.walking import simulate_walk


def walk_trc(**changes: object) -> bytes:
    """A simulated walk as a TRC file."""
    stream = simulate_walk(**changes).recording()["markers"]
    return trc(stream.values[:, :, [1, 2, 0]], rate_hz=stream.rate_hz, markers=stream.channels)


def standing_txt(*, sd_cm: float, seconds: float = 30.0, seed: int = 1) -> bytes:
    """Standing on a plate with this much sway, in the BDS layout."""
    place = wandering(seconds, 100.0, sd=sd_cm, seed=seed)
    time_s = 0.01 * (1 + np.arange(len(place)))
    same = np.tile([0.0, 0.0, 600.0, 0.0, 0.0, 0.0], (len(place), 1))
    head = "Time[s]\tFx[N]\tFy[N]\tFz[N]\tMx[Nm]\tMy[Nm]\tMz[Nm]\tCOPx[cm]\tCOPy[cm]\r\n"
    rows = np.column_stack([time_s, same, place])
    return (head + "\r\n".join("\t".join(f"{each:.5f}" for each in row) for row in rows) + "\r\n").encode()
