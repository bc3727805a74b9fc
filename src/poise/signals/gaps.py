"""Missing samples and uneven clocks: fill short gaps, resample; never invent what was not recorded."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.signals.filters import present_runs

Array = NDArray[np.float64]


def fill_gaps_offline(values: ArrayLike, longest_gap: int) -> Array:
    """Inner gaps of up to `longest_gap` samples filled by a shape-preserving cubic (PCHIP).

    Parameters
    ----------
    values
        Shape (samples, ...); NaN where missing.
    longest_gap
        In samples. A longer gap stays, as do gaps at the start and the end: nothing is extrapolated.

    Returns
    -------
    filled
        Shape of `values`. The original samples are unchanged.
    """
    from scipy.interpolate import PchipInterpolator

    given = np.asarray(values, dtype=np.float64)
    if longest_gap < 1 or np.isfinite(given).all():
        return given
    filled = given.copy()
    columns = filled.reshape(len(filled), -1)
    sample = np.arange(len(columns), dtype=np.float64)
    for column in columns.T:
        runs = list(present_runs(column))
        gaps = [(a.stop, b.start) for a, b in pairwise(runs) if b.start - a.stop <= longest_gap]
        known = np.isfinite(column)
        if not gaps or known.sum() < 2:
            continue
        curve = PchipInterpolator(sample[known], column[known])
        for start, stop in gaps:
            column[start:stop] = curve(sample[start:stop])
    return columns.reshape(filled.shape)


def resample_offline(time_s: Array, values: ArrayLike, rate_hz: float) -> tuple[Array, Array]:
    """The signal on an even clock of `rate_hz`, from its first time to its last.

    Parameters
    ----------
    time_s
        Shape (samples,), rising; need not be even.
    values
        Shape (samples, ...); NaN where missing.
    rate_hz
        The new rate. Going down, the signal is first smoothed at 0.4 × the new rate so that nothing folds back.

    Returns
    -------
    time_s, values
        The even clock and the signal on it. A new sample next to a missing old one is NaN.
    """
    from poise.signals.filters import lowpass_offline

    signal = np.asarray(values, dtype=np.float64)
    even_s = time_s[0] + np.arange(int(np.floor((time_s[-1] - time_s[0]) * rate_hz + 1e-6)) + 1) / rate_hz
    old_rate_hz = (len(time_s) - 1) / (time_s[-1] - time_s[0])
    if rate_hz < 0.99 * old_rate_hz:
        signal = lowpass_offline(signal, old_rate_hz, 0.4 * rate_hz)
    after = np.clip(np.searchsorted(time_s, even_s), 1, len(time_s) - 1)
    before = after - 1
    share = ((even_s - time_s[before]) / (time_s[after] - time_s[before])).reshape(-1, *[1] * (signal.ndim - 1))
    # A sample that falls on an old one needs only that one; elsewhere both neighbours must be there.
    mixed = np.where(share < 1e-9, signal[before], (1.0 - share) * signal[before] + share * signal[after])
    mixed = np.where(share > 1.0 - 1e-9, signal[after], mixed)
    return even_s, mixed
