"""How two angles move together: relative phase, coupling angle, delay. Degrees; NaN in gives NaN out.

Phases come from the Hilbert transform, which needs the whole movement: those functions say *offline*.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.signals.filters import over_present_runs

Array = NDArray[np.float64]
NAN = float("nan")

PATTERNS = ("in-phase", "anti-phase", "proximal phase", "distal phase")
_FEWEST_SAMPLES = 8


def wrapped_deg(angle_deg: ArrayLike) -> Array:
    """The same direction within (−180, 180] deg."""
    angle = np.asarray(angle_deg, dtype=np.float64)
    return np.asarray(180.0 - np.mod(180.0 - angle, 360.0))


def hilbert_phase_deg_offline(values: ArrayLike) -> Array:
    """Phase of an oscillation, deg, unwrapped: 0 at its largest value, 90 where it falls through its middle.

    Parameters
    ----------
    values
        Shape (samples,), any unit; NaN where missing. Each run of present samples is taken by itself.

    Returns
    -------
    phase_deg
        Shape (samples,); NaN where the value is, and in a run of fewer than 8 samples or without any movement.

    Notes
    -----
    The values are first centred between their extremes, so that an offset or another amplitude changes nothing [1]_.
    The ends of each run are wrong by up to tens of degrees (the transform takes the signal to be periodic): use three
    cycles or more and leave the outer ones out. For movements unlike a sine, read changes only.

    References
    ----------
    .. [1] Lamb & Stöckl 2014, Clin Biomech 29:484-493.
    """
    signal = np.asarray(values, dtype=np.float64)
    return over_present_runs(signal.copy(), _phase_of_run)


def _phase_of_run(run: Array) -> Array:
    from scipy.signal import hilbert

    if len(run) < _FEWEST_SAMPLES or np.ptp(run) <= 0.0:
        return np.full(len(run), NAN)
    centred = run - 0.5 * (run.max() + run.min())
    return np.asarray(np.degrees(np.unwrap(np.angle(hilbert(centred)))), dtype=np.float64)


def relative_phase_deg_offline(proximal: ArrayLike, distal: ArrayLike) -> Array:
    """Continuous relative phase, proximal − distal, within ±180 deg: 0 in phase, ±180 in antiphase.

    Parameters
    ----------
    proximal, distal
        Angles on one clock, shape (samples,); for a leg the hip's and the knee's.

    Returns
    -------
    relative_phase_deg
        Shape (samples,), positive where the proximal joint is ahead; NaN where either is missing. See
        `hilbert_phase_deg_offline` for the ends.
    """
    a, b = np.asarray(proximal, dtype=np.float64), np.asarray(distal, dtype=np.float64)
    both = np.isfinite(a) & np.isfinite(b)
    first = hilbert_phase_deg_offline(np.where(both, a, NAN))
    return wrapped_deg(first - hilbert_phase_deg_offline(np.where(both, b, NAN)))


def circular_mean_deg(angles_deg: ArrayLike, axis: int | None = None) -> tuple[Array, Array]:
    """Mean direction, 0 to 360 deg, and length of the mean vector, 0 to 1; missing angles are left out."""
    angle = np.asarray(angles_deg, dtype=np.float64)
    count = np.sum(np.isfinite(angle), axis=axis)
    turn = np.exp(1j * np.radians(np.where(np.isfinite(angle), angle, 0.0))) * np.isfinite(angle)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.sum(turn, axis=axis) / np.where(count > 0, count, np.nan)
    return np.mod(np.degrees(np.angle(mean)), 360.0), np.abs(mean)


@dataclass(frozen=True, kw_only=True)
class PhaseSummary:
    """What is said of relative phase over several cycles, deg.

    `marp` is the mean size of the mean curve (0 in phase, 180 in antiphase); `deviation` how much cycles differ from
    each other, averaged over the cycle (NaN with one); `mean` the mean direction, within ±180.
    """

    marp: float
    deviation: float
    mean: float
    n: int


def phase_summary(cycles_deg: ArrayLike) -> PhaseSummary:
    """Mean absolute relative phase and deviation phase of cycles of equal length.

    Parameters
    ----------
    cycles_deg
        Relative phase, shape (cycles, points) or (points,) for one; a cycle with a missing point is left out.

    Notes
    -----
    The mean curve is that of directions, and a cycle's distance from it is taken the short way round, so that a
    pattern about 180 deg is not torn apart there. Sample SD.

    References
    ----------
    .. [1] Stergiou et al. 2001, Clin Biomech 16:213-221.
    """
    cycles = np.atleast_2d(np.asarray(cycles_deg, dtype=np.float64))
    cycles = cycles[np.isfinite(cycles).all(axis=1)]
    if not len(cycles):
        return PhaseSummary(marp=NAN, deviation=NAN, mean=NAN, n=0)
    curve, _ = circular_mean_deg(cycles, axis=0)
    apart = wrapped_deg(cycles - curve)
    spread = float(np.mean(np.std(apart, axis=0, ddof=1))) if len(cycles) > 1 else NAN
    mean = float(wrapped_deg(circular_mean_deg(cycles)[0]))
    return PhaseSummary(marp=float(np.mean(np.abs(wrapped_deg(curve)))), deviation=spread, mean=mean, n=len(cycles))


@dataclass(frozen=True, kw_only=True, eq=False)
class Coupling:
    """Vector coding of two angles.

    `angle_deg` is the coupling angle between successive samples, shape (samples − 1,), 0 to 360, NaN where neither
    angle moved; `mean_deg` its mean direction, `length` that of the mean vector, `variability_deg` how much it varies.
    """

    angle_deg: Array
    mean_deg: float
    length: float
    variability_deg: float

    @property
    def patterns(self) -> tuple[str, ...]:
        """The pattern of each step, empty where nothing moved."""
        return tuple(pattern(angle) for angle in self.angle_deg)

    def share(self, name: str) -> float:
        """How much of the movement's steps are of one of `PATTERNS`, 0 to 1; NaN without any."""
        named = [each for each in self.patterns if each]
        return named.count(name) / len(named) if named else NAN


