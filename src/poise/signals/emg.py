"""Surface EMG: from the raw signal to what is timed and measured; every function takes one channel, evenly sampled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.errors import BadSetting
from poise.signals.filters import bandpass_offline, lowpass_offline, over_present_runs

Array = NDArray[np.float64]

BAND_HZ = (20.0, 450.0)
BLOCK_S = 0.05
WIDE_BLOCKS = 5
QUIET_SHARE = 0.1
REST_DB = 2.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Rest:
    """What the channel does while the muscle rests.

    Attributes
    ----------
    power
        Mean square at rest, in the signal's unit squared.
    blocks
        Shape (blocks,), True where a block of `block` samples is held to be rest.
    share
        How much of the recording is rest, 0 to 1.
    """

    power: float
    blocks: NDArray[np.bool_]
    block: int
    share: float

    @property
    def level(self) -> float:
        """Root mean square at rest."""
        return float(np.sqrt(self.power))

    def samples(self, count: int) -> NDArray[np.bool_]:
        """Shape (count,): which samples lie in blocks of rest."""
        mask = np.zeros(count, dtype=bool)
        mask[: len(self.blocks) * self.block] = np.repeat(self.blocks, self.block)[:count]
        return mask


def band_of(rate_hz: float) -> tuple[float, float]:
    """The pass band, Hz: 20 to 450, or to 0.45 of the rate where that is slower.

    Raises
    ------
    BadSetting
        The rate is below 200 Hz: what is left is an envelope, not EMG.
    """
    if not rate_hz >= 200.0:
        raise BadSetting(
            "EMG needs a raw signal of at least 200 samples a second.",
            found=f"This one has {rate_hz:g} a second.",
            do="Export the raw EMG (1000 a second or more), not its envelope.",
        )
    return BAND_HZ[0], min(BAND_HZ[1], 0.45 * rate_hz)


def clean_offline(values: ArrayLike, rate_hz: float) -> Array:
    """The signal without offset, drift and what no muscle makes: zero-lag Butterworth 20 to 450 Hz.

    Parameters
    ----------
    values
        Shape (samples,), any unit; NaN where missing, and NaN there in the result.

    References
    ----------
    .. [1] Stegeman & Hermens 2007, SENIAM; De Luca et al. 2010, J Biomech 43:1573 (the 20 Hz corner).
    """
    signal = np.asarray(values, dtype=np.float64)
    low_hz, high_hz = band_of(rate_hz)
    centred = signal - np.nanmean(signal) if np.isfinite(signal).any() else signal
    return bandpass_offline(centred, rate_hz, low_hz, high_hz)


def notch_offline(values: ArrayLike, rate_hz: float, mains_hz: float, *, quality: float = 30.0) -> Array:
    """A narrow notch at the mains and its harmonics; costs some of the muscle's own power, so only where needed."""
    from scipy.signal import iirnotch, sosfiltfilt, tf2sos

    signal = np.asarray(values, dtype=np.float64)
    for harmonic in range(1, int(0.45 * rate_hz / mains_hz) + 1):
        sections = tf2sos(*iirnotch(harmonic * mains_hz, quality, fs=rate_hz))

        def run(part: Array, sections: Array = sections) -> Array:
            return np.asarray(sosfiltfilt(sections, part)) if len(part) > 12 else part

        signal = over_present_runs(signal, run)
    return signal


def tkeo(values: ArrayLike) -> Array:
    """Teager–Kaiser energy, x[n]² − x[n−1] x[n+1]: large where a signal is both loud and fast.

    Returns
    -------
    energy
        Shape of `values`; the first and the last sample repeat their neighbours. It can be negative in noise.

    References
    ----------
    .. [1] Kaiser 1990, ICASSP; Solnik et al. 2010, Eur J Appl Physiol 110:489 (before onset detection).
    """
    x = np.asarray(values, dtype=np.float64)
    if len(x) < 3:
        return np.zeros_like(x)
    energy = np.empty_like(x)
    energy[1:-1] = x[1:-1] ** 2 - x[:-2] * x[2:]
    energy[0], energy[-1] = energy[1], energy[-2]
    return energy


def envelope_offline(values: ArrayLike, rate_hz: float, *, cutoff_hz: float = 6.0) -> Array:
    """Linear envelope: rectified and smoothed without lag; clipped at 0, as a filter's undershoot is no activity."""
    rectified = np.abs(np.asarray(values, dtype=np.float64))
    return np.asarray(np.maximum(lowpass_offline(rectified, rate_hz, cutoff_hz), 0.0))


def rms_envelope_offline(values: ArrayLike, rate_hz: float, *, window_s: float = 0.1) -> Array:
    """Root mean square in a window centred on each sample; NaN where one of them is missing."""
    square = np.asarray(values, dtype=np.float64) ** 2
    return np.asarray(np.sqrt(np.maximum(centred_mean(square, max(1, round(window_s * rate_hz))), 0.0)))


def trailing_mean(values: ArrayLike, window: int) -> Array:
    """Mean of the last `window` samples, itself included; NaN before there are as many, and beside missing ones."""
    x = np.asarray(values, dtype=np.float64)
    means = np.full(len(x), np.nan)
    if window < 1 or len(x) < window:
        return means
    present = np.isfinite(x)
    sums = np.concatenate(([0.0], np.cumsum(np.where(present, x, 0.0))))
    means[window - 1 :] = (sums[window:] - sums[:-window]) / window
    if not present.all():
        gone = np.concatenate(([0], np.cumsum(~present)))
        means[window - 1 :][gone[window:] > gone[:-window]] = np.nan
    return means


def centred_mean(values: ArrayLike, window: int) -> Array:
    """Mean of the `window` samples around each; at the ends, of those that are there."""
    from scipy.ndimage import uniform_filter1d

    x = np.asarray(values, dtype=np.float64)
    return np.asarray(uniform_filter1d(x, size=max(1, window), mode="nearest")) if len(x) else x


def rest_of(values: ArrayLike, rate_hz: float) -> Rest | None:
    """The resting part of a cleaned signal, found by itself; None where it is too short or empty.

    Powers of 50-ms blocks, smoothed over 250 ms; what lies within 2 dB (or three times the spread below the level) of
    the quietest tenth is rest, and its mean is the level. Blocks without any signal (a lead fell off) are left out.

    Notes
    -----
    It supposes that the muscle rests for a tenth of the recording at least. Where it never does, the quietest activity
    is taken for rest and what was found over it is small: the caller sees it in the signal-to-noise ratio.
    """
    signal = np.asarray(values, dtype=np.float64)
    block = max(1, round(BLOCK_S * rate_hz))
    count = len(signal) // block
    if count < 2 * WIDE_BLOCKS:
        return None
    power = np.einsum("ij,ij->i", *(2 * (signal[: count * block].reshape(count, block),))) / block
    usable = np.isfinite(power) & (power > 1e-9 * np.nanmedian(power[power > 0.0]) if (power > 0.0).any() else False)
    if usable.sum() < 2 * WIDE_BLOCKS:
        return None
    wide = np.where(usable, centred_mean(np.where(usable, power, np.nanmedian(power[usable])), WIDE_BLOCKS), np.inf)
    level_db = 10.0 * np.log10(wide)
    quietest = float(np.quantile(level_db[usable], QUIET_SHARE))
    below = level_db[usable & (level_db <= quietest)]
    reach = max(REST_DB, 3.0 * float(quietest - np.median(below)))
    quiet = usable & (level_db <= quietest + min(reach, 2.0 * REST_DB))
    return Rest(power=float(np.mean(power[quiet])), blocks=quiet, block=block, share=float(quiet.mean()))
