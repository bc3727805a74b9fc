"""Finding a patient."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic import made
from poise.clinic.audit.domain import chain
from poise.clinic.audit.models import Event
from poise.clinic.charts.domain import search
from poise.clinic.people.folding import folded
from poise.clinic.people.models import Patient, TeamMember
from poise.clinic.people.models.patient import index_words, set_search_text
from poise.clinic.rules import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(harbor: Any) -> dict[str, Patient]:
    told = {
        "maria": ("Núñez García", "María José", date(1960, 4, 3), "+1 (305) 555-0123"),
        "brien": ("O'Brien", "Siobhán", date(1972, 12, 30), "305-555-0199"),
        "wei": ("王", "伟", date(1985, 1, 2), ""),
        "straße": ("Großmann", "Jürgen", date(1950, 7, 9), "030 1234567"),
    }
    return {key: made.patient(harbor, family_name=family, given_name=given, birth_date=born, phone=phone)
            for key, (family, given, born, phone) in told.items()}  # fmt: skip


def found(by: Any, terms: str) -> list[Any]:
    return [line.id for line in search.find(made.actor(by), terms).lines]


@pytest.mark.parametrize(
    ("terms", "who"),
    [
        ("garcia maria", "maria"), ("MARIA NUNEZ", "maria"), ("núñ jos", "maria"), ("jose garcía núñez", "maria"),
        ("obrien", "brien"), ("O’Brien", "brien"), ("o'bri siob", "brien"), ("王", "wei"), ("grossm", "straße"),
        ("1960-04-03", "maria"), ("4/3/1960", "maria"), ("3/4/60", "maria"), ("3.4.1960", "maria"),
        ("12/30/72", "brien"), ("30.12.1972", "brien"), ("(305) 555-0199", "brien"), ("305 555 0123", "maria"),
        ("5550199", "brien"), ("+1 305 555 0123", "maria"), ("maria 1960", "maria"),
    ],
)  # fmt: skip
def test_the_desk_finds_people_by_any_part_in_any_order(desk: Any, people: Any, terms: str, who: str) -> None:
    assert found(desk, terms) == [people[who].pk]


MANY_OF_EVERYTHING = ("garcia maria", "núñ jos", "o'bri siob", "王", "1960-04-03", "3/4/60", "(305) 555-0199")


@pytest.mark.parametrize("terms", MANY_OF_EVERYTHING)
def test_a_word_that_finds_many_finds_the_same(desk: Any, people: Any, terms: str, monkeypatch: Any) -> None:
    few = found(desk, terms)
    monkeypatch.setattr(search, "FEW", 0)
    assert found(desk, terms) == few != []


def test_where_many_are_found_a_word_of_a_very_long_name_still_counts(desk: Any, harbor: Any, monkeypatch: Any) -> None:
    names = {"family_name": "Aa" * 50, "given_name": "Bb" * 50, "preferred_name": f"{'Yy' * 47} Zoe"}
    long = made.patient(harbor, **names)
    assert "zoe" not in long.search_text
    monkeypatch.setattr(search, "FEW", 0)
    assert found(desk, "zoe") == [long.pk]


def test_where_many_are_found_the_digits_of_a_stranger_tell_nothing(
    therapist: Any, people: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(search, "FEW", 0)
    assert found(therapist, "305 555 0123") == found(therapist, "30") == []


def test_a_record_number_finds_its_patient(desk: Any, people: Any) -> None:
    assert found(desk, people["brien"].record_number.lower()) == [people["brien"].pk]


@pytest.mark.parametrize("terms", ["maria o'brien", "%", "_____x", "' OR 1=1 --", "xyz", "31/31/1999 zz"])
def test_what_nobody_is_called_finds_nobody_or_is_no_search(desk: Any, people: Any, terms: str) -> None:
    looked_for = search.terms_of(terms)
    assert found(desk, terms) == [] or looked_for == []


def test_signs_alone_are_no_search_and_never_reach_the_database_as_such() -> None:
    assert search.terms_of("%_'\"\\;--") == []
    assert folded("Robert'); DROP TABLE--") == ["robert", "drop", "table"]


def test_a_corrected_name_is_found_and_the_old_one_is_not(desk: Any, people: Any) -> None:
    maria = people["maria"]
    maria.family_name = "Soler"
    maria.save()
    assert found(desk, "soler") == [maria.pk]
    assert found(desk, "garcia") == []


def test_patients_made_in_bulk_are_found_once_indexed(desk: Any, harbor: Any) -> None:
    made_in_bulk = [Patient(clinic=harbor, record_number=f"B{n}", family_name="Bulk", given_name=f"N{n}",
                            birth_date=date(1980, 1, 1)) for n in range(3)]  # fmt: skip
    set_search_text(made_in_bulk)
    index_words(Patient.objects.bulk_create(made_in_bulk))
    assert len(found(desk, "bulk")) == 3


def test_pages_follow_one_another_by_name_without_gap_or_repetition(desk: Any, harbor: Any) -> None:
    for number in range(7):
        made.patient(harbor, family_name="Same", given_name=f"Name {number % 3}")
    by, seen, after = made.actor(desk), [], None
    while True:
        page = search.find(by, "same", after=after, limit=3)
        seen += [line.id for line in page.lines]
        if (after := page.after) is None:
            break
    assert len(seen) == len(set(seen)) == 7


def test_a_clinician_sees_of_others_patients_the_name_and_the_year_only(therapist: Any, people: Any, ana: Any) -> None:
    by = made.actor(therapist)
    line = search.find(by, "garcia").lines[0]
    assert (line.name, line.birth_year, line.birth_date, line.record_number, line.phone) == (
        "Núñez García, María José", 1960, None, "", "",
    )  # fmt: skip
    assert found(therapist, "305 555 0123") == []  # nor do a stranger's digits tell whose phone it is
    assert [line.id for line in search.find(by, only_mine=True).lines] == [ana.pk]


def test_another_clinic_is_never_found(people: Any) -> None:
    stranger = made.person(Role.FRONT_DESK, made.clinic("Elsewhere"))
    assert found(stranger, "garcia") == []
    page = search.find(made.actor(stranger), after=people["maria"].pk)
    assert page.lines == []


def test_the_archived_are_listed_apart(desk: Any, people: Any) -> None:
    Patient.objects.filter(pk=people["brien"].pk).update(archived_at=timezone.now())
    assert found(desk, "obrien") == []
    assert len(search.find(made.actor(desk), "obrien", archived=True).lines) == 1


def test_terms_travel_by_post_and_the_audit_keeps_none_of_them(client: Client, desk: Any, people: Any) -> None:
    made.sign_in(client, desk)
    page = client.post(reverse("patients"), {"terms": "garcía", "of": "all"})
    assert "Núñez García, María José" in page.text
    told = Event.objects.filter(action="patient.find").latest("number")
    assert told.detail == {"searched": True, "shown": 1}
    assert "garc" not in str(list(Event.objects.values())).lower()


def test_a_term_in_the_address_is_not_looked_for(client: Client, desk: Any, people: Any) -> None:
    made.sign_in(client, desk)
    assert "O&#x27;Brien" in client.get(reverse("patients"), {"terms": "garcia"}).text


def test_the_last_opened_come_first(client: Client, therapist: Any, harbor: Any, ana: Any) -> None:
    other = made.patient(harbor, team=(therapist,), family_name="Zuniga")
    made.sign_in(client, therapist)
    for patient in (other, ana):
        client.get(reverse("patient", args=[patient.pk]))
    assert [line.id for line in search.recently_opened(made.actor(therapist))] == [ana.pk, other.pk]


def test_the_last_opened_are_those_one_may_still_open(therapist: Any, harbor: Any, ana: Any, monkeypatch: Any) -> None:
    by, others = made.actor(therapist), made.patient(harbor)
    gone = made.patient(harbor, team=(therapist,))
    for patient in (ana, others, gone):
        chain.record(by, "chart.read", patient_id=patient.pk)
    TeamMember.objects.filter(patient=gone).update(until=timezone.now())
    assert [line.id for line in search.recently_opened(by)] == [ana.pk]
    for _ in range(5):
        chain.record(by, "patient.find")
    monkeypatch.setattr(search, "LOOKED_AT_FIRST", 5)
    assert [line.id for line in search.recently_opened(by)] == [
        ana.pk
    ]  # further back, where the last things are others
    monkeypatch.setattr(search, "LOOKED_AT", 6)
    assert search.recently_opened(by) == []  # but not without end


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_list_asks_the_same_few_questions(
    client: Client, desk: Any, harbor: Any, how_many: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(how_many):
        made.patient(harbor, family_name=f"Listed{number}")
    made.sign_in(client, desk)
    client.get(reverse("patients"))
    with django_assert_max_num_queries(24):
        assert client.get(reverse("patients")).status_code == 200
