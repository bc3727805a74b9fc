"""What may be wrong with an EMG channel, told from its raw samples; each check is a plain number or None."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.signals.emg import Rest, centred_mean
from poise.signals.events import stretches
from poise.signals.spectra import Spectrum, welch_offline

Array = NDArray[np.float64]

MAINS_HZ = (50.0, 60.0)
HEART_HZ = (0.7, 2.5)
LONGEST_BEAT_S = 0.25


def is_flat(raw: ArrayLike) -> bool:
    """Whether the channel holds nothing: no finite sample, one value, or hardly a change from sample to sample."""
    x = np.asarray(raw, dtype=np.float64)
    x = x[np.isfinite(x)]
    return len(x) < 2 or float(np.ptp(x)) == 0.0 or float(np.mean(np.diff(x) != 0.0)) < 0.02


def clipped_share(raw: ArrayLike) -> float:
    """Share of the samples that stand, three or more in a row, at the highest or lowest value of the recording."""
    x = np.asarray(raw, dtype=np.float64)
    if len(x) < 3:
        return 0.0
    share = 0.0
    for end in (np.nanmax(x), np.nanmin(x)) if np.isfinite(x).any() else ():
        at = (x == end).astype(np.int8)
        three = (at[:-2] + at[1:-1] + at[2:]) == 3
        inside = np.zeros(len(x), dtype=bool)
        for shift in range(3):
            inside[shift : shift + len(three)] |= three
        share += float(inside.mean())
    return share


def mains(raw: ArrayLike, rate_hz: float) -> tuple[float, float] | None:
    """The mains frequency that stands out of its neighbours by 10 dB, and its share of the power from 20 Hz up.

    None where neither 50 nor 60 Hz does. The quietest stretch should be given: activity hides the hum.
    """
    spectrum = _spectrum(raw, rate_hz)
    frequency, power = spectrum.frequency_hz, spectrum.power
    total = float(power[frequency >= 20.0].sum())
    found: tuple[float, float] | None = None
    for at_hz in MAINS_HZ:
        near = np.abs(frequency - at_hz)
        around = power[(near > 3.0) & (near < 9.0)]
        if at_hz > 0.45 * rate_hz or not len(around) or total <= 0.0:
            continue
        line = power[near <= 1.5]
        if len(line) and line.max() > 10.0 * np.median(around):
            share = float((line - np.median(around)).sum()) / total
            if found is None or share > found[1]:
                found = at_hz, share
    return found


def _spectrum(raw: ArrayLike, rate_hz: float, *, segment_s: float = 1.0) -> Spectrum:
    """Of half-overlapping segments; a missing sample counts as nothing."""
    return welch_offline(np.nan_to_num(np.asarray(raw, dtype=np.float64)), rate_hz, max(8, round(segment_s * rate_hz)))


def slow_share(raw: ArrayLike, rate_hz: float) -> float:
    """Share of the power below 20 Hz (0.5 Hz up): a cable or the skin that moves; NaN without power."""
    x = np.asarray(raw, dtype=np.float64)
    spectrum = _spectrum(x - float(np.nanmean(x)), rate_hz, segment_s=2.0)
    above = spectrum.frequency_hz >= 0.5
    total = float(spectrum.power[above].sum())
    return float(spectrum.power[above & (spectrum.frequency_hz < 20.0)].sum()) / total if total > 0.0 else float("nan")


def heart_rate_hz(clean: ArrayLike, rate_hz: float, rest: Rest) -> float | None:
    """The rate of beats that stand out in the rest of a cleaned signal; None where none do.

    The energy, smoothed over 50 ms, clipped at 20 times its resting level and without stretches of activity that last
    longer than a beat, must repeat itself after 0.4 to 1.4 s with a correlation of 0.5. Ten seconds are needed.
    """
    x = np.asarray(clean, dtype=np.float64)
    step = max(1, round(rate_hz / 100.0))
    energy = centred_mean(np.nan_to_num(x) ** 2, max(1, round(0.05 * rate_hz)))[::step] / rest.power
    if len(energy) < 1000:
        return None
    signal = np.minimum(energy, 20.0)
    loud = stretches(energy > 3.0)
    for start, stop in zip(loud.start.tolist(), loud.stop.tolist(), strict=True):
        if stop - start > LONGEST_BEAT_S * 100.0:
            signal[start:stop] = 1.0
    signal -= signal.mean()
    size = 2 * len(signal)
    power = np.abs(np.fft.rfft(signal, size)) ** 2
    correlation = np.fft.irfft(power, size)[: round(100.0 / HEART_HZ[0]) + 1]
    shortest = round(100.0 / HEART_HZ[1])
    if len(correlation) <= shortest or correlation[0] <= 0.0:
        return None
    at = shortest + int(np.argmax(correlation[shortest:]))
    return 100.0 / at if correlation[at] / correlation[0] > 0.5 else None
