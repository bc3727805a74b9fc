"""How sure a deviation is: one formula, from its margin, the strides behind it and what was missing."""

from __future__ import annotations

from math import erf, hypot, sqrt

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ENOUGH_STRIDES = 5
SHARE_OF_STRIDES = 0.6
"""Present only if the margin exceeds the error in this share of at least five strides (src_poise_rules)."""
CAP_OF_SUPPORT = 0.5


def confidence(
    deviation: float, error: float, random_error: float, *, n: int, share: float, valid_fraction: float,
    supports_only: bool = False, enough: int = ENOUGH_STRIDES,
) -> float:  # fmt: skip
    """How sure it is, 0 to 1, that the true value lies past the limit.

    Parameters
    ----------
    deviation
        How far past the limit, in the measure's unit; 0 or more.
    error, random_error
        Standard error of measurement of the method, and of the mean over the strides seen; same unit.
    n, share, valid_fraction
        Strides behind the value, share of them past the limit by more than the error, share of the signal seen.
    enough
        How many strides (or repetitions, recordings) make it sure.
    supports_only
        A measure that never decides alone: the result is capped at one half.

    Returns
    -------
    confidence
        Φ(deviation / √(error² + random_error²)) · √(min(n, enough) / enough) · share · valid_fraction. It never falls
        when the deviation grows or the error shrinks.

    Notes
    -----
    A design choice, not a published score. Φ takes the error as normal and every true value as equally likely
    beforehand, so it says nothing of how rare the finding is among people; clinicians must bring that.
    """
    doubt = hypot(error, random_error)
    sure = 0.5 * (1.0 + erf(deviation / (doubt * sqrt(2.0)))) if doubt > 0 else 1.0
    sure *= sqrt(min(n, enough) / enough) * share * min(max(valid_fraction, 0.0), 1.0)
    return min(sure, CAP_OF_SUPPORT) if supports_only else sure


def share_past(margins: Array, deviation: float, error: float, sd: float) -> float:
    """Share of strides whose own margin past the limit exceeds the error.

    Counted where each stride's margin is known; else, from mean and spread, the share of a normal distribution;
    1 where one stride is all there is, or all are alike.
    """
    if len(margins):
        return float(np.mean(margins > error))
    if not np.isfinite(sd) or sd <= 0:
        return 1.0
    return 0.5 * (1.0 + erf((deviation - error) / (sd * sqrt(2.0))))
