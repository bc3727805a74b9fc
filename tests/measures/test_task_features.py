"""Features of a task: told by name, NaN where not seen, and those that part the simulated tasks from each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poise.measures.task_features import NAMES, features
from poise.model import Kind
from poise.testing.imu_tasks import worn_on_back
from poise.testing.tasks import (
    plates_under,
    simulate_lying,
    simulate_sit_to_stand,
    simulate_squats,
    simulate_stairs,
    simulate_tug,
    simulate_y_reach,
)


def test_every_feature_has_its_line_in_the_table() -> None:
    found = features(simulate_squats().posture.body())
    assert set(found) == set(NAMES)
    assert len(NAMES) == len(set(NAMES))


def test_a_seat_a_squat_and_a_stair_are_far_apart() -> None:
    seat, squat, stair, tug = (
        features(each().posture.body())
        for each in (simulate_sit_to_stand, simulate_squats, simulate_stairs, simulate_tug)
    )
    assert seat["balance_low"] < 0.0 < squat["balance_low"]
    assert seat["height_start"] < 0.7 < squat["height_start"]
    assert stair["climb"] > 1.0
    assert tug["turned_deg"] > 300.0
    assert tug["travel"] > 3.0
    assert features(simulate_lying())["trunk_level"] == 1.0
    assert features(simulate_y_reach().posture.body())["knee_phase"] < 0.0 < squat["knee_phase"]


def test_what_was_not_seen_is_not_a_number() -> None:
    plates = features(plates_under(simulate_squats().posture))
    assert np.isnan(plates["height_range"])
    assert plates["plates"] == 2
    back = features(worn_on_back(simulate_sit_to_stand().posture))
    assert back["back_rises"] == 5
    assert np.isnan(back["knee_phase"])
    front = features(simulate_squats().posture.pictured("frontal"))
    assert np.isnan(front["knee_range_left"])
    assert np.isfinite(front["height_range"])


def test_an_empty_body_is_all_unseen() -> None:
    recording = simulate_squats().posture.body()
    body = recording[Kind.BODY]
    nothing = replace(recording, streams={Kind.BODY: replace(body, values=np.full_like(body.values, np.nan))})
    found = features(nothing)
    assert np.isnan(found["height_range"])
    assert np.isnan(found["travel"])


@pytest.mark.parametrize("heading_deg", [0.0, 130.0])
def test_turning_the_laboratory_changes_nothing(heading_deg: float) -> None:
    straight, turned = (features(simulate_stairs().posture.body(heading_deg=angle)) for angle in (0.0, heading_deg))
    assert turned == pytest.approx(straight, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("view", ["sagittal", "frontal"])
def test_a_picture_of_an_up_and_go_shows_two_turns(view: str) -> None:
    assert features(simulate_tug().posture.pictured(view))["turned_deg"] == 360.0
    assert features(simulate_squats().posture.pictured(view))["turned_deg"] == 0.0
