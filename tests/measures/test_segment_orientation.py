"""Knee flexion from two sensors: a leg with a known bend, however the sensors are worn and wherever the person turns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from poise.errors import NothingToMeasure
from poise.measures.segment_orientation import MEASURE, knee_flexion_deg
from poise.model import Frame, Kind, Recording, Stream
from poise.signals.orientation import multiply
from poise.workflows.validation.opensense_xsens_walk import DATASET

RATE_HZ = 100.0
TIME_S = np.arange(1000) / RATE_HZ


def about(axis: tuple[float, float, float], angle_deg: np.ndarray) -> np.ndarray:
    half = np.radians(np.broadcast_to(angle_deg, TIME_S.shape)) / 2
    return np.concatenate((np.cos(half)[:, None], np.sin(half)[:, None] * np.array(axis)), axis=1)


def bend_deg(peak: float = 60.0) -> np.ndarray:
    """Stands for two seconds, then bends once every 1.1 s and stretches in between."""
    return np.where(TIME_S < 2.0, 0.0, peak * np.sin(np.pi * (TIME_S - 2.0) / 1.1) ** 2)


def leg(flexion_deg: np.ndarray, *, heading_deg: np.ndarray | float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Thigh and shank, each with a sensor put on askew. Flexion takes the shank backwards: positive about left."""
    thigh_swing = np.where(TIME_S < 2.0, 0.0, -20.0 * np.sin(2 * np.pi * (TIME_S - 2.0) / 1.1))
    heading = about((0, 0, 1), np.asarray(heading_deg))
    thigh = multiply(heading, about((0, 1, 0), thigh_swing))
    shank = multiply(thigh, about((0, 1, 0), flexion_deg))
    return multiply(thigh, about((0.6, 0, 0.8), np.array(100.0))), multiply(
        shank, about((0, 0.8, -0.6), np.array(35.0))
    )


def recording(thigh: np.ndarray, shank: np.ndarray, names: tuple[str, str] = ("left_femur", "left_tibia")) -> Recording:
    stream = Stream(
        kind=Kind.ORIENTATION, channels=names, time_s=TIME_S, values=np.stack((thigh, shank), axis=1), unit="1",
        frame=Frame(name="earth", up="+z"),
    )  # fmt: skip
    return Recording(id="leg", source="leg.txt", streams={Kind.ORIENTATION: stream})


def test_the_bend_is_read_as_it_was_made() -> None:
    np.testing.assert_allclose(knee_flexion_deg(*leg(bend_deg()), RATE_HZ), bend_deg(), atol=0.1)


def test_turning_round_changes_nothing() -> None:
    turning = np.clip(TIME_S - 4.0, 0.0, 3.0) * 60.0
    np.testing.assert_allclose(knee_flexion_deg(*leg(bend_deg(), heading_deg=turning), RATE_HZ), bend_deg(), atol=0.1)


def test_where_north_is_changes_nothing() -> None:
    np.testing.assert_allclose(knee_flexion_deg(*leg(bend_deg(), heading_deg=77.0), RATE_HZ), bend_deg(), atol=0.1)


def test_the_sign_of_a_quaternion_changes_nothing() -> None:
    thigh, shank = leg(bend_deg())
    flipped = shank * np.where(np.arange(len(shank)) % 7 < 3, -1.0, 1.0)[:, None]
    np.testing.assert_allclose(knee_flexion_deg(thigh, flipped, RATE_HZ), bend_deg(), atol=0.1)


def test_missing_in_nothing_out() -> None:
    thigh, shank = leg(bend_deg())
    shank[500:520] = np.nan
    flexion = knee_flexion_deg(thigh, shank, RATE_HZ)
    assert np.isnan(flexion[500:520]).all()
    np.testing.assert_allclose(np.delete(flexion, range(500, 520)), np.delete(bend_deg(), range(500, 520)), atol=0.1)


def test_who_never_stands_gets_no_angle() -> None:
    always = 60.0 * np.sin(np.pi * TIME_S / 1.1) ** 2
    thigh, shank = leg(always, heading_deg=30.0 * TIME_S)
    with pytest.raises(NothingToMeasure, match="never stands still"):
        knee_flexion_deg(thigh, shank, RATE_HZ)
    measured = MEASURE.compute(recording(thigh, shank))
    assert measured.measurements == ()
    assert measured.problems


def test_a_stiff_knee_gives_no_number_made_of_noise() -> None:
    with pytest.raises(NothingToMeasure, match="less than 20 deg"):
        knee_flexion_deg(*leg(bend_deg(5.0)), RATE_HZ)


@pytest.mark.parametrize("names", [("left_femur", "left_tibia"), ("left_thigh", "left_shank")])
def test_peak_and_range_over_the_cycles(names: tuple[str, str]) -> None:
    walk = recording(*leg(bend_deg()), names)
    assert MEASURE.fits(walk)
    values = {m.measure: m for m in MEASURE.compute(walk).measurements}
    assert values["joint.knee.flexion.max"].value == pytest.approx(60.0, abs=0.5)
    assert values["joint.knee.flexion.rom"].value == pytest.approx(60.0, abs=0.5)
    assert values["joint.knee.flexion.max"].n == 6


def test_it_does_not_fit_a_pelvis_alone() -> None:
    assert not MEASURE.fits(recording(*leg(bend_deg()), ("pelvis", "torso")))


@pytest.mark.data
def test_a_real_walk_bends_the_knees_as_walking_does(shared_data: Path) -> None:
    scores = {(s.measure, s.metric): s.value for s in DATASET.scores(shared_data / DATASET.name)}
    for side in ("left", "right"):
        assert 50.0 <= scores[f"joint.knee.flexion.max@{side}", "value"] <= 75.0
        assert 45.0 <= scores[f"joint.knee.flexion.rom@{side}", "value"] <= 80.0
        assert scores[f"joint.knee.flexion@{side}", "standing_rms"] <= 2.0
    assert abs(scores["joint.knee.flexion.max", "left_minus_right"]) <= 10.0
