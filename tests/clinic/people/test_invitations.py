"""Invitations: one link, once; withdrawn, renewed, run out; a patient's tied to the record; a new way in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.utils import timezone

from clinic import made
from clinic.people import doors
from poise.clinic.audit.models import Event
from poise.clinic.people.domain import invitations
from poise.clinic.people.domain.links import Link
from poise.clinic.people.errors import LinkNotGood, NotPossible
from poise.clinic.people.models import Clinic, Invitation, Patient, User
from poise.clinic.rules import Role

pytestmark = pytest.mark.django_db
CHOSEN = {"name": "Tom Byrne", "language": "es", "password": doors.PASSWORD, "again": doors.PASSWORD}


@pytest.fixture
def admin(harbor: Clinic) -> User:
    return doors.with_password(Role.ADMINISTRATOR, harbor)


@pytest.fixture
def invited(admin: User) -> Link:
    return invitations.invite_staff(made.actor(admin), email="Tom@Example.org", name="Tom", roles=[Role.ASSISTANT])


def test_an_administrator_invites_by_a_link_that_is_shown_once(client: Client, admin: User) -> None:
    made.sign_in(client, admin)
    told = {"name": "Tom", "email": "tom@example.org", "roles": ["pta"]}
    answer = client.post("/people/invite/", told)
    link = next(word for word in answer.content.decode().split('"') if "/entrance/" in word)
    assert link.startswith("http://testserver/entrance/")
    assert b"/entrance/" not in client.get("/people/invitations/").content
    guest = Client()
    guest.get(link.removeprefix("http://testserver"))
    guest.post("/entrance/", CHOSEN)
    tom = User.objects.get(email="tom@example.org")
    assert (tom.name, tom.language, tom.clinic, tom.role_set) == ("Tom Byrne", "es", admin.clinic, {Role.ASSISTANT})


def test_a_link_opens_once(client: Client, invited: Link) -> None:
    client.get(invited.path)
    other = Client()
    other.get(invited.path)
    assert client.post("/entrance/", CHOSEN).url == "/"
    assert other.post("/entrance/", CHOSEN).status_code == 410
    assert Client().get(invited.path, follow=True).status_code == 410


def test_opening_the_link_uses_nothing_up_so_that_a_mail_scanner_cannot(client: Client, invited: Link) -> None:
    for _ in range(3):
        Client().get(invited.path, follow=True)
    client.get(invited.path)
    assert client.post("/entrance/", CHOSEN).url == "/"


def test_a_link_is_no_longer_good_after_a_week(client: Client, invited: Link) -> None:
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(invited.path, follow=True).status_code == 410


def test_a_withdrawn_link_and_a_replaced_one_are_dead(client: Client, admin: User, invited: Link) -> None:
    fresh = invitations.resend(made.actor(admin), invited.invitation)
    assert Client().get(invited.path, follow=True).status_code == 410
    assert Client().get(fresh.path, follow=True).status_code == 200
    made.sign_in(client, admin)
    client.post(f"/people/invitations/{fresh.invitation.pk}/", {"change": "withdraw"})
    assert Client().get(fresh.path, follow=True).status_code == 410


def test_unknown_used_and_old_links_get_the_same_page(client: Client, invited: Link) -> None:
    unknown = Client().get("/entrance/this-was-never-made/", follow=True)
    Invitation.objects.update(used_at=timezone.now())
    used = Client().get(invited.path, follow=True)
    assert (unknown.status_code, unknown.content.count(b"no longer good")) == (
        used.status_code,
        used.content.count(b"no longer good"),
    )


def test_an_address_has_one_account(admin: User, therapist: User) -> None:
    with pytest.raises(NotPossible):
        invitations.invite_staff(made.actor(admin), email=therapist.email.upper(), name="X", roles=[Role.BILLER])


def test_a_patients_account_is_tied_to_the_record(client: Client, desk: User, ana: Patient) -> None:
    made.sign_in(client, desk)
    client.post(f"/patients/{ana.pk}/invite/", {"email": "ana@example.org"})
    link = invitations.invite_patient(made.actor(desk), ana, email="ana@example.org")
    guest = Client()
    guest.get(link.path)
    assert guest.post("/entrance/", CHOSEN | {"name": "Ana Rivera"}).url == "/"
    ana.refresh_from_db()
    assert ana.account is not None
    assert (ana.account.email, ana.account.role_set) == ("ana@example.org", {Role.PATIENT})
    assert guest.get("/").status_code == 200  # no second factor is asked of patients
    with pytest.raises(NotPossible):
        invitations.invite_patient(made.actor(desk), ana, email="other@example.org")


def test_a_new_way_in_takes_password_factors_and_sessions_away(client: Client, admin: User, therapist: User) -> None:
    doors.with_app(therapist)
    made.sign_in(client, therapist)
    link = invitations.new_way_in(made.actor(admin), therapist)
    assert client.get("/").status_code == 200  # until the link is used, nothing changes
    guest = Client()
    guest.get(link.path)
    guest.post("/entrance/", {"password": doors.PASSWORD, "again": doors.PASSWORD})
    therapist.refresh_from_db()
    assert therapist.check_password(doors.PASSWORD)
    assert not Authenticator.objects.filter(user=therapist).exists()
    assert client.get("/").url.startswith("/account/sign-in/")
    assert guest.get("/").url == "/account/second-factor/"


def test_accepting_is_one_statement_so_that_two_clicks_make_one_account(invited: Link) -> None:
    by = made.actor(User(name="", clinic_id=None))
    invitations.accept(by, invited.invitation, password=doors.PASSWORD)
    with pytest.raises(LinkNotGood):
        invitations.accept(by, invited.invitation, password=doors.PASSWORD)
    assert User.objects.filter(email="tom@example.org").count() == 1


def test_the_link_goes_by_mail_where_there_is_a_mail_server(client: Client, admin: User, settings: Any) -> None:
    from dataclasses import replace

    settings.POISE = replace(settings.POISE, email_url="smtp://mail.example.org")
    made.sign_in(client, admin)
    client.post("/people/invite/", {"name": "Tom", "email": "tom@example.org", "roles": ["pta"]})
    letter = mail.outbox[0]
    assert (letter.to, letter.body.count("http://testserver/entrance/")) == (["tom@example.org"], 1)


def test_a_letter_that_could_not_be_sent_is_said(client: Client, admin: User, settings: Any) -> None:
    from dataclasses import replace

    settings.POISE = replace(settings.POISE, email_url="smtp://mail.example.org")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens
    made.sign_in(client, admin)
    shown = client.post("/people/invite/", {"name": "Tom", "email": "tom@example.org", "roles": ["pta"]}).content
    assert (b"could not be sent" in shown, b"/entrance/" in shown) == (True, True)


def test_the_secret_of_a_link_stands_nowhere_in_the_audit(client: Client, therapist: User, invited: Link) -> None:
    made.sign_in(client, therapist)
    client.post("/screen/lock/")
    assert client.get(invited.path).status_code == 423
    refused = Event.objects.get(outcome="refused")
    assert (refused.route, refused.what, refused.what_id) == ("entrance", "", "")
    assert invited.secret not in str(list(Event.objects.values()))


def test_an_administrator_who_lost_everything_gets_a_link_from_the_machine(admin: User) -> None:
    link = invitations.way_in_from_the_machine()
    assert (link.invitation.user, invitations.find(link.secret)) == (admin, link.invitation)
    told = Event.objects.latest("number")
    assert (told.actor, told.action, told.what_id) == ("system:admin-link", "people.edit", str(link.invitation.pk))
    assert link.secret not in str(told.detail)


def test_of_several_administrators_one_is_named(admin: User) -> None:
    other = made.person(Role.ADMINISTRATOR, admin.clinic)
    with pytest.raises(NotPossible, match=other.email):
        invitations.way_in_from_the_machine()
    with pytest.raises(NotPossible):
        invitations.way_in_from_the_machine("nobody@example.org")
    assert invitations.way_in_from_the_machine(other.email.upper()).invitation.user == other


def test_only_ones_own_clinics_invitations_can_be_changed(client: Client, invited: Link) -> None:
    made.sign_in(client, made.person(Role.ADMINISTRATOR, made.clinic("Elsewhere")))
    assert client.post(f"/people/invitations/{invited.invitation.pk}/", {"change": "withdraw"}).status_code == 404
