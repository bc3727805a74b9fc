"""The screen locks itself on the server; a factor opens it; nothing that was typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from clinic import made
from clinic.people import doors
from poise.clinic.audit.models import Event
from poise.clinic.people.models import Clinic, Patient, User
from poise.clinic.rules import Role

pytestmark = pytest.mark.django_db
IDLE_S = 15 * 60 + 5


@pytest.fixture
def rosa(harbor: Clinic) -> User:
    return doors.with_password(Role.PHYSICAL_THERAPIST, harbor)


@pytest.fixture
def seed(rosa: User) -> str:
    return doors.with_app(rosa)


@pytest.fixture
def at_work(client: Client, rosa: User, seed: str) -> Client:
    made.sign_in(client, rosa)
    client.get("/")
    return client


def test_after_the_clinics_minutes_every_page_is_the_locks(at_work: Client, ana: Patient) -> None:
    doors.rewind(at_work, active_at=IDLE_S)
    for path in ("/", f"/patients/{ana.pk}/team/", "/people/", "/account/"):
        answer = at_work.get(path)
        assert (answer.status_code, b"Rivera" in answer.content) == (423, False), path
    told = Event.objects.get(action="screen.lock")
    assert told.detail == {"why": "idle"}


def test_the_clinic_says_how_many_minutes(at_work: Client, rosa: User) -> None:
    Clinic.objects.filter(pk=rosa.clinic_id).update(idle_minutes=2)
    doors.rewind(at_work, active_at=100)
    assert at_work.get("/").status_code == 200
    doors.rewind(at_work, active_at=130)
    assert at_work.get("/").status_code == 423


def test_a_password_opens_it_and_one_goes_on_where_one_was(at_work: Client) -> None:
    doors.rewind(at_work, active_at=IDLE_S)
    assert b'value="/people/"' in at_work.get("/people/").content
    wrong = at_work.post("/screen/open/", {"password": "not this one, surely", "next": "/people/"})
    assert b"not right" in wrong.content
    assert at_work.get("/").status_code == 423
    right = at_work.post("/screen/open/", {"password": doors.PASSWORD, "next": "/people/"})
    assert (right.url, at_work.get("/people/").status_code) == ("/people/", 200)


def test_a_code_opens_it_once(at_work: Client, seed: str) -> None:
    at_work.post("/screen/lock/")
    code = doors.code(seed)
    assert at_work.post("/screen/open/", {"code": code}).status_code == 302
    at_work.post("/screen/lock/")
    assert at_work.post("/screen/open/", {"code": code}).status_code == 200


def test_nothing_but_a_factor_opens_it(at_work: Client) -> None:
    at_work.post("/screen/lock/")
    assert at_work.post("/screen/awake/").status_code == 423
    assert at_work.post("/screen/open/", {}).status_code == 200
    assert at_work.post("/screen/open/", {"credential": "{}"}).status_code == 200
    assert at_work.post("/screen/open/", {"credential": "not json"}).status_code == 200
    assert at_work.get("/").status_code == 423
    assert at_work.get("/account/password/").status_code == 423


def test_guessing_at_the_lock_is_slowed_down(at_work: Client) -> None:
    at_work.post("/screen/lock/")
    for n in range(11):
        answer = at_work.post("/screen/open/", {"password": f"guess number {n} of many"})
    assert b"Too many attempts" in answer.content
    assert at_work.get("/").status_code == 423


def test_the_way_back_never_leads_to_another_server(at_work: Client) -> None:
    at_work.post("/screen/lock/")
    assert at_work.post("/screen/open/", {"password": doors.PASSWORD, "next": "//evil.example/x"}).url == "/"


def test_htmx_and_scripts_are_told_without_a_page(at_work: Client) -> None:
    at_work.post("/screen/lock/")
    part = at_work.get("/people/", headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Trigger"], part.content) == (423, "poise:locked", b"")
    data = at_work.get("/people/", headers={"Accept": "application/json"})
    assert (data.status_code, data.json()) == (423, {"detail": "locked"})


def test_a_form_that_comes_too_late_is_kept_and_can_be_saved_after_all(at_work: Client, rosa: User) -> None:
    doors.rewind(at_work, active_at=IDLE_S)
    late = at_work.post("/account/", {"name": "Rosa Lind-Marsh", "credentials": "DPT", "language": "en"})
    assert late.status_code == 423
    assert b"Lind-Marsh" not in late.content
    assert at_work.post("/screen/open/", {"password": doors.PASSWORD}).url == "/screen/kept/"
    page = at_work.get("/screen/kept/").content.decode()
    assert 'action="/account/"' in page
    assert 'value="Rosa Lind-Marsh"' in page
    at_work.post("/account/", {"name": "Rosa Lind-Marsh", "credentials": "DPT", "language": "en"})
    rosa.refresh_from_db()
    assert rosa.name == "Rosa Lind-Marsh"
    assert at_work.get("/screen/kept/").status_code == 302  # it is no longer kept


def test_polls_and_drafts_are_no_activity_and_words_from_the_script_are(at_work: Client) -> None:
    began = at_work.session["active_at"]
    doors.rewind(at_work, active_at=600)
    at_work.get("/screen/")
    at_work.post("/drafts/", {"draft-key": "x", "note": "y"})
    at_work.get("/", headers={"Poise-Quiet": "1"})
    assert at_work.session["active_at"] == pytest.approx(began - 600, abs=5)
    at_work.post("/screen/awake/")
    assert at_work.session["active_at"] == pytest.approx(began, abs=60)


def test_the_script_asks_how_long_is_left_even_while_locked(at_work: Client) -> None:
    doors.rewind(at_work, active_at=600)
    told = at_work.get("/screen/").json()
    assert (told["locked"], 290 <= told["seconds_left"] <= 300) == (False, True)
    at_work.post("/screen/lock/")
    assert at_work.get("/screen/").json()["locked"] is True


def test_after_twelve_hours_one_signs_in_anew_however_active(at_work: Client) -> None:
    doors.rewind(at_work, began_at=12 * 3600 + 1)
    assert at_work.get("/").url == "/account/sign-in/"
    assert "_auth_user_id" not in at_work.session


def test_a_locked_page_that_polls_is_written_down_once(at_work: Client, ana: Patient) -> None:
    at_work.post("/screen/lock/")
    for path in (f"/patients/{ana.pk}/team/", f"/patients/{ana.pk}/team/", f"/patients/{ana.pk}/glass/end/"):
        assert at_work.get(path, headers={"HX-Request": "true"}).status_code == 423
    assert list(Event.objects.filter(outcome="refused").values_list("route", flat=True)) == ["team", "glass-end"]
    doors_open = at_work.post("/screen/open/", {"password": doors.PASSWORD})
    assert doors_open.status_code == 302
    at_work.post("/screen/lock/")
    at_work.get(f"/patients/{ana.pk}/team/")
    assert Event.objects.filter(outcome="refused", route="team").count() == 2


def test_locking_one_screen_leaves_ones_other_sessions_alone(at_work: Client, rosa: User) -> None:
    other = made.sign_in(Client(), rosa)
    at_work.post("/screen/lock/")
    assert (at_work.get("/").status_code, other.get("/").status_code) == (423, 200)


def test_the_clock_of_the_last_activity_is_not_written_with_every_click(
    at_work: Client, django_assert_max_num_queries: Any
) -> None:
    before = at_work.session["active_at"]
    at_work.get("/people/")
    assert at_work.session["active_at"] == before
