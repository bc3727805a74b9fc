"""What stands above every page of a patient: facts and alerts that other apps know. They register a source each.

A source is asked only where the person's role reaches its `action` at all; it is called once a page and should ask the
database once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from django.utils.functional import Promise

from poise.clinic.actor import Actor
from poise.clinic.rules import RULES, reaches

STOP, CAUTION, NOTE = "stop", "caution", "note"


class Person(Protocol):
    """What the banner itself needs of a patient."""

    pk: UUID
    given_name: str
    family_name: str
    preferred_name: str
    birth_date: date
    is_simulated: bool


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A short fact beside the name: “Total knee arthroplasty, right”."""

    words: str | Promise
    label: str | Promise = ""


@dataclass(frozen=True, kw_only=True)
class Alert:
    """What must be seen on every page of the patient, until it is over.

    `kind`: ``stop`` (a red flag that is open), ``caution`` (precaution, surgeon's limit), ``note`` (a chart opened by
    breaking the glass). `address` leads to where it can be dealt with.
    """

    kind: str
    words: str | Promise
    address: str = ""


Part = Fact | Alert
Source = Callable[[Actor, Person], Iterable[Part]]

_sources: dict[str, tuple[str, Source]] = {}
_ORDER = {STOP: 0, CAUTION: 1, NOTE: 2}


def register(name: str, source: Source, *, action: str) -> None:
    """Adds a source of facts and alerts; the same name again replaces it."""
    assert action in RULES, action
    _sources[name] = (action, source)


def parts(by: Actor, patient: Person) -> tuple[list[Fact], list[Alert]]:
    """What all sources say of this patient to this person; the gravest alerts first."""
    told = [part for action, source in _sources.values() if reaches(by.roles, action) for part in source(by, patient)]
    alerts = sorted((part for part in told if isinstance(part, Alert)), key=lambda alert: _ORDER[alert.kind])
    return [part for part in told if isinstance(part, Fact)], alerts


def age_on(day: date, birth_date: date) -> int:
    """Full years."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
