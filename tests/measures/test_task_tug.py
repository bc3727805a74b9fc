"""Timed up-and-go: phases of simulated people whose moments are known, and what is no up-and-go."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poise.measures import task_tug, task_tug_imu
from poise.model import Kind, Measured, Recording
from poise.signals.geometry import rotation_about
from poise.testing.imu_tasks import worn_on_back
from poise.testing.tasks import Simulated, simulate_sit_to_stand, simulate_squats, simulate_tug

POINTS, BACK = task_tug.MEASURE, task_tug_imu.MEASURE
STEP_S = 0.55
PEOPLE: tuple[dict[str, object], ...] = (
    {}, {"left": False, "speed_m_s": 0.7, "turn_s": 2.5}, {"rise_s": 2.0, "sit_s": 2.4, "speed_m_s": 0.5, "turn_s": 3.0, "second_turn_s": 3.0},
    {"speed_m_s": 1.3, "turn_s": 1.3, "second_turn_s": 1.3, "rise_s": 0.9, "sit_s": 1.1, "height_m": 1.85},
)  # fmt: skip
WORN = rotation_about(np.array([1.0, 2.0, 0.5]), 2.1)


def told(found: Measured) -> dict[str, float]:
    return {each.measure: each.value for each in found.measurements}


def on_back(person: Simulated) -> Recording:
    at = person.moments_s
    return worn_on_back(person.posture, worn=WORN, step_s=STEP_S, walking=((at["walk_out"], at["sit"]),))


@pytest.mark.parametrize("changes", PEOPLE)
@pytest.mark.parametrize("by", ["points", "back"])
def test_every_phase_is_timed(changes: dict[str, object], by: str) -> None:
    person = simulate_tug(**changes)
    at = person.moments_s
    got = told(POINTS.compute(person.posture.body(noise_m=0.001)) if by == "points" else BACK.compute(on_back(person)))
    # A tenth of the peak speed is reached the later after a phase has begun, the longer it lasts.
    assert got["tug.time"] == pytest.approx(at["end"] - at["rise"], abs=0.35)
    assert got["tug.stand_time"] == pytest.approx(at["walk_out"] - at["rise"], abs=0.4)
    assert got["tug.walk_out_time"] == pytest.approx(at["turn"] - at["walk_out"], abs=0.5)
    assert got["tug.turn_time"] == pytest.approx(at["walk_back"] - at["turn"], abs=0.45)
    assert got["tug.walk_back_time"] == pytest.approx(at["second_turn"] - at["walk_back"], abs=0.5)
    assert got["tug.turn_to_sit_time"] == pytest.approx(at["end"] - at["second_turn"], abs=0.5)
    assert got["tug.turn_angle"] == pytest.approx(180.0, abs=8.0)
    assert abs(got["tug.turn_steps"] - person.values["turn_steps"]) <= 1.0


@pytest.mark.parametrize("heading_deg", [0.0, 90.0, 213.0])
def test_turning_the_laboratory_changes_nothing(heading_deg: float) -> None:
    person = simulate_tug()
    assert told(POINTS.compute(person.posture.body(heading_deg=heading_deg))) == pytest.approx(
        told(POINTS.compute(person.posture.body())), abs=1e-4
    )


def test_a_turn_to_the_left_is_as_long_as_one_to_the_right() -> None:
    left, right = (told(POINTS.compute(simulate_tug(left=way).posture.body())) for way in (True, False))
    steps = left.pop("tug.turn_steps"), right.pop("tug.turn_steps")
    assert left == pytest.approx(right, abs=0.03)
    assert abs(steps[0] - steps[1]) <= 1.0


@pytest.mark.parametrize("view", ["sagittal", "frontal"])
def test_a_picture_gives_the_whole_time_and_says_that_turns_are_not_seen(view: str) -> None:
    person = simulate_tug()
    found = POINTS.compute(person.posture.pictured(view))
    assert told(found)["tug.time"] == pytest.approx(person.moments_s["end"] - person.moments_s["rise"], abs=1.1)
    assert not [name for name in told(found) if "turn" in name or "walk" in name]
    assert any("Turns" in each.what for each in found.problems)


@pytest.mark.parametrize("other", [simulate_sit_to_stand, simulate_squats])
def test_what_is_no_up_and_go_gives_no_number(other: object) -> None:
    posture = other().posture  # type: ignore[operator]
    for found in (POINTS.compute(posture.body()), BACK.compute(worn_on_back(posture))):
        assert found.measurements == ()
        assert found.problems


def test_without_a_gyroscope_nothing_is_told() -> None:
    recording = worn_on_back(simulate_tug().posture, gyroscope=False)
    assert not BACK.fits(recording)


def test_a_recording_cut_before_the_seat_gives_no_time() -> None:
    recording = simulate_tug().posture.body()
    body = recording[Kind.BODY].between(0.0, 11.5)
    assert POINTS.compute(replace(recording, streams={Kind.BODY: body})).measurements == ()


@pytest.mark.data
def test_daily_activities_are_no_up_and_go(shared_data: Path) -> None:
    from poise.workflows.assess import read

    for file in sorted((shared_data / "mobgap-lumbar-imu").rglob("data.mat")):
        for recording in read(file):
            assert BACK.compute(recording).measurements == ()
