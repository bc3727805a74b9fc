"""Which tests are proposed."""

from __future__ import annotations

from typing import Any

import pytest

from clinic import made
from poise.clinic.charts.domain import precautions
from poise.clinic.evaluations.domain import battery, evaluations
from poise.clinic.evaluations.domain.proposal import missing_parts, propose
from poise.knowledge.clinical import library


def test_the_safety_screen_comes_first_whatever_is_evaluated() -> None:
    for condition in library().conditions:
        assert propose(condition=condition).tests[0].test.id == "test_safety_screen"


def test_the_tests_of_a_condition_come_in_running_order_and_their_minutes_are_summed() -> None:
    made = propose(condition="c_tka")
    orders = [each.test.order for each in made.tests[1:]]
    assert orders == sorted(orders)
    assert made.minutes == sum(each.test.minutes for each in made.tests)
    assert set(library().conditions["c_tka"].tests) <= {each.test.id for each in made.tests}


def test_a_test_that_a_precaution_forbids_is_left_out_with_the_reason() -> None:
    made = propose(condition="c_tka", precautions={"ci_nwb"})
    assert "test_gait" not in {each.test.id for each in made.tests}
    assert {each.test.id: [why.id for why in each.because] for each in made.left_out}["test_gait"] == ["ci_nwb"]


def test_a_typical_finding_that_no_test_of_the_set_shows_is_named() -> None:
    without_legs = propose(condition="c_tka", precautions={"ci_nwb", "ci_pwb"})
    assert "f_poor_single_leg" in without_legs.unmeasured


def test_a_region_brings_the_tests_that_show_its_findings() -> None:
    assert {"test_ccft", "test_rom", "test_neuro_screen"} <= {each.test.id for each in propose(region="br_neck").tests}


def test_the_missing_parts_of_a_complete_evaluation_are_listed() -> None:
    assert missing_parts(["test_safety_screen", "test_gait"]) == (
        "history", "neuro", "strength", "rom", "balance", "proprioception", "emg",
    )  # fmt: skip
    assert "history" not in missing_parts(["test_gait"], has_history=True)


@pytest.mark.parametrize("test", sorted(library().tests))
def test_every_test_says_its_part_and_its_recordings_can_be_understood(test: str) -> None:
    from poise.workflows.request import TASKS, checked

    assert battery.part_of(test)
    for shot in battery.shots_of(test):
        assert shot.task in TASKS
        assert checked(shot.conditions) == shot.conditions


def test_everything_that_can_be_typed_has_a_plausible_range() -> None:
    for test in library().tests.values():
        for typing in battery.typings_of(test):
            assert typing.kind == "yes_no" or typing.plausible[0] < typing.plausible[1] < 100_000
            assert typing.instruments, typing.measure


def test_every_finding_belongs_to_a_symptom_or_is_incidental() -> None:
    assert {battery.group_of(each) for each in library().findings} == {"pain", "instability", "weakness", "incidental"}
    assert battery.group_of("f_nobody_knows") == "incidental"


@pytest.mark.django_db
def test_what_was_not_asked_and_speaks_against_a_test_is_named_until_it_is_asked(therapist: Any, knee: Any) -> None:
    tests = [each.test.id for each in propose(condition="c_tka").tests]
    open_questions = evaluations.to_ask(knee, tests)
    assert "test_step_down" in open_questions["ci_pwb"]
    answers = {each: precautions.Answer(answer="no") for each in open_questions}
    precautions.answer_precautions(made.actor(therapist), knee, answers)
    assert evaluations.to_ask(knee, tests) == {}
