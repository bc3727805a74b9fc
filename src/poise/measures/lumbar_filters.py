"""The zero-lag Butterworth filters of `poise.signals.filters`, for many short stretches: designed once, run in one go.

A day of walking is hundreds of bouts, each filtered a dozen times; there the design and the start values would take
longer than the filtering. The response is the same; a second of odd reflection at the ends instead of 24 samples.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from poise.signals.filters import two_pass_cutoff_hz

Array = NDArray[np.float64]

PADDING_S = 1.0


def bandpass(values: Array, rate_hz: float, low_hz: float, high_hz: float) -> Array:
    """Second-order high-pass and low-pass, both run forwards and back; shape (samples, ...), no gaps."""
    return _both_ways(values, rate_hz, low_hz, high_hz)


def lowpass(values: Array, rate_hz: float, cutoff_hz: float) -> Array:
    """Second-order low-pass run forwards and back; shape (samples, ...), no gaps."""
    return _both_ways(values, rate_hz, 0.0, cutoff_hz)


@lru_cache(maxsize=64)
def _design(rate_hz: float, low_hz: float, high_hz: float) -> tuple[Array, Array]:
    from scipy.signal import butter, sosfilt_zi

    highest_hz = min(high_hz, 0.45 * rate_hz)
    top = two_pass_cutoff_hz(highest_hz, rate_hz, passes_order=2)
    sections = [butter(2, min(top, 0.49 * rate_hz), "low", fs=rate_hz, output="sos")]
    if low_hz > 0.0:
        bottom = two_pass_cutoff_hz(low_hz, rate_hz, passes_order=2, kind="high")
        sections.insert(0, butter(2, bottom, "high", fs=rate_hz, output="sos"))
    together = np.concatenate(sections)
    return together, np.asarray(sosfilt_zi(together))


def _both_ways(values: Array, rate_hz: float, low_hz: float, high_hz: float) -> Array:
    from scipy.signal import sosfilt

    sections, settled = _design(rate_hz, low_hz, high_hz)
    pad = min(len(values) - 1, round(PADDING_S * rate_hz))
    if pad < 1:
        return values
    before, after = 2.0 * values[0] - values[pad:0:-1], 2.0 * values[-1] - values[-2 : -pad - 2 : -1]
    signal = np.concatenate((before, values, after))
    start = settled.reshape(*settled.shape, *[1] * (values.ndim - 1))
    forwards, _ = sosfilt(sections, signal, axis=0, zi=start * signal[0])
    backwards, _ = sosfilt(sections, forwards[::-1], axis=0, zi=start * forwards[-1])
    return np.ascontiguousarray(backwards[::-1][pad : len(signal) - pad])
