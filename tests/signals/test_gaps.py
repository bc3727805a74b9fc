"""Gaps and clocks: short gaps are closed by a curve, long ones stay, and nothing is extrapolated."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from poise.signals.gaps import fill_gaps_offline, resample_offline

WAVE = np.sin(np.arange(200) / 15.0)


def test_a_short_gap_is_closed_close_to_the_truth() -> None:
    holed = WAVE.copy()
    holed[60:66] = np.nan
    filled = fill_gaps_offline(holed, 10)
    assert_allclose(filled, WAVE, atol=0.02)
    assert_array_equal(filled[np.isfinite(holed)], holed[np.isfinite(holed)])


def test_long_gaps_and_ends_stay_open() -> None:
    holed = WAVE.copy()
    holed[:5], holed[60:80], holed[-3:] = np.nan, np.nan, np.nan
    assert_array_equal(fill_gaps_offline(holed, 10), holed)


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.integers(0, 8))
def test_filling_never_changes_or_removes_a_sample(present: list[bool], longest: int) -> None:
    signal = np.where(present, np.arange(len(present), dtype=float), np.nan)
    filled = fill_gaps_offline(signal, longest)
    assert_array_equal(filled[np.isfinite(signal)], signal[np.isfinite(signal)])
    # A straight line is filled by itself.
    assert_allclose(filled[np.isfinite(filled)], np.arange(len(present))[np.isfinite(filled)])


def test_resampling_to_the_same_clock_changes_nothing() -> None:
    time_s = np.arange(200) / 50.0
    even_s, values = resample_offline(time_s, WAVE, 50.0)
    assert_allclose(even_s, time_s)
    assert_allclose(values, WAVE)


def test_an_uneven_clock_becomes_even() -> None:
    time_s = np.cumsum(np.random.default_rng(1).uniform(0.008, 0.012, 1000))
    even_s, values = resample_offline(time_s, np.sin(2 * np.pi * time_s), 100.0)
    assert_allclose(np.diff(even_s), 0.01)
    assert_allclose(values, np.sin(2 * np.pi * even_s), atol=0.002)


def test_a_new_sample_next_to_a_missing_one_is_missing() -> None:
    holed = WAVE.copy()
    holed[100] = np.nan
    _, values = resample_offline(np.arange(200) / 50.0, holed, 120.0)
    assert np.isnan(values).any()
    assert np.isfinite(values).mean() > 0.97
