"""Walking speed from the lower back: how hard the trunk is pushed in rhythm, up and forward."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from poise.measures.lumbar_axes import STEP_BAND_HZ, Axes
from poise.measures.lumbar_filters import bandpass

Array = NDArray[np.float64]
Index = NDArray[np.intp]

SPEED_PER_PUSH_S = 0.67
WINDOW_S = 6.0
"""Five strides of usual length: Moe-Nilssen & Helbostad want several, and a bout may be as short as four."""
BATCH = 256
"""Strides looked at together: as many as fit in a few megabytes."""
LAG_SHARE = 0.15
"""Steps of one walk differ by a few percent; 15 % either side finds the peak and no other."""


def pendulum_step_m(rise_m: float, sensor_height_m: float, factor: float = 1.147) -> float:
    """Step length of an inverted pendulum whose top rises by `rise_m` in a step: 2·K·√(2·l·h − h²).

    For those who compare with it; our own speed comes from the push, which needs no height (docs/decisions/0004).

    References
    ----------
    .. [1] Zijlstra & Hof 2003, Gait Posture 18(2):1; K = 1.147 as in mobgap (people with multiple sclerosis).
    """
    return float(2.0 * factor * np.sqrt(2.0 * sensor_height_m * rise_m - rise_m**2))


def push_of(axes: Axes, rate_hz: float) -> Array:
    """Acceleration up and forward in the step band, m/s², shape (samples, 2); best with some signal around the walk."""
    return bandpass(np.column_stack((axes.vertical, axes.forward)), rate_hz, *STEP_BAND_HZ)


def stride_speeds(
    push: Array, rate_hz: float, contacts_s: Array, strides: list[tuple[int, int]]
) -> tuple[Array, Array]:
    """Speed of each stride, m/s, and how rhythmic the walk is around it, 0 to 1.

    Parameters
    ----------
    push
        See `push_of`: of one bout and nothing else.
    contacts_s
        Initial contacts, seconds from the first sample of `push`.
    strides
        Each as the index of the contact that begins it and the one that ends it.

    Returns
    -------
    speed_m_s, rhythm
        Shape (strides,); NaN where the signal is too short to judge.

    Notes
    -----
    speed = 0.67 s × √(rhythm) × root mean square of the acceleration in the sagittal plane, 0.5 to 3 Hz.

    The trunk must be thrown up and forward anew each step, the harder the faster the walk: the amplitude of vertical
    trunk acceleration grows with speed (Moe-Nilssen 1998 [1]_; Schutz et al. 2002 [2]_). The autocorrelation at the
    step or stride time is the share of the variance that repeats from step to step [3]_, so √(rhythm) × RMS is the
    amplitude of what walking itself contributes; a reach, a bend or a turn on the spot adds acceleration but no rhythm.

    The factor is the median over nine marker walks of eight people with known speed, none with a lumbar sensor: two
    treadmill walks, two Parkinson walks, children; 0.34 to 1.5 m/s, standard deviation about it 16 %
    (docs/decisions/0004-lumbar-gait.md). No body height is needed: scaling with leg length made the spread larger.
    It fails in running, on stairs and with a walking frame, and for one person it may be 10 to 20 % off throughout,
    so change within a person is surer than the value itself.

    References
    ----------
    .. [1] Moe-Nilssen 1998, Clin Biomech 13(4-5):328-335.
    .. [2] Schutz et al. 2002, Int J Obes 26:111-118.
    .. [3] Moe-Nilssen & Helbostad 2004, J Biomech 37(1):121-126.
    """
    if len(push) < rate_hz or not strides:
        return np.full(len(strides), np.nan), np.full(len(strides), np.nan)
    borders_s = np.array([(contacts_s[first], contacts_s[last]) for first, last in strides])
    regular = rhythm_around(push, rate_hz, borders_s)
    size = np.array([_size(push, rate_hz, start_s, end_s) for start_s, end_s in borders_s])
    return SPEED_PER_PUSH_S * np.sqrt(regular) * size, regular


def _size(push: Array, rate_hz: float, start_s: float, end_s: float) -> float:
    stride = _part(push, rate_hz, start_s, end_s)
    return float(np.sqrt((stride**2).sum(axis=1).mean())) if len(stride) > 1 else float("nan")


def _part(push: Array, rate_hz: float, start_s: float, end_s: float) -> Array:
    return push[max(0, round(start_s * rate_hz)) : max(0, round(end_s * rate_hz)) + 1]


def rhythm_around(push: Array, rate_hz: float, borders_s: Array) -> Array:
    """Share of the variance that repeats at the step or the stride time, whichever is more, around each stride.

    Parameters
    ----------
    push
        Shape (samples, axes): the highest unbiased autocorrelation of the vector within 15 % of either time is taken.
    borders_s
        Shape (strides, 2); six seconds around the middle of each are looked at, as far as there is signal. The usual
        stride time there is the median of the strides in them.

    Returns
    -------
    rhythm
        Shape (strides,), 0 to 1; 0 where the stretch is under two lags.
    """
    stride_s, middle_s = borders_s[:, 1] - borders_s[:, 0], borders_s.mean(axis=1)
    usual = _usual(stride_s, middle_s) * rate_hz
    width = round(max(WINDOW_S, 2.0 * stride_s.max()) * rate_hz)
    first = np.round(middle_s * rate_hz).astype(int) - width // 2
    padded = np.pad(push, ((width, width), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, width, axis=0)
    start = np.clip(first + width, 0, len(windows) - 1)
    # How much of each window lies inside the signal: the padding counts for nothing.
    inside = np.minimum(first + width, len(push)) - np.maximum(first, 0)
    best = [
        _most_alike(windows[start[part]], inside[part], usual[part])
        for part in (slice(i, i + BATCH) for i in range(0, len(start), BATCH))
    ]
    return np.concatenate(best)


def _most_alike(windows: Array, inside: Index, usual: Array) -> Array:
    """Highest unbiased autocorrelation near the step or stride time of windows (strides, axes, samples), 0 to 1."""
    samples = windows.shape[2]
    longest = min(samples - 1, round(usual.max() * (1.0 + LAG_SHARE)))
    spectrum = np.fft.rfft(windows, _fast_length(samples + longest), axis=2)
    together = np.fft.irfft((spectrum.real**2 + spectrum.imag**2).sum(axis=1), axis=1)[:, : longest + 1]
    lag = np.arange(longest + 1)
    pairs = inside[:, None] - lag
    alike = together / np.maximum(pairs, 1)
    share = lag / usual[:, None]
    near = (np.abs(share - 0.5) <= 0.5 * LAG_SHARE) | (np.abs(share - 1.0) <= LAG_SHARE)
    best = np.where(near & (pairs >= lag), alike, 0.0).max(axis=1)
    return np.asarray(np.clip(best / np.maximum(alike[:, 0], 1e-12), 0.0, 1.0))


def _fast_length(samples: int) -> int:
    from scipy.fft import next_fast_len

    return int(next_fast_len(samples, real=True))


def _usual(stride_s: Array, middle_s: Array) -> Array:
    """The median of the strides within three seconds of each; strides are in order of time."""
    low = np.searchsorted(middle_s, middle_s - WINDOW_S / 2.0)
    high = np.searchsorted(middle_s, middle_s + WINDOW_S / 2.0, side="right")
    return np.array([np.median(stride_s[a:b]) for a, b in zip(low, high, strict=True)])
