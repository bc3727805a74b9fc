"""How fast EMG onsets are found: an hour of one channel, cleaned, its rest found, its bursts timed; and a live step.

    python benchmarks/emg_onset.py

The hour is simulated (`poise.testing.emg`): 1,200 bursts of 0.2 to 2 s at 12 dB, 1000 samples a second; times are the
processor's, which what else runs on the machine disturbs less. Beside it, in the same run, NeuroKit2's `emg_activation`
by its default method on 10 s of the same signal, scaled to an hour. The live row is the median of one step of
`MuscleFeedback` on 10 samples (10 ms), beside its bar of 25 µs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np
from numpy.typing import NDArray

from poise.measures.muscle_feedback import MuscleFeedback
from poise.signals.emg import clean_offline, rest_of
from poise.signals.emg_onset import DEFAULT, DETECTORS
from poise.testing.emg import SimulatedMuscle, random_bursts, signal

Array = NDArray[np.float64]

RATE_HZ = 1000.0
ROUNDS = 5
MOST_S_AN_HOUR = 1.0
MOST_STEP_US = 25.0
BLOCK = 10


def rows() -> list[dict[str, object]]:
    """Seconds an hour of signal, and microseconds a live step."""
    raw, duration_s = _hour()
    ours_s = median(_timed(lambda: _found(raw)) for _ in range(ROUNDS)) * 3600.0 / duration_s
    peer_s = _peer_s_an_hour(raw[: round(10 * RATE_HZ)])
    live_us = _step_us(raw[: round(60 * RATE_HZ)].tolist())
    return [
        {
            "benchmark": "EMG onset, an hour of one channel, beside neurokit2",
            "ours": ours_s,
            "peer": peer_s if peer_s is not None else "not installed",
            "ratio": peer_s / ours_s if peer_s is not None else None,
            "bar": f"<= {MOST_S_AN_HOUR:g} s an hour",
            "unit": "s",
        },
        {
            "benchmark": "EMG feedback, one step of 10 samples, beside its bar",
            "ours": live_us,
            "peer": MOST_STEP_US,
            "ratio": MOST_STEP_US / live_us,
            "bar": f"<= {MOST_STEP_US:g} µs",
            "unit": "µs",
        },
    ]


def main() -> None:
    """Print the table."""
    for row in rows():
        print(", ".join(f"{name} {value}" for name, value in row.items()))


def _hour() -> tuple[Array, float]:
    random = np.random.default_rng(0)
    bursts, duration_s = random_bursts(1200, random=random)
    muscle = SimulatedMuscle(bursts=bursts, snr_db=12.0)
    return signal(muscle, duration_s=duration_s, rate_hz=RATE_HZ, random=random), duration_s


def _found(raw: Array) -> int:
    clean = clean_offline(raw, RATE_HZ)
    rest = rest_of(clean, RATE_HZ)
    return len(DETECTORS[DEFAULT](clean, RATE_HZ, rest)) if rest is not None else 0


def _timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _step_us(samples: list[float]) -> float:
    feedback = MuscleFeedback(rate_hz=RATE_HZ)
    state, times = feedback.start(), []
    for first in range(0, len(samples), BLOCK):
        block = samples[first : first + BLOCK]
        start = time.perf_counter()
        state, _ = feedback.step(state, block)
        times.append(time.perf_counter() - start)
    return 1e6 * median(times)


def _peer_s_an_hour(raw: Array) -> float | None:
    try:
        import neurokit2
    except ImportError:
        return None

    def theirs() -> None:
        clean = neurokit2.emg_clean(raw, sampling_rate=RATE_HZ)
        amplitude = neurokit2.emg_amplitude(clean)
        neurokit2.emg_activation(emg_amplitude=amplitude, emg_cleaned=clean, sampling_rate=RATE_HZ)

    return median(_timed(theirs) for _ in range(3)) * 3600.0 / (len(raw) / RATE_HZ)


if __name__ == "__main__":
    main()
