"""The exercises as data: all there, and a wrong one is told with its line."""

from __future__ import annotations

from importlib.resources import files

import pytest

from poise.errors import BadKnowledge, BadSetting
from poise.knowledge.exercises import details, exercise, exercise_of_task, exercises, load, reading_facts
from poise.workflows.request import TASKS

TEXT = (files("poise.knowledge") / "data" / "exercises.yaml").read_text(encoding="utf-8")


def test_all_of_the_reference_is_there():
    assert len(exercises()) == 81
    assert {"sets", "reps", "per_week"} <= set(details("x_squat")["dose"])
    assert {"equipment", "contraindications", "easier", "harder"} <= set(details("x_squat"))


def test_a_squat_as_it_is_defined():
    squat = exercise("x_squat")
    assert (squat.kind, squat.view, squat.laterality, squat.tempo_s) == ("cycle", "side", "bilateral", (2.0, 0.0, 2.0))
    assert [state.name for state in squat.states] == ["tall", "low", "tall2"]
    assert (squat.target.value, squat.target.tolerance, squat.target.at) == (85.0, 8.0, "low")
    assert [check.cue for check in squat.checks] == ["cue_chest_up", "cue_heels_down", "cue_flat_back"]


def test_every_reading_of_every_exercise_has_a_unit_and_says_who_may_give_it():
    facts = reading_facts()
    for each in exercises().values():
        bounds = [bound for state in each.states for bound in state.when] + [check.bound for check in each.checks]
        for bound in bounds:
            assert facts[bound.reading].unit
            assert facts[bound.reading].by


def test_what_is_relative_is_known_to_be():
    assert exercise("x_chin_tuck_seated").target.against == "rel"
    assert exercise("x_heel_slide").states[1].when[0].against == "pct_best"
    assert exercise("x_weight_shift_lateral").signed


def test_a_task_means_an_exercise():
    assert exercise_of_task("squat").id == "x_squat"
    assert exercise_of_task("sit_to_stand").id == "x_sit_to_stand"
    assert exercise_of_task("walk") is None
    assert all(exercise_of_task(task) is None or exercise_of_task(task).id in exercises() for task in TASKS)


def test_an_unknown_exercise_lists_what_there_is():
    with pytest.raises(BadSetting, match="x_squat"):
        exercise("x_moonwalk")


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("target: {measure: m_knee_flexion, value: 85", "target: {measure: m_knee_flx, value: 85", "m_knee_flx"),
        ('[[m_knee_flexion, ">", 75]], dwell_s: 0.2}', '[[m_knee_flexion, "=>", 75]], dwell_s: 0.2}', "'op'"),
        ("tol: 8, at: low}", "tol: 8, at: lowest}", "lowest"),
        ('tempo: "2-0-2"', 'tempo: "two-two"', "tempo"),
        ("harder: x_short_arc_quad", "harder: x_nothing", "x_nothing"),
        ("view: side", "view: below", "'view'"),
        ("sev: minor", "sev: bad", "'sev'"),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_told_with_file_and_line(tmp_path, right, wrong, says):
    assert right in TEXT
    (tmp_path / "exercises.yaml").write_text(TEXT.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(BadKnowledge) as told:
        load(tmp_path)
    assert says in told.value.found
    assert "exercises.yaml, line " in told.value.found
