"""A made clinic: people of every role and their patients, with a few words. Nothing in it is real."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count
from typing import Any

from django.db import OperationalError, connection

from poise.clinic.actor import Actor
from poise.clinic.people.models import Clinic, Patient, RoleGrant, TeamMember, User
from poise.clinic.rules import Role

_numbers = count(1)


def clinic(name: str = "Harbor Rehab", **facts: Any) -> Clinic:
    return Clinic.objects.create(name=name, **facts)


def person(role: Role | str, at: Clinic, *more: Role, **facts: Any) -> User:
    number = next(_numbers)
    made = User(clinic=at, email=f"{role}{number}@example.org", name=f"{role.upper()} {number}", **facts)
    made.set_unusable_password()
    made.save()
    RoleGrant.objects.bulk_create(RoleGrant(user=made, role=Role(each).value) for each in (role, *more))
    return made


def patient(at: Clinic, *, team: tuple[User, ...] = (), **facts: Any) -> Patient:
    number = next(_numbers)
    told = {"record_number": f"P{number:05d}", "family_name": f"Rivera{number}", "given_name": "Ana",
            "birth_date": date(1960, 2, 3), "is_simulated": True} | facts  # fmt: skip
    made = Patient.objects.create(clinic=at, **told)
    TeamMember.objects.bulk_create(TeamMember(patient=made, user=each) for each in team)
    return made


def actor(user: User) -> Actor:
    return Actor(user_id=user.pk, name=user.name, roles=user.role_set, clinic_id=user.clinic_id, address="192.0.2.1")


def sign_in(client: Any, user: User) -> Any:
    """A client (Django's) as this person sees the clinic, every factor given."""
    client.force_login(user)
    session = client.session
    session["factor_seen"] = str(user.pk)
    session.save()
    return client


@contextmanager
def no_new_row(table: str, because: str) -> Iterator[None]:
    """The database takes no new row of this table, and says why."""

    def answered(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(f"INSERT INTO {table} "):
            raise OperationalError(because)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(answered):
        yield
