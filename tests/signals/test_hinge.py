"""A hinge between two sensors: the angle that was put in comes out, however they are worn and wherever one turns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poise.signals.geometry import rotation_about
from poise.signals.hinge import HingeAngle, hinge_angle_offline, hinge_axis_offline
from poise.testing.imu_joints import WORN, Hinge, SimulatedHinge, simulated_hinge

PERFECT = Hinge(duration_s=20.0)


def measured(made: SimulatedHinge) -> HingeAngle:
    found = hinge_angle_offline((made.gyr[0], made.acc[0]), (made.gyr[1], made.acc[1]), made.hinge.rate_hz)
    assert found is not None
    return found


def error_deg(made: SimulatedHinge) -> float:
    angle = measured(made).angle_deg
    angle = angle - np.median(angle[: round(made.hinge.rate_hz)])
    angle = angle if angle.max() > -angle.min() else -angle
    return float(np.sqrt(np.mean((angle - made.flexion_deg) ** 2)))


def test_a_perfect_hinge_is_read_as_it_was_made() -> None:
    made = simulated_hinge(PERFECT)
    assert error_deg(made) < 0.2
    axis = measured(made).axis
    for found, true in zip((axis.proximal, axis.distal), made.axes, strict=True):
        assert abs(found @ true) > np.cos(np.radians(1.0))
    assert axis.misfit < 0.01


@pytest.mark.parametrize(
    "how",
    [WORN, replace(WORN, turn_deg_s=20.0), replace(WORN, swing_deg=5.0), replace(WORN, rate_hz=50.0),
     replace(WORN, flexion_deg=110.0, period_s=3.0), replace(WORN, period_s=1.0)],
    ids=["worn", "turning round", "thigh nearly still", "50 Hz", "squats", "fast"],
)  # fmt: skip
def test_as_worn_it_is_within_two_degrees(how: Hinge) -> None:
    assert error_deg(simulated_hinge(replace(how, duration_s=40.0))) < 2.0


def test_how_a_sensor_sits_changes_nothing() -> None:
    made = simulated_hinge(replace(WORN, duration_s=20.0))
    turn = rotation_about([0.2, -0.7, 0.4], 2.0)
    askew = replace(made, gyr=(made.gyr[0] @ turn.T, made.gyr[1]), acc=(made.acc[0] @ turn.T, made.acc[1]))
    one, other = measured(made).angle_deg, measured(askew).angle_deg
    one, other = one - np.median(one[:100]), other - np.median(other[:100])
    assert min(np.abs(one - other).max(), np.abs(one + other).max()) < 0.5


def test_sensors_that_hardly_turn_have_no_axis() -> None:
    made = simulated_hinge(Hinge(flexion_deg=1.0, swing_deg=1.0, duration_s=10.0))
    assert hinge_axis_offline((made.gyr[0], made.acc[0]), (made.gyr[1], made.acc[1]), 100.0) is None


def test_a_missing_sample_is_missing_in_the_angle() -> None:
    made = simulated_hinge(PERFECT)
    made.gyr[0][700:720] = np.nan
    angle = measured(made).angle_deg
    assert np.isnan(angle[700:720]).all()
    assert np.isfinite(angle[:700]).all()
