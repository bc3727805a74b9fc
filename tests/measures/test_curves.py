"""Gait cycles: cut at the contacts, 101 points each, and never a number where a sample was missing."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poise.measures.curves import PERCENT, average, curve, cut, highest, in_window, lowest, span, strides_of
from poise.model import Stride, Walk

RATE_HZ = 100.0
TIME_S = np.arange(500) / RATE_HZ


def stride(start_s: float, end_s: float, side: str = "left") -> Stride:
    return Stride(side=side, start_s=start_s, end_s=end_s, toe_off_s=start_s + 0.6 * (end_s - start_s))


def test_a_sine_of_one_stride_stays_a_sine_of_one_cycle() -> None:
    cycles = cut(np.sin(2 * np.pi * TIME_S / 1.1), TIME_S, [stride(1.1, 2.2), stride(2.2, 3.3)])
    assert cycles.values.shape == (2, 101)
    assert cycles.values == pytest.approx(np.tile(np.sin(2 * np.pi * PERCENT / 100), (2, 1)), abs=1e-3)


def test_contacts_between_samples_are_met_exactly() -> None:
    cycles = cut(TIME_S, TIME_S, [stride(1.2345, 2.3456)])
    assert cycles.values[0, [0, 50, 100]] == pytest.approx([1.2345, (1.2345 + 2.3456) / 2, 2.3456], abs=1e-9)


def test_a_stride_with_a_missing_sample_is_dropped_and_counted() -> None:
    signal = np.sin(TIME_S)
    signal[150] = np.nan
    cycles = cut(signal, TIME_S, [stride(0.5, 1.0), stride(1.2, 2.2), stride(2.2, 3.2)])
    assert (len(cycles.values), cycles.dropped) == (2, 1)
    assert [each.start_s for each in cycles.strides] == [0.5, 2.2]


def test_a_stride_beyond_the_recording_is_dropped() -> None:
    cycles = cut(TIME_S, TIME_S, [stride(4.5, 5.5), stride(-0.4, 0.6)])
    assert (len(cycles.values), cycles.dropped) == (0, 2)


def test_nothing_measured_gives_no_curve() -> None:
    assert curve("knee.flexion", "left", cut(np.full(500, np.nan), TIME_S, [stride(1.0, 2.0)]), "m") is None


def test_mean_and_sample_sd_over_strides() -> None:
    signal = np.where(TIME_S < 2.0, 10.0, 14.0)
    made = curve("knee.flexion", "left", cut(signal, TIME_S, [stride(0.5, 1.5), stride(2.5, 3.5)]), "m")
    assert made is not None
    assert made.n == 2
    assert made.mean == pytest.approx(np.full(101, 12.0))
    assert made.sd == pytest.approx(np.full(101, np.sqrt(8.0)))


def test_one_stride_has_no_sd() -> None:
    made = curve("knee.flexion", "left", cut(TIME_S, TIME_S, [stride(0.5, 1.5)]), "m")
    assert made is not None
    assert np.isnan(made.sd).all()


@given(st.floats(0.6, 1.6), st.floats(0.3, 2.0), st.floats(40.0, 250.0))
def test_speed_and_sampling_rate_do_not_change_the_shape(duration_s: float, start_s: float, rate_hz: float) -> None:
    time_s = np.arange(0.0, 5.0, 1.0 / rate_hz)
    signal = np.cos(2 * np.pi * (time_s - start_s) / duration_s)
    cycles = cut(signal, time_s, [stride(start_s, start_s + duration_s)])
    step = 2 * np.pi / duration_s / rate_hz
    assert cycles.values[0] == pytest.approx(np.cos(2 * np.pi * PERCENT / 100), abs=step**2 / 8 + 1e-9)


def test_phases_of_a_cycle() -> None:
    cycles = cut(TIME_S, TIME_S, [stride(1.0, 2.0), replace(stride(2.0, 3.0), toe_off_s=float("nan"))])
    assert cycles.phases.toe_off[0] == pytest.approx(60.0)
    assert np.isnan(cycles.phases.toe_off[1])
    rows = np.tile(PERCENT, (2, 1))
    swing = in_window(cycles.phases.toe_off, np.array([100.0, 100.0]))
    assert lowest(rows, swing)[0] == 60.0
    assert highest(rows, swing)[0] == 100.0
    assert average(rows, swing)[0] == 80.0
    assert span(rows, swing)[0] == 40.0
    assert np.isnan([found(rows, swing)[1] for found in (lowest, highest, average, span)]).all()


def test_strides_of_one_foot() -> None:
    walk = Walk(bouts=(), footsteps=(), strides=(stride(0, 1), stride(0.5, 1.5, "right")), method="m")
    assert len(strides_of(walk, "left")) == 1
    assert len(strides_of(walk, None)) == 2
