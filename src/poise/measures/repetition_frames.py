"""A recording as the frames that the tracker steps through: readings by key, and where the feet are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.measures.readings import Eye, eye
from poise.measures.readings_points import NAN, Body, View, bodies_of, facing_of, middle
from poise.model import Stream

Array = NDArray[np.float64]
Frame = dict[str, float]


@dataclass(frozen=True, kw_only=True, eq=False)
class Frames:
    """All frames of a recording, read once: times, shape (samples,), and each reading by key, shape (samples,)."""

    time_s: Array
    view: View
    readings: dict[str, Array]

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
    return Frames(time_s=stream.time_s, view=view, readings={key: table[:, i] for i, key in enumerate(keys)})
