"""What a set of repetitions shows together: how much they vary, and how the sides compare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from poise.model import SIDES, Repetition, Side

FEWEST = 5
"""Variation is told from so many repetitions on (measures.md 3.5)."""
NAN = float("nan")
Together = tuple[str, Side | None, float, str, int]


@dataclass(frozen=True, kw_only=True)
class Variability:
    """Spread of one value over repetitions: mean, sample SD, coefficient of variation in %, scaled MAD; NaN below 2."""

    n: int
    mean: float
    sd: float
    cv_percent: float
    mad: float


def variability(values: ArrayLike) -> Variability:
    """Spread of a value over repetitions, missing ones left out; `mad` is 1.4826 times the median deviation.

    Low variation is not the same as good: too little and too much are both told.
    """
    known = np.asarray(values, dtype=np.float64)
    known = known[np.isfinite(known)]
    if len(known) < 2:
        return Variability(
            n=len(known), mean=float(known.mean()) if len(known) else NAN, sd=NAN, cv_percent=NAN, mad=NAN
        )
    mean, sd = float(known.mean()), float(known.std(ddof=1))
    mad = 1.4826 * float(np.median(np.abs(known - np.median(known))))
    return Variability(n=len(known), mean=mean, sd=sd, cv_percent=100.0 * sd / abs(mean) if mean else NAN, mad=mad)


def together(repetitions: Sequence[Repetition]) -> Iterator[Together]:
    """What only a set tells, as (measure's name without ``rep.``, side, value, unit, number of repetitions).

    ``rom_cv`` and ``time_cv`` a side from five whole repetitions on; ``rom_asymmetry``, 100 (left − right) / mean of
    the median ranges, where each side has at least one by itself.
    """
    whole = [each for each in repetitions if each.complete]
    for side in dict.fromkeys(each.side for each in whole):
        own = [each for each in whole if each.side == side]
        if len(own) >= FEWEST:
            for name, values in (("rom_cv", [r.range for r in own]), ("time_cv", [r.duration_s for r in own])):
                spread = variability(values)
                if np.isfinite(spread.cv_percent):
                    yield name, side, spread.cv_percent, "%", spread.n
    ranges = [[each.range for each in whole if each.side == side] for side in SIDES]
    if all(ranges):
        left, right = (float(np.median(each)) for each in ranges)
        if left + right > 0.0:
            yield "rom_asymmetry", None, 200.0 * (left - right) / (left + right), "%", sum(map(len, ranges))
