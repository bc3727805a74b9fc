"""An installation without a clinic, and the one link that makes one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from clinic.people.doors import PASSWORD
from poise.clinic.actor import Actor
from poise.clinic.audit.models import Event
from poise.clinic.people.domain import first_start
from poise.clinic.people.domain.links import hashed
from poise.clinic.people.errors import LinkNotGood
from poise.clinic.people.models import Clinic, Invitation, User
from poise.clinic.rules import Role

pytestmark = pytest.mark.django_db
TOLD = {
    "name": "Harbor Rehab", "time_zone": "America/Chicago", "language": "en", "person": "Rosa Lind", "credentials": "PT",
    "email": "Rosa@Example.org", "further_roles": ["pt"], "password": PASSWORD, "again": PASSWORD,
}  # fmt: skip


@pytest.mark.parametrize("path", ["/", "/account/sign-in/", "/people/", "/patients/1f/", "/api/v1/x"])
def test_without_a_clinic_every_page_says_that_it_is_not_set_up(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, b"Not set up yet" in answer.content) == (503, True)


def test_there_is_no_default_account_and_no_default_password(client: Client) -> None:
    first_start.make_link()
    assert (User.objects.count(), Clinic.objects.count()) == (0, 0)


def test_the_link_makes_the_clinic_and_its_administrator_who_then_sets_up_a_second_factor(client: Client) -> None:
    link = first_start.make_link()
    assert link is not None
    opened = client.get(link.path)
    assert (opened.status_code, opened.url) == (302, "/entrance/")
    answer = client.post("/entrance/", TOLD)
    assert (answer.status_code, answer.url) == (302, "/")
    user = User.objects.get()
    assert (user.email, user.clinic.name, user.role_set) == (
        "rosa@example.org", "Harbor Rehab", {Role.ADMINISTRATOR, Role.PHYSICAL_THERAPIST})  # fmt: skip
    assert client.get("/").url == "/account/second-factor/"
    assert client.get("/account/factors/app/").status_code == 200
    made = Event.objects.get(action="clinic.make")
    assert (made.actor_id, made.clinic_id, made.detail) == (user.pk, user.clinic_id, {"roles": ["admin", "pt"]})


def test_the_secret_stands_in_the_link_only(client: Client) -> None:
    link = first_start.make_link()
    assert link is not None
    kept = Invitation.objects.values_list().get()
    assert link.secret not in str(kept)
    assert link.invitation.secret_hash == hashed(link.secret)


def test_a_new_start_puts_the_earlier_link_out_of_use(client: Client) -> None:
    first, second = first_start.make_link(), first_start.make_link()
    assert first is not None
    assert second is not None
    client.get(first.path)
    assert client.get("/entrance/").status_code == 410
    client.get(second.path)
    assert client.get("/entrance/").status_code == 200


def test_a_link_that_is_a_day_old_is_no_longer_good(client: Client) -> None:
    link = first_start.make_link()
    assert link is not None
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    client.get(link.path)
    assert client.post("/entrance/", TOLD).status_code == 410


def test_two_tabs_make_one_clinic(client: Client) -> None:
    link = first_start.make_link()
    assert link is not None
    other = Client()
    for tab in (client, other):
        tab.get(link.path)
        assert tab.get("/entrance/").status_code == 200
    assert client.post("/entrance/", TOLD).status_code == 302
    assert other.post("/entrance/", TOLD | {"email": "second@example.org"}).status_code == 410
    assert (Clinic.objects.count(), User.objects.count()) == (1, 1)


def test_a_clinic_that_stands_gets_no_further_link(harbor: Clinic) -> None:
    assert first_start.make_link() is None


def test_the_link_is_taken_by_one_statement_even_where_both_pages_found_it_good(db: None) -> None:
    link = first_start.make_link()
    assert link is not None
    told = first_start.NewClinic(
        name="A", time_zone="UTC", language="en", email="a@example.org", person="A", password=PASSWORD
    )
    nobody = Actor(user_id=None, name="")
    first_start.set_up(nobody, link.invitation, told)
    with pytest.raises(LinkNotGood):
        first_start.set_up(nobody, link.invitation, told)
    assert Clinic.objects.count() == 1


@pytest.mark.parametrize(("change", "words"), [
    ({"again": "something else entirely"}, b"The two are not the same"),
    ({"password": "short", "again": "short"}, b"too short"),
    ({"password": "Password1234!", "again": "Password1234!"}, b"too easy to guess"),
    ({"password": "rosa@example.org", "again": "rosa@example.org"}, b"too similar"),
])  # fmt: skip
def test_a_bad_password_is_refused_in_words_and_the_link_stays_good(client: Client, change: Any, words: bytes) -> None:
    link = first_start.make_link()
    assert link is not None
    client.get(link.path)
    answer = client.post("/entrance/", TOLD | change)
    assert (answer.status_code, words in answer.content, Clinic.objects.count()) == (200, True, 0)
    assert client.post("/entrance/", TOLD).status_code == 302
