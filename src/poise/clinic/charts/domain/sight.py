"""What one person may do with one patient, asked many times on a page and answered with one look at the team."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from poise.clinic.actor import Actor
from poise.clinic.people.access import on_team
from poise.clinic.people.models import Patient
from poise.clinic.rules import Reach, reaches

May = Callable[[str], bool]


def sight_of(by: Actor, patient: Patient) -> May:
    """A function that says whether an action of `rules` is within reach. It refuses nothing and records nothing."""
    here = patient.clinic_id == by.clinic_id
    own = patient.account_id is not None and patient.account_id == by.user_id

    @cache
    def member() -> bool:
        return on_team(by, patient)

    def may(action: str) -> bool:
        granted = reaches(by.roles, action)
        if not here or not granted:
            return False
        return Reach.CLINIC in granted or (Reach.SELF in granted and own) or (Reach.TEAM in granted and member())

    return may
