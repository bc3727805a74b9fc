"""Relative phase, coupling angle and delay: shifts that were put in come out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poise.signals.phase import (
    coupling_variability_deg,
    delay,
    loop_area,
    pattern,
    phase_summary,
    relative_phase_deg_offline,
    vector_coding,
    wrapped_deg,
)  # fmt: skip

TIME_S = np.arange(1000) / 100.0


def test_vector_crp_sines() -> None:
    first = 20.0 * np.sin(2 * np.pi * TIME_S)
    second = 7.0 * np.sin(2 * np.pi * TIME_S - np.radians(45.0)) + 3.0
    inner = relative_phase_deg_offline(first, second)[100:900]
    found = phase_summary(inner)
    assert inner.mean() == pytest.approx(45.0, abs=0.5)
    assert inner.std() == pytest.approx(0.0, abs=0.5)
    assert found.marp == pytest.approx(45.0, abs=0.5)


def test_vector_vectorcoding() -> None:
    found = vector_coding([0, 1, 2, 2, 1, 0], [0, 1, 1, 0, -1, -1])
    np.testing.assert_allclose(found.angle_deg, [45.0, 0.0, 270.0, 225.0, 180.0], atol=1e-6)
    assert found.patterns == ("in-phase", "proximal phase", "distal phase", "in-phase", "proximal phase")
    assert found.mean_deg == pytest.approx(270.0, abs=1e-6)
    assert found.length == pytest.approx(0.2, abs=1e-6)
    assert found.variability_deg == pytest.approx(72.47406543, abs=1e-6)
    assert found.share("in-phase") == pytest.approx(0.4)


@given(st.floats(-170, 170), st.floats(0.1, 50), st.floats(-90, 90))
def test_amplitude_and_offset_do_not_change_phase(shift: float, size: float, offset: float) -> None:
    first = np.sin(2 * np.pi * TIME_S)
    second = size * np.sin(2 * np.pi * TIME_S - np.radians(shift)) + offset
    inner = relative_phase_deg_offline(first, second)[200:800]
    assert np.abs(wrapped_deg(inner - shift)).max() < 3.0


def test_who_leads_changes_the_sign_and_antiphase_is_180() -> None:
    one, other = np.sin(2 * np.pi * TIME_S), np.sin(2 * np.pi * TIME_S - 0.5)
    forward, back = relative_phase_deg_offline(one, other), relative_phase_deg_offline(other, one)
    np.testing.assert_allclose(forward, -back, atol=1e-9)
    assert phase_summary(relative_phase_deg_offline(one, -one)).marp == pytest.approx(180.0, abs=1e-6)


def test_cycles_about_antiphase_are_not_torn_apart() -> None:
    cycles = np.array([[179.0] * 10, [-179.0] * 10, [180.0] * 10])
    found = phase_summary(cycles)
    assert found.marp == pytest.approx(180.0, abs=0.1)
    assert found.deviation == pytest.approx(1.0, abs=0.01)


def test_a_missing_cycle_is_left_out_and_one_cycle_has_no_spread() -> None:
    found = phase_summary([[10.0, 20.0], [np.nan, 20.0]])
    assert found.n == 1
    assert np.isnan(found.deviation)
    assert np.isnan(phase_summary([[np.nan, 1.0]]).marp)


def test_noise_has_no_direction() -> None:
    rng = np.random.default_rng(3)
    found = vector_coding(*(0.01 * rng.normal(size=(2, 100))), least_step=0.1)
    assert np.isnan(found.angle_deg).all()
    assert np.isnan(found.variability_deg)
    assert found.patterns[0] == ""


@pytest.mark.parametrize(
    ("angle", "name"),
    [(22.4, "proximal phase"), (22.6, "in-phase"), (90.0, "distal phase"), (135.0, "anti-phase"), (180.0, "proximal phase"),
     (225.0, "in-phase"), (315.0, "anti-phase"), (359.0, "proximal phase"), (np.nan, "")],
)  # fmt: skip
def test_bins(angle: float, name: str) -> None:
    assert pattern(angle) == name


def test_equal_cycles_do_not_vary() -> None:
    assert coupling_variability_deg([[10.0, 350.0], [10.0, 350.0]]) == pytest.approx(0.0, abs=1e-5)
    assert np.isnan(coupling_variability_deg([[10.0, 20.0]]))


@pytest.mark.parametrize("lag_s", [-0.2, 0.0, 0.137])
def test_the_delay_that_was_put_in(lag_s: float) -> None:
    def bump(at: float) -> np.ndarray:
        return np.exp(-(((TIME_S - at) / 0.4) ** 2))

    found, r = delay(bump(5.0), 3.0 * bump(5.0 + lag_s) + 1.0, 100.0, longest_s=1.0)
    assert found == pytest.approx(lag_s, abs=0.005)
    assert r > 0.999
    assert np.isnan(delay(bump(5.0), np.zeros(1000), 100.0, longest_s=1.0)[0])


def test_the_area_of_a_circle_and_of_a_line() -> None:
    turn = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    assert loop_area(10 * np.cos(turn), 10 * np.sin(turn)) == pytest.approx(100 * np.pi, rel=1e-3)
    assert loop_area(np.cos(turn), 3 * np.cos(turn)) == pytest.approx(0.0, abs=1e-9)
