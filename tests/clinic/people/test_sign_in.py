"""Signing in: both factors, no guessing, no telling who has an account, a fresh session."""

from __future__ import annotations

import re
import time
from statistics import median
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from clinic import made
from clinic.people import doors
from poise.clinic.audit.models import Event
from poise.clinic.people.models import Clinic, User
from poise.clinic.rules import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def rosa(harbor: Clinic) -> User:
    return doors.with_password(Role.PHYSICAL_THERAPIST, harbor)


@pytest.fixture
def seed(rosa: User) -> str:
    return doors.with_app(rosa)


def test_password_and_code_open_the_clinic(client: Client, rosa: User, seed: str) -> None:
    first = doors.type_password(client, rosa.email)
    assert first.url == "/account/sign-in/code/"
    assert client.get("/").url.startswith("/account/sign-in/")  # one factor is none
    second = client.post("/account/sign-in/code/", {"code": doors.code(seed)})
    assert (second.url, client.get("/").status_code) == ("/", 200)
    told = Event.objects.filter(action="sign_in").values_list("actor_id", "outcome", "address")
    assert list(told) == [(rosa.pk, "done", "127.0.0.1")]


def test_the_address_is_found_whatever_its_capitals(client: Client, rosa: User, seed: str) -> None:
    assert doors.type_password(client, rosa.email.upper()).url == "/account/sign-in/code/"


def test_a_code_opens_once(client: Client, rosa: User, seed: str) -> None:
    code = doors.code(seed)
    doors.type_password(client, rosa.email)
    client.post("/account/sign-in/code/", {"code": code})
    other = Client()
    doors.type_password(other, rosa.email)
    again = other.post("/account/sign-in/code/", {"code": code})
    assert (again.status_code, "_auth_user_id" in other.session) == (200, False)


def test_a_phone_that_is_half_a_minute_off_still_works_and_an_hour_does_not(
    client: Client, rosa: User, seed: str
) -> None:
    doors.type_password(client, rosa.email)
    assert client.post("/account/sign-in/code/", {"code": doors.code(seed, steps=120)}).status_code == 200
    assert client.post("/account/sign-in/code/", {"code": doors.code(seed, steps=-1)}).status_code == 302


def test_staff_without_a_second_factor_see_no_page_but_the_one_that_sets_it_up(
    client: Client, rosa: User, ana: Any
) -> None:
    doors.type_password(client, rosa.email)
    for path in ("/", "/account/", "/people/", f"/patients/{ana.pk}/team/", "/account/sessions/"):
        assert client.get(path).url == "/account/second-factor/", path
    assert client.get("/api/v1/anything").status_code == 403
    assert client.get("/account/second-factor/").status_code == 200


def test_a_patient_may_sign_in_with_a_password_alone(client: Client, harbor: Clinic) -> None:
    account = doors.with_password(Role.PATIENT, harbor)
    made.patient(harbor, account=account)
    doors.type_password(client, account.email)
    assert client.get("/").status_code == 200


def test_the_last_factor_of_staff_cannot_be_removed(client: Client, rosa: User, seed: str) -> None:
    doors.sign_in(client, rosa, seed)
    client.post("/account/confirm/", {"password": doors.PASSWORD})
    answer = client.post("/account/factors/app/remove/")
    assert (answer.status_code, rosa.authenticator_set.count()) == (200, 1)
    assert b"Staff need a second factor" in answer.content


def test_a_new_session_begins_with_signing_in(client: Client, rosa: User, seed: str) -> None:
    client.get("/account/sign-in/")
    session = client.session
    session["planted"] = "by an attacker"
    session.save()
    client.cookies["poise"] = session.session_key
    before = session.session_key
    doors.sign_in(client, rosa, seed)
    assert client.session.session_key != before
    assert not Client(cookies={"poise": before}).session.exists(before)


def test_a_known_and_an_unknown_address_get_the_same_answer(client: Client, rosa: User) -> None:
    known = doors.type_password(client, rosa.email, "not the password at all")
    unknown = doors.type_password(client, "nobody@example.org", "not the password at all")
    assert known.status_code == unknown.status_code == 200
    assert _words(known, rosa.email) == _words(unknown, "nobody@example.org")


