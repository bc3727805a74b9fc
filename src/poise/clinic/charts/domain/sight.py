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
    """A function that says whether an action of `rules` is within reach. It refuses nothing and records nothing.

    The patient as this request has loaded it remembers the answer for this very actor: many parts of a page ask.
    """
    known: tuple[Actor, May] | None = patient.__dict__.get("_sight")
    if known is None or known[0] is not by:
        known = patient.__dict__["_sight"] = by, _looked(by, patient)
    return known[1]


def _looked(by: Actor, patient: Patient) -> May:
    here = patient.clinic_id == by.clinic_id
    own = patient.account_id is not None and patient.account_id == by.user_id

    @cache
    def member() -> bool:
        return getattr(patient, "let_in", None) is by or on_team(by, patient)

    def may(action: str) -> bool:
        granted = reaches(by.roles, action)
        if not here or not granted:
            return False
        return Reach.CLINIC in granted or (Reach.SELF in granted and own) or (Reach.TEAM in granted and member())

    return may
