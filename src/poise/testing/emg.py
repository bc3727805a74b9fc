"""Simulated muscle signals whose bursts are known to the sample: to test timing, order and level; no model of a muscle.

Band-limited Gaussian noise with the spectrum of surface EMG (Shwedyk's form as used by Stulen & De Luca), switched on
and off by an envelope, over white rest noise of the amplifier's band. There are no motor units, no moving electrode and
no neighbour's crosstalk in it; real signals are harder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from poise.model.recording import Frame, Kind, Recording, Stream

Array = NDArray[np.float64]

LOW_HZ, HIGH_HZ = 60.0, 120.0
"""Corner frequencies of the simulated muscle's spectrum."""
NOISE_BAND_HZ = (10.0, 450.0)
SHAPES: Mapping[str, float] = {"step": 0.0, "ramp 50 ms": 0.05, "ramp 100 ms": 0.1}
"""How fast a burst rises and falls, s; its onset is the first moment of the rise, its offset the last of the fall."""


@dataclass(frozen=True, kw_only=True)
class Activity:
    """One burst as it was put there: on [onset_s, offset_s), with `rise_s` of straight rise and fall within it."""

    onset_s: float
    offset_s: float
    rise_s: float = 0.0
    level: float = 1.0


@dataclass(frozen=True, kw_only=True)
class SimulatedMuscle:
    """One channel: what it does and how loud its noise is.

    `snr_db` is the power of a burst of level 1 at its height, over that of the rest noise; `noise_uv` is the root mean
    square of the rest noise. `fatigue_hz_s` lowers both corner frequencies over time.
    """

    name: str = "biceps_femoris"
    bursts: tuple[Activity, ...] = ()
    snr_db: float = 20.0
    noise_uv: float = 3.0
    mains_uv: float = 0.0
    offset_uv: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Several muscles at once."""

    muscles: tuple[SimulatedMuscle, ...]
    duration_s: float = 10.0
    rate_hz: float = 1000.0
    details: Mapping[str, str] = field(default_factory=dict)


def signal(muscle: SimulatedMuscle, *, duration_s: float, rate_hz: float, random: np.random.Generator) -> Array:
    """The channel's samples, µV, shape (samples,)."""
    count = round(duration_s * rate_hz)
    frequency: Array = np.fft.rfftfreq(count, 1.0 / rate_hz).astype(np.float64)
    noise = _coloured(_band(frequency, rate_hz), count, random)
    active = _coloured(muscle_spectrum(frequency) * _band(frequency, rate_hz), count, random)
    loudness = muscle.noise_uv * 10.0 ** (muscle.snr_db / 20.0)
    time_s = np.arange(count) / rate_hz
    mains = muscle.mains_uv * np.sin(2.0 * np.pi * 50.0 * time_s)
    shape = envelope(muscle.bursts, count, rate_hz)
    return np.asarray(muscle.noise_uv * noise + loudness * shape * active + mains + muscle.offset_uv)


def envelope(bursts: Sequence[Activity], count: int, rate_hz: float) -> Array:
    """How strongly the muscle is driven, 0 to the burst's level, shape (count,)."""
    time_s = np.arange(count) / rate_hz
    drive = np.zeros(count)
    for burst in bursts:
        inside = (time_s >= burst.onset_s) & (time_s < burst.offset_s)
        height = np.ones(count)
        if burst.rise_s > 0.0:
            up = (time_s - burst.onset_s) / burst.rise_s
            down = (burst.offset_s - time_s) / burst.rise_s
            height = np.clip(np.minimum(up, down), 0.0, 1.0)
        drive = np.where(inside, np.maximum(drive, burst.level * height), drive)
    return drive


def muscle_spectrum(frequency_hz: Array, low_hz: float = LOW_HZ, high_hz: float = HIGH_HZ) -> Array:
    """Power density of surface EMG, f² fh⁴ / ((f² + fl²)(f² + fh²)²), greatest in the middle of its band.

    References
    ----------
    .. [1] Stulen & De Luca 1981, IEEE Trans Biomed Eng 28:515; Shwedyk et al. 1977, IEEE Trans Biomed Eng 24:417.
    """
    square = frequency_hz**2
    return np.asarray(square * high_hz**4 / ((square + low_hz**2) * (square + high_hz**2) ** 2))


def record(trial: Trial, *, seed: int = 0) -> Recording:
    """The trial as a recording with one EMG stream in µV."""
    random = np.random.default_rng(seed)
    columns = [
        signal(each, duration_s=trial.duration_s, rate_hz=trial.rate_hz, random=random) for each in trial.muscles
    ]
    values = np.stack(columns, axis=1)[:, :, None]
    stream = Stream(
        kind=Kind.EMG, channels=tuple(each.name for each in trial.muscles), values=values, unit="µV",
        time_s=np.arange(len(values)) / trial.rate_hz, frame=Frame(name="electrode"),
    )  # fmt: skip
    return Recording(id="simulated", source="simulated", task="emg", streams={Kind.EMG: stream}, details=trial.details)


def random_bursts(
    count: int, *, random: np.random.Generator, rise_s: float = 0.0, shortest_s: float = 0.2, longest_s: float = 2.0
) -> tuple[tuple[Activity, ...], float]:
    """Bursts of random length with rests of 0.8 to 2.5 s between, and how long the recording has to be, s."""
    at_s, found = 1.5 + random.uniform(0.0, 0.5), []
    for _ in range(count):
        length_s = random.uniform(max(shortest_s, 2.0 * rise_s), longest_s)
        found.append(Activity(onset_s=at_s, offset_s=at_s + length_s, rise_s=rise_s))
        at_s += length_s + random.uniform(0.8, 2.5)
    return tuple(found), at_s + 0.5


def _band(frequency_hz: Array, rate_hz: float) -> Array:
    low, high = NOISE_BAND_HZ
    return np.asarray((frequency_hz >= low) & (frequency_hz <= min(high, 0.45 * rate_hz)), dtype=np.float64)


def _coloured(power: Array, count: int, random: np.random.Generator) -> Array:
    """Gaussian noise of this power spectrum, root mean square 1."""
    spectrum = np.sqrt(power) * np.fft.rfft(random.standard_normal(count))
    made = np.fft.irfft(spectrum, count)
    return np.asarray(made / np.sqrt(np.mean(made**2)))
