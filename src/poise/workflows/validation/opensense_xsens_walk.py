"""OpenSense's Xsens walk: knee flexion from the maker's orientations. No reference: only whether it is plausible."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from poise.measures.segment_orientation import MEASURE
from poise.model import Kind, Measured, Recording, Series
from poise.readers.find import read_file
from poise.workflows.validation.scores import Score

# From the example's own mapping file; the readers name a sensor by its device number.
WORN = {
    "00B42268": "torso", "00B42279": "pelvis", "00B4227C": "right_femur", "00B4227D": "right_tibia",
    "00B421EF": "right_foot", "00B421EE": "left_femur", "00B421ED": "left_tibia", "00B421E6": "left_foot",
}  # fmt: skip


class OpensenseXsensWalk:
    """Peak and range of knee flexion, and how steady the standing start is.

    Healthy adults flex the knee by about 60 deg in swing (Perry & Burnfield 2010). The folder holds no reference from
    cameras: a figure here shows that files, packets, calibration and axis fit together, not how accurate the angle is.
    """

    name = "opensense-xsens-walk"

    def scores(self, folder: Path) -> Iterator[Score]:
        """The one walk, by side."""
        recording = worn(read_file(folder)[0])
        measured = MEASURE.compute(recording)
        for m in measured.measurements:
            yield _score(f"{m.measure}@{m.side}", "value", m.value, n=m.n)
        for series in measured.series:
            yield _standing(series)
        yield from _between_sides(measured)


def worn(recording: Recording) -> Recording:
    """The recording with its sensors named for where they were worn."""
    streams = {
        key: replace(stream, channels=tuple(WORN.get(channel, channel) for channel in stream.channels))
        for key, stream in recording.streams.items()
        if stream.kind in (Kind.ORIENTATION, Kind.ACCELERATION)
    }
    return replace(recording, streams=streams)


def _standing(series: Series) -> Score:
    first = series.values[: round(series.rate_hz)]
    first = first[np.isfinite(first)]
    rms = float(np.sqrt(np.mean(first**2)))
    return _score(f"joint.knee.flexion@{series.side}", "standing_rms", rms, n=len(first))


def _between_sides(measured: Measured) -> Iterator[Score]:
    peaks = {m.side: m for m in measured.measurements if m.measure == "joint.knee.flexion.max"}
    if len(peaks) == 2:
        difference = peaks["left"].value - peaks["right"].value
        count = min(m.n for m in peaks.values())
        yield _score("joint.knee.flexion.max", "left_minus_right", difference, n=count)


def _score(measure: str, metric: str, value: float, *, n: int) -> Score:
    return Score(
        dataset=OpensenseXsensWalk.name, file="all", measure=measure, method=f"{MEASURE.name}/{MEASURE.version}",
        metric=metric, value=value, n=n, unit="deg",
    )  # fmt: skip


DATASET = OpensenseXsensWalk()
