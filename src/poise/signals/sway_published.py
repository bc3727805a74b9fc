"""Sway as other groups published it, formula by formula, so that their numbers can be compared with.

`quijoux` gives the 72 descriptors of the review of Quijoux et al. [1]_ with that group's preprocessing: artefacts out,
resampling by sliding windows to 25 Hz (SWARII [2]_), a Butterworth low-pass of order 4 at 10 Hz run both ways.
`santos_duarte` gives what stands in the tables of the BDS and PDS data sets [3]_, [4]_: no filter, no resampling.

Our own defaults differ (see `poise.signals.sway`): numbers of the two kinds are not compared with each other.

References
----------
.. [1] Quijoux et al. 2021, Physiol Rep 9(22):e15067.
.. [2] Audiffren & Contal 2016, Sensors 16(8):1208.
.. [3] Santos & Duarte 2016, PeerJ 4:e2648.
.. [4] dos Santos et al. 2017, PeerJ 5:e3626.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.errors import BadSetting
from poise.signals.spectra import (
    Spectrum,
    centroid_frequency_hz,
    edge_frequency_hz,
    frequency_dispersion,
    mean_frequency_hz,
    moment,
    welch_offline,
)
from poise.signals.sway import area_rate, centred, diameter, f_quantile, prediction_ellipse

Array = NDArray[np.float64]

RATE_HZ = 25.0
WINDOW_S = 0.08 - 1e-6
CUTOFF_HZ = 10.0
DENSITY_RADIUS_CM, DENSITY_CUTOFF_HZ = 0.3, 2.5
BAND_HZ, SEGMENT_S = (0.15, 5.0), 10.0
ARTEFACT_CM, BACK_CM = 2.0, 0.5
SKIPPED_S = 0.1
AXES = ("ML", "AP")
END_SLOPES = np.array([[-125.0, 136.0, 48.0, -88.0, 29.0], [-38.0, -2.0, 24.0, 26.0, -10.0]]) / 84.0
"""Slopes of the cubic through five samples by least squares, at the first and at the second of them."""


# ── BDS and PDS ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class SantosDuarte:
    """The three results of the BDS and PDS tables; lengths in the unit of the points."""

    area: float
    velocity: float
    mean_frequency_hz: float


def santos_duarte(points: ArrayLike, rate_hz: float) -> SantosDuarte:
    """Exact 95 % prediction ellipse, path over n / rate, power-weighted mean frequency of Welch spectra."""
    path = centred(points)
    steps = np.diff(path, axis=0)
    length = float(np.sqrt(np.einsum("ij,ij->i", steps, steps)).sum())
    half = len(path) // 2
    spectrum = welch_offline(path, rate_hz, half, overlap=half // 2)
    axes = [Spectrum(spectrum.frequency_hz, spectrum.power[:, axis]) for axis in (0, 1)]
    # Their mean of an axis is by the trapezoid rule, but its weight is the plain sum: half a bin more at the end.
    powers = [float(axis.power.sum()) for axis in axes]
    weighted = sum(mean_frequency_hz(axis) * power for axis, power in zip(axes, powers, strict=True))
    return SantosDuarte(
        area=prediction_ellipse(path, form="f").area,
        velocity=length * rate_hz / len(path),
        mean_frequency_hz=weighted / sum(powers) if sum(powers) > 0.0 else float("nan"),
    )


# ── the 72 descriptors ────────────────────────────────────────────────────────────────────────────────────────────────


def quijoux(points_cm: ArrayLike, rate_hz: float) -> dict[str, float]:
    """The 72 descriptors by their published names.

    Parameters
    ----------
    points_cm
        Shape (samples, 2), medio-lateral and antero-posterior, **centimetres**: thresholds inside are in cm. Samples
        with a missing value are left out.
    rate_hz
        At least 25 Hz.

    Returns
    -------
    descriptors
        NaN where one is not defined for this path (a path without movement, fewer than two peaks).

    Raises
    ------
    BadSetting
        The rate is below 25 Hz, or the recording lasts under 8 s, too short for its diffusion to be fitted.
    """
    raw = np.asarray(points_cm, dtype=np.float64)
    present = np.isfinite(raw).all(axis=1)
    if rate_hz < RATE_HZ or present.sum() < 8.0 * rate_hz:
        raise BadSetting("The published descriptors need 8 s of sway at 25 Hz or more.")
    time_s = np.flatnonzero(present) / rate_hz
    mean = raw[present].mean(axis=0)
    path = _filtered(swarii(time_s, raw[present] - mean))
    found = {f"mean_value_{axis}": float(mean[i]) for i, axis in enumerate(AXES)}
    with np.errstate(divide="ignore", invalid="ignore"):
        return found | _positional(path) | _dynamic(path) | _sway_density(path) | _frequentist(path) | _diffusion(path)


def swarii(time_s: Array, values: Array, *, rate_hz: float = RATE_HZ, window_s: float = WINDOW_S) -> Array:
    """Resampled by sliding windows: in each, the mean of the samples weighted by the time that each stands for.

    Parameters
    ----------
    time_s
        Shape (samples,), rising; need not be even.
    values
        Shape (samples, axes), in cm for the removal of artefacts: single samples more than 2 cm away (city-block) from
        the one before, with the next or the one after that within 0.5 cm of it.

    Returns
    -------
    resampled
        Shape (new samples, axes), from 0.1 s on; the first and last sample are left out. Windows without a sample are
        filled linearly from their neighbours.
    """
    time_s, values = _without_artefacts(time_s, values)
    # The published code adds 1 / rate again and again; its rounding decides whether the last window exists.
    start_s = max(0.0, float(time_s[0]))
    steps = np.full(int((time_s[-1] - start_s) * rate_hz) + 2, 1.0 / rate_hz)
    steps[0] = start_s
    at_s = np.cumsum(steps)
    at_s = at_s[at_s < time_s[-1]]
    averaged, filled = _window_means(time_s, values, at_s, window_s / 2.0)
    if filled.all():
        return averaged
    inside = np.arange(np.argmax(filled), len(filled) - np.argmax(filled[::-1]))
    columns = [np.interp(at_s[inside], at_s[filled], column[filled]) for column in averaged.T]
    return np.stack(columns, axis=1)


def _window_means(time_s: Array, values: Array, at_s: Array, half_s: float) -> tuple[Array, NDArray[np.bool_]]:
    """The weighted mean in each window, and which windows hold a sample at all."""
    first = np.searchsorted(time_s, at_s - half_s, side="right")
    last = np.searchsorted(time_s, at_s + half_s, side="left") - 1
    filled = last >= first
    first, last = np.minimum(first, len(time_s) - 1), np.maximum(last, 0)
    # Inside a window a sample stands for the time half way to its neighbours; at the ends, to the window's border.
    borders = (time_s[1:] + time_s[:-1]) / 2.0
    left, right = np.maximum(time_s[0], at_s - half_s), np.minimum(time_s[-1], at_s + half_s)
    held = np.diff(borders)[:, None] * values[1:-1]
    sums = np.concatenate([np.zeros((2, values.shape[1])), np.cumsum(held, axis=0)])
    ends = values[first] * (borders[np.minimum(first, len(borders) - 1)] - left)[:, None]
    ends += values[last] * (right - borders[np.maximum(last - 1, 0)])[:, None]
    several = (last > first)[:, None]
    total = np.where(several, ends + sums[last] - sums[np.minimum(first + 1, len(sums) - 1)], values[first])
    return np.where(several, total / (right - left)[:, None], total), filled


def _without_artefacts(time_s: Array, values: Array) -> tuple[Array, Array]:
    kept = np.flatnonzero(time_s[1:-1] >= SKIPPED_S) + 1
    inner = values[kept]
    if not (np.abs(np.diff(inner, axis=0)).sum(axis=1) > ARTEFACT_CM).any():
        return time_s[kept], inner
    good: list[int] = []
    for sample in kept.tolist():
        if not (good and _is_artefact(values, sample, values[good[-1]])):
            good.append(sample)
    return time_s[good], values[good]


def _is_artefact(values: Array, sample: int, before: Array) -> bool:
    """Whether a sample jumps away from the last good one while the next, or the one after, is back there."""
    if np.abs(values[sample] - before).sum() <= ARTEFACT_CM:
        return False
    ahead = [sample + 1] + ([sample + 2] if 1 < sample < len(values) - 2 else [])
    return any(np.abs(values[later] - before).sum() < BACK_CM for later in ahead)


@lru_cache(maxsize=2)
def _butterworth(cutoff_hz: float) -> tuple[Array, Array]:
    from scipy.signal import butter

    b, a = butter(4, cutoff_hz / (RATE_HZ / 2.0))
    return np.asarray(b), np.asarray(a)


def _filtered(path: Array) -> Array:
    from scipy.signal import filtfilt

    return np.asarray(filtfilt(*_butterworth(CUTOFF_HZ), path, axis=0))


def _positional(path: Array) -> dict[str, float]:
    sizes, radius = np.abs(path), np.sqrt((path * path).sum(axis=1))
    rms = np.sqrt((path * path).mean(axis=0))
    planar = float(np.hypot(*rms))
    ranges = np.ptp(path, axis=0)
    found: dict[str, float] = {}
    for i, axis in enumerate(AXES):
        found |= {
            f"mean_distance_{axis}": float(sizes[:, i].mean()),
            f"maximal_distance_{axis}": float(sizes[:, i].max()),
            f"rms_{axis}": float(rms[i]),
            f"range_{axis}": float(ranges[i]),
        }
    shared = float((path[:, 0] * path[:, 1]).mean())
    return found | {
        "mean_distance_Radius": float(radius.mean()),
        "maximal_distance_Radius": float(radius.max()),
        "rms_Radius": float(np.sqrt((radius * radius).mean())),
        "range_ML_AND_AP": diameter(path),
        "range_ratio_ML_AND_AP": float(ranges[0] / ranges[1]),
        "planar_deviation_ML_AND_AP": planar,
        "coefficient_sway_direction_ML_AND_AP": float(shared / (rms[0] * rms[1])),
        "confidence_ellipse_area_ML_AND_AP": _ellipse_area(path),
        "principal_sway_direction_ML_AND_AP": _principal_direction_deg(path),
    }


def _ellipse_area(path: Array) -> float:
    """As in their code: population moments about the origin, with the factors of the exact prediction ellipse."""
    n = len(path)
    moments = path.T @ path / n
    size = 2.0 * f_quantile(0.95, n - 2) * (n + 1) * (n - 1) / (n * (n - 2))
    return float(math.pi * size * math.sqrt(max(float(np.linalg.det(moments)), 0.0)))


def _principal_direction_deg(path: Array) -> float:
    """Between the main direction and antero-posterior, 0 to 90."""
    away = path - path.mean(axis=0)
    _, vectors = np.linalg.eigh(away.T @ away)
    return float(np.degrees(np.arccos(min(1.0, abs(float(vectors[1, 1]))))))


def _dynamic(path: Array) -> dict[str, float]:
    n = len(path)
    steps = np.abs(np.diff(path, axis=0))
    both = np.hypot(steps[:, 0], steps[:, 1])
    speed = _speed(path)
    radius = np.hypot(path[:, 0], path[:, 1])
    length, area = float(both.sum()), _ellipse_area(path)
    found = {
        "mean_velocity_ML_AND_AP": length * RATE_HZ / n,
        "sway_area_per_second_ML_AND_AP": area_rate(path, RATE_HZ),
        "LFS_ML_AND_AP": float(np.divide(length, area)),
        "fractal_dimension_ML_AND_AP": float(
            math.log(n) / (math.log(n) + np.log(np.sqrt(area * 4.0 / math.pi)) - np.log(length))
        ),
        "mean_frequency_ML_AND_AP": float(RATE_HZ * both.mean() / radius.mean() / (2.0 * math.pi)),
    }
    for i, axis in enumerate(AXES):
        velocity, distance = RATE_HZ * steps[:, i], np.abs(path[:, i]).mean()
        found |= {
            f"mean_velocity_{axis}": float(steps[:, i].sum() * RATE_HZ / n),
            f"phase_plane_parameter_{axis}": float(np.sqrt((path[:, i] ** 2).mean() + speed[:, i].var())),
            f"mean_frequency_{axis}": float(velocity.mean() / distance / (4.0 * math.sqrt(2.0))),
        }
        found |= {f"{name}_SPD_{axis}": value for name, value in _velocity_peaks(speed[:, i]).items()}
    return found


def _speed(path: Array) -> Array:
    """The slope of the cubic through five samples around each (Savitzky & Golay 1964); at an end, of the last five."""
    speed = np.empty_like(path)
    speed[2:-2] = (path[:-4] - 8.0 * path[1:-3] + 8.0 * path[3:-1] - path[4:]) / 12.0
    speed[:2] = END_SLOPES @ path[:5]
    speed[-2:] = -(END_SLOPES[::-1, ::-1] @ path[-5:])
    return speed * RATE_HZ


def _velocity_peaks(speed: Array) -> dict[str, float]:
    """Crossings of zero, and the peaks between them: before the first crossing and after the last none is counted."""
    moving = speed[speed != 0.0]
    starts = np.flatnonzero(np.diff(np.sign(moving)) != 0) + 1
    peaks = np.maximum.reduceat(np.abs(moving), starts)[:-1] if len(starts) else np.zeros(0)
    signs = np.sign(moving[starts[:-1]]) if len(starts) else np.zeros(0)
    return {
        "zero_crossing": float(len(starts)),
        "peak_velocity_pos": _mean(peaks[signs > 0]),
        "peak_velocity_neg": _mean(peaks[signs < 0]),
        "peak_velocity_all": _mean(peaks),
    }


def _mean(values: Array) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _sway_density(path: Array) -> dict[str, float]:
    from scipy.signal import filtfilt

    ahead, behind = stays(path, DENSITY_RADIUS_CM), stays(path[::-1], DENSITY_RADIUS_CM)[::-1]
    # Their curve has one value fewer than the path: the last is left out.
    density = filtfilt(*_butterworth(DENSITY_CUTOFF_HZ), (ahead + behind)[:-1] / RATE_HZ)
    top = np.flatnonzero((density[1:-1] > density[:-2]) & (density[1:-1] > density[2:])) + 1
    apart = np.diff(path[top], axis=0)
    return {
        "mean_peak_Sway_Density": _mean(density[top]),
        "mean_distance_peak_Sway_Density": _mean(np.hypot(apart[:, 0], apart[:, 1])),
    }


def stays(path: Array, radius: float) -> NDArray[np.int64]:
    """For how many following samples the path stays within `radius` of each sample, shape (samples,).

    Looked ahead in stretches that grow, since most samples are left soon and a few are hardly left at all.
    """
    n, stretch = len(path), 16
    # Beyond the end lies nothing: NaN is never outside.
    beyond = np.full((2, n + 512), np.nan)
    beyond[:, :n] = path.T
    left = np.arange(n - 1, -1, -1, dtype=np.int64)
    open_at, ahead = np.arange(n - 1), 1
    while len(open_at):
        windows = np.lib.stride_tricks.sliding_window_view(beyond, stretch, axis=1)
        away = windows[:, open_at + ahead] - beyond[:, open_at, None]
        away *= away
        out = away[0] + away[1] > radius * radius
        first = out.argmax(axis=1)
        gone = out[np.arange(len(out)), first]
        left[open_at[gone]] = ahead + first[gone] - 1
        ahead += stretch
        open_at = open_at[~gone & (open_at + ahead < n)]
        stretch = min(2 * stretch, 256)
    return left


def _frequentist(path: Array) -> dict[str, float]:
    segment = int(SEGMENT_S * RATE_HZ)
    spectrum = welch_offline(path, RATE_HZ, segment, detrend="linear", bins_of=len(path)).between(*BAND_HZ)
    found: dict[str, float] = {}
    for i, axis in enumerate(AXES):
        one = Spectrum(spectrum.frequency_hz, spectrum.power[:, i])
        found |= {f"{name}_Power_Spectrum_Density_{axis}": value for name, value in _of_spectrum(one).items()}
    return found


def _of_spectrum(spectrum: Spectrum) -> dict[str, float]:
    frequency_hz, power = spectrum

    def within(low_hz: float, high_hz: float) -> float:
        return float(power[(frequency_hz > low_hz) & (frequency_hz <= high_hz)].sum())

    return {
        "total_power": moment(spectrum, 0),
        "power_frequency_50": edge_frequency_hz(spectrum, 0.5),
        "power_frequency_95": edge_frequency_hz(spectrum, 0.95),
        "frequency_mode": float(frequency_hz[int(np.argmax(power))]),
        "centroid_frequency": centroid_frequency_hz(spectrum),
        "frequency_dispersion": frequency_dispersion(spectrum),
        "energy_content_below_05": within(0.0, 0.5),
        "energy_content_05_2": within(0.5, 2.0),
        "energy_content_above_2": within(2.0, math.inf),
        "frequency_quotient": float(np.divide(within(2.0, 5.0), within(0.0, 2.0))),
    }


# ── diffusion ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _diffusion(path: Array) -> dict[str, float]:
    n = len(path)
    lags = int(n / 3)
    log_time = np.log(np.arange(1, lags + 1) / RATE_HZ)
    log_squares = np.log(mean_squared_displacement(path, lags))
    found: dict[str, float] = {}
    for i, axis in enumerate(AXES):
        found |= {f"{name}_Diffusion_{axis}": value for name, value in _two_lines(log_time, log_squares[:, i]).items()}
    return found


def mean_squared_displacement(path: Array, lags: int) -> Array:
    """Mean of the squared displacements over 1 … `lags` samples, shape (lags, axes), by one Fourier transform."""
    from scipy.fft import irfft, next_fast_len, rfft

    n = len(path)
    length = next_fast_len(n + lags + 1, real=True)
    products = irfft(np.abs(rfft(path, length, axis=0)) ** 2, length, axis=0)[1 : lags + 1]
    sums = np.concatenate([np.zeros((1, path.shape[1])), np.cumsum(path * path, axis=0)])
    lag = np.arange(1, lags + 1)
    squares = sums[n - lag] + (sums[n] - sums[lag])
    return np.asarray((squares - 2.0 * products) / (n - lag)[:, None])


def _two_lines(x: Array, y: Array) -> dict[str, float]:
    """One line for the short times and one for the long, each ended where it fits best, and where they meet."""
    ends = np.arange(int(0.3 * RATE_HZ) + 1, int(2.5 * RATE_HZ) + 1)
    short_at, short_slope, short_error = _fits(x, y, np.zeros_like(ends), ends)
    long_at, long_slope, long_error = _fits(x, y, ends - 1, np.full_like(ends, len(x)))
    short, long = _last_lowest(short_error), _last_lowest(long_error)
    slopes, starts = (short_slope[short], long_slope[long]), (short_at[short], long_at[long])
    meet = min(float(np.divide(starts[1] - starts[0], slopes[0] - slopes[1])), float(x[-1]))
    return {
        "short_time_diffusion": float(np.exp(starts[0])),
        "long_time_diffusion": float(np.exp(starts[1])),
        "critical_time": float(np.exp(meet)),
        "critical_displacement": float(np.exp(starts[0] + slopes[0] * meet)),
        "short_time_scaling": float(slopes[0] / 2.0),
        "long_time_scaling": float(slopes[1] / 2.0),
    }


def _last_lowest(errors: Array) -> int:
    return int(np.flatnonzero(errors == np.min(errors))[-1]) if np.isfinite(errors).all() else 0


def _fits(x: Array, y: Array, start: NDArray[np.int64], stop: NDArray[np.int64]) -> tuple[Array, Array, Array]:
    """Intercept, slope and RMSE of the straight line through each stretch, from running sums."""
    middle = float(y.mean())
    high = y - middle

    def summed(values: Array) -> Array:
        sums = np.concatenate([[0.0], np.cumsum(values)])
        return np.asarray(sums[stop] - sums[start])

    n = stop - start
    mean_x, mean_y = summed(x) / n, summed(high) / n
    xx, xy = summed(x * x) - n * mean_x**2, summed(x * high) - n * mean_x * mean_y
    yy = summed(high * high) - n * mean_y**2
    slope = xy / xx
    error = np.sqrt(np.maximum(yy - slope * xy, 0.0) / n)
    return mean_y + middle - slope * mean_x, slope, error
