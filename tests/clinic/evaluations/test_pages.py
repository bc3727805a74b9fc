"""The pages of an evaluation, as people of each role see them."""

# ruff: noqa: PLR0917 - fixtures stand beside each other by name
from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from clinic import made
from clinic.evaluations.conftest import do_next
from clinic.evaluations.files import walk_trc
from poise.clinic.audit.models import Event
from poise.clinic.charts.models import Intake
from poise.clinic.evaluations.domain import analysis, typed
from poise.clinic.evaluations.domain.typed import Entry
from poise.clinic.evaluations.models import Evaluation, FoundFinding, Judged, Measurement
from poise.clinic.rules import Role

pytestmark = pytest.mark.django_db

SEEN = ("evaluation", "evaluation-findings", "evaluation-chain", "evaluation-summary", "evaluation-finish")


@pytest.fixture
def page(client: Any, therapist: Any) -> Any:
    return made.sign_in(client, therapist)


def slow(therapist: Any, planned: Any) -> FoundFinding:
    tug = planned("test_tug")
    entries = [Entry(measure="m_tug_time", side="none", attempts=(16.0,), instrument="timer")]
    typed.record(made.actor(therapist), tug, entries, seen_version=tug.version)
    return FoundFinding.objects.get(finding="f_slow_tug")


def address(name: str, evaluation: Evaluation, *more: Any) -> str:
    return reverse(name, args=[evaluation.patient_id, evaluation.pk, *more])


def test_an_evaluation_begins_with_one_form(page: Any, ana: Any, knee: Any) -> None:
    where = reverse("evaluation-start", args=[ana.pk, knee.pk])
    assert "Timed Up and Go" in page.get(where).content.decode()
    sent = page.post(where, {"kind": "initial", "condition": "c_tka", "region": "", "symptoms": "It buckles\nIt aches"})
    begun = Evaluation.objects.get()
    assert sent.headers["Location"] == address("evaluation", begun)
    assert begun.symptoms == ["It buckles", "It aches"]
    assert begun.tests.count() > 5


def test_no_word_of_the_patient_is_cut_off(page: Any, ana: Any, knee: Any) -> None:
    where, told = reverse("evaluation-start", args=[ana.pk, knee.pk]), "It buckles on the stairs. " * 12
    Intake.objects.create(patient=ana, episode=knee, state="confirmed", answers={"problem": {"words": [told]}})
    refused = page.post(where, {"kind": "initial", "condition": "c_tka", "region": "", "symptoms": told})
    assert "At most 12 lines of 200 letters" in refused.content.decode()
    assert Evaluation.objects.count() == 0
    offered = page.get(where).context["form"].initial["symptoms"]
    page.post(where, {"kind": "initial", "condition": "c_tka", "region": "", "symptoms": offered})
    assert " ".join(Evaluation.objects.get().symptoms) == told.strip()


def test_the_proposal_is_shown_while_a_person_still_chooses(page: Any, ana: Any, knee: Any) -> None:
    shown = page.post(reverse("evaluation-proposal", args=[ana.pk, knee.pk]), {"condition": "c_whiplash"})
    assert "Craniocervical flexion" in shown.content.decode()
    assert Evaluation.objects.count() == 0


def test_what_must_be_asked_first_stands_above_the_tests_with_the_way_to_ask_it(
    page: Any, ana: Any, knee: Any, evaluation: Any
) -> None:
    ask = reverse("episode-precautions", args=[ana.pk, knee.pk])
    for where in (reverse("evaluation-start", args=[ana.pk, knee.pk]), address("evaluation", evaluation)):
        shown = page.get(where).content.decode()
        assert "Not asked yet: ask before these tests" in shown
        assert ask in shown


@pytest.mark.parametrize("name", SEEN)
def test_every_page_of_an_evaluation_opens(name: str, page: Any, therapist: Any, evaluation: Any, planned: Any) -> None:
    slow(therapist, planned)
    shown = page.get(address(name, evaluation))
    assert shown.status_code == 200
    assert "no-store" in shown.headers.get("Cache-Control", "no-store")
    assert "<h1" in shown.content.decode()


@pytest.mark.parametrize("name", [*SEEN, "evaluations"])
def test_the_desk_sees_none_of_it(name: str, client: Any, desk: Any, evaluation: Any) -> None:
    made.sign_in(client, desk)
    where = reverse(name, args=[evaluation.patient_id]) if name == "evaluations" else address(name, evaluation)
    assert client.get(where).status_code == 403


def test_another_patients_evaluation_is_not_found(page: Any, harbor: Any, therapist: Any, evaluation: Any) -> None:
    other = made.patient(harbor, team=(therapist,))
    assert page.get(reverse("evaluation", args=[other.pk, evaluation.pk])).status_code == 404


def test_every_test_of_the_knowledge_has_a_page(page: Any, evaluation: Any, planned: Any) -> None:
    from poise.knowledge.clinical import library

    for test in library().tests:
        shown = page.get(address("evaluation-test", evaluation, planned(test).pk))
        assert shown.status_code == 200, test
        assert "Stop at once" in shown.content.decode()


def test_numbers_are_typed_with_a_comma_too(page: Any, evaluation: Any, planned: Any) -> None:
    where = address("evaluation-test-values", evaluation, planned("test_tug").pk)
    page.post(where, {"m_tug_time-none-1": "14,5", "m_sts_arms-none-1": "1"})
    assert Measurement.objects.get(measure="m_tug_time").value == 14.5
    assert Measurement.objects.get(measure="m_sts_arms").value == 1.0


