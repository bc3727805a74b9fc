"""What rests on a recording goes when the recording goes, or is analysed anew; a person's own word stays."""

# ruff: noqa: PLR0917 - fixtures stand beside each other by name
from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils.translation import override

from clinic import made
from clinic.evaluations.conftest import do_next
from clinic.evaluations.files import standing_txt, walk_trc
from poise.clinic.evaluations import numbers, places, taken, told
from poise.clinic.evaluations.domain import analysis, causes, evaluations, judging, tests, typed
from poise.clinic.evaluations.domain.faults import AlreadyCorrected, Blocked, Closed
from poise.clinic.evaluations.models import AnalysisFacts, FoundFinding, Measurement, PlannedTest
from poise.clinic.jobs.models import Job
from poise.clinic.objects import object_store
from poise.clinic.recordings.domain import recordings
from poise.clinic.recordings.domain.happenings import recording_added, upload_announced
from poise.clinic.recordings.models import StoredRecording
from poise.clinic.rules import Role
from poise.knowledge.clinical import library

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def walked(therapist: Any, planned: Any, stored: Any) -> StoredRecording:
    """A slow walk, analysed, its finding accepted."""
    slow = stored(walk_trc(stride_time_s=1.9, stride_length_m=0.8, duration_s=12.0), "walk.trc", task="walk")
    analysis.request(made.actor(therapist), slow, planned("test_gait"))
    do_next()
    found = FoundFinding.objects.get(finding="f_slow_gait")
    judging.judge(made.actor(therapist), found, judgement="accepted", reason="seen", seen_version=found.version)
    return slow


def test_a_removed_recording_counts_nowhere(therapist: Any, ana: Any, evaluation: Any, walked: Any) -> None:
    recordings.remove(made.actor(therapist), walked, reason="another patient's walk")
    assert evaluation.findings.filter(withdrawn_at=None).count() == 0
    assert Measurement.objects.filter(patient=ana, corrected_at=None).count() == 0
    assert (causes.links(evaluation), told.groups(evaluation), numbers.table(evaluation, None)) == ([], [], [])
    assert PlannedTest.objects.get(evaluation=evaluation, test="test_gait").state == "proposed"
    evaluations.finish(made.actor(therapist), evaluation, seen_version=evaluation.version)
    assert places.told_to_patient(ana) == []


def test_a_test_with_a_persons_word_stays_done_without_its_recording(
    therapist: Any, evaluation: Any, walked: Any
) -> None:
    gait = PlannedTest.objects.get(evaluation=evaluation, test="test_gait")
    tests.done(made.actor(therapist), gait, pain=2, note="limps", seen_version=gait.version)
    recordings.remove(made.actor(therapist), walked, reason="wrong file")
    gait.refresh_from_db()
    assert (gait.state, gait.note) == ("done", "limps")


def test_a_removed_recording_is_not_analysed_any_more(therapist: Any, planned: Any, stored: Any) -> None:
    walk = stored(walk_trc(duration_s=4.0), "walk.trc", task="walk")
    analysis.request(made.actor(therapist), walk, planned("test_gait"))
    recordings.remove(made.actor(therapist), walk, reason="wrong file")
    assert do_next().state == "cancelled"
    assert Measurement.objects.count() == 0


def test_a_comparison_goes_with_one_of_its_recordings(
    therapist: Any, evaluation: Any, planned: Any, stored: Any
) -> None:
    plates = []
    for eyes, sd_cm in (("open", 0.4), ("closed", 1.2)):
        plates.append(stored(standing_txt(sd_cm=sd_cm), f"{eyes}.txt", task="stand",
                             conditions={"eyes": eyes, "surface": "firm"}))  # fmt: skip
        analysis.request(made.actor(therapist), plates[-1], planned("test_mctsib"))
        do_next()
    quotients = Measurement.objects.filter(measure="balance.romberg_quotient", corrected_at=None)
    assert quotients.count() == 1
    analysis.request(made.actor(therapist), plates[0], planned("test_mctsib"))
    do_next()
    assert quotients.count() == 1, "the older one rested on an analysis that counts no more"
    recordings.remove(made.actor(therapist), plates[0], reason="wrong file")
    assert quotients.count() == 0


