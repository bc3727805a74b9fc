"""What a recording is of: believed where somebody says it, recognised from the movement where nobody does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import poise
from poise.errors import BadSetting
from poise.measures.step_rhythm import step_rhythm
from poise.model import Kind, Recording
from poise.testing.exercises import Exerciser, exercised
from poise.testing.imu_tasks import worn_on_back
from poise.testing.posture import Stander, as_landmarks
from poise.testing.sway import on_plate, wandering
from poise.testing.tasks import (
    simulate_functional_reach,
    simulate_lying,
    simulate_sit_to_stand,
    simulate_squats,
    simulate_stairs,
    simulate_tug,
    simulate_y_reach,
)  # fmt: skip
from poise.testing.walking import simulate_walk
from poise.workflows.assess import read
from poise.workflows.one_recording import assess_recording, recognised
from poise.workflows.request import Request, checked
from poise.workflows.validation._recognition import recognition_scores


def up_and_go_on_the_back() -> Recording:
    person = simulate_tug()
    at = person.moments_s
    return worn_on_back(person.posture, step_s=0.55, walking=((at["walk_out"], at["sit"]),))


KNOWN = {
    "squat": simulate_squats().posture.body(noise_m=0.001),
    "sit_to_stand": simulate_sit_to_stand().posture.body(noise_m=0.001),
    "tug": simulate_tug().posture.body(noise_m=0.001),
    "stairs": simulate_stairs().posture.body(noise_m=0.001),
    "reach": simulate_functional_reach().posture.body(noise_m=0.001),
    "walk": simulate_walk(duration_s=6.0).recording("plug-in-gait"),
    "single_leg": simulate_y_reach().posture.body(noise_m=0.001),
    "muscle_length": simulate_lying(),
    "posture": as_landmarks(Stander()),
}


@pytest.mark.parametrize("task", KNOWN)
def test_a_task_is_recognised_from_the_movement(task: str) -> None:
    found = recognised(replace(KNOWN[task], conditions={}))
    assert found.task == task
    assert 0.5 < found.confidence < 1.0
    assert found.because.endswith(".")


def test_a_belt_changes_nothing() -> None:
    assert recognised(simulate_walk(duration_s=6.0, treadmill=True).recording("plug-in-gait")).task == "walk"


def test_one_sensor_on_the_back_tells_a_chair_from_an_up_and_go() -> None:
    assert recognised(worn_on_back(simulate_sit_to_stand().posture)).task == "sit_to_stand"
    assert recognised(up_and_go_on_the_back()).task == "tug"


def test_an_arm_that_is_lifted_is_a_reach_and_no_squat() -> None:
    assert recognised(exercised(Exerciser(move="arm_left"))).task == "reach"


def test_who_says_it_is_believed() -> None:
    squats = KNOWN["squat"]
    told = assess_recording(squats, Request(task="sit_to_stand"))
    assert (told.task, told.recognition.confidence if told.recognition else 0) == ("sit_to_stand", 1.0)
    by_file = assess_recording(replace(squats, task="exercise"), Request())
    assert by_file.task == "exercise"
    assert by_file.recognition is not None
    assert "says so" in by_file.recognition.because


def test_what_cannot_be_told_gives_no_number_but_the_way_out() -> None:
    nothing = Recording(id="x", source="x", streams={})
    found = assess_recording(nothing, Request())
    assert found.task == "unknown"
    assert not found.measurements
    assert any("--task" in problem.do for problem in found.problems)


def test_conditions_of_the_user_win_over_the_files_and_stay_with_the_result() -> None:
    standing = replace(
        on_plate(wandering(20.0, 100.0, sd=0.004), 100.0), conditions={"eyes": "open", "surface": "firm"}
    )
    found = assess_recording(standing, Request(conditions={"eyes": "closed"}))
    assert dict(found.conditions) == {"eyes": "closed", "surface": "firm"}


@pytest.mark.data
@pytest.mark.slow
def test_real_recordings_of_known_tasks_are_recognised(shared_data: Path) -> None:
    for name in ("opencap-lab-tasks", "mobgap-lumbar-imu", "mcgill-children-gait-c3d", "balance-pds-dualplate"):
        pooled = [score for score in recognition_scores(shared_data / name) if score.file == "all"]
        assert pooled[0].value == 1.0, name


@pytest.mark.data
def test_a_data_sets_own_names_tell_the_task(shared_data: Path) -> None:
    folder = shared_data / "ui-prmd-rehab-exercises" / "kinect" / "correct" / "positions"
    (recording,) = read(folder / "m05_s02_e01.txt.gz")
    assert recording.task == "sit_to_stand"
    assert recording.conditions["movement"] == "sit to stand"


def test_a_sensor_with_a_sample_in_an_hour_shows_no_steps() -> None:
    worn = up_and_go_on_the_back()[Kind.ACCELERATION]
    assert step_rhythm(worn) > 0.0
    assert step_rhythm(replace(worn, time_s=np.arange(len(worn.time_s)) * 3600.0)) == 0.0


def test_an_exercise_that_there_is_not_is_told_with_the_nearest() -> None:
    with pytest.raises(BadSetting, match="x_squat"):
        checked({"exercise": "squat"})
    assert checked({"exercise": "x_squat", "eyes": "open"}) == {"exercise": "x_squat", "eyes": "open"}


def test_the_front_door_says_what_it_takes() -> None:
    for wrong in ({"person": {"age_years": 45}}, {"earlier": "a.c3d"}, {"conditions": {"eyes": "half"}}):
        with pytest.raises(BadSetting):
            poise.analyze("a.c3d", **wrong)  # type: ignore[arg-type]
    with pytest.raises(BadSetting, match="paths"):
        poise.analyze(["a.c3d"])  # type: ignore[arg-type]