def test_what_is_not_plausible_is_asked_again_and_kept(page: Any, evaluation: Any, planned: Any) -> None:
    where = address("evaluation-test-values", evaluation, planned("test_tug").pk)
    again = page.post(where, {"m_tug_time-none-1": "160"})
    assert again.status_code == 422
    assert "Are you sure?" in again.content.decode()
    assert 'value="160"' in again.content.decode()
    assert Measurement.objects.count() == 0
    page.post(where, {"m_tug_time-none-1": "160", "sure": "on"})
    assert Measurement.objects.get().value == 160.0


def test_left_out_needs_a_reason(page: Any, evaluation: Any, planned: Any) -> None:
    where = address("evaluation-test-outcome", evaluation, planned("test_tug").pk)
    assert page.post(where, {"outcome": "skipped"}).status_code == 422
    assert page.post(where, {"outcome": "skipped", "reason": "no chair"}).status_code == 302
    assert planned("test_tug").reason == "no chair"


def test_a_finding_is_accepted_with_a_reason_and_taken_back(
    page: Any, therapist: Any, evaluation: Any, planned: Any
) -> None:
    found = slow(therapist, planned)
    where = address("finding-judge", evaluation, found.pk)
    assert page.post(where, {"judgement": "accepted", "version": 1}).status_code == 422
    page.post(where, {"judgement": "accepted", "quick": "fits", "version": 1})
    found.refresh_from_db()
    assert (found.judgement, found.reason, found.judged_by) == ("accepted", "It fits the symptoms", therapist)
    page.post(address("finding-undo", evaluation, found.pk), {"version": found.version})
    found.refresh_from_db()
    assert (found.judgement, found.judged_by) == ("open", None)
    assert list(Judged.objects.order_by("made_at").values_list("judgement", flat=True)) == ["accepted", "open"]


def test_the_second_of_two_who_judge_is_told(page: Any, therapist: Any, evaluation: Any, planned: Any) -> None:
    found = slow(therapist, planned)
    where = address("finding-judge", evaluation, found.pk)
    page.post(where, {"judgement": "accepted", "quick": "fits", "version": 1})
    second = page.post(where, {"judgement": "rejected", "quick": "usual", "version": 1})
    assert second.status_code == 409
    assert "A colleague has judged it meanwhile" in second.content.decode()
    assert FoundFinding.objects.get().judgement == "accepted"


def test_an_assistant_reads_findings_and_judges_none(
    client: Any, harbor: Any, ana: Any, therapist: Any, evaluation: Any, planned: Any
) -> None:
    from poise.clinic.people.models import TeamMember

    found = slow(therapist, planned)
    assistant = made.person(Role.ASSISTANT, harbor)
    TeamMember.objects.create(patient=ana, user=assistant)
    made.sign_in(client, assistant)
    assert "Take back" not in client.get(address("evaluation-findings", evaluation)).content.decode()
    refused = client.post(address("finding-judge", evaluation, found.pk), {"judgement": "accepted", "version": 1})
    assert refused.status_code == 403
    assert FoundFinding.objects.get().judgement == "open"


def test_a_chain_is_changed_and_what_stood_there_is_kept(
    page: Any, therapist: Any, evaluation: Any, planned: Any
) -> None:
    found = slow(therapist, planned)
    told = {"symptom": "It buckles on the stairs", "group": "weakness", "driver": "quadriceps", "technique": "t_func_strength",
            "trigger_point": "", "reason": "tested by hand", "draft-version": found.version}  # fmt: skip
    page.post(address("finding-chain", evaluation, found.pk), told)
    found.refresh_from_db()
    assert (found.driver, found.technique, found.group) == ("quadriceps", "t_func_strength", "weakness")
    assert found.chain_edits.get().before["group"] == "instability"
    assert "quadriceps" in page.get(address("evaluation-chain", evaluation)).content.decode().lower()


def test_a_report_is_handed_out_as_a_file_and_it_is_written_down(
    page: Any, therapist: Any, evaluation: Any, planned: Any, stored: Any
) -> None:
    analysis.request(
        made.actor(therapist), stored(walk_trc(duration_s=4.0), "walk.trc", task="walk"), planned("test_gait")
    )
    job = do_next()
    where = address("analysis-report", evaluation, job.result["analysis"], "html")
    handed = page.get(where)
    assert handed.headers["Content-Disposition"].startswith("attachment")
    assert Event.objects.latest("number").action == "evaluation.export"
    assert page.get(address("evaluation-summary", evaluation)).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_ask_the_database_a_bounded_number_of_times(
    count: int, page: Any, therapist: Any, evaluation: Any, planned: Any, django_assert_max_num_queries: Any
) -> None:
    for test, measure in (("test_tug", "m_tug_time"), ("test_5xsts", "m_5xsts_time"), ("test_4stage", "m_tandem_time"))[
        :count
    ]:
        row = planned(test)
        value = 2.0 if measure == "m_tandem_time" else 40.0
        entries = [Entry(measure=measure, side="none", attempts=(value,), instrument="timer")]
        typed.record(made.actor(therapist), row, entries, seen_version=row.version)
    assert FoundFinding.objects.count() == count
    for name in ("evaluation", "evaluation-findings", "evaluation-chain", "evaluation-summary"):
        with django_assert_max_num_queries(45):
            page.get(address(name, evaluation))
