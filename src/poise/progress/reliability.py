"""How far two measurements of the same thing differ by chance, and when a change is more than that."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

Z95, Z90 = 1.96, 1.645
"""Two-sided standard normal limits, as the literature rounds them: a published MDC is reproduced to the last digit."""


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """Agreement of k repeated ratings of n people (Shrout & Fleiss 1979), and the errors that follow.

    `icc_1` takes raters as drawn anew for each person, `icc_2` as a sample of raters (agreement), `icc_3` as all the
    raters there are (consistency); all of a single rating. `sem_consistency` leaves a shift between ratings out,
    `sem_agreement` counts it; both in the unit of the ratings.
    """

    icc_1: float
    icc_2: float
    icc_3: float
    sem_consistency: float
    sem_agreement: float


def reliability(ratings: ArrayLike) -> Reliability:
    """Intraclass correlations of single ratings and both standard errors of measurement, by two-way ANOVA.

    Parameters
    ----------
    ratings
        Shape (people, ratings), at least 2 × 2, all finite.

    Raises
    ------
    ValueError
        Fewer than two people or ratings, or a rating that is missing.

    Notes
    -----
    Source: Shrout & Fleiss 1979, Psychol Bull 86:420. With no spread between people every ICC is NaN or without
    meaning; ICCs of another sample do not carry over to people who differ less.
    """
    table = np.asarray(ratings, float)
    if table.ndim != 2 or min(table.shape) < 2 or not np.isfinite(table).all():
        raise ValueError("ratings: at least two people by two ratings are needed, none missing")
    n, k = table.shape
    about_people = k * ((table.mean(axis=1) - table.mean()) ** 2).sum()
    about_raters = n * ((table.mean(axis=0) - table.mean()) ** 2).sum()
    left = ((table - table.mean()) ** 2).sum() - about_people - about_raters
    people, raters = about_people / (n - 1), about_raters / (k - 1)
    error, within = left / ((n - 1) * (k - 1)), (about_raters + left) / (n * (k - 1))
    return Reliability(
        icc_1=_ratio(people - within, people + (k - 1) * within),
        icc_2=_ratio(people - error, people + (k - 1) * error + k * (raters - error) / n),
        icc_3=_ratio(people - error, people + (k - 1) * error),
        sem_consistency=math.sqrt(max(error, 0.0)),
        sem_agreement=math.sqrt(within),
    )


def standard_error(sd: float, reliability: float) -> float:
    """Standard error of measurement, SD·√(1 − r), of the sample whose SD and reliability are given."""
    return sd * math.sqrt(1.0 - reliability)


def smallest_real_change(sem: float, *, z: float = Z95, tests: int = 1) -> float:
    """The smallest difference of two measurements that is more than chance: z·√2·SEM, each the mean of `tests`."""
    return z * math.sqrt(2.0) * sem / math.sqrt(tests)


def reliable_change_index(before: float, after: float, sem: float) -> float:
    """A change in units of its own standard error (Jacobson & Truax 1991); beyond ±1.96 it is more than chance."""
    return (after - before) / (math.sqrt(2.0) * sem)


def limb_symmetry_percent(involved: float, uninvolved: float) -> float:
    """100 × involved / uninvolved; NaN where the uninvolved side is 0.

    It overestimates where the uninvolved side has become weaker too (measures.md §9.13).
    """
    return 100.0 * involved / uninvolved if uninvolved else float("nan")


def _ratio(top: float, bottom: float) -> float:
    return float(top / bottom) if bottom else float("nan")
