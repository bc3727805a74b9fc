"""Head relocation: a head that was made to come back beside where it started."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poise.measures.cervical_error import EARS_BY_NOSE, MEASURE
from poise.measures.position_sense import MEASURE as POSITION_SENSE
from poise.model import Frame, Kind, Measured, Recording, Stream
from poise.signals.orientation import conjugate, multiply, rotate
from poise.testing.imu_joints import about, angular_velocity
from poise.testing.position_sense import PositionTest, angle_course

RATE_HZ = 60.0


def course(errors: tuple[float, ...], far: float) -> np.ndarray:
    """From 0 out to `far` and back to each error in turn, deg."""
    at, level, knots = 3.0, 0.0, [(0.0, 0.0), (3.0, 0.0)]
    for error in errors:
        for goal, stay in ((far, 1.0), (error, 2.5)):
            at += abs(goal - level) / 30.0
            knots += [(at, goal), (at + stay, goal)]
            at, level = at + stay, goal
    time_s = np.arange(round(at * RATE_HZ)) / RATE_HZ
    kernel = np.hanning(20)
    made = np.interp(time_s, *np.array(knots).T)
    return np.convolve(np.pad(made, 10, mode="edge"), kernel / kernel.sum(), mode="same")[10:-10]


def sensor(turn_deg: np.ndarray, nod_deg: np.ndarray, *, bias_deg_s: float = 0.2) -> Recording:
    head = multiply(about(np.array([0.0, 0.0, 1.0]), turn_deg), about(np.array([0.0, 1.0, 0.0]), nod_deg))
    worn = multiply(head, about(np.array([0.3, -0.8, 0.5]), np.array([70.0]))[0])
    gyr = angular_velocity(worn, RATE_HZ) + np.radians(bias_deg_s)
    acc = rotate(conjugate(worn), np.tile([0.0, 0.0, 9.81], (len(worn), 1)))
    time_s = np.arange(len(worn)) / RATE_HZ
    streams = {
        kind.value: Stream(
            kind=kind, channels=("head",), time_s=time_s, values=v[:, None], unit=unit, frame=Frame(name="sensor")
        )
        for kind, v, unit in ((Kind.ANGULAR_VELOCITY, gyr, "rad/s"), (Kind.ACCELERATION, acc, "m/s^2"))
    }
    return Recording(id="head", source="head (simulated)", streams=streams)


def face(turn_deg: np.ndarray, nod_deg: np.ndarray, *, noise_px: float = 0.0, size_px: float = 90.0) -> Recording:
    turn, nod = np.radians(turn_deg), np.radians(nod_deg)
    ahead = size_px / EARS_BY_NOSE
    middle = np.tile([640.0, 300.0], (len(turn), 1))
    half = 0.5 * size_px * np.stack([np.cos(turn), 0 * turn], axis=-1)
    nose = middle + ahead * np.stack([np.sin(turn), np.sin(nod)], axis=-1)
    values = np.stack([nose, middle + half, middle - half], axis=1)
    values = values + noise_px * np.random.default_rng(2).normal(size=values.shape)
    stream = Stream(
        kind=Kind.LANDMARKS, channels=("nose", "left_ear", "right_ear"), time_s=np.arange(len(turn)) / RATE_HZ, values=values,
        unit="px", frame=Frame(name="image", up="-y", view="unknown"),
    )  # fmt: skip
    return Recording(id="face", source="face (simulated)", streams={Kind.LANDMARKS: stream})


ERRORS = (3.0, -4.0, 5.0, 2.0, -3.0, 4.0)


def value(found: Measured, name: str = "jps.cervical_error") -> float:
    return next(m.value for m in found.measurements if m.measure == name)


@pytest.mark.parametrize(("make", "within"), [(sensor, 0.5), (face, 0.3), (lambda t, n: face(t, n, noise_px=1.0), 1.5)])
@pytest.mark.parametrize("nodding", [False, True])
@pytest.mark.parametrize("far", [40.0, -40.0])
def test_the_error_that_was_made(make, within: float, nodding: bool, far: float) -> None:  # type: ignore[no-untyped-def]
    angle = course(ERRORS, far)
    still = 0.0 * angle
    found = MEASURE.compute(make(still, angle) if nodding else make(angle, still))
    assert value(found) == pytest.approx(3.5, abs=within)
    assert found.measurements[0].n == 6
    assert found.problems


def test_turning_and_nodding_are_told_apart() -> None:
    turn, nod = course((3.0, 3.0, 0.0), 40.0), course((5.0, 5.0), 30.0)
    both = sensor(np.concatenate([turn, 0 * nod]), np.concatenate([0 * turn, nod]))
    found = MEASURE.compute(both)
    assert value(found, "jps.cervical_error_rotation") == pytest.approx(2.0, abs=0.5)
    assert value(found, "jps.cervical_error_nodding") == pytest.approx(5.0, abs=0.5)


def test_a_test_of_the_knee_is_not_one_of_the_head() -> None:
    _, knee = angle_course(PositionTest(positions_deg=(30.0, 33.0)))
    still = face(0.0 * knee, 0.0 * knee, noise_px=0.5)
    assert not MEASURE.compute(still).measurements


def test_a_test_of_the_head_is_not_one_of_a_joint() -> None:
    found = POSITION_SENSE.compute(sensor(course(ERRORS, 40.0), 0.0 * course(ERRORS, 40.0)))
    assert not found.measurements


def test_missing_in_nothing_out() -> None:
    made = face(course(ERRORS, 40.0), 0.0 * course(ERRORS, 40.0))
    stream = made[Kind.LANDMARKS]
    gone = replace(made, streams={Kind.LANDMARKS: replace(stream, values=np.full_like(stream.values, np.nan))})
    assert not MEASURE.compute(gone).measurements
