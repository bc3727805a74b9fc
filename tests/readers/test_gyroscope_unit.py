"""A gyroscope whose file names no unit: how gravity turns tells it; where it does not, nobody guesses."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poise.errors import BadMapping
from poise.model import Kind
from poise.readers import imu
from poise.readers.find import read_file

RATE_HZ = 100.0
TIME_S = np.arange(2000) / RATE_HZ


def rocking(size_deg: float, rate_hz: float, shake: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """A sensor that rocks about its y axis: what it feels, m/s², and how it turns, rad/s."""
    size = np.radians(size_deg)
    angle = size * np.sin(2 * np.pi * rate_hz * TIME_S)
    turning = np.zeros((len(TIME_S), 3))
    turning[:, 1] = size * 2 * np.pi * rate_hz * np.cos(2 * np.pi * rate_hz * TIME_S)
    felt = 9.81 * np.column_stack((-np.sin(angle), np.zeros_like(angle), np.cos(angle)))
    return felt + shake * np.random.default_rng(0).normal(size=felt.shape), turning


def table(path: Path, felt: np.ndarray, turning: np.ndarray, *, header: str = "gyr") -> Path:
    names = ["time", *(f"acc_{axis}" for axis in "xyz"), *(f"{header}_{axis}" for axis in "xyz")]
    rows = np.column_stack((TIME_S, felt, turning))
    np.savetxt(path, rows, delimiter=",", header=",".join(names), comments="", fmt="%.6f")
    return path


@given(size_deg=st.floats(2.0, 40.0), rate_hz=st.floats(0.1, 0.7), shake=st.floats(0.0, 0.5))
def test_gravity_tells_radians_from_degrees_however_slow_the_movement(size_deg, rate_hz, shake):
    felt, turning = rocking(size_deg, rate_hz, shake)
    assert imu.rate_unit(felt, turning, RATE_HZ) == "rad/s"
    assert imu.rate_unit(felt, np.degrees(turning), RATE_HZ) == "deg/s"


def test_the_unit_of_the_accelerometer_and_the_way_it_is_worn_make_no_difference():
    felt, turning = rocking(10.0, 0.4)
    axes = [2, 0, 1]
    assert imu.rate_unit(felt[:, axes] / 9.81, turning[:, axes], RATE_HZ) == "rad/s"
    assert imu.rate_unit(felt[:, axes] / 9.81, np.degrees(turning)[:, axes], RATE_HZ) == "deg/s"


def test_a_turn_about_the_vertical_shows_nothing():
    felt, _ = rocking(0.0, 0.4)
    turning = np.zeros_like(felt)
    turning[:, 2] = 20.0
    assert imu.rate_unit(felt, turning, RATE_HZ) is None
    assert imu.rate_unit(felt[:100], turning[:100], RATE_HZ) is None, "a second is too short"
    assert imu.rate_unit(np.full_like(felt, np.nan), turning, RATE_HZ) is None


@pytest.mark.parametrize("degrees", [False, True])
def test_a_slow_sway_is_read_in_its_own_unit(tmp_path: Path, degrees: bool):
    felt, turning = rocking(3.0, 0.3)
    path = table(tmp_path / "sway.csv", felt, np.degrees(turning) if degrees else turning)
    (recording,) = read_file(path)
    np.testing.assert_allclose(recording[Kind.ANGULAR_VELOCITY].values[:, 0], turning, atol=1e-5)
    assert any("by how gravity turns with it" in each.what for each in recording.problems)


def test_what_could_be_either_is_asked_for(tmp_path: Path):
    felt, _ = rocking(0.0, 0.4)
    turning = np.zeros_like(felt)
    turning[:, 2] = 20.0
    path = table(tmp_path / "turntable.csv", felt, turning)
    with pytest.raises(BadMapping, match=r"rad/s or deg/s"):
        read_file(path)