def test_a_known_and_an_unknown_address_take_about_the_same_time(client: Client, rosa: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False

    def seconds(email: str) -> float:
        began = time.perf_counter()
        doors.type_password(client, email, "not the password at all")
        return time.perf_counter() - began

    pairs = [(seconds(rosa.email), seconds("nobody@example.org")) for _ in range(5)]
    known, unknown = (median(each) for each in zip(*pairs, strict=True))
    assert 0.5 < known / unknown < 2.0  # the slow hash is reckoned in both


def test_guessing_is_slowed_down_and_the_owner_still_gets_in_from_a_known_device(
    client: Client, rosa: User, seed: str
) -> None:
    doors.sign_in(client, rosa, seed)  # this device is known now
    client.post("/account/sign-out/")
    stranger = Client()
    answers = [doors.type_password(stranger, rosa.email, f"guess number {n} of many") for n in range(7)]
    assert b"Too many failed" in answers[-1].content
    assert b"Too many failed" in doors.type_password(Client(), rosa.email).content  # the right word, from elsewhere
    assert doors.type_password(client, rosa.email).url == "/account/sign-in/code/"


def test_wrong_codes_are_slowed_down_too(client: Client, rosa: User, seed: str) -> None:
    doors.type_password(client, rosa.email)
    for _ in range(6):
        answer = client.post("/account/sign-in/code/", {"code": "000000"})
    assert b"Too many failed" in answer.content


def test_failed_attempts_are_in_the_audit_without_what_was_typed(client: Client, rosa: User) -> None:
    doors.type_password(client, rosa.email, "my secret word here")
    doors.type_password(client, "nobody@example.org", "my secret word here")
    told = Event.objects.filter(action="sign_in").order_by("number")
    assert [(each.outcome, each.what_id, each.clinic_id) for each in told] == [
        ("refused", str(rosa.pk), rosa.clinic_id), ("refused", "", rosa.clinic_id)]  # fmt: skip
    everything = str(list(told.values()))
    assert "secret word" not in everything
    assert "nobody@" not in everything


def test_nobody_signs_up_by_themselves(client: Client, rosa: User) -> None:
    assert client.get("/account/signup/").status_code == 404


def test_a_form_without_its_token_is_refused(rosa: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert doors.type_password(strict, rosa.email).status_code == 403


def test_who_is_stopped_cannot_sign_in(client: Client, rosa: User, seed: str) -> None:
    User.objects.filter(pk=rosa.pk).update(is_active=False)
    doors.type_password(client, rosa.email)
    assert "_auth_user_id" not in client.session


def test_recovery_codes_are_shown_once_and_open_once(client: Client, rosa: User) -> None:
    doors.type_password(client, rosa.email)
    client.post("/account/confirm/", {"password": doors.PASSWORD})
    client.get("/account/factors/app/")
    answer = client.post("/account/factors/app/", {"code": doors.code(client.session["mfa.totp.secret"])})
    assert answer.url == "/account/factors/codes/"
    code = Authenticator.objects.get(user=rosa, type="recovery_codes").wrap().get_unused_codes()[0]
    shown = [code.encode() in client.get(answer.url).content for _ in range(2)]
    assert shown == [True, False]
    for outcome in (302, 200):
        other = Client()
        doors.type_password(other, rosa.email)
        assert other.post("/account/sign-in/code/", {"code": code}).status_code == outcome


def test_seeds_and_recovery_codes_are_not_readable_in_the_database(rosa: User, seed: str) -> None:
    kept = str(list(rosa.authenticator_set.values_list("data", flat=True)))
    assert seed not in kept


def test_pages_are_never_kept_by_the_browser(client: Client, rosa: User, seed: str) -> None:
    doors.sign_in(client, rosa, seed)
    assert "no-store" in client.get("/")["Cache-Control"]


def _words(answer: Any, email: str) -> str:
    """The page without what differs from request to request: the typed address and the token."""
    return re.sub(r"[A-Za-z0-9]{64}", "", answer.content.decode().replace(email, ""))
