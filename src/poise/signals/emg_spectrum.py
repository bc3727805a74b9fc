"""The spectrum of an EMG signal: median frequency, whole and by epochs, and how they fall with fatigue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.signals.spectra import Spectrum, periodogram_offline

Array = NDArray[np.float64]
STEADY = 0.3


def median_frequency_hz(spectrum: Spectrum) -> float:
    """The frequency that halves the power of one channel, between two bins by straight line; NaN without power.

    Epochs of half a second have bins 2 Hz apart, too coarse for a slope over seconds: `edge_frequency_hz` gives a bin.
    """
    total = float(spectrum.power.sum())
    if not total > 0.0:
        return float("nan")
    share = np.cumsum(spectrum.power) / total
    at = int(np.searchsorted(share, 0.5))
    before = share[at - 1] if at else 0.0
    step = spectrum.frequency_hz[1] - spectrum.frequency_hz[0]
    part = (0.5 - before) / max(share[at] - before, 1e-15)
    return float(spectrum.frequency_hz[at] + step * (part - 0.5))


@dataclass(frozen=True, kw_only=True, eq=False)
class Epochs:
    """Median frequency and level of successive epochs of one contraction, shape (epochs,)."""

    time_s: Array
    median_hz: Array
    level: Array

    @property
    def steady(self) -> bool:
        """Whether the level hardly changed (its SD is at most 30 % of its mean): only then is a fall fatigue."""
        mean = float(np.mean(self.level)) if len(self.level) else 0.0
        return mean > 0.0 and float(np.std(self.level)) <= STEADY * mean

    def slope_percent_s(self) -> float:
        """Fall of the median frequency by least squares, % of its value at the start a second; NaN below 3 epochs."""
        if len(self.time_s) < 3:
            return float("nan")
        slope, start = np.polyfit(self.time_s - self.time_s[0], self.median_hz, 1)
        return float(100.0 * slope / start) if start > 0.0 else float("nan")

    def change_percent(self, which: str) -> float:
        """Last third against first third, %, of ``median_hz`` or ``level``; NaN below 3 epochs."""
        values: Array = getattr(self, which)
        third = len(values) // 3
        if third < 1:
            return float("nan")
        first, last = float(np.mean(values[:third])), float(np.mean(values[-third:]))
        return 100.0 * (last - first) / first if first > 0.0 else float("nan")


def epochs(clean: ArrayLike, rate_hz: float, *, start_s: float = 0.0, epoch_s: float = 0.5) -> Epochs:
    """A cleaned stretch of activity cut in epochs of half a second, each with its median frequency (20–450 Hz)."""
    x = np.asarray(clean, dtype=np.float64)
    length = max(16, round(epoch_s * rate_hz))
    count = len(x) // length
    parts = x[: count * length].reshape(count, length)
    whole = np.isfinite(parts).all(axis=1)
    spectra = (periodogram_offline(part, rate_hz).between(20.0, 450.0) for part in parts[whole])
    medians = [median_frequency_hz(each) for each in spectra]
    time_s: Array = start_s + (np.flatnonzero(whole) + 0.5).astype(np.float64) * length / rate_hz
    return Epochs(time_s=time_s, median_hz=np.array(medians), level=np.sqrt(np.mean(parts[whole] ** 2, axis=1)))


def quadrant(median_change_percent: float, level_change_percent: float) -> str:
    """Which of the four readings of the joint analysis of spectrum and amplitude (JASA) two changes are.

    ``fatigue`` (slower and louder), ``force_up`` (faster and louder), ``force_down`` (slower and quieter),
    ``recovery`` (faster and quieter); ``steady`` where both are within 5 %.

    References
    ----------
    .. [1] Luttmann, Jäger & Laurig 2000, Int J Ind Ergon 25:645.
    """
    if abs(median_change_percent) <= 5.0 and abs(level_change_percent) <= 5.0:
        return "steady"
    if level_change_percent >= 0.0:
        return "fatigue" if median_change_percent < 0.0 else "force_up"
    return "force_down" if median_change_percent < 0.0 else "recovery"
