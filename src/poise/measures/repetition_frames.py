"""A recording as the frames that the tracker steps through: readings by key, and where the feet are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import isnan

import numpy as np
from numpy.typing import NDArray

from poise.measures.readings import READINGS, Eye, eye
from poise.measures.readings_points import NAN, Body, View, bodies_of, distance, facing_of, middle
from poise.model import Stream

Array = NDArray[np.float64]
Frame = dict[str, float]

FASTEST_DEG_S = 600.0
"""No joint turns faster in an exercise; where a reading jumps so, the limb was lost and is left out [design]."""
WRAPPING = frozenset({"m_forearm_out", "m_trunk_yaw", "m_neck_rotation"})
MOST_PIECES = 2000
"""More pieces than this are no course of a limb; what comes after is not looked at [design]."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Frames:
    """All frames of a recording, read once: times, shape (samples,), and each reading by key, shape (samples,).

    `jumped` names the readings of which something was left out as no limb can move so; `leg` is the person's longest
    distance from hips to ankles, in the recording's unit, NaN where it was not seen.
    """

    time_s: Array
    view: View
    readings: dict[str, Array]
    jumped: frozenset[str] = frozenset()
    leg: float = NAN

    def possible_offline(self) -> Frames:
        """The same without what no limb can do: joint angles that jump were lost there."""
        clean = {
            key: possible_offline(self.time_s, values, FASTEST_DEG_S, 2.0 * error) if error else values
            for key, values in self.readings.items()
            for error in (_error_of_angle(key),)
        }
        jumped = frozenset(key for key, values in clean.items() if values is not self.readings[key])
        return replace(self, readings=clean, jumped=jumped)

    def __iter__(self) -> Iterator[tuple[float, Frame]]:
        """Time and readings of each frame, in order."""
        keys = tuple(self.readings)
        columns = [self.readings[key].tolist() for key in keys]
        times = self.time_s.tolist()
        rows = zip(*columns, strict=True) if columns else [()] * len(times)
        for time_s, row in zip(times, rows, strict=True):
            yield time_s, dict(zip(keys, row, strict=True))

    def mean(self, keys: Iterable[str]) -> Array:
        """The mean of several readings, of those that were seen; NaN where none was."""
        held = [self.readings[key] for key in keys if key in self.readings]
        if not held:
            return np.full(len(self.time_s), np.nan)
        table = np.stack(held)
        seen = np.isfinite(table).sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(seen > 0, np.nansum(table, axis=0) / seen, np.nan)


def possible_offline(time_s: Array, values: Array, fastest: float, shaking: float = 0.0) -> Array:
    """The values that one limb can have gone through, shape (samples,); NaN where it would have had to jump.

    Parameters
    ----------
    fastest
        The speed that no limb exceeds, in the values' unit per second.
    shaking
        Two values may differ by so much at once, by the error of each.

    Notes
    -----
    *Offline*. Between jumps lie pieces; of all ways from piece to piece without a jump, however long the gap, the one
    that keeps most samples is kept. It fails where the limb was lost for longer than it was seen.
    """
    known = np.flatnonzero(np.isfinite(values))
    if len(known) < 2:
        return values
    steps = np.abs(np.diff(values[known])) > fastest * np.diff(time_s[known]) + shaking
    if not steps.any():
        return values
    pieces = np.split(known, np.flatnonzero(steps) + 1)[:MOST_PIECES]
    firsts, lasts = np.array([piece[0] for piece in pieces]), np.array([piece[-1] for piece in pieces])
    kept, before = np.array([len(piece) for piece in pieces]), np.full(len(pieces), -1)
    for i in range(1, len(pieces)):
        gap_s = time_s[firsts[i]] - time_s[lasts[:i]]
        reached = np.abs(values[firsts[i]] - values[lasts[:i]]) <= fastest * gap_s + shaking
        if reached.any():
            before[i] = int(np.argmax(np.where(reached, kept[:i], 0)))
            kept[i] += kept[before[i]]
    at, held = int(np.argmax(kept)), np.full(len(values), np.nan)
    while at >= 0:
        held[pieces[at]] = values[pieces[at]]
        at = int(before[at])
    return held


def _error_of_angle(key: str) -> float:
    """The camera's error of an angle, deg; 0 for what is none, or wraps from 180 to −180 deg."""
    reading = READINGS.get(key.partition(".")[0])
    return reading.error if reading is not None and reading.unit == "deg" and reading.id not in WRAPPING else 0.0


def frame_of(seen: Eye, body: Body, *, placed: bool = True) -> Frame:
    """The readings of one frame as the tracker wants them, live: with where the feet are (`placed`)."""
    readings = seen.read(body)
    if placed:
        x, y, z = middle(body["left_ankle"], body["right_ankle"])
        readings["place.x"], readings["place.y"] = x, y
        readings["place.height"] = middle(body["left_hip"], body["right_hip"])[2] - z
    return readings


def frames_of(stream: Stream, names: Iterable[str]) -> Frames:
    """Every frame of a BODY stream with these readings; what the view cannot show is left out."""
    bodies = list(bodies_of(stream))
    view = stream.frame.view
    facing = facing_of(bodies) if view == "sagittal" else NAN
    seen = eye(names, view, facing=facing)
    placed = stream.frame.name != "hip-centred"
    rows = [list(frame_of(seen, body, placed=placed).values()) for body in bodies]
    keys = [key for key, _, _ in seen.wanted] + (["place.x", "place.y", "place.height"] if placed else [])
    table = np.array(rows, dtype=np.float64).reshape(len(rows), len(keys))
    if placed and rows:
        with np.errstate(all="ignore"):
            table[:, -1] = np.nanmedian(np.abs(table[:, -1])) if np.isfinite(table[:, -1]).any() else np.nan
    readings = {key: table[:, i] for i, key in enumerate(keys)}
    return Frames(time_s=stream.time_s, view=view, readings=readings, leg=_leg(bodies))


def _leg(bodies: Iterable[Body]) -> float:
    hips_to_ankles = (
        distance(middle(body["left_hip"], body["right_hip"]), middle(body["left_ankle"], body["right_ankle"]))
        for body in bodies
    )
    return max((length for length in hips_to_ankles if not isnan(length)), default=NAN)
