"""Registering, correcting and archiving."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic import made
from poise.clinic.audit.models import Event
from poise.clinic.charts.domain import patients, plausibility
from poise.clinic.charts.models import Earlier
from poise.clinic.drafts.domain.versions import ChangedMeanwhile
from poise.clinic.people.models import Patient
from poise.clinic.rules import Role

pytestmark = pytest.mark.django_db
LUIS = {"family_name": "Soto", "given_name": "Luis", "birth_date": date(1971, 5, 20)}


def test_the_clinic_gives_the_record_number_and_who_registers_is_on_the_team(therapist: Any) -> None:
    luis = patients.register(made.actor(therapist), LUIS)
    assert luis.record_number == "P00001"
    assert [(each.user, each.is_lead) for each in luis.team.all()] == [(therapist, True)]


def test_a_number_that_was_typed_is_skipped_when_its_turn_comes(desk: Any, harbor: Any) -> None:
    made.patient(harbor, record_number="P00001")
    assert patients.register(made.actor(desk), LUIS).record_number == "P00002"


def test_a_number_of_another_patient_is_refused(desk: Any, harbor: Any) -> None:
    made.patient(harbor, record_number="77")
    with pytest.raises(patients.NumberTaken):
        patients.register(made.actor(desk), LUIS | {"record_number": "77"})


@pytest.mark.parametrize(
    ("typed", "is_same"),
    [
        ({}, True),
        ({"given_name": "LUIS "}, True),
        ({"family_name": "Luis", "given_name": "Soto"}, True),
        ({"given_name": "Luís Alberto"}, False),
        ({"family_name": "Sotto"}, False),
        ({"birth_date": date(1971, 5, 2)}, False),
        ({"birth_date": date(1983, 11, 6)}, None),
        ({"birth_date": date(1971, 5, 29)}, False),
        ({"given_name": "Carmen"}, None),
    ],
)
def test_a_second_record_of_one_person_is_warned_of(desk: Any, typed: Any, is_same: bool | None) -> None:
    by = made.actor(desk)
    patients.register(by, LUIS)
    alike = patients.alike(by, LUIS | typed)
    assert [each.is_same for each in alike] == ([] if is_same is None else [is_same])


def test_twins_are_registered_when_it_is_said_that_this_is_another_person(desk: Any) -> None:
    by = made.actor(desk)
    patients.register(by, LUIS)
    with pytest.raises(patients.AlreadyHere):
        patients.register(by, LUIS)
    patients.register(by, LUIS, another_person=True)
    assert Patient.objects.count() == 2


def test_what_cannot_be_so_is_told_all_at_once(desk: Any) -> None:
    typed = {"family_name": " ", "given_name": "A", "birth_date": timezone.localdate() + timedelta(days=1),
             "phone": "call me", "email": "ana at example", "height_m": 172.0, "mass_kg": 900.0}  # fmt: skip
    with pytest.raises(plausibility.Implausible) as told:
        patients.register(made.actor(desk), typed)
    assert set(told.value.faults) == {"family_name", "birth_date", "phone", "email", "height_m", "mass_kg"}
    assert not Patient.objects.exists()


def test_nobody_is_131_years_old() -> None:
    today = date(2026, 11, 22)
    assert plausibility.check_birth_date(date(1895, 1, 1), today)
    assert not plausibility.check_birth_date(date(1896, 1, 1), today)


@pytest.mark.parametrize(
    ("typed", "metres"),
    [("172", 1.72), ("172 cm", 1.72), ("1.72", 1.72), ("1,72 m", 1.72), ("5'8\"", 1.7272), ("5 ft 8", 1.7272),
     ("5’8”", 1.7272), ("68 in", 1.7272), ("6'", 1.8288), ("68", None), ("tall", None), ("172 kg", None)],
)  # fmt: skip
def test_a_height_is_understood_as_it_is_said(typed: str, metres: float | None) -> None:
    assert plausibility.height_m(typed) == metres


@pytest.mark.parametrize(
    ("typed", "kilograms"), [("70 kg", 70.0), ("154 lb", 69.853), ("154lbs", 69.853), ("154", None)]
)
def test_a_body_mass_needs_its_unit(typed: str, kilograms: float | None) -> None:
    assert plausibility.mass_kg(typed) == kilograms


def test_a_correction_keeps_what_stood_there_before(desk: Any, ana: Any) -> None:
    patients.edit_identity(made.actor(desk), ana, {"phone": "305 555 0000"}, seen_version=1)
    patients.edit_identity(made.actor(desk), ana, {"phone": "305 555 1111"}, seen_version=2)
    assert [each.values["phone"] for each in Earlier.objects.order_by("version")] == ["", "305 555 0000"]
    assert Event.objects.latest("number").detail == {"fields": ["phone"]}


def test_the_second_of_two_editors_is_held_back_and_loses_nothing(desk: Any, ana: Any) -> None:
    by = made.actor(desk)
    patients.edit_identity(by, Patient.objects.get(pk=ana.pk), {"city": "Tampa"}, seen_version=1)
    with pytest.raises(ChangedMeanwhile):
        patients.edit_identity(by, Patient.objects.get(pk=ana.pk), {"city": "Miami"}, seen_version=1)
    assert Patient.objects.get(pk=ana.pk).city == "Tampa"


def test_the_page_shows_both_versions_to_the_second(client: Client, desk: Any, ana: Any) -> None:
    made.sign_in(client, desk)
    page = reverse("patient-identity", args=[ana.pk])
    form = client.get(page).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"city": "Miami", "draft-version": "1"}
    typed.pop("needs_interpreter")
    patients.edit_identity(made.actor(desk), ana, {"city": "Tampa"}, seen_version=1)
    answer = client.post(page, typed)
    assert answer.status_code == 409
    assert ("Tampa" in answer.text, "Miami" in answer.text) == (True, True)
    chosen = client.post(page, typed | {"draft-version": "2", "choose-city": "mine"})
    assert (chosen.status_code, Patient.objects.get(pk=ana.pk).city) == (302, "Miami")


def test_archiving_needs_a_reason_and_deletes_nothing(therapist: Any, ana: Any) -> None:
    by = made.actor(therapist)
    with pytest.raises(plausibility.Implausible):
        patients.archive(by, ana, because="  ", seen_version=1)
    patients.archive(by, ana, because="Moved away", seen_version=1)
    assert (ana.archived_because, Patient.objects.count()) == ("Moved away", 1)
    patients.take_back(by, ana, seen_version=2)
    assert Patient.objects.get(pk=ana.pk).archived_at is None
    assert Earlier.objects.filter(values__archived_because="Moved away").exists()


def test_the_desk_registers_on_its_page_and_is_warned_of_a_twin(client: Client, desk: Any, therapist: Any) -> None:
    made.sign_in(client, desk)
    typed = {"family_name": "Soto", "given_name": "Luis", "birth_date": "1971-05-20", "sex": "m", "language": "es",
             "height_m": "5'8\"", "mass_kg": "154 lb", "lead": str(therapist.pk)}  # fmt: skip
    assert client.post(reverse("patient-new"), typed).status_code == 302
    luis = Patient.objects.get(family_name="Soto")
    assert (luis.height_m, luis.mass_kg, luis.team.get().user) == (1.7272, 69.853, therapist)
    again = client.post(reverse("patient-new"), typed)
    assert ("Is this the same person?" in again.text, Patient.objects.count()) == (True, 1)
    client.post(reverse("patient-new"), typed | {"another_person": "on"})
    assert Patient.objects.count() == 2


def test_a_mass_in_the_wrong_unit_is_asked_about_once_more(client: Client, desk: Any) -> None:
    made.sign_in(client, desk)
    typed = {"family_name": "Soto", "given_name": "Luis", "birth_date": "1971-05-20", "sex": "m", "language": "es",
             "height_m": "150 cm", "mass_kg": "190 kg"}  # fmt: skip
    page = client.post(reverse("patient-new"), typed)
    assert "hardly belong together" in page.text
    assert client.post(reverse("patient-new"), typed | {"unusual": "on"}).status_code == 302


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.BILLER, Role.PATIENT, Role.ASSISTANT])
def test_who_does_not_register_is_refused(client: Client, harbor: Any, role: Role) -> None:
    made.sign_in(client, made.person(role, harbor))
    assert client.get(reverse("patient-new")).status_code == 403


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_twenty_at_once_get_twenty_numbers(harbor: Any) -> None:
    by = made.actor(made.person(Role.FRONT_DESK, harbor))

    def registered(number: int) -> None:
        try:
            patients.register(
                by, LUIS | {"family_name": f"Race {'abcdefghijklmnopqrst'[number] * 9}"}, another_person=True
            )
        finally:
            connection.close()

    if connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("a database in memory does not let two write in turn")
    threads = [threading.Thread(target=registered, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(Patient.objects.values_list("record_number", flat=True))) == Patient.objects.count() == 20


def test_who_archives_after_a_colleagues_change_sees_it_first(client: Client, ana: Any, therapist: Any) -> None:
    opened_at = ana.version
    patients.edit_identity(made.actor(therapist), ana, {"phone": "555 010 2233"}, seen_version=ana.version)
    told = {"because": "Moved away", "draft-version": opened_at}
    answer = made.sign_in(client, therapist).post(reverse("patient-archive", args=[ana.pk]), told)
    ana.refresh_from_db()
    assert (answer.status_code, ana.archived_at) == (409, None)
