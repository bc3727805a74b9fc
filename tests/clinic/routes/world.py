"""The world in which every route is walked: two clinics, people of every role, patients with one of everything.

A part of an address (``<uuid:episode_id>``) is filled by the maker of that name. An app adds makers for its own parts in
``tests/clinic/routes/<app>.py``; every file of this folder is read. Nothing else is to be done for a new route.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from clinic import made
from poise.clinic.people.models import Clinic, Patient, User
from poise.clinic.rules import CLINICIANS, Role

OF_PATIENT: dict[str, Callable[[Patient, User], Any]] = {}
OF_CLINIC: dict[str, Callable[[Clinic, User], Any]] = {}
OF_PERSON: dict[str, Callable[[User], Any]] = {}
ALIKE: dict[str, Any] = {"patient_id": None}
OWN: set[str] = set()  # which of `OF_PATIENT` only their maker may open
SECRET = re.compile(r"qvx-([a-z_]+)-([A-Z][a-z]+)")
BORN = date(1957, 11, 23)  # seen as a whole only by those who may know more than the year


def of_patient(name: str, *, own: bool = False) -> Callable[[Any], Any]:
    """The id of something that belongs to a patient: ``(patient, made_by) -> id``; `own`: each person has one of theirs."""
    if own:
        OWN.add(name)
    return lambda maker: OF_PATIENT.setdefault(name, maker)


def of_clinic(name: str) -> Callable[[Any], Any]:
    """The id of something that belongs to a clinic: ``(clinic, administrator) -> id``."""
    return lambda maker: OF_CLINIC.setdefault(name, maker)


def of_person(name: str) -> Callable[[Any], Any]:
    """The id of something that belongs to a person: ``(user) -> id``."""
    return lambda maker: OF_PERSON.setdefault(name, maker)


def alike(**values: Any) -> None:
    """Parts that are nobody's: a measure's name, a step of a form."""
    ALIKE.update(values)


def secret(kind: str, patient: Patient) -> str:
    """A word that stands nowhere else: wherever it appears, this patient's `kind` was shown."""
    return f"qvx-{kind}-{patient.given_name}"


def secrets_in(text: str) -> set[tuple[str, str]]:
    """Which secrets a page shows: their kinds, and whose."""
    return {(kind, whose) for kind, whose in SECRET.findall(text)}


@dataclass(frozen=True, kw_only=True)
class Route:
    """One address: its name, its parts, and what its view says of itself."""

    name: str
    path: str
    parts: tuple[str, ...]
    rule: str
    public: str
    about_patient: bool
    methods: frozenset[str] = frozenset({"GET", "POST"})

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/v1/")


def routes() -> list[Route]:
    """Every address of the clinic."""
    return [route for path, pattern in _walk(get_resolver().url_patterns) for route in _routes(path, pattern)]


@dataclass
class World:
    """Two clinics with one of everything; what an address needs is made when it is first asked for."""

    harbor: Clinic
    elsewhere: Clinic
    people: dict[Role, User]
    strangers: dict[Role, User]
    ana: Patient
    bela: Patient
    cleo: Patient
    known: dict[Any, Any] = field(default_factory=dict)

    def parts(self, route: Route, patient: Patient, user: User) -> dict[str, Any]:
        """What fills the route's address, for this patient and this person."""
        return {name: self.part(name, patient, user) for name in route.parts}

    def part(self, name: str, patient: Patient, user: User) -> Any:
        """One part. A missing maker is an error that says what to write."""
        if name == "patient_id":
            return patient.pk
        if name in ALIKE:
            return ALIKE[name]
        if name in OF_PERSON:
            return self._once((name, user.pk), lambda: OF_PERSON[name](user))
        admin = (self.people if patient.clinic_id == self.harbor.pk else self.strangers)[Role.ADMINISTRATOR]
        if name in OF_CLINIC:
            return self._once((name, patient.clinic_id), lambda: OF_CLINIC[name](patient.clinic, admin))
        assert name in OF_PATIENT, f"No maker of '{name}': add one in tests/clinic/routes/<app>.py"
        if name in OWN:
            return self._once((name, patient.pk, user.pk), lambda: OF_PATIENT[name](patient, user))
        return self._once((name, patient.pk), lambda: OF_PATIENT[name](patient, admin))

    def fill(self) -> World:
        """Makes one of everything now, for each patient and each person."""
        for patient in (self.ana, self.bela, self.cleo):
            for name in (*OF_PATIENT, *OF_CLINIC):
                self.part(name, patient, self.people[Role.ADMINISTRATOR])
        for user in (*self.people.values(), *self.strangers.values()):
            for name in OF_PERSON:
                self.part(name, self.ana, user)
        return self

    def _once(self, key: Any, make: Callable[[], Any]) -> Any:
        if key not in self.known:
            self.known[key] = make()
        return self.known[key]


