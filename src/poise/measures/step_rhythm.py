"""Whether acceleration shakes in the rhythm of steps, where nobody said where the sensors were worn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from poise.model import Stream
from poise.signals.geometry import length

Array = NDArray[np.float64]

SHORTEST_S, LONGEST_S = 0.40, 1.60
"""From a quick step to a slow stride."""
WINDOW_S = 8.0
LEAST_SHAKE_M_S2, MOST_SHAKE_M_S2 = 0.7, 8.0
"""Standard deviation of the size of the acceleration: people walk with 1 to 5 m/s² from back to foot."""


def step_rhythm(acceleration: Stream) -> float:
    """How surely somebody walks, 0 to 0.9; 0 where nothing says so.

    Parameters
    ----------
    acceleration
        Specific force of one or more sensors, m/s², worn anywhere on one body.

    Notes
    -----
    The size of the acceleration of each sensor, in windows of 8 s, is correlated with itself; several sensors must
    agree on a period. One sensor alone must repeat itself well (over 0.6) in half of the time. A hand that shakes a
    sensor evenly passes for a walk: the confidence stays low for one sensor.
    """
    rate = acceleration.rate_hz
    if not np.isfinite(rate) or rate * SHORTEST_S < 1.0 or acceleration.duration_s < WINDOW_S:
        return 0.0
    strength = [_repeats(length(acceleration[name]), rate) for name in acceleration.channels]
    windows = np.array([each for each in strength if len(each)])
    if windows.size == 0:
        return 0.0
    alone = len(windows) < 3
    windows = windows[:, np.isfinite(windows).any(axis=(0, 2))]
    if not windows.size:
        return 0.0
    together = windows.max(axis=0, initial=-1.0, where=np.isfinite(windows)) if alone else _mean_over_sensors(windows)
    moving = windows.shape[1] / len(strength[0])
    share = float(np.mean(together.max(axis=1) > (0.6 if alone else 0.25)))
    if share * (moving if alone else 1.0) <= 0.5 or moving <= 0.3:
        return 0.0
    return 0.6 if alone else 0.7


def _mean_over_sensors(windows: Array) -> Array:
    """(sensors, windows, lags) → (windows, lags): the mean of those sensors that moved in the window."""
    known = np.isfinite(windows)
    return np.asarray(np.where(known, windows, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1))


def _repeats(size: Array, rate_hz: float) -> Array:
    """Autocorrelation at every lag of a step or stride, (windows, lags); NaN in windows without fitting movement."""
    width = round(WINDOW_S * rate_hz)
    low, high = round(SHORTEST_S * rate_hz), round(LONGEST_S * rate_hz)
    found = np.full((len(size) // width, high - low), np.nan)
    for index in range(len(found)):
        part = size[index * width : (index + 1) * width]
        part = np.nan_to_num(part - np.nanmean(part)) if np.isfinite(part).any() else np.zeros(width)
        if not LEAST_SHAKE_M_S2 < float(part.std()) < MOST_SHAKE_M_S2:
            continue
        power = np.abs(np.fft.rfft(part, 2 * width)) ** 2
        whole = np.fft.irfft(power)[:high]
        found[index] = (whole / whole[0] * width / (width - np.arange(high)))[low:]
    return found
