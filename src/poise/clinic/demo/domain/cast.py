"""Who is in the demo clinic. All of them are made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from poise.clinic.actor import Actor
from poise.clinic.people.models import Clinic, RoleGrant, User
from poise.clinic.rules import Role

CLINIC = "Harbor Street Rehab"


@dataclass(frozen=True, kw_only=True)
class Player:
    """Someone who works in the demo clinic."""

    key: str
    name: str
    credentials: str
    roles: tuple[Role, ...]


STAFF = (
    Player(key="pt", name="Elena Park", credentials="PT, DPT", roles=(Role.PHYSICAL_THERAPIST,)),
    Player(key="pta", name="Tom Reyes", credentials="PTA", roles=(Role.ASSISTANT,)),
    Player(key="dc", name="Sofia Lindqvist", credentials="DC", roles=(Role.CHIROPRACTOR,)),
    Player(key="desk", name="Maya Chen", credentials="", roles=(Role.FRONT_DESK,)),
    Player(key="biller", name="Omar Haddad", credentials="", roles=(Role.BILLER,)),
    Player(key="admin", name="Ruth Klein", credentials="", roles=(Role.ADMINISTRATOR,)),
    Player(key="pt2", name="Ben Osei", credentials="PT", roles=(Role.PHYSICAL_THERAPIST,)),
)


def make_clinic() -> Clinic:
    """The clinic."""
    return Clinic.objects.create(name=CLINIC, time_zone="America/New_York", is_demo=True)


def hire(clinic: Clinic) -> dict[str, User]:
    """Its staff, by key. Nobody has a password: in a demo one chooses whom to be."""
    return {each.key: account(clinic, each.key, each.name, each.roles, each.credentials) for each in STAFF}


def account(clinic: Clinic, key: str, name: str, roles: tuple[Role, ...], credentials: str = "", **more: Any) -> User:
    """An account without a password."""
    user = User(clinic=clinic, email=f"{key}@demo.example", name=name, credentials=credentials, **more)
    user.set_unusable_password()
    user.save()
    RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role.value) for role in roles)
    return user


def acting(user: User) -> Actor:
    """The person at work, while the demo is made."""
    return Actor(user_id=user.pk, name=user.name, roles=user.role_set, clinic_id=user.clinic_id, route="demo")


def born(age_years: int, today: date) -> date:
    """A birth date that makes the person so old today."""
    had_birthday = (today.month, today.day) >= (3, 14)
    return date(today.year - age_years - (0 if had_birthday else 1), 3, 14)