def vector_coding(proximal: ArrayLike, distal: ArrayLike, *, least_step: float = 0.0) -> Coupling:
    """Coupling angle γ = atan2(Δ distal, Δ proximal), 0 to 360 deg, and how much it varies.

    Parameters
    ----------
    proximal, distal
        Angles on one clock, shape (samples,).
    least_step
        Steps whose length √(Δ distal² + Δ proximal²) is not above this are left out: a direction of noise means
        nothing. Give the noise of the angles.

    Notes
    -----
    Variability is √(2 (1 − r)), in deg, r the length of the mean vector: 0 where all steps agree, 81 deg where they
    point everywhere [1]_ [2]_.

    References
    ----------
    .. [1] Chang, Van Emmerik & Hamill 2008, J Biomech 41:3101-3105.
    .. [2] Needham, Naemi & Chockalingam 2014, J Biomech 47:1020-1026.
    """
    across = np.diff(np.asarray(proximal, dtype=np.float64))
    along = np.diff(np.asarray(distal, dtype=np.float64))
    with np.errstate(invalid="ignore"):
        moved = np.hypot(across, along) > least_step
    angle = np.where(moved, np.mod(np.degrees(np.arctan2(along, across)), 360.0), NAN)
    mean, size = circular_mean_deg(angle)
    spread = float(np.degrees(np.sqrt(2.0 * max(0.0, 1.0 - float(size))))) if np.isfinite(size) else NAN
    return Coupling(angle_deg=angle, mean_deg=float(mean), length=float(size), variability_deg=spread)


def pattern(coupling_deg: float) -> str:
    """The pattern of a coupling angle, in bins of 45 deg about the multiples of 45; empty for NaN (Chang 2008)."""
    if not np.isfinite(coupling_deg):
        return ""
    sector = int(((coupling_deg + 22.5) % 360.0) // 45.0) % 4
    return ("proximal phase", "in-phase", "distal phase", "anti-phase")[sector]


def coupling_variability_deg(cycles_deg: ArrayLike) -> float:
    """How much the coupling angle differs between cycles, averaged over the cycle, deg.

    Parameters
    ----------
    cycles_deg
        Coupling angles, shape (cycles, points); NaN where nothing moved. NaN out with fewer than two cycles.
    """
    cycles = np.atleast_2d(np.asarray(cycles_deg, dtype=np.float64))
    seen = np.isfinite(cycles).sum(axis=0) >= 2
    if len(cycles) < 2 or not seen.any():
        return NAN
    _, size = circular_mean_deg(cycles[:, seen], axis=0)
    return float(np.mean(np.degrees(np.sqrt(2.0 * np.clip(1.0 - size, 0.0, None)))))


def delay(first: ArrayLike, second: ArrayLike, rate_hz: float, *, longest_s: float) -> tuple[float, float]:
    """By how much the second signal comes after the first, s, and their correlation at that delay.

    Parameters
    ----------
    first, second
        Shape (samples,), one clock, without gaps; any unit.
    longest_s
        How far to look either way; at least half of the signals must still overlap.

    Returns
    -------
    delay_s, r
        Positive where the second is later; NaN where a sample is missing or a signal does not move. The peak is
        placed between samples by a parabola. Of a steady oscillation only delays under half a period are told.
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if len(a) < _FEWEST_SAMPLES or not np.isfinite(a + b).all() or np.ptp(a) <= 0.0 or np.ptp(b) <= 0.0:
        return NAN, NAN
    reach = min(round(longest_s * rate_hz), len(a) // 2)
    lags = np.arange(-reach, reach + 1)
    r = np.array([_correlation(a, b, int(lag)) for lag in lags])
    best = int(np.nanargmax(r))
    between = 0.0
    if 0 < best < len(r) - 1:
        low, top, high = r[best - 1 : best + 2]
        bend = low - 2.0 * top + high
        between = 0.5 * (low - high) / bend if bend < 0.0 else 0.0
    return float((lags[best] + between) / rate_hz), float(r[best])


def _correlation(a: Array, b: Array, lag: int) -> float:
    early, late = (a[: len(a) - lag], b[lag:]) if lag >= 0 else (a[-lag:], b[: len(b) + lag])
    if np.ptp(early) <= 0.0 or np.ptp(late) <= 0.0:
        return NAN
    return float(np.corrcoef(early, late)[0, 1])


def loop_area(proximal: ArrayLike, distal: ArrayLike) -> float:
    """Area inside the angle–angle diagram of one cycle, deg²; 0 where both move as one. NaN where a point is missing.

    Of a figure of eight the two parts, run in opposite senses, are taken off each other.
    """
    x, y = np.asarray(proximal, dtype=np.float64), np.asarray(distal, dtype=np.float64)
    return float(0.5 * np.abs(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)))
