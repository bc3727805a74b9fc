"""Clocks that stand, run back or are unknown: what is out of time is left out, with a word."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poise.cleaning.clocks import evened, rising
from poise.errors import NothingToMeasure
from poise.model import Recording
from poise.testing import sway

STANCE = sway.on_plate(sway.wandering(5.0, 50.0, sd=0.004), 50.0)


def with_times(time_s: np.ndarray) -> Recording:
    streams = {
        key: replace(stream, time_s=time_s, values=stream.values[: len(time_s)])
        for key, stream in STANCE.streams.items()
    }
    return replace(STANCE, streams=streams)


def test_a_clock_that_rises_is_not_touched():
    assert rising(STANCE) is STANCE


@given(st.lists(st.one_of(st.floats(-10, 10), st.just(float("nan"))), max_size=30))
def test_what_is_left_rises_and_what_was_left_out_is_told(times: list[float]):
    found = rising(with_times(np.array(times, dtype=np.float64)))

    for stream in found.streams.values():
        assert np.isfinite(stream.time_s).all()
        assert (np.diff(stream.time_s) > 0).all()
        assert len(stream.values) == len(stream.time_s)
        assert bool(found.problems) == (len(stream.time_s) < len(times))


def test_a_sample_in_an_hour_or_so_is_a_slow_clock_and_none_that_stands():
    time_s = np.cumsum(np.tile([3600.0, 3700.0], 125))
    even = evened(with_times(time_s))
    for stream in even.streams.values():
        assert len(stream.time_s) == pytest.approx(250, abs=5)
        assert np.isfinite(stream.values).all()


def test_a_pause_of_years_is_told_and_not_filled():
    time_s = np.arange(249) / 50.0
    paused = evened(with_times(np.append(time_s, 9.0)))
    assert {len(stream.time_s) for stream in paused.streams.values()} == {451}
    with pytest.raises(NothingToMeasure, match="cannot be right") as told:
        evened(with_times(np.append(time_s, 1e9)))
    assert told.value.found == "250 samples are spread over 1e+09 s; the longest pause is 1e+09 s."
