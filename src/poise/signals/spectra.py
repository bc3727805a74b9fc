"""Spectra of whole recordings and what is read from them: power, edge, centroid and mean frequencies."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.errors import BadSetting

Array = NDArray[np.float64]
Detrend = Literal["constant", "linear"]


class Spectrum(NamedTuple):
    """A one-sided power spectral density.

    Attributes
    ----------
    frequency_hz
        Shape (bins,), evenly spaced from 0.
    power
        Shape (bins, ...): (unit of the signal)² / Hz.
    """

    frequency_hz: Array
    power: Array

    def between(self, low_hz: float, high_hz: float) -> Spectrum:
        """The bins in [low_hz, high_hz]."""
        kept = (self.frequency_hz >= low_hz - 1e-9) & (self.frequency_hz <= high_hz + 1e-9)
        return Spectrum(self.frequency_hz[kept], self.power[kept])

    def summed(self) -> Spectrum:
        """The powers of all channels added: of two axes at right angles, the same however the axes are turned."""
        return Spectrum(self.frequency_hz, self.power.reshape(len(self.power), -1).sum(axis=1))


def periodogram_offline(values: ArrayLike, rate_hz: float) -> Spectrum:
    """The spectrum of the whole signal as one segment, without a window; the mean is taken off.

    Parameters
    ----------
    values
        Shape (samples, ...), without NaN.
    rate_hz
        Hz.
    """
    signal = np.asarray(values, dtype=np.float64)
    return _density(signal[None], np.ones(len(signal)), rate_hz, "constant", len(signal))


def welch_offline(
    values: ArrayLike,
    rate_hz: float,
    segment: int,
    *,
    overlap: int | None = None,
    detrend: Detrend = "constant",
    bins_of: int | None = None,
) -> Spectrum:
    """Welch's averaged spectrum [1]_: Hann window (periodic), each segment's mean or straight line taken off.

    Parameters
    ----------
    values
        Shape (samples, ...), without NaN.
    rate_hz
        Hz.
    segment
        Samples of a segment; the whole signal where it is shorter.
    overlap
        Samples that neighbours share; None for half a segment.
    detrend
        What is taken off each segment.
    bins_of
        Bins as close as those of so many samples, by adding zeros; None or fewer: those of the segment.

    Raises
    ------
    BadSetting
        The overlap is not shorter than the segment.

    References
    ----------
    .. [1] Welch 1967, IEEE Trans Audio Electroacoust 15(2):70-73.
    """
    signal = np.asarray(values, dtype=np.float64)
    length = min(segment, len(signal))
    shared = length // 2 if overlap is None else overlap
    if not 0 <= shared < length:
        raise BadSetting(f"Neighbouring segments of {length} samples cannot share {shared}.")
    starts = range(0, len(signal) - length + 1, length - shared)
    window = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(length) / length)
    segments = np.stack([signal[start : start + length] for start in starts])
    return _density(segments, window, rate_hz, detrend, max(length, bins_of or 0))


def _density(segments: Array, window: Array, rate_hz: float, detrend: Detrend, length: int) -> Spectrum:
    """The mean one-sided density of segments, shape (segments, samples, ...), transformed at `length` samples."""
    from scipy.fft import rfft

    samples = segments.shape[1]
    shape = (1, samples, *(1,) * (segments.ndim - 2))
    level = segments - segments.mean(axis=1, keepdims=True)
    if detrend == "linear":
        ramp = (np.arange(samples) - (samples - 1) / 2.0).reshape(shape)
        level -= ramp * ((level * ramp).sum(axis=1, keepdims=True) / (ramp * ramp).sum())
    level *= window.reshape(shape)
    power = np.abs(rfft(level, length, axis=1)) ** 2 / (rate_hz * (window @ window))
    power[:, 1 : None if length % 2 else -1] *= 2.0
    frequency_hz = np.arange(power.shape[1], dtype=np.float64) * (rate_hz / length)
    return Spectrum(frequency_hz, np.asarray(power.mean(axis=0), dtype=np.float64))


def edge_frequency_hz(spectrum: Spectrum, share: float) -> float:
    """The lowest frequency up to which `share` of the power lies (0.5: median frequency); NaN without power.

    One channel; powers are summed bin by bin, so that the answer is one of the bins.
    """
    cumulated = np.cumsum(spectrum.power)
    if not len(cumulated) or not cumulated[-1] > 0.0:
        return float("nan")
    return float(spectrum.frequency_hz[int(np.argmax(cumulated >= share * cumulated[-1]))])


def moment(spectrum: Spectrum, order: int) -> float:
    """Σ fⁿ P over the bins of one channel."""
    return float(np.sum(spectrum.frequency_hz**order * spectrum.power))


def centroid_frequency_hz(spectrum: Spectrum) -> float:
    """√(μ₂ / μ₀), the frequency at which the power is centred [1]_; NaN without power.

    References
    ----------
    .. [1] Prieto et al. 1996, IEEE Trans Biomed Eng 43(9):956-966.
    """
    power = moment(spectrum, 0)
    return float(np.sqrt(moment(spectrum, 2) / power)) if power > 0.0 else float("nan")


def frequency_dispersion(spectrum: Spectrum) -> float:
    """√(1 − μ₁² / (μ₀ μ₂)): 0 where all power lies at one frequency, towards 1 the wider it spreads; NaN without."""
    zeroth, second = moment(spectrum, 0), moment(spectrum, 2)
    if not zeroth * second > 0.0:
        return float("nan")
    return float(np.sqrt(max(0.0, 1.0 - moment(spectrum, 1) ** 2 / (zeroth * second))))


def mean_frequency_hz(spectrum: Spectrum) -> float:
    """∫ f P df / ∫ P df by the trapezoid rule, of one channel; NaN without power."""
    total = float(np.trapezoid(spectrum.power, spectrum.frequency_hz))
    weighted = float(np.trapezoid(spectrum.frequency_hz * spectrum.power, spectrum.frequency_hz))
    return weighted / total if total > 0.0 else float("nan")
