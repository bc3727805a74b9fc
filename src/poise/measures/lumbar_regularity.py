"""How alike steps and strides are, and how smooth the trunk's movement is: from acceleration alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

HARMONICS = 20
"""Of the stride, as in Menz et al. 2003."""
SAMPLES = 128


def regularity(signal: Array, rate_hz: float, step_s: float) -> tuple[float, float]:
    """Step and stride regularity of vertical acceleration, 0 to 1: its autocorrelation at a step and at a stride.

    Returns
    -------
    step, stride
        NaN where the stretch is under four strides.

    References
    ----------
    .. [1] Moe-Nilssen & Helbostad 2004, J Biomech 37(1):121-126.
    """
    if len(signal) < 8 * step_s * rate_hz:
        return float("nan"), float("nan")
    centred = signal - signal.mean()
    return _at_lag(centred, step_s * rate_hz), _at_lag(centred, 2.0 * step_s * rate_hz)


def _at_lag(signal: Array, lag: float) -> float:
    power = float((signal**2).mean())
    lags = range(max(1, round(0.85 * lag)), round(1.15 * lag) + 1)
    if power <= 0.0:
        return float("nan")
    return max(float((signal[:-k] * signal[k:]).mean()) for k in lags) / power


def harmonic_ratio(acceleration: Array, strides: list[tuple[int, int]], *, sideways: bool = False) -> float:
    """Even over odd harmonics of the stride (odd over even for sideways movement), mean over strides.

    Higher is smoother and more even from left to right. Each stride, given by its first and last sample, is drawn out
    to the same number of samples first; NaN without strides.

    References
    ----------
    .. [1] Menz et al. 2003, J Gerontol A 58(5):M446-M452.
    """
    whole = np.array([(first, last) for first, last in strides if last - first > 2 * HARMONICS], dtype=np.float64)
    if not len(whole):
        return float("nan")
    share = np.arange(SAMPLES) / SAMPLES
    at = whole[:, :1] + (whole[:, 1:] - whole[:, :1]) * share
    drawn = np.interp(at, np.arange(len(acceleration)), acceleration)
    size = np.abs(np.fft.rfft(drawn, axis=1))[:, 1 : HARMONICS + 1]
    odd, even = size[:, 0::2].sum(axis=1), size[:, 1::2].sum(axis=1)
    above, below = (odd, even) if sideways else (even, odd)
    known = below > 0.0
    return float(np.mean(above[known] / below[known])) if known.any() else float("nan")