def make() -> World:
    """A fresh one. Every clinician of Harbor is on Ana's and on Bela's team."""
    harbor, elsewhere = made.clinic("Harbor"), made.clinic("Elsewhere")
    people = {role: made.person(role, harbor) for role in Role}
    strangers = {role: made.person(role, elsewhere) for role in Role}
    team = tuple(people[role] for role in sorted(CLINICIANS))
    ana = made.patient(harbor, team=team, given_name="Ana", account=people[Role.PATIENT])
    bela = made.patient(harbor, team=team, given_name="Bela", account=made.person(Role.PATIENT, harbor))
    their_team = tuple(strangers[role] for role in sorted(CLINICIANS))
    cleo = made.patient(elsewhere, team=their_team, given_name="Cleo", account=strangers[Role.PATIENT])
    for each in (ana, bela, cleo):
        _tell(each)
    for user in (*people.values(), *strangers.values()):
        user.password = "made"  # fits nothing, and counts as one: pages that ask for it again can be opened
        user.save(update_fields=["password"])
    return World(harbor=harbor, elsewhere=elsewhere, people=people, strangers=strangers, ana=ana, bela=bela, cleo=cleo)


def _tell(patient: Patient) -> None:
    """What the desk knows of a patient, each of it to be recognized."""
    patient.birth_date, patient.email = BORN, f"{secret('email', patient)}@example.org"
    told = ["phone", "street", "city", "postal_code", "emergency_contact", "emergency_phone", "pronouns"]
    for name in told:
        setattr(patient, name, secret(name, patient)[:20] if name == "postal_code" else secret(name, patient))
    patient.save(update_fields=["birth_date", "email", *told])


def _walk(patterns: list[Any], before: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for each in patterns:
        path = before + str(each.pattern).removeprefix("^").removesuffix("$")
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, path)
        else:
            yield path, each


def _routes(path: str, pattern: URLPattern) -> Iterator[Route]:
    view, name = pattern.callback, pattern.name or ""
    parts = tuple(pattern.pattern.regex.groupindex) if path.count("<") else ()
    parts = tuple(dict.fromkeys((*_parts(path), *parts)))
    for operation in _operations(view):
        yield Route(
            name=f"api-1:{name}" if path.startswith("/api/v1/") else name, path=path, parts=parts,
            rule=getattr(operation.view_func, "rule", ""), public="",
            about_patient=getattr(operation.view_func, "about_patient", False), methods=frozenset(operation.methods),
        )  # fmt: skip
    if not _operations(view):
        yield Route(
            name=name, path=path, parts=parts, rule=getattr(view, "rule", ""),
            public=getattr(view, "public_because", ""), about_patient=getattr(view, "about_patient", False),
        )  # fmt: skip


def _parts(path: str) -> list[str]:
    return [piece.split(">")[0].split(":")[-1] for piece in path.split("<")[1:] if "?P" not in path]


def _operations(view: Any) -> list[Any]:
    """The operations of a route of the API (django-ninja keeps them behind its view)."""
    for cell in getattr(view, "__closure__", None) or ():
        if hasattr(cell.cell_contents, "operations"):
            return list(cell.cell_contents.operations)
    return []
