"""Walking speed from the lower back: how hard the trunk is pushed in rhythm, up and forward."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from poise.measures.lumbar_axes import STEP_BAND_HZ, Axes
from poise.signals.filters import bandpass_offline

Array = NDArray[np.float64]
Index = NDArray[np.intp]

SPEED_PER_PUSH_S = 0.69
WINDOW_S = 6.0
"""Five strides of usual length: Moe-Nilssen & Helbostad want several, and a bout may be as short as four."""
LAG_STEP_S = 0.02
"""At 3 Hz, the top of the band, half of this is a fortieth of a period: the peak is met to within 2 %."""
LAG_SHARE = 0.15
"""Steps of one walk differ by a few percent; 15 % either side finds the peak and no other."""


def stride_speeds(axes: Axes, rate_hz: float, contacts_s: Array, strides: list[tuple[int, int]]) -> tuple[Array, Array]:
    """Speed of each stride, m/s, and how rhythmic the walk is around it, 0 to 1.

    Parameters
    ----------
    axes
        Acceleration along up and forward, m/s², of one bout and nothing else.
    contacts_s
        Initial contacts, seconds from the first sample of `axes`.
    strides
        Each as the index of the contact that begins it and the one that ends it.

    Returns
    -------
    speed_m_s, rhythm
        Shape (strides,); NaN where the signal is too short to judge.

    Notes
    -----
    speed = 0.69 s × √(rhythm) × root mean square of the acceleration in the sagittal plane, 0.5 to 3 Hz.

    The trunk must be thrown up and forward anew each step, the harder the faster the walk: the amplitude of vertical
    trunk acceleration grows with speed (Moe-Nilssen 1998 [1]_; Schutz et al. 2002 [2]_). The autocorrelation at the
    step or stride time is the share of the variance that repeats from step to step [3]_, so √(rhythm) × RMS is the
    amplitude of what walking itself contributes; a reach, a bend or a turn on the spot adds acceleration but no rhythm.

    The factor is the median over nine marker walks of eight people with known speed, none with a lumbar sensor: two
    treadmill walks, two Parkinson walks, children; 0.34 to 1.5 m/s, standard deviation about it 17 %
    (docs/decisions/0014-lumbar-gait.md). No body height is needed: scaling with leg length made the spread larger.
    It fails in running, on stairs and with a walking frame, and for one person it may be 10 to 20 % off throughout,
    so change within a person is surer than the value itself.

    References
    ----------
    .. [1] Moe-Nilssen 1998, Clin Biomech 13(4-5):328-335.
    .. [2] Schutz et al. 2002, Int J Obes 26:111-118.
    .. [3] Moe-Nilssen & Helbostad 2004, J Biomech 37(1):121-126.
    """
    if len(axes.vertical) < rate_hz or not strides:
        return np.full(len(strides), np.nan), np.full(len(strides), np.nan)
    push = bandpass_offline(np.column_stack((axes.vertical, axes.forward)), rate_hz, *STEP_BAND_HZ)
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
    half_s = np.maximum(WINDOW_S / 2.0, stride_s)
    first = np.clip(np.round((middle_s - half_s) * rate_hz).astype(int), 0, len(push))
    stop = np.clip(np.round((middle_s + half_s) * rate_hz).astype(int) + 1, first, len(push))
    usual = _usual(stride_s, middle_s) * rate_hz
    power = _window_mean(np.einsum("ij,ij->i", push, push), first, stop)
    best = np.zeros(len(borders_s))
    for lag in _lags(usual, rate_hz):
        mine = (np.abs(lag / usual - 0.5) <= 0.5 * LAG_SHARE) | (np.abs(lag / usual - 1.0) <= LAG_SHARE)
        mine &= stop - first >= 2 * lag
        best = np.maximum(best, np.where(mine, _covariance(push, first, stop, lag), 0.0))
    return np.asarray(np.clip(best / np.maximum(power, 1e-12), 0.0, 1.0))


def _usual(stride_s: Array, middle_s: Array) -> Array:
    """The median of the strides within three seconds of each; strides are in order of time."""
    low = np.searchsorted(middle_s, middle_s - WINDOW_S / 2.0)
    high = np.searchsorted(middle_s, middle_s + WINDOW_S / 2.0, side="right")
    return np.array([np.median(stride_s[a:b]) for a, b in zip(low, high, strict=True)])


def _lags(usual: Array, rate_hz: float) -> list[int]:
    """Every lag, in samples, that lies within 15 % of somebody's step or stride time."""
    every = np.arange(1, round(usual.max() * (1.0 + LAG_SHARE)) + 1, max(1, round(LAG_STEP_S * rate_hz)))
    share = every[:, None] / usual[None, :]
    wanted = (np.abs(share - 0.5) <= 0.5 * LAG_SHARE) | (np.abs(share - 1.0) <= LAG_SHARE)
    return [int(lag) for lag in every[wanted.any(axis=1)]]


def _covariance(push: Array, first: Index, stop: Index, lag: int) -> Array:
    """Unbiased autocovariance of every stretch [first, stop) at one lag; 0 where it is no longer than the lag."""
    if len(push) <= lag:
        return np.zeros(len(first))
    return _window_mean(np.einsum("ij,ij->i", push[: len(push) - lag], push[lag:]), first, stop - lag)


def _window_mean(values: Array, first: Index, stop: Index) -> Array:
    """Mean over [first, stop) for many stretches at once, by one running sum; 0 where a stretch is empty."""
    total = np.concatenate(([0.0], np.cumsum(values)))
    first, stop = np.minimum(first, len(values)), np.clip(stop, 0, len(values))
    return np.asarray(np.where(stop > first, (total[stop] - total[first]) / np.maximum(stop - first, 1), 0.0))
