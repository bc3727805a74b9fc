"""Numbers typed from tape, timer and goniometer."""

from __future__ import annotations

from typing import Any

import pytest

from clinic import made
from poise.clinic.audit.models import Event
from poise.clinic.charts.models import SafetyScreen
from poise.clinic.drafts.domain.versions import ChangedMeanwhile
from poise.clinic.evaluations.domain import evaluations, tests, typed, typed_findings
from poise.clinic.evaluations.domain.faults import Blocked, Closed, NeedsReason
from poise.clinic.evaluations.domain.typed import Entry
from poise.clinic.evaluations.models import Measurement

pytestmark = pytest.mark.django_db


def record(therapist: Any, test: Any, *entries: Entry) -> None:
    typed.record(made.actor(therapist), test, entries, seen_version=test.version)


def entry(measure: str, *attempts: float, side: str = "none", instrument: str = "timer") -> Entry:
    return Entry(measure=measure, side=side, attempts=attempts, instrument=instrument)


def standing(evaluation: Any) -> dict[tuple[str, str], float]:
    return {(each.measure, each.side): each.value for each in typed.standing(evaluation)}


def findings(evaluation: Any) -> list[tuple[str, str]]:
    rows = evaluation.findings.filter(withdrawn_at=None).order_by("finding")
    return [(each.finding, each.side) for each in rows]


def test_of_the_attempts_the_test_says_which_counts(therapist: Any, evaluation: Any, planned: Any) -> None:
    record(therapist, planned("test_sls"), entry("m_sls_time", 4.0, 9.0, 7.0, side="left"))
    record(therapist, planned("test_5xsts"), entry("m_5xsts_time", 16.0, 14.5))
    record(therapist, planned("test_mctsib"), entry("m_ctsib_c4", 10.0, 20.0))
    assert standing(evaluation) == {
        ("m_sls_time", "left"): 9.0, ("m_5xsts_time", ""): 14.5, ("m_ctsib_c4", ""): 15.0,
    }  # fmt: skip


def test_a_typed_number_raises_a_finding_that_nobody_has_accepted(
    therapist: Any, evaluation: Any, planned: Any
) -> None:
    record(therapist, planned("test_tug"), entry("m_tug_time", 16.0))
    found = evaluation.findings.get(finding="f_slow_tug")
    assert (found.judgement, found.severity, found.group) == ("open", "major", "instability")
    assert found.reference["high"] == 12.0
    assert planned("test_tug").state == "done"


def test_deficit_and_lag_of_a_motion_are_reckoned_from_both_sides(
    therapist: Any, evaluation: Any, planned: Any
) -> None:
    def knee(kind: str, side: str, value: float) -> Entry:
        return entry(f"{kind}.knee_extension", value, side=side, instrument="goniometer")

    record(therapist, planned("test_rom"), knee("active", "left", 0.0), knee("active", "right", -14.0),
           knee("passive", "right", -2.0))  # fmt: skip
    assert standing(evaluation)["m_active_lag.knee_extension", "right"] == 12.0
    assert standing(evaluation)["m_rom_deficit.knee_extension", "right"] == 14.0
    assert ("f_extensor_lag", "right") in findings(evaluation)


def test_strength_of_both_sides_becomes_the_symmetry_of_the_affected_one(
    therapist: Any, evaluation: Any, planned: Any
) -> None:
    record(therapist, planned("test_quad_activation"), entry("m_lsi_strength", 180.0, side="right"),
           entry("m_lsi_strength", 300.0, side="left"))  # fmt: skip
    assert standing(evaluation)["m_lsi_strength", "right"] == 60.0


def test_a_correction_keeps_the_wrong_number_and_withdraws_its_finding(
    therapist: Any, evaluation: Any, planned: Any
) -> None:
    record(therapist, planned("test_tug"), entry("m_tug_time", 91.0))
    wrong = Measurement.objects.get(measure="m_tug_time")
    typed.correct(made.actor(therapist), wrong, attempts=[9.1], reason="a slip of the finger")
    wrong.refresh_from_db()
    assert (wrong.value, wrong.corrected_because) == (91.0, "a slip of the finger")
    assert standing(evaluation) == {("m_tug_time", ""): 9.1}
    assert findings(evaluation) == []
    assert evaluation.findings.get().withdrawn_because


