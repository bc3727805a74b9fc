"""Smoothness falls for a jerky copy, and for nothing else; the published values are met."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poise.signals.smoothness import (
    dimensionless_jerk,
    log_dimensionless_jerk,
    moving_part,
    spectral_arc_length,
    velocity_peaks,
)


def minimum_jerk(duration_s: float = 1.0, rate_hz: float = 100.0, size: float = 1.0) -> np.ndarray:
    tau = np.linspace(0.0, 1.0, round(duration_s * rate_hz) + 1)
    return size * (30 * tau**2 - 60 * tau**3 + 30 * tau**4) / duration_s


def test_vector_smooth_gauss() -> None:
    speed = np.exp(-5.0 * np.arange(-1.0, 1.0, 0.01) ** 2)
    assert spectral_arc_length(speed, 100.0) == pytest.approx(-1.41403126, abs=1e-5)
    assert dimensionless_jerk(speed, 100.0) == pytest.approx(-335.74683703, abs=1e-5)
    assert log_dimensionless_jerk(speed, 100.0) == pytest.approx(-5.81635741, abs=1e-5)


def test_vector_smooth_minjerk() -> None:
    speed = minimum_jerk()
    assert spectral_arc_length(speed, 100.0) == pytest.approx(-1.40582932, abs=1e-5)
    assert spectral_arc_length(speed, 100.0, cutoff_hz=20.0) == pytest.approx(-1.40582932, abs=1e-5)
    assert dimensionless_jerk(speed, 100.0) == pytest.approx(-200.66427703, abs=1e-5)
    assert log_dimensionless_jerk(speed, 100.0) == pytest.approx(-5.30163325, abs=1e-5)


def test_vector_smooth_twosub() -> None:
    t = np.arange(151) * 0.01

    def one(x: np.ndarray) -> np.ndarray:
        u = np.clip(x, 0.0, 1.0)
        return np.asarray(30 * u**2 - 60 * u**3 + 30 * u**4)

    speed = one(t) + one(t - 0.5)
    assert spectral_arc_length(speed, 100.0) == pytest.approx(-1.63111036, abs=1e-5)
    assert log_dimensionless_jerk(speed, 100.0) == pytest.approx(-6.37300971, abs=1e-5)


def test_vector_smooth_tremor() -> None:
    tau, v = np.linspace(0.0, 1.0, 101), minimum_jerk()
    speed = np.abs(v + 0.15 * np.sin(2 * np.pi * 5 * tau) * v)
    assert spectral_arc_length(speed, 100.0) == pytest.approx(-1.77019342, abs=1e-5)
    assert log_dimensionless_jerk(speed, 100.0) == pytest.approx(-8.2834512, abs=1e-5)


@given(
    slower=st.floats(1.0, 4.0), larger=st.floats(0.1, 50.0), hertz=st.floats(4.0, 8.0), depth=st.floats(0.15, 0.9),
    rate_hz=st.sampled_from([50.0, 100.0, 200.0]),
)  # fmt: skip
def test_smoothness_falls_for_a_jerky_copy_and_not_for_a_slower_or_larger_one(
    slower: float, larger: float, hertz: float, depth: float, rate_hz: float
) -> None:
    plain = minimum_jerk(1.0, rate_hz)
    same = minimum_jerk(slower, rate_hz, larger)
    jerky = same * (1.0 + depth * np.sin(2 * np.pi * hertz * np.arange(len(same)) / rate_hz))
    for smoothness, worst in ((spectral_arc_length, 0.02), (log_dimensionless_jerk, 0.06)):
        assert smoothness(same, rate_hz) == pytest.approx(smoothness(plain, rate_hz), abs=worst)
        assert smoothness(jerky, rate_hz) < smoothness(same, rate_hz) - 0.02


@given(st.integers(0, 100))
def test_a_missing_sample_gives_no_number(at: int) -> None:
    speed = minimum_jerk()
    speed[at] = np.nan
    assert np.isnan(spectral_arc_length(speed, 100.0))
    assert np.isnan(log_dimensionless_jerk(speed, 100.0))


@pytest.mark.parametrize("speed", [[], [1.0] * 5, [0.0] * 50])
def test_without_a_movement_there_is_no_smoothness(speed: list[float]) -> None:
    assert np.isnan(spectral_arc_length(speed, 100.0))
    assert np.isnan(log_dimensionless_jerk(speed, 100.0))


def test_the_moving_part_leaves_rest_out_and_keeps_pauses() -> None:
    once, rest = minimum_jerk(), np.zeros(40)
    whole = np.concatenate([rest, once, rest, once, rest])
    part = moving_part(whole)
    assert part.start == pytest.approx(40 + 3, abs=2)
    assert part.stop == pytest.approx(len(whole) - 43, abs=2)
    assert moving_part(rest) == slice(0, 0)


def test_velocity_peaks_are_counted() -> None:
    once = minimum_jerk()
    assert velocity_peaks(once, 100.0, prominence=0.05) == 1
    assert velocity_peaks(np.concatenate([once, once]), 100.0, prominence=0.05) == 2
    assert velocity_peaks(np.zeros(100), 100.0, prominence=0.05) == 0
    trembling = once + 0.01 * np.sin(2 * np.pi * 20 * np.linspace(0, 1, 101))
    assert velocity_peaks(trembling, 100.0, prominence=0.05 * once.max()) == 1
