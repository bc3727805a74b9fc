"""Filters over time. Those that look into the future say *offline* in their name and are never offered live."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.errors import BadSetting

Array = NDArray[np.float64]


def lowpass_offline(values: ArrayLike, rate_hz: float, cutoff_hz: float, *, order: int = 4) -> Array:
    """Zero-lag Butterworth low-pass whose −3 dB point after both passes is `cutoff_hz`.

    Parameters
    ----------
    values
        Shape (samples, ...), evenly sampled along the first axis; NaN where missing.
    rate_hz, cutoff_hz
        Hz; 0 < cutoff < rate / 2.
    order
        Order of both passes together: 4 means a second-order filter run forwards and back.

    Returns
    -------
    filtered
        Shape of `values`. Each run of present samples is filtered by itself; NaN stays NaN, and a run too
        short to filter (up to 3 × order samples) is returned as it is.

    Raises
    ------
    BadSetting
        When the cut-off is not below half the sampling rate, or the order is odd.

    Notes
    -----
    Two passes lower the cut-off; the design frequency is raised by the factor C = (√2 − 1)^(1/2n) applied to
    tan(π fc / fs), n the order of one pass [1]_.

    References
    ----------
    .. [1] Winter 2009, Biomechanics and Motor Control of Human Movement, 4th ed., section 3.4.4.
    """
    return _both_ways(values, _design("low", rate_hz, cutoff_hz, order), order)


def highpass_offline(values: ArrayLike, rate_hz: float, cutoff_hz: float, *, order: int = 4) -> Array:
    """Zero-lag Butterworth high-pass; see `lowpass_offline`, of which it is the counterpart."""
    return _both_ways(values, _design("high", rate_hz, cutoff_hz, order), order)


def bandpass_offline(values: ArrayLike, rate_hz: float, low_hz: float, high_hz: float, *, order: int = 4) -> Array:
    """Zero-lag Butterworth band-pass: the high-pass at `low_hz`, then the low-pass at `high_hz`."""
    return lowpass_offline(highpass_offline(values, rate_hz, low_hz, order=order), rate_hz, high_hz, order=order)


def two_pass_cutoff_hz(
    cutoff_hz: float, rate_hz: float, *, passes_order: int, kind: Literal["low", "high"] = "low"
) -> float:
    """The design frequency of one pass that puts the −3 dB point of two passes at `cutoff_hz`."""
    shrink = (np.sqrt(2.0) - 1.0) ** (1.0 / (2.0 * passes_order))
    factor = 1.0 / shrink if kind == "low" else shrink
    return float(np.arctan(np.tan(np.pi * cutoff_hz / rate_hz) * factor) * rate_hz / np.pi)


def hampel(values: ArrayLike, half_window: int, *, limit_mads: float = 3.0) -> Array:
    """Outliers replaced by the median of their neighbourhood.

    Parameters
    ----------
    values
        Shape (samples, ...); NaN where missing.
    half_window
        Neighbours on each side, in samples.
    limit_mads
        A sample further from the median than this many scaled MADs (1.4826 × MAD) is an outlier.

    Returns
    -------
    cleaned
        Shape of `values`; NaN stays NaN. A neighbourhood without spread (MAD 0) changes nothing, nor does one that
        lies mostly on one side: the ends of the signal and of a gap are not judged.

    References
    ----------
    .. [1] Pearson 2002, IEEE Trans Control Syst Technol 10(1):55-63.
    """
    cleaned = np.array(values, dtype=np.float64, copy=True)
    if half_window < 1 or len(cleaned) < 2 * half_window + 1:
        return cleaned
    padding = [(half_window, half_window)] + [(0, 0)] * (cleaned.ndim - 1)
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(cleaned, padding, constant_values=np.nan), 2 * half_window + 1, axis=0
    )
    with np.errstate(all="ignore"):
        median = _nanmedian(windows)
        mad = 1.4826 * _nanmedian(np.abs(windows - median[..., None]))
    # At an end or beside a gap the neighbours lie on one side, and the median of a moving point lags behind it.
    present = np.isfinite(windows)
    few = (half_window + 1) // 2
    both = (present[..., :half_window].sum(-1) >= few) & (present[..., half_window + 1 :].sum(-1) >= few)
    outlier = (np.abs(cleaned - median) > limit_mads * mad) & (mad > 0) & both
    cleaned[outlier] = median[outlier]
    return cleaned


def _nanmedian(windows: Array) -> Array:
    # Sorting puts NaN last, which makes a median of the present samples without numpy's slow path or its warnings.
    ordered = np.sort(windows, axis=-1)
    present = np.sum(np.isfinite(ordered), axis=-1)
    low = np.take_along_axis(ordered, np.maximum((present - 1) // 2, 0)[..., None], axis=-1)[..., 0]
    high = np.take_along_axis(ordered, np.minimum(present // 2, ordered.shape[-1] - 1)[..., None], axis=-1)[..., 0]
    median: Array = np.where(present > 0, (low + high) / 2.0, np.nan)
    return median


@lru_cache(maxsize=64)
def _design(kind: Literal["low", "high"], rate_hz: float, cutoff_hz: float, order: int) -> Array:
    from scipy.signal import butter

    if order < 2 or order % 2:
        raise BadSetting(f"A zero-lag filter runs twice, so its order is even; {order} was asked for.")
    if not 0.0 < cutoff_hz < rate_hz / 2.0:
        raise BadSetting(
            f"A filter at {cutoff_hz:g} Hz needs a signal sampled faster than {2 * cutoff_hz:g} Hz.",
            found=f"The signal has {rate_hz:g} Hz.",
        )
    passes_order = order // 2
    design_hz = two_pass_cutoff_hz(cutoff_hz, rate_hz, passes_order=passes_order, kind=kind)
    sections: Array = butter(passes_order, min(design_hz, 0.499 * rate_hz), kind, fs=rate_hz, output="sos")
    return sections


def _both_ways(values: ArrayLike, sections: Array, order: int) -> Array:
    from scipy.signal import sosfiltfilt

    filtered = np.array(values, dtype=np.float64, copy=True)
    shortest = 3 * order + 1

    def run(part: Array) -> Array:
        if len(part) < shortest:
            return part
        return np.asarray(sosfiltfilt(sections, part, axis=0, padlen=min(len(part) - 1, 6 * order)))

    return over_present_runs(filtered, run)


def over_present_runs(values: Array, function: Callable[[Array], Array]) -> Array:
    """`function` applied to every gap-free run of each column of `values`, shape (samples, ...); NaN stays NaN."""
    if np.isfinite(values).all():
        return function(values)
    columns = values.reshape(len(values), -1).copy()
    for column in columns.T:
        for run in present_runs(column):
            column[run] = function(column[run])
    return columns.reshape(values.shape)


def present_runs(column: Array) -> Iterator[slice]:
    """The stretches of a 1-D signal without NaN, as slices, in order."""
    present = np.isfinite(column)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], present, [False])).astype(np.int8)))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        yield slice(int(start), int(stop))
