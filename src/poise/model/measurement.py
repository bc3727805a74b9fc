"""What measuring gives: numbers, curves and series that know how they were made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from poise.model.gait import Walk
from poise.model.muscle import Burst
from poise.model.recording import Event, Problem, Side
from poise.model.repetition import Repetition


def method_name(method: str) -> str:
    """The name in a method's id, without its version and remarks, however it is spelled.

    >>> [method_name(each) for each in ("gait_markers@1", "gait_lumbar_imu/1", "gait-angles 1: least squares")]
    ['gait_markers', 'gait_lumbar_imu', 'gait_angles']
    """
    return re.split(r"[@/:\s]", method.strip(), maxsplit=1)[0].replace("-", "_")


@dataclass(frozen=True, kw_only=True)
class Definition:
    """What a measure is, once for all. The table in the docs is made from these.

    `family` is the name that measures share which differ only in the muscle, joint or exercise they are of, with a
    placeholder where they differ: ``emg.onset.<muscle>``. A table shows a family once. Empty for a measure on its own.
    """

    measure: str
    unit: str
    label: str
    formula: str
    source: str
    better: Literal["higher", "lower", "neither"] = "neither"
    decimals: int = 2
    sided: bool = True
    family: str = ""


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """A number that knows how it was made.

    `value` is finite: what could not be measured is a Problem, never a number. `n` counts what stands behind it
    (strides, steps, seconds; of left and right strides that overlap in time, as many as do not), `sd` is their sample
    standard deviation (NaN below two), `valid_fraction` how much of the signal in [start_s, end_s) was there. `error`
    is one standard error of measurement of the method for this measure, in the same unit, with its source in
    `error_source`; NaN where nobody has published or measured one.
    `low` and `high` are the 95 % interval of the value over its own strides or repetitions; NaN where none was made.
    """

    measure: str
    value: float
    unit: str
    side: Side | None
    n: int
    sd: float
    start_s: float
    end_s: float
    valid_fraction: float
    method: str
    recording: str
    error: float = float("nan")
    error_source: str = ""
    low: float = float("nan")
    high: float = float("nan")

    def __post_init__(self) -> None:
        if not np.isfinite(self.value):
            raise ValueError(f"{self.measure}: a measurement must be finite, not {self.value}")

    @property
    def ref(self) -> str:
        """How other nouns point at it: ``gait.step_length@left``."""
        return f"{self.measure}@{self.side}" if self.side else self.measure


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """A joint angle (or force, or activity) over the gait cycle, 0 to 100 % in 101 points.

    `mean` and `sd` have shape (101,); `sd` is NaN with one cycle. `cycles` has shape (n, 101), one row a stride.
    """

    curve: str
    side: Side | None
    unit: str
    mean: NDArray[np.float64]
    sd: NDArray[np.float64]
    cycles: NDArray[np.float64]
    method: str

    @property
    def n(self) -> int:
        """How many cycles stand behind the mean."""
        return len(self.cycles)


@dataclass(frozen=True, kw_only=True, eq=False)
class Series:
    """One quantity over the whole recording, evenly sampled, from `start_s`; NaN where it was not seen."""

    series: str
    side: Side | None
    unit: str
    rate_hz: float
    values: NDArray[np.float64]
    start_s: float = 0.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """All that one method made of one recording; `faulty` where the method itself failed, which is always told."""

    events: tuple[Event, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    curves: tuple[Curve, ...] = ()
    series: tuple[Series, ...] = ()
    problems: tuple[Problem, ...] = ()
    walk: Walk | None = None
    repetitions: tuple[Repetition, ...] = ()
    bursts: tuple[Burst, ...] = ()
    faulty: bool = False
