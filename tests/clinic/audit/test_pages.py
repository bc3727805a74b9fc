"""The audit's pages: for the administrator, and for the patient whose record it is."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from clinic import made
from poise.clinic.audit.domain import chain
from poise.clinic.audit.models import Event
from poise.clinic.oversight import words
from poise.clinic.oversight.domain import reading, sheets
from poise.clinic.rules import RULES, Role

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")]


@pytest.fixture
def administrator(harbor: Any) -> Any:
    return made.person(Role.ADMINISTRATOR, harbor)


@pytest.fixture
def office(client: Any, administrator: Any, settings: Any) -> Any:
    """The administrator's browser."""
    from dataclasses import replace

    settings.POISE = replace(settings.POISE, demo=True)  # no second factor is asked for
    return made.sign_in(client, administrator)


def told(*, action: str) -> list[Event]:
    return list(Event.objects.filter(action=action).order_by("number"))


def test_every_rule_has_words() -> None:
    assert set(RULES) - set(words.ACTIONS) == set()


def test_the_administrator_sees_what_was_done_and_that_she_looked_is_written_down(
    office: Any, therapist: Any, ana: Any
) -> None:
    chain.record(made.actor(therapist), "chart.read", patient_id=ana.pk)
    page = office.get("/audit").content.decode()
    assert "Chart" in page
    assert therapist.name in page
    assert "Rivera" not in page
    assert [event.detail["rows"] for event in told(action="audit.read")] == [Event.objects.count() - 1]


def test_it_is_narrowed_by_person_patient_action_outcome_and_days(administrator: Any, therapist: Any, ana: Any) -> None:
    by, at_work = made.actor(administrator), made.actor(therapist)
    chain.record(at_work, "chart.read", patient_id=ana.pk)
    chain.record(at_work, "chart.edit", patient_id=ana.pk, outcome=chain.REFUSED)
    chain.record(by, "people.read")
    today = Event.objects.get(number=1).at.date()

    def found(**wanted: Any) -> list[int]:
        return [event.number for event in reading.rows(by, reading.Wanted(**wanted))]

    assert found(person=therapist.pk) == [2, 1]
    assert found(patient=ana.pk) == [2, 1]
    assert found(action="people.read") == [3]
    assert found(outcome="refused") == [2]
    assert found(since=today, until=today) == [3, 2, 1]
    assert found(until=today.replace(year=2001)) == []


def test_another_clinics_rows_are_never_seen(administrator: Any, therapist: Any) -> None:
    other = made.person(Role.ADMINISTRATOR, made.clinic("Elsewhere"))
    chain.record(made.actor(therapist), "chart.read")
    chain.record(made.actor(other), "people.read")
    assert [row.action for row in reading.rows(made.actor(administrator), reading.Wanted())] == ["chart.read"]


def test_it_is_turned_page_by_page(administrator: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(reading, "PAGE", 2)
    by = made.actor(administrator)
    for _ in range(5):
        chain.record(by, "people.read")
    first = reading.page(by, reading.Wanted(action="people.read"))
    second = reading.page(by, reading.Wanted(action="people.read"), before=first.older)
    third = reading.page(by, reading.Wanted(action="people.read"), before=second.older)
    assert [[event.number for event in page.events] for page in (first, second, third)] == [[5, 4], [3, 2], [1]]
    assert third.older is None


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_asks_the_database_few_things(
    office: Any, administrator: Any, rows: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(rows):
        chain.record(made.actor(administrator), "people.read")
    office.get("/audit")
    with django_assert_max_num_queries(25):
        office.get("/audit")


def test_a_record_number_of_another_clinic_is_unknown(office: Any) -> None:
    stranger = made.patient(made.clinic("Elsewhere"), record_number="X1")
    page = office.post("/audit", {"patient": "X1"}).content.decode()
    assert "No patient of this clinic" in page
    assert office.get(f"/patients/{stranger.pk}/accesses").status_code == 404


def test_the_file_for_a_spreadsheet_holds_no_formula_and_is_written_down_once(office: Any, harbor: Any) -> None:
    evil = made.person(Role.FRONT_DESK, harbor)
    evil.name = '=HYPERLINK("http://evil.example")'
    chain.record(made.actor(evil), "chart.read", detail={"why": "@SUM(1)"})
    answer = office.post("/audit/export", {"kind": "csv", "action": "chart.read"})
    table = list(csv.DictReader(io.StringIO(b"".join(answer).decode().lstrip("\ufeff"))))
    assert [row["actor"] for row in table] == ["'" + evil.name]
    assert [each for row in table for each in row.values() if each.startswith(("=", "+", "-", "@"))] == []
    assert [event.detail for event in told(action="audit.export")] == [{"by": ["action"], "kind": "csv"}]


def test_the_file_for_a_program_can_be_read(office: Any, administrator: Any) -> None:
    chain.record(made.actor(administrator), "people.read")
    answer = office.post("/audit/export", {"kind": "json", "action": "people.read"})
    assert [row["action"] for row in json.loads(b"".join(answer))] == ["people.read"]
    assert "".join(sheets.as_json([])) == "[]"


def test_a_patient_sees_who_opened_her_own_record_and_no_other(
    client: Any, harbor: Any, therapist: Any, ana: Any
) -> None:
    account = made.person(Role.PATIENT, harbor)
    ana.account = account
    ana.save()
    chain.record(made.actor(therapist), "chart.read", patient_id=ana.pk)
    other = made.patient(harbor)
    made.sign_in(client, account)
    page = client.get(f"/patients/{ana.pk}/accesses").content.decode()
    assert therapist.name in page
    assert client.get(f"/patients/{other.pk}/accesses").status_code == 404
    assert client.get("/audit").status_code == 403


def test_a_print_is_written_down_with_the_patient_of_the_page(office: Any, harbor: Any, ana: Any) -> None:
    office.post("/printed", {"path": f"/patients/{ana.pk}/accesses"})
    (event,) = told(action="page.print")
    assert (event.patient_id, event.what_id) == (ana.pk, "accesses")
    stranger = made.patient(made.clinic("Elsewhere"))
    assert office.post("/printed", {"path": f"/patients/{stranger.pk}/accesses"}).status_code == 404


def test_what_the_chain_says_of_itself(office: Any) -> None:
    from poise.clinic.actor import system
    from poise.clinic.audit.domain import verification

    assert "never" in office.get("/audit/chain").content.decode()
    verification.remember(system("test"), verification.verify([], head_needed=False))
    assert "whole" in office.get("/audit/chain").content.decode()
