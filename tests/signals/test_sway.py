"""The size, speed and shape of a path of sway; and two groups' published results, formula by formula."""

from __future__ import annotations

import csv
import gzip
import lzma
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from poise.errors import BadSetting
from poise.signals import spectra, sway, sway_published
from poise.testing.sway import wandering

Array = NDArray[np.float64]
POINTS_MM = np.array(
    [[0, 0], [4, 1], [-3, 2], [1, -5], [-2, 3], [5, -1], [-4, -2], [2, 4], [0, -3], [-3, 1]], dtype=np.float64
)


def turned(points: Array, degrees: float) -> Array:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return points @ np.array([[c, -s], [s, c]])


# ── vectors of the reference ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_ellipse_is_the_prediction_ellipse_in_both_its_forms() -> None:  # balance.ellipse
    assert sway.prediction_ellipse(POINTS_MM).area == pytest.approx(160.03088494, rel=1e-6)
    assert sway.prediction_ellipse(POINTS_MM, form="f").area == pytest.approx(294.7681645, rel=1e-6)
    assert sway.prieto_ellipse_area(POINTS_MM) == pytest.approx(238.19649657, rel=1e-6)
    exact = sway.prediction_ellipse(POINTS_MM, form="f")
    assert (exact.angle_deg, exact.semi_major) == pytest.approx((162.2311611, 10.24534078), rel=1e-6)


def test_time_domain_measures_are_those_of_prieto() -> None:  # balance.prieto
    told = sway.time_domain(POINTS_MM, 10.0)
    expected = {
        "duration_s": 0.9, "path": 65.68346908, "path_ml": 45.0, "path_ap": 39.0, "velocity": 72.98163231,
        "velocity_ml": 50.0, "velocity_ap": 43.33333333, "mean_distance": 3.66387968, "rms": 3.92428337,
        "rms_ml": 2.89827535, "rms_ap": 2.64575131, "range_ml": 9.0, "range_ap": 9.0, "area_rate": 47.22222222,
        "mean_frequency_hz": 3.17024263, "mean_frequency_ap_hz": 3.48196521,
    }  # fmt: skip
    assert {name: getattr(told, name) for name in expected} == pytest.approx(expected, rel=1e-6)


def test_circling_has_the_mean_frequency_of_the_circle() -> None:  # balance.circle
    phase = 2 * np.pi * 0.5 * np.arange(2000) / 100
    told = sway.time_domain(5.0 * np.stack([np.cos(phase), np.sin(phase)], axis=1), 100.0)
    assert told.path == pytest.approx(313.98927306, rel=1e-6)
    assert told.mean_frequency_hz == pytest.approx(0.49997944, rel=1e-3)
    assert told.area_rate == pytest.approx(39.26990817, rel=1e-3)


def test_jerk_is_that_of_mancini() -> None:  # balance.jerk
    t = np.arange(3001) / 100
    acceleration = np.stack([0.05 * np.sin(2 * np.pi * t), 0.03 * np.sin(2 * np.pi * t + np.pi / 3)], axis=1)
    assert sway.sway_jerk(acceleration, 100.0) == pytest.approx(1.00669965, rel=5e-3)


def test_romberg() -> None:  # balance.romberg
    assert sway.romberg_quotient(8.2, 11.9) == pytest.approx(1.45121951, rel=1e-8)
    assert sway.romberg_percent_change(8.2, 11.9) == pytest.approx(45.12195122, rel=1e-8)
    assert np.isnan(sway.romberg_quotient(0.0, 3.0))


# ── laws ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), degrees=st.floats(0, 360), scale=st.floats(0.1, 10))
def test_direction_free_measures_do_not_change_when_the_lab_is_turned_and_grow_with_the_sway(
    seed: int, degrees: float, scale: float
) -> None:
    path = wandering(20, 50, sd=4.0, seed=seed)
    one, other = sway.time_domain(path, 50), sway.time_domain(scale * turned(path, degrees), 50)
    for name in ("path", "velocity", "mean_distance", "rms"):
        assert getattr(other, name) == pytest.approx(scale * getattr(one, name), rel=1e-9)
    assert other.area_rate == pytest.approx(scale**2 * one.area_rate, rel=1e-9)
    assert other.mean_frequency_hz == pytest.approx(one.mean_frequency_hz, rel=1e-9)
    areas = [sway.prediction_ellipse(each).area for each in (path, scale * turned(path, degrees))]
    assert areas[1] == pytest.approx(scale**2 * areas[0], rel=1e-9)
    assert sway.diameter(scale * turned(path, degrees)) == pytest.approx(scale * sway.diameter(path), rel=1e-9)


def test_a_mirrored_path_has_a_mirrored_ellipse() -> None:
    path = turned(wandering(20, 50, sd=4.0) * [3.0, 1.0], 30.0)
    one, other = sway.prediction_ellipse(path), sway.prediction_ellipse(path * [-1.0, 1.0])
    assert other.area == pytest.approx(one.area)
    assert other.angle_deg == pytest.approx(180.0 - one.angle_deg)