def test_a_correction_without_a_reason_is_refused(therapist: Any, evaluation: Any, planned: Any) -> None:
    record(therapist, planned("test_tug"), entry("m_tug_time", 91.0))
    with pytest.raises(NeedsReason):
        typed.correct(made.actor(therapist), Measurement.objects.get(), attempts=[9.1], reason=" ")
    assert standing(evaluation) == {("m_tug_time", ""): 91.0}


def test_the_same_number_typed_twice_stands_once(therapist: Any, evaluation: Any, planned: Any) -> None:
    for _twice in range(2):
        record(therapist, planned("test_tug"), entry("m_tug_time", 16.0))
    assert Measurement.objects.count() == 1
    assert evaluation.findings.count() == 1


def test_a_judged_finding_stays_when_another_number_is_typed(therapist: Any, evaluation: Any, planned: Any) -> None:
    from poise.clinic.evaluations.domain import judging

    record(therapist, planned("test_tug"), entry("m_tug_time", 16.0))
    found = evaluation.findings.get()
    judging.judge(made.actor(therapist), found, judgement="accepted", reason="seen", seen_version=found.version)
    record(therapist, planned("test_5xsts"), entry("m_5xsts_time", 30.0))
    assert evaluation.findings.get(finding="f_slow_tug").judgement == "accepted"


def test_within_the_error_of_measurement_is_told_and_no_finding(therapist: Any, evaluation: Any, planned: Any) -> None:
    record(therapist, planned("test_tug"), entry("m_tug_time", 12.5))
    assert findings(evaluation) == []
    assert [each.finding.id for each in typed_findings.within_error(evaluation)] == ["f_slow_tug"]


def test_not_able_is_a_word_and_never_a_number(therapist: Any, evaluation: Any, planned: Any) -> None:
    tug = planned("test_tug")
    tests.not_able(made.actor(therapist), tug, reason="dizzy on standing", pain=4, seen_version=tug.version)
    assert (planned("test_tug").state, planned("test_tug").pain) == ("not_able", 4)
    assert Measurement.objects.count() == 0


def test_nothing_is_measured_under_a_red_flag(
    therapist: Any, ana: Any, knee: Any, evaluation: Any, planned: Any
) -> None:
    SafetyScreen.objects.create(patient=ana, episode=knee, answers={"rf_dvt": "yes"}, unsettled=True)
    with pytest.raises(Blocked):
        record(therapist, planned("test_tug"), entry("m_tug_time", 16.0))
    assert Measurement.objects.count() == 0


def test_nothing_is_typed_into_a_finished_evaluation(therapist: Any, evaluation: Any, planned: Any) -> None:
    evaluations.finish(made.actor(therapist), evaluation, seen_version=evaluation.version)
    with pytest.raises(Closed):
        record(therapist, planned("test_tug"), entry("m_tug_time", 16.0))


def test_what_is_not_done_is_kept_with_the_finished_evaluation(therapist: Any, evaluation: Any, planned: Any) -> None:
    record(therapist, planned("test_tug"), entry("m_tug_time", 16.0))
    evaluations.finish(made.actor(therapist), evaluation, seen_version=evaluation.version)
    assert "findings:1" in evaluation.left_undone
    assert "part:balance" in evaluation.left_undone


def test_two_people_end_the_same_test_and_the_second_is_told(therapist: Any, evaluation: Any, planned: Any) -> None:
    tug = planned("test_tug")
    tests.skip(made.actor(therapist), tug, reason="no chair", seen_version=1)
    with pytest.raises(ChangedMeanwhile):
        tests.done(made.actor(therapist), planned("test_tug"), pain=None, note="", seen_version=1)


def test_the_audit_names_measures_and_no_values(therapist: Any, evaluation: Any, planned: Any) -> None:
    record(therapist, planned("test_tug"), entry("m_tug_time", 16.0))
    told = Event.objects.latest("number")
    assert (told.action, told.detail) == ("evaluation.measure", {"measures": ["m_tug_time"]})