def test_the_same_bytes_sent_again_leave_what_was_judged(
    therapist: Any, evaluation: Any, planned: Any, walked: Any
) -> None:
    again = {"by": made.actor(therapist), "recording": walked, "was_here": True}
    recording_added.send(StoredRecording, about_id=planned("test_gait").pk, **again)
    recording_added.send(StoredRecording, about_id=None, **again)
    assert Job.objects.filter(state="waiting").count() == 0
    recording_added.send(StoredRecording, about_id=planned("test_squat").pk, **again)
    do_next()
    assert FoundFinding.objects.filter(finding="f_slow_gait", judgement="accepted", withdrawn_at=None).count() == 1


def test_what_a_person_said_of_a_test_stands_when_its_analysis_is_done(
    therapist: Any, evaluation: Any, planned: Any, stored: Any
) -> None:
    gait = planned("test_gait")
    analysis.request(made.actor(therapist), stored(walk_trc(duration_s=4.0), "walk.trc", task="walk"), gait)
    original = analysis._assessed

    def said_meanwhile(*arguments: Any) -> Any:
        tests.not_able(made.actor(therapist), planned("test_gait"), reason="dizzy", seen_version=gait.version)
        return original(*arguments)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(analysis, "_assessed", said_meanwhile)
        assert do_next().state == "done"
    assert (planned("test_gait").state, planned("test_gait").reason) == ("not_able", "dizzy")


def test_nothing_is_announced_or_analysed_again_for_a_finished_evaluation(
    therapist: Any, ana: Any, evaluation: Any, planned: Any, walked: Any
) -> None:
    evaluations.finish(made.actor(therapist), evaluation, seen_version=evaluation.version)
    with pytest.raises(Closed):
        upload_announced.send(None, by=made.actor(therapist), patient=ana, about_id=planned("test_gait").pk)
    with pytest.raises(Closed):
        recordings.analyse_again(made.actor(therapist), walked)
    assert FoundFinding.objects.get(finding="f_slow_gait").withdrawn_at is None


def test_a_recording_of_a_test_leads_to_findings_that_its_evaluation_has(
    therapist: Any, planned: Any, walked: Any, stored: Any
) -> None:
    assert [each.findings > 0 for each in taken._taken(planned("test_gait"))] == [True]
    alone = stored(walk_trc(stride_time_s=1.9, stride_length_m=0.8, duration_s=12.0), "alone.trc", task="walk")
    analysis.request(made.actor(therapist), alone)
    do_next()
    planned("test_5xsts").recordings.add(alone)
    assert FoundFinding.objects.filter(analysis__recording=alone, evaluation=None).exists()
    assert [each.findings for each in taken._taken(planned("test_5xsts"))] == [0]


def test_a_report_that_is_gone_is_told_as_missing(therapist: Any, evaluation: Any, walked: Any, client: Any) -> None:
    held = AnalysisFacts.objects.get(analysis__recording=walked)
    object_store().delete(held.report_key)
    made.sign_in(client, therapist)
    page = reverse("analysis-report", args=[walked.patient_id, evaluation.pk, held.analysis_id, "html"])
    assert client.get(page).status_code == 404


def test_what_was_judged_stands_when_the_evaluation_was_finished_before_the_work_asked_for_was_done(
    therapist: Any, evaluation: Any, walked: Any
) -> None:
    recordings.analyse_again(made.actor(therapist), walked)
    evaluation.refresh_from_db()
    evaluations.finish(made.actor(therapist), evaluation, seen_version=evaluation.version)
    job = do_next()
    assert (job.state, "finished" in job.message) == ("failed", True)
    assert FoundFinding.objects.get(finding="f_slow_gait").withdrawn_at is None
    assert walked.analyses.count() == 1


def test_nothing_is_announced_under_a_red_flag(therapist: Any, ana: Any, knee: Any, planned: Any) -> None:
    from poise.clinic.charts.domain import safety

    safety.record_screen(made.actor(therapist), ana, knee, {"rf_cauda_equina": "yes"})
    with pytest.raises(Blocked) as refused, override("es"):
        upload_announced.send(None, by=made.actor(therapist), patient=ana, about_id=planned("test_gait").pk)
    assert refused.value.found == library().red_flags["rf_cauda_equina"].name.es != ""


