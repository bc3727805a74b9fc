"""Filters keep what they promise: the −3 dB point after both passes, no lag, and no number out of a gap."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from poise.errors import BadSetting
from poise.signals.filters import bandpass_offline, hampel, highpass_offline, lowpass_offline, two_pass_cutoff_hz

RATE_HZ = 100.0
TIME_S = np.arange(2000) / RATE_HZ


def amplitude(signal: np.ndarray) -> float:
    middle = signal[400:-400]
    return float(np.sqrt(2.0) * middle.std())


def test_vector_filter_butter() -> None:
    assert two_pass_cutoff_hz(6.0, RATE_HZ, passes_order=2) == pytest.approx(7.43088496)


@pytest.mark.parametrize("filtered", [lowpass_offline, highpass_offline])
def test_the_gain_at_the_cutoff_is_minus_three_decibels_after_both_passes(filtered) -> None:  # type: ignore[no-untyped-def]
    tone = np.sin(2 * np.pi * 6.0 * TIME_S)
    assert amplitude(filtered(tone, RATE_HZ, 6.0)) == pytest.approx(1 / np.sqrt(2), abs=0.005)


def test_no_lag() -> None:
    tone = np.sin(2 * np.pi * 2.0 * TIME_S)
    smooth = lowpass_offline(tone, RATE_HZ, 6.0)
    lag = np.argmax(np.correlate(smooth[400:-400], tone[400:-400], "full")) - (len(tone) - 801)
    assert lag == 0


def test_a_band_passes_what_lies_in_it() -> None:
    signal = 5.0 + sum(np.sin(2 * np.pi * f * TIME_S) for f in (0.1, 2.0, 30.0))
    assert_allclose(
        bandpass_offline(signal, RATE_HZ, 0.5, 8.0)[400:-400], np.sin(2 * np.pi * 2 * TIME_S)[400:-400], atol=0.08
    )


def test_runs_between_gaps_are_filtered_by_themselves() -> None:
    signal = np.random.default_rng(3).normal(size=(600, 2))
    signal[200:230, 0] = np.nan
    smooth = lowpass_offline(signal, RATE_HZ, 6.0)
    assert_array_equal(np.isnan(smooth), np.isnan(signal))
    assert_allclose(smooth[:200, 0], lowpass_offline(signal[:200, 0], RATE_HZ, 6.0))
    assert_allclose(smooth[:, 1], lowpass_offline(signal[:, 1], RATE_HZ, 6.0))


def test_a_channel_does_not_know_its_neighbours() -> None:
    signal = np.random.default_rng(4).normal(size=(300, 5, 3))
    whole = lowpass_offline(signal, RATE_HZ, 6.0)
    assert_allclose(whole[:, 2, 1], lowpass_offline(signal[:, 2, 1], RATE_HZ, 6.0), atol=1e-12)


@pytest.mark.parametrize("bad", [0.0, 50.0, 80.0, -1.0])
def test_a_cutoff_that_the_rate_does_not_allow_is_refused(bad: float) -> None:
    with pytest.raises(BadSetting):
        lowpass_offline(TIME_S, RATE_HZ, bad)


def test_hampel_takes_out_a_spike_and_nothing_else() -> None:
    signal = np.sin(2 * np.pi * 0.5 * TIME_S)
    spiked = signal.copy()
    spiked[700] += 5.0
    cleaned = hampel(spiked, 6)
    assert abs(cleaned[700] - signal[700]) < 0.1
    assert_array_equal(np.delete(cleaned, 700), np.delete(hampel(signal, 6), 700))


def test_hampel_leaves_what_is_missing_and_what_is_constant() -> None:
    signal = np.ones(50)
    signal[10:13] = np.nan
    assert_array_equal(hampel(signal, 3), signal)
