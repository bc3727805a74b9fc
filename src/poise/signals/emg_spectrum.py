"""The spectrum of an EMG signal: median and mean frequency, whole and by epochs, and how they fall with fatigue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
STEADY = 0.3


@dataclass(frozen=True, kw_only=True, eq=False)
class Spectrum:
    """Power by frequency, shape (frequencies,), Hz and unit squared per Hz (or relative)."""

    frequency_hz: Array
    power: Array

    @property
    def mean_hz(self) -> float:
        """Σ f·P / Σ P; NaN without power."""
        total = float(self.power.sum())
        return float(np.dot(self.frequency_hz, self.power)) / total if total > 0.0 else float("nan")

    @property
    def median_hz(self) -> float:
        """The frequency that halves the power, between two bins by straight line; NaN without power."""
        total = float(self.power.sum())
        if not total > 0.0:
            return float("nan")
        share = np.cumsum(self.power) / total
        at = int(np.searchsorted(share, 0.5))
        before = share[at - 1] if at else 0.0
        step = self.frequency_hz[1] - self.frequency_hz[0]
        part = (0.5 - before) / max(share[at] - before, 1e-15)
        return float(self.frequency_hz[at] + step * (part - 0.5))

    def between(self, low_hz: float, high_hz: float) -> Spectrum:
        """The same in a band."""
        kept = (self.frequency_hz >= low_hz) & (self.frequency_hz <= high_hz)
        return Spectrum(frequency_hz=self.frequency_hz[kept], power=self.power[kept])


def periodogram(values: ArrayLike, rate_hz: float) -> Spectrum:
    """Of a whole stretch, rectangular window, its mean taken away; shape (samples,) without NaN."""
    x = np.asarray(values, dtype=np.float64)
    transform = np.fft.rfft(x - x.mean())
    frequency: Array = np.fft.rfftfreq(len(x), 1.0 / rate_hz).astype(np.float64)
    return Spectrum(frequency_hz=frequency, power=np.abs(transform) ** 2)


def welch(values: ArrayLike, rate_hz: float, *, segment_s: float = 1.0) -> Spectrum:
    """Mean spectrum of half-overlapping Hann segments; NaN counts as nothing."""
    from scipy.signal import welch as by_scipy

    x = np.nan_to_num(np.asarray(values, dtype=np.float64))
    frequency, power = by_scipy(x, rate_hz, nperseg=max(8, min(len(x), round(segment_s * rate_hz))))
    return Spectrum(frequency_hz=frequency, power=power)


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
    medians = [periodogram(part, rate_hz).between(20.0, 450.0).median_hz for part in parts[whole]]
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
