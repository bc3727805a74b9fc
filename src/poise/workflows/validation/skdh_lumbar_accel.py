"""A lower-back accelerometer walk beside another package's results on it: not a truth, but two programs that agree.

scikit-digital-health (vertical wavelet) gives values cycle by cycle, without their times; medians are compared. Its
step length and speed are inverted-pendulum estimates with a leg length, ours are not, and neither was measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poise.errors import PoiseError
from poise.measures.gait_lumbar_imu import MEASURE, METHOD
from poise.model import Walk
from poise.readers.find import read_file
from poise.workflows.validation.scores import Score

WORN = {"sensors": {"sensor": "lower_back"}}
Array = NDArray[np.float64]


class SkdhLumbarAccel:
    """The folder ``skdh-lumbar-accel``: every ``*_input.npz`` with the ``*_results_vcwt.npz`` beside it."""

    name = "skdh-lumbar-accel"

    def scores(self, folder: Path) -> Iterator[Score]:
        """Ours less theirs: median stride and step time, cadence and speed; and the number of strides."""
        for signal in sorted(folder.rglob("*_input.npz")):
            results = signal.with_name(signal.name.replace("_input", "_results_vcwt"))
            if results.is_file():
                yield from self._scores(signal, _loaded(results))

    def _scores(self, signal: Path, theirs: Mapping[str, Array]) -> Iterator[Score]:
        walk = _walk(signal)
        for measure, name, unit, ours in _compared(walk):
            both = ours[np.isfinite(ours)], theirs[name][np.isfinite(theirs[name])]
            if len(both[0]) and len(both[1]):
                apart = float(np.median(both[0]) - np.median(both[1]))
                yield self._score(
                    signal.name, measure, metric="median_difference", value=apart, n=len(both[0]), unit=unit
                )
        strides = float(len(walk.strides)) if walk else 0.0
        yield self._score(
            signal.name, "gait.stride_time", metric="strides_found", value=strides, n=len(theirs["stride time"])
        )

    def _score(self, file: str, measure: str, *, metric: str, value: float, n: int, unit: str = "") -> Score:
        return Score(
            dataset=self.name, file=file, measure=measure, method=METHOD, metric=metric, value=value, n=n, unit=unit,
            condition="against scikit-digital-health",
        )  # fmt: skip


def _walk(signal: Path) -> Walk | None:
    try:
        return MEASURE.compute(read_file(signal, WORN)[0]).walk
    except PoiseError:
        return None


def _loaded(path: Path) -> dict[str, Array]:
    with np.load(path, allow_pickle=False) as archive:
        return {name: np.asarray(archive[name], dtype=np.float64) for name in archive.files}


def _compared(walk: Walk | None) -> Iterator[tuple[str, str, str, Array]]:
    strides, steps = (walk.strides, walk.footsteps) if walk else ((), ())
    stride_s = np.array([stride.time_s for stride in strides])
    yield "gait.stride_time", "stride time", "s", stride_s
    yield "gait.step_time", "step time", "s", np.array([step.step_time_s for step in steps])
    yield "gait.cadence", "cadence", "steps/min", 120.0 / stride_s
    yield "gait.speed", "gait speed m1", "m/s", np.array([stride.speed_m_s for stride in strides])


DATASET = SkdhLumbarAccel()
