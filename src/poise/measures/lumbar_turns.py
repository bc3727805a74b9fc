"""Turns while walking, from how fast the trunk turns about the vertical."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from poise.measures.lumbar_filters import lowpass

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One turn, seconds from the start of the signal; `angle_deg` is positive to the left."""

    start_s: float
    end_s: float
    angle_deg: float
    peak_deg_s: float


@dataclass(frozen=True, kw_only=True)
class TurnSettings:
    """El-Gohary et al. 2014, Sensors 14(1):356-369, as Mobilise-D uses them (measures.md 1.1.5)."""

    lowpass_hz: float = 0.5
    peak_deg_s: float = 15.0
    edge_deg_s: float = 5.0
    merge_s: float = 0.05
    shortest_s: float = 0.5
    longest_s: float = 10.0
    smallest_deg: float = 45.0


def find_turns(yaw_rate_rad_s: Array, rate_hz: float, settings: TurnSettings | None = None) -> Iterator[Turn]:
    """Turns of at least 45 deg in half a second to ten seconds.

    Parameters
    ----------
    yaw_rate_rad_s
        Turning rate about the vertical, left positive, shape (samples,).

    Notes
    -----
    Mobilise-D's own validation found turns from one lumbar sensor far less sure than steps: read them as an estimate.
    """
    chosen = settings or TurnSettings()
    if len(yaw_rate_rad_s) < rate_hz:
        return
    rate = lowpass(np.degrees(yaw_rate_rad_s), rate_hz, chosen.lowpass_hz)
    for first, last in _turning(rate, rate_hz, chosen):
        angle = float(rate[first : last + 1].sum() / rate_hz)
        seconds = (last - first) / rate_hz
        if chosen.shortest_s <= seconds <= chosen.longest_s and abs(angle) >= chosen.smallest_deg:
            peak = float(np.abs(rate[first : last + 1]).max())
            yield Turn(start_s=first / rate_hz, end_s=last / rate_hz, angle_deg=angle, peak_deg_s=peak)


def _turning(rate: Array, rate_hz: float, settings: TurnSettings) -> Iterator[tuple[int, int]]:
    """First and last sample of every stretch above the edge, one way round, that reaches the peak."""
    way = np.where(np.abs(rate) > settings.edge_deg_s, np.sign(rate), 0.0)
    edges = np.flatnonzero(np.diff(np.concatenate(([0.0], way, [0.0]))))
    runs = [(int(a), int(b) - 1) for a, b in pairwise(edges) if way[a] != 0.0]
    merged: list[tuple[int, int]] = []
    for run in runs:
        near = merged and run[0] - merged[-1][1] <= settings.merge_s * rate_hz and way[run[0]] == way[merged[-1][0]]
        if near:
            merged[-1] = (merged[-1][0], run[1])
        else:
            merged.append(run)
    yield from ((a, b) for a, b in merged if np.abs(rate[a : b + 1]).max() >= settings.peak_deg_s)
