"""Flexion between two worn sensors without a magnetometer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poise.measures.imu_joint import MEASURE, place_of
from poise.model import Kind
from poise.testing.imu_joints import WORN, Hinge, simulated_hinge

SHORT = replace(WORN, duration_s=20.0)


def test_the_knee_bends_as_far_as_it_was_made_to() -> None:
    found = MEASURE.compute(simulated_hinge(SHORT).recording())
    values = {m.measure: m for m in found.measurements}
    assert values["joint.knee.flexion.max"].value == pytest.approx(60.0, abs=2.0)
    assert values["joint.knee.flexion.rom"].value == pytest.approx(60.0, abs=2.0)
    assert values["joint.knee.flexion.max"].side == "left"
    assert values["joint.knee.flexion.max"].error == 3.0
    assert not found.problems


def test_the_series_follows_the_truth() -> None:
    made = simulated_hinge(replace(SHORT, side="right", names=("UpperArm", "Forearm")))
    (series,) = MEASURE.compute(made.recording()).series
    assert (series.series, series.side) == ("elbow.flexion", "right")
    assert np.sqrt(np.mean((series.values - made.flexion_deg) ** 2)) < 2.0


def test_without_a_still_start_only_the_range_is_given() -> None:
    made = simulated_hinge(replace(SHORT, still_s=-3.0))
    found = MEASURE.compute(made.recording())
    assert {m.measure for m in found.measurements} == {"joint.knee.flexion.rom"}
    assert "never still" in found.problems[0].what


def test_sensors_on_one_rigid_body_or_two_strangers_give_no_number() -> None:
    made = simulated_hinge(SHORT)
    other = simulated_hinge(replace(SHORT, seed=5, period_s=0.9, turn_deg_s=120.0))
    stranger = replace(made, gyr=(other.gyr[0], made.gyr[1]), acc=(other.acc[0], made.acc[1]))
    rigid = replace(made, gyr=(made.gyr[0], made.gyr[0]), acc=(made.acc[0], made.acc[0]))
    for wrong in (stranger, rigid, simulated_hinge(Hinge(flexion_deg=2.0, swing_deg=2.0, duration_s=10.0))):
        found = MEASURE.compute(wrong.recording())
        assert not found.measurements
        assert not found.series
        assert len(found.problems) == 1


def test_missing_in_nothing_out() -> None:
    made = simulated_hinge(SHORT)
    for each in (*made.gyr, *made.acc):
        each[:] = np.nan
    found = MEASURE.compute(made.recording())
    assert not found.measurements
    assert found.problems


def test_it_fits_two_neighbours_only() -> None:
    recording = simulated_hinge(SHORT).recording()
    assert MEASURE.fits(recording)
    assert not MEASURE.fits(simulated_hinge(replace(SHORT, names=("thigh", "foot"))).recording())
    assert not MEASURE.fits(replace(recording, streams={Kind.ACCELERATION: recording[Kind.ACCELERATION]}))


@pytest.mark.parametrize(
    ("name", "place"),
    [("left_thigh", ("thigh", "left")), ("RightTibia", ("shank", "right")), ("femur_r", ("thigh", "right")),
     ("Upper Leg L", ("thigh", "left")), ("pelvis", None), ("thigh", None)],
)  # fmt: skip
def test_places_are_told_by_name(name: str, place: tuple[str, str] | None) -> None:
    assert place_of(name) == place