@pytest.mark.parametrize("shape", ["cloud", "circle", "line"])
def test_the_diameter_is_the_largest_distance_between_any_two_points(shape: str) -> None:
    rng = np.random.default_rng(3)
    angle = rng.uniform(0, 2 * np.pi, 900)
    paths = {
        "cloud": rng.normal(size=(900, 2)),
        "circle": np.stack([np.cos(angle), np.sin(angle)], axis=1),
        "line": np.stack([angle, 2 * angle], axis=1),
    }
    path = paths[shape]
    assert sway.diameter(path) == pytest.approx(np.linalg.norm(path[:, None] - path[None], axis=2).max(), rel=1e-12)


def test_a_path_with_a_hole_has_no_length() -> None:
    path = POINTS_MM.copy()
    path[3, 1] = np.nan
    with pytest.raises(BadSetting):
        sway.time_domain(path, 10.0)


@pytest.mark.parametrize("detrend", ["constant", "linear"])
def test_spectra_are_those_of_scipy(detrend: spectra.Detrend) -> None:
    from scipy.signal import periodogram, welch

    path = wandering(30, 50, sd=4.0) + np.arange(1501)[:, None] * 0.01
    frequency_hz, power = welch(path, 50, nperseg=500, noverlap=250, nfft=1501, detrend=detrend, axis=0)
    ours = spectra.welch_offline(path, 50, 500, detrend=detrend, bins_of=1501)
    np.testing.assert_allclose(ours.frequency_hz, frequency_hz)
    np.testing.assert_allclose(ours.power, power, rtol=1e-9, atol=1e-12 * power.max())
    whole = periodogram(path, 50, axis=0)[1]
    np.testing.assert_allclose(spectra.periodogram_offline(path, 50).power[1:], whole[1:], rtol=1e-9)


def test_a_sine_has_all_its_power_at_its_frequency() -> None:
    sine = np.sin(2 * np.pi * 1.0 * np.arange(6000) / 100)
    spectrum = spectra.welch_offline(sine, 100, 2000).between(0.15, 5.0)
    assert spectra.edge_frequency_hz(spectrum, 0.5) == pytest.approx(1.0, abs=0.05)
    assert spectra.centroid_frequency_hz(spectrum) == pytest.approx(1.0, abs=0.02)
    assert spectra.frequency_dispersion(spectrum) < 0.1
    assert np.isnan(spectra.edge_frequency_hz(spectra.welch_offline(np.zeros(100), 10, 50), 0.5))


# ── as others published it ────────────────────────────────────────────────────────────────────────────────────────────


def test_samples_that_stay_near_are_counted_until_the_first_that_does_not() -> None:
    path = wandering(20, 25, sd=0.3, seed=5)
    apart = np.linalg.norm(path[:, None] - path[None], axis=2)
    slow = [
        next((j for j in range(i + 1, len(path)) if apart[i, j] > 0.3), len(path)) - i - 1 for i in range(len(path))
    ]
    assert sway_published.stays(path, 0.3).tolist() == slow


def test_mean_squared_displacements_are_the_plain_ones() -> None:
    path = wandering(20, 25, sd=0.3, seed=5)
    plain = [np.mean((path[lag:] - path[:-lag]) ** 2, axis=0) for lag in range(1, 101)]
    np.testing.assert_allclose(sway_published.mean_squared_displacement(path, 100), plain, rtol=1e-9)


def test_windows_average_by_the_time_that_each_sample_stands_for_and_a_lone_spike_is_left_out() -> None:
    time_s = np.arange(1000) / 100
    values = np.stack([time_s, np.zeros(1000)], axis=1)
    out = sway_published.swarii(time_s, values)
    np.testing.assert_allclose(out[1:-1, 0], 0.1 + 0.04 * np.arange(1, len(out) - 1), atol=1e-9)
    spiked = values.copy()
    spiked[500] += 3.0
    np.testing.assert_allclose(sway_published.swarii(time_s, spiked), out, atol=1e-9)


def test_too_short_or_slow_a_recording_has_no_published_descriptors() -> None:
    with pytest.raises(BadSetting):
        sway_published.quijoux(wandering(5, 100, sd=0.3), 100.0)
    with pytest.raises(BadSetting):
        sway_published.quijoux(wandering(60, 20, sd=0.3), 20.0)


@pytest.mark.data
def test_the_72_descriptors_and_the_authors_results_come_out_as_published(shared_data: Path) -> None:
    folder = shared_data / "balance-bds"
    with (folder / "peer_descriptors_quijoux.csv").open() as text:
        peers = list(csv.DictReader(text))[::7]
    with gzip.open(folder / "BDSinfoCOP.tsv.gz", "rt", encoding="utf-8") as text:
        authors = {row["Trial"]: row for row in csv.DictReader(text, delimiter="\t")}
    for row in peers:
        trial = row.pop("Trial")
        with lzma.open(folder / "trials" / f"{trial}.txt.xz", "rt") as text:
            points_cm = np.loadtxt(text, skiprows=1, usecols=(8, 7))
        ours = sway_published.quijoux(points_cm, 100.0)
        assert {name: ours[name] for name in row} == pytest.approx({k: float(v) for k, v in row.items()}, rel=1e-6)
        told = sway_published.santos_duarte(points_cm, 100.0)
        assert told.area == pytest.approx(float(authors[trial]["COParea"]), rel=1e-9)
        assert told.velocity == pytest.approx(float(authors[trial]["COPvelo"]), rel=1e-9)
        assert told.mean_frequency_hz == pytest.approx(float(authors[trial]["COPmfreq"]), rel=1e-9)
