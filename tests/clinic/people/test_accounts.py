"""Accounts at work: roles, stopping, sessions, passwords, one's own page, the clinic's."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import identify_hasher
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from clinic import made
from clinic.people import doors
from poise.clinic.api.domain import tokens
from poise.clinic.audit.models import Event
from poise.clinic.people.domain import accounts
from poise.clinic.people.errors import NotPossible
from poise.clinic.people.models import Clinic, User
from poise.clinic.rules import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(harbor: Clinic) -> User:
    return doors.with_password(Role.ADMINISTRATOR, harbor)


@pytest.fixture
def sure(client: Client, admin: User) -> Client:
    """The administrator, who gave the password a moment ago."""
    made.sign_in(client, admin)
    client.post("/account/confirm/", {"password": doors.PASSWORD})
    return client


def test_stopping_an_account_ends_its_sessions_with_the_next_click(sure: Client, therapist: User) -> None:
    at_work = made.sign_in(Client(), therapist)
    assert at_work.get("/").status_code == 200
    sure.post(f"/people/{therapist.pk}/activity/", {"active": "no"})
    assert at_work.get("/").url.startswith("/account/sign-in/")
    assert not UserSession.objects.filter(user=therapist).exists()
    sure.post(f"/people/{therapist.pk}/activity/", {"active": "yes"})
    therapist.refresh_from_db()
    assert therapist.is_active


def test_stopping_an_account_ends_its_tokens_with_the_next_request(admin: User, therapist: User) -> None:
    secret = tokens.make(made.actor(therapist), name="scripts", scopes=["chart.read"])[1]
    script = Client(headers={"Authorization": f"Bearer {secret}"})
    asked = [script.get("/api/v1/knowledge/conditions").status_code]
    accounts.deactivate(made.actor(admin), therapist)
    asked.append(script.get("/api/v1/knowledge/conditions").status_code)
    assert asked == [200, 401]


def test_roles_hold_from_the_next_click(sure: Client, therapist: User) -> None:
    at_work = made.sign_in(Client(), therapist)
    assert at_work.get("/people/invite/").status_code == 403
    sure.post(f"/people/{therapist.pk}/", {"roles": ["pt", "admin"]})
    assert at_work.get("/people/invite/").status_code == 200
    told = Event.objects.filter(action="people.edit").exclude(detail={}).latest("number")
    assert told.detail == {"before": ["pt"], "after": ["admin", "pt"]}


def test_what_is_sensitive_asks_for_a_factor_again_and_then_goes_on(
    client: Client, admin: User, therapist: User
) -> None:
    made.sign_in(client, admin)
    asked = client.post(f"/people/{therapist.pk}/", {"roles": ["pta"]})
    assert asked.url.startswith("/account/confirm/")
    client.post(asked.url, {"password": doors.PASSWORD, "next": f"/people/{therapist.pk}/"})
    assert User.objects.get(pk=therapist.pk).role_set == {Role.ASSISTANT}


def test_a_clinic_is_never_left_without_an_administrator(admin: User, harbor: Clinic) -> None:
    by = made.actor(admin)
    with pytest.raises(NotPossible):
        accounts.set_roles(by, admin, [Role.BILLER])
    other = made.person(Role.ADMINISTRATOR, harbor)
    with pytest.raises(NotPossible):
        accounts.deactivate(by, admin)  # not one's own
    accounts.deactivate(by, other)
    with pytest.raises(NotPossible):
        accounts.set_roles(by, admin, [Role.BILLER])


def test_a_patients_account_never_becomes_staff(admin: User, harbor: Clinic) -> None:
    account = made.person(Role.PATIENT, harbor)
    with pytest.raises(NotPossible):
        accounts.set_roles(made.actor(admin), account, [Role.ADMINISTRATOR])


def test_one_ends_a_session_elsewhere_and_no_one_elses(client: Client, therapist: User, admin: User) -> None:
    made.sign_in(client, therapist).get("/")
    phone = made.sign_in(Client(), therapist)
    phone.get("/")
    stranger = made.sign_in(Client(), admin)
    stranger.get("/")
    page = client.get("/account/sessions/").content
    assert page.count(b"/end/") == 2  # the other one, and all others
    its = UserSession.objects.get(session_key=phone.session.session_key)
    theirs = UserSession.objects.get(session_key=stranger.session.session_key)
    assert client.post(f"/account/sessions/{theirs.pk}/end/").status_code == 404
    client.post(f"/account/sessions/{its.pk}/end/")
    assert phone.get("/").status_code == 302
    assert stranger.get("/").status_code == 200


def test_one_signs_out_everywhere_else(client: Client, therapist: User) -> None:
    others = [made.sign_in(Client(), therapist) for _ in range(3)]
    for each in (client, *others):
        made.sign_in(each, therapist).get("/")
    client.post("/account/sessions/end/")
    assert [each.get("/").status_code for each in (client, *others)] == [200, 302, 302, 302]


def test_a_changed_password_ends_the_other_sessions(sure: Client, admin: User) -> None:
    other = made.sign_in(Client(), admin)
    new = "nine otters under the pier"
    sure.post("/account/password/", {"oldpassword": doors.PASSWORD, "password1": new, "password2": new})
    assert (sure.get("/").status_code, other.get("/").status_code) == (200, 302)
    admin.refresh_from_db()
    assert admin.check_password(new)


def test_the_old_password_is_asked_for(sure: Client, admin: User) -> None:
    new = "nine otters under the pier"
    sure.post("/account/password/", {"oldpassword": "not the old one", "password1": new, "password2": new})
    admin.refresh_from_db()
    assert admin.check_password(doors.PASSWORD)


def test_signing_out_ends_the_session_on_the_server(client: Client, therapist: User) -> None:
    key = made.sign_in(client, therapist).session.session_key
    client.post("/account/sign-out/")
    assert Client(cookies={"poise": key}).get("/").status_code == 302
    assert client.get("/account/sign-out/").status_code in {200, 302}


def test_a_session_has_more_than_128_random_bits(client: Client, therapist: User) -> None:
    key = made.sign_in(client, therapist).session.session_key
    assert key is not None
    assert len(key) == 32  # of 36 signs: 165 bits


@pytest.mark.parametrize("password", [
    "twelve signs", "correct horse battery staple", "Zum Frühstück gibt es Äpfel", "a" * 4 + "bcdefgh" * 17 + "xyz",
    "  spaces at the ends  ", "mi perro come manzanas rojas", "🙂 heron weir otter pier",
])  # fmt: skip
def test_long_passwords_of_any_signs_are_taken_whole(password: str) -> None:
    validate_password(password, User(email="rosa@example.org", name="Rosa Lind"))
    user = User(email="x@example.org")
    user.set_password(password)
    assert user.check_password(password)
    assert not user.check_password(password[:-1])
    assert identify_hasher(user.password).algorithm == "argon2"


@pytest.mark.parametrize("password", [
    "short", "elevensigns", "123456789012", "aaaaaaaaaaaa", "qwertyuiop12", "qwertyqwerty", "Password1234!",
    "poisepoisepoise", "1q2w3e4r5t6y", "rosalind2026", "rosa.lind@example.org", "x" * 129,
])  # fmt: skip
def test_what_is_short_common_dressed_up_or_ones_own_name_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, User(email="rosa.lind@example.org", name="Rosalind"))


def test_none_of_twenty_thousand_common_passwords_is_taken() -> None:
    common = sorted(CommonPasswordValidator().passwords)
    assert len(common) > 3000
    long = [each for each in common if len(each) >= 12]
    for password in (*common[:: len(common) // 100], *long[:60]):
        with pytest.raises(ValidationError):
            validate_password(password)


def test_pasting_is_possible_and_managers_know_the_fields(client: Client, harbor: Clinic) -> None:
    page = client.get("/account/sign-in/").content
    assert b'autocomplete="current-password"' in page
    assert b"onpaste" not in page


def test_people_change_their_own_name_and_language(client: Client, therapist: User) -> None:
    made.sign_in(client, therapist)
    client.post("/account/", {"name": "Rosa Lind", "credentials": "DPT", "language": "es"})
    therapist.refresh_from_db()
    assert (therapist.name, therapist.credentials, therapist.language) == ("Rosa Lind", "DPT", "es")
    assert client.get("/")["Content-Language"] == "es"


def test_the_clinics_page_changes_the_clinic_and_two_who_edit_see_both(client: Client, admin: User) -> None:
    made.sign_in(client, admin)
    told = {"name": "Harbor & Sons", "time_zone": "America/Denver", "language": "es", "idle_minutes": "10"}
    answer = client.post("/clinic/", told | {"draft-version": "1"})
    assert answer.status_code == 302
    clinic = Clinic.objects.get(pk=admin.clinic_id)
    assert (clinic.name, clinic.time_zone, clinic.idle_minutes, clinic.version) == (
        "Harbor & Sons",
        "America/Denver",
        10,
        2,
    )
    late = client.post("/clinic/", told | {"name": "Harbor & Daughters", "draft-version": "1"})
    assert late.status_code == 409
    assert b"Harbor &amp; Daughters" in late.content


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_of_people_takes_the_same_queries_for_one_and_three(
    client: Client, harbor: Clinic, admin: User, many: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(many):
        made.person(Role.ASSISTANT, harbor)
    made.sign_in(client, admin).get("/people/")
    with django_assert_max_num_queries(16):
        assert client.get("/people/").status_code == 200


def test_people_of_another_clinic_do_not_exist(sure: Client) -> None:
    stranger = made.person(Role.ADMINISTRATOR, made.clinic("Elsewhere"))
    assert sure.get(f"/people/{stranger.pk}/").status_code == 404
    assert sure.post(f"/people/{stranger.pk}/activity/", {"active": "no"}).status_code == 404
    assert stranger.name.encode() not in sure.get("/people/").content


def test_behind_a_trusted_proxy_the_address_is_the_one_that_the_proxy_wrote(
    client: Client, admin: User, settings: Any
) -> None:
    from dataclasses import replace

    forwarded = {"X-Forwarded-For": "198.51.100.9, 203.0.113.7"}
    doors.type_password(client, admin.email, "wrong, whatever it is", **forwarded)
    settings.POISE = replace(settings.POISE, trusted_proxy=True)
    doors.type_password(client, admin.email, "wrong, whatever it is", **forwarded)
    told = Event.objects.filter(action="sign_in").order_by("number").values_list("address", flat=True)
    assert list(told) == ["127.0.0.1", "203.0.113.7"]


def test_a_lost_password_without_a_mail_server_leads_to_the_administrator(client: Client, harbor: Clinic) -> None:
    assert b"Ask an administrator" in client.get("/account/password/lost/").content