def test_another_patients_test_is_as_if_there_were_none(
    therapist: Any, harbor: Any, ana: Any, knee: Any, planned: Any, client: Any
) -> None:
    from poise.clinic.charts.domain import safety

    safety.record_screen(made.actor(therapist), ana, knee, {"rf_cauda_equina": "yes"})
    colleague = made.person(Role.PHYSICAL_THERAPIST, harbor)
    ben = made.patient(harbor, team=(colleague,))
    made.sign_in(client, colleague)
    told = {"name": "walk.trc", "size": 400, "about": str(planned("test_gait").pk)}
    sent = client.post(f"/patients/{ben.pk}/uploads", told)
    assert (sent.status_code, b"cauda" in sent.content.lower()) == (201, False)


def test_of_two_who_type_numbers_the_second_sees_the_firsts(
    therapist: Any, ana: Any, evaluation: Any, planned: Any, client: Any
) -> None:
    tug = planned("test_tug")
    made.sign_in(client, therapist)
    address = reverse("evaluation-test-values", args=[ana.pk, evaluation.pk, tug.pk])
    seen = {"draft-version": tug.version}
    assert client.post(address, {"m_tug_time-none-1": "14.2", **seen}).status_code == 302
    late = client.post(address, {"m_tug_time-none-1": "11.9", **seen})
    assert (late.status_code, b"11.9" in late.content, b"14.2" in late.content) == (409, True, True)
    assert Measurement.objects.get(measure="m_tug_time", corrected_at=None).value == 14.2
    tug.refresh_from_db()
    again = {"m_tug_time-none-1": "11.9", "draft-version": tug.version}
    assert f'value="{tug.version}"'.encode() in late.content
    assert client.post(address, again).status_code == 302
    assert Measurement.objects.get(measure="m_tug_time", corrected_at=None).value == 11.9


def test_of_two_who_correct_a_number_the_second_is_told(therapist: Any, planned: Any) -> None:
    entry = typed.Entry(measure="m_tug_time", side="none", attempts=(14.2,), instrument="timer")
    tug = planned("test_tug")
    (wrong,) = typed.record(made.actor(therapist), tug, [entry], seen_version=tug.version)
    typed.correct(made.actor(therapist), wrong, attempts=[12.4], reason="misread")
    with pytest.raises(AlreadyCorrected):
        typed.correct(made.actor(therapist), wrong, attempts=[13.0], reason="misread")
    assert Measurement.objects.get(measure="m_tug_time", corrected_at=None).value == 12.4


@pytest.mark.parametrize("words", ["nan", "inf", "1 -inf", " "])
def test_what_is_no_finite_number_is_not_taken_as_a_correction(
    words: str, therapist: Any, ana: Any, evaluation: Any, planned: Any, client: Any
) -> None:
    entry = typed.Entry(measure="m_tug_time", side="none", attempts=(14.2,), instrument="timer")
    tug = planned("test_tug")
    (wrong,) = typed.record(made.actor(therapist), tug, [entry], seen_version=tug.version)
    made.sign_in(client, therapist)
    address = reverse("evaluation-value-correct", args=[ana.pk, evaluation.pk, tug.pk, wrong.pk])
    assert client.post(address, {"attempts": words, "reason": "misread"}).status_code == 200
    assert Measurement.objects.get().value == 14.2


def test_a_note_typed_with_a_test_that_is_still_to_do_is_kept(
    therapist: Any, ana: Any, evaluation: Any, planned: Any, client: Any
) -> None:
    tug = planned("test_tug")
    made.sign_in(client, therapist)
    address = reverse("evaluation-test-outcome", args=[ana.pk, evaluation.pk, tug.pk])
    told = {"outcome": "proposed", "note": "the chair is too low", "pain": "3", "draft-version": tug.version}
    client.post(address, told)
    assert (planned("test_tug").note, planned("test_tug").pain) == ("the chair is too low", 3)
    told = {"outcome": "skipped", "reason": "no time", "note": "", "pain": "4", "draft-version": tug.version + 1}
    client.post(address, told)
    assert (planned("test_tug").note, planned("test_tug").pain) == ("", 4)
