"""How smooth a movement is: spectral arc length, dimensionless jerk and the number of velocity peaks of one phase.

Speed is of **one** movement from rest to rest (one way of a repetition, not out and back), evenly sampled; a movement
can be judged once it is over.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poise.signals.paths import speed_of

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]

ONSET_SHARE = 0.02
"""A movement lasts while its speed is above this share of its peak (drinking task: Alt Murphy et al. 2011)."""
FEWEST_SAMPLES = 8
"""Below, a movement of two samples up and two down has no shape to judge [design]."""
NAN = float("nan")


def moving_part(speed: ArrayLike, share: float = ONSET_SHARE) -> slice:
    """From the first sample to the last at which speed exceeds this share of its peak; empty without movement.

    Pauses inside stay in: they belong to the movement, and make it less smooth.
    """
    v = np.asarray(speed, dtype=np.float64)
    peak = np.nanmax(v, initial=0.0)
    above = np.flatnonzero(v > share * peak)
    return slice(int(above[0]), int(above[-1]) + 1) if peak > 0.0 and len(above) else slice(0, 0)


def spectral_arc_length(
    speed: ArrayLike, rate_hz: float, *, cutoff_hz: float = 10.0, least_amplitude: float = 0.05, padding: int = 4
) -> float:
    """SPARC: minus the length of the speed's normalised spectrum up to 10 Hz; nearer to 0 is smoother.

    Parameters
    ----------
    speed
        Shape (samples,), at least 0, any unit; of one movement (see `moving_part`).
    rate_hz
        Samples a second.
    cutoff_hz, least_amplitude, padding
        The published settings: the spectrum is kept up to 10 Hz between the first and the last bin that reach 5 % of
        its largest, and padded with zeros to 2^(4 + ceil log2 n).

    Returns
    -------
    sparc
        About −1.4 for one minimum-jerk movement, whatever its size; NaN with fewer than 8 samples, a missing sample, or
        no movement.

    Notes
    -----
    The method holds for size; for duration nearly: a slower movement has a narrower spectrum of the same length. Tremor
    above `cutoff_hz`, or above half the sampling rate, is not seen. Valid against duration, harmonics and submovements
    in a review of 32 measures [2]_; submovements closer than 0.2 s escape it.

    References
    ----------
    .. [1] Balasubramanian, Melendez-Calderon, Roby-Brami & Burdet 2015, J NeuroEng Rehabil 12:112.
    .. [2] Mohamed Refai, van Beijnum, Buurke & Veltink 2021, IEEE Trans Neural Syst Rehabil Eng 29.
    """
    v = np.asarray(speed, dtype=np.float64)
    if not _judgeable(v) or not rate_hz > 0.0:
        return NAN
    length = 2 ** (int(np.ceil(np.log2(len(v)))) + padding)
    step_hz = rate_hz / length
    spectrum = np.abs(np.fft.rfft(v, length))
    spectrum = spectrum[: int(cutoff_hz / step_hz) + 1] / spectrum.max()
    high = np.flatnonzero(spectrum >= least_amplitude)
    kept = spectrum[high[0] : high[-1] + 1]
    if len(kept) < 2:
        return NAN
    along = 1.0 / (len(kept) - 1)
    return -float(np.sum(np.hypot(along, np.diff(kept))))


def dimensionless_jerk(speed: ArrayLike, rate_hz: float) -> float:
    """Minus the integral of squared jerk, times duration³ over peak speed²; see `log_dimensionless_jerk`.

    As the authors' published code computes it: duration is samples / rate and the derivatives are plain differences.
    """
    v = np.asarray(speed, dtype=np.float64)
    if not _judgeable(v) or not rate_hz > 0.0:
        return NAN
    step_s = 1.0 / rate_hz
    jerk = np.diff(v, 2) / step_s**2
    return -float((len(v) * step_s) ** 3 / np.max(np.abs(v)) ** 2 * np.sum(jerk**2) * step_s)


def log_dimensionless_jerk(speed: ArrayLike, rate_hz: float) -> float:
    """LDLJ of a speed: −ln of the dimensionless jerk; nearer to 0 is smoother.

    Parameters
    ----------
    speed
        Shape (samples,), of one movement.
    rate_hz
        Samples a second.

    Returns
    -------
    ldlj
        −5.3 for one minimum-jerk movement, whatever its size and duration; NaN as in `spectral_arc_length`.

    Notes
    -----
    Noise explodes in the second difference, and so do pauses: compare only what was filtered and sampled alike. In
    people it tells mostly how long a movement took (r > 0.8 [2]_).

    References
    ----------
    .. [1] Balasubramanian, Melendez-Calderon, Roby-Brami & Burdet 2015, J NeuroEng Rehabil 12:112.
    .. [2] Cornec et al. 2024 (by measures.md 3.3).
    """
    jerk = dimensionless_jerk(speed, rate_hz)
    return -float(np.log(abs(jerk))) if jerk < 0.0 else NAN


def velocity_peaks(speed: ArrayLike, rate_hz: float, *, prominence: float, apart_s: float = 0.15) -> int:
    """Number of movement units: peaks of speed that rise by `prominence` from the last low, 150 ms apart at least.

    Parameters
    ----------
    speed
        Shape (samples,).
    prominence
        In the unit of speed: 20 mm/s for a reach [1]_; 5 % of the peak for an angle [design].

    Returns
    -------
    peaks
        0 without movement; one smooth movement has 1.

    References
    ----------
    .. [1] Alt Murphy, Willén & Sunnerhagen 2011, Neurorehabil Neural Repair 25(1):71-80.
    """
    v = np.asarray(speed, dtype=np.float64)
    v = v[np.isfinite(v)]
    if len(v) < 2 or not v.max() > 0.0:
        return 0
    peaks: list[int] = []
    low, high, at, rising = float(v[0]), float(v[0]), 0, True
    for i, now in enumerate(v.tolist()):
        if rising and now > high:
            high, at = now, i
        elif not rising and now < low:
            low = now
        if rising and high - now > prominence:
            if high - low > prominence and (not peaks or (at - peaks[-1]) / rate_hz >= apart_s):
                peaks.append(at)
            rising, low = False, now
        elif not rising and now - low > prominence:
            rising, high, at = True, now, i
    if rising and high - low > prominence and (not peaks or (at - peaks[-1]) / rate_hz >= apart_s):
        peaks.append(at)
    return len(peaks)


def speed_of_angles(angles: ArrayLike, rate_hz: float) -> Array:
    """Speed along a path of one or more angles, deg/s: central differences, the root of the sum of squares."""
    values = np.asarray(angles, dtype=np.float64)
    return speed_of(values[:, None] if values.ndim == 1 else values, rate_hz)


def _judgeable(v: Array) -> bool:
    return len(v) >= FEWEST_SAMPLES and bool(np.isfinite(v).all()) and bool(np.max(np.abs(v)) > 0.0)
