"""Where a person's series stands and where its next value may lie."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True, kw_only=True)
class Level:
    """What is known of a person's level: mean and SD, and the SD of the next measurement."""

    mean: float
    sd: float
    next_sd: float

    def next_interval(self, z: float = 1.959963984540054) -> tuple[float, float]:
        """Where the next measurement lies with 95 % probability."""
        return self.mean - z * self.next_sd, self.mean + z * self.next_sd


def level(prior_mean: float, prior_sd: float, measurement_sd: float, values: Sequence[float]) -> Level:
    """A level after its measurements: normal prior of the population, normal error of known SD.

    With no values it is the prior. It fails where the person is not of that population, or changed meanwhile.
    """
    found = [value for value in values if math.isfinite(value)]
    precision = 1.0 / prior_sd**2 + len(found) / measurement_sd**2
    mean = (prior_mean / prior_sd**2 + sum(found) / measurement_sd**2) / precision
    return Level(mean=mean, sd=precision**-0.5, next_sd=math.sqrt(1.0 / precision + measurement_sd**2))


@dataclass(frozen=True, kw_only=True)
class Trend:
    """A straight line through a series, with its residual SD, and the median of all pairwise slopes (Theil–Sen)."""

    slope: float
    intercept: float
    residual_sd: float
    theil_sen_slope: float
    x: tuple[float, ...]

    def at(self, x: float) -> float:
        """The line's value at x."""
        return self.intercept + self.slope * x

    def interval_at(self, x: float, probability: float = 0.95) -> tuple[float, float]:
        """Where one new measurement at x lies with this probability (Student t, n − 2 degrees of freedom)."""
        from scipy.stats import t

        n, known = len(self.x), np.array(self.x)
        spread = ((known - known.mean()) ** 2).sum()
        sd = self.residual_sd * math.sqrt(1.0 + 1.0 / n + (x - known.mean()) ** 2 / spread)
        half = float(t.ppf(0.5 + probability / 2.0, n - 2)) * sd
        return self.at(x) - half, self.at(x) + half


def trend(x: ArrayLike, y: ArrayLike) -> Trend:
    """Least-squares line and Theil–Sen slope; pairs in which something is missing are left out.

    Raises
    ------
    ValueError
        Fewer than three pairs, or all at one x: no line with an error can be drawn.

    Notes
    -----
    It fails where the series bends (recovery levels off): the interval then is too narrow beyond the data.
    """
    at, value = np.asarray(x, float), np.asarray(y, float)
    keep = np.isfinite(at) & np.isfinite(value)
    at, value = at[keep], value[keep]
    if len(at) < 3 or np.ptp(at) == 0.0:
        raise ValueError("trend: three pairs at different x are needed")
    centred = at - at.mean()
    slope = float((centred * value).sum() / (centred**2).sum())
    intercept = float(value.mean() - slope * at.mean())
    left = value - intercept - slope * at
    first, second = np.triu_indices(len(at), 1)
    apart = at[second] != at[first]
    slopes = (value[second] - value[first])[apart] / (at[second] - at[first])[apart]
    return Trend(
        slope=slope, intercept=intercept, residual_sd=math.sqrt(float((left**2).sum()) / (len(at) - 2)),
        theil_sen_slope=float(np.median(slopes)), x=tuple(at.tolist()),
    )  # fmt: skip
