"""Every operation of the API × every role, with a token that may do everything its person may: as the table of rules says.

A new operation needs nothing here where its address says all; where it takes a body, one line in `BODIES`.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from clinic import made
from clinic.routes import world as worlds
from clinic.routes.world import OF_PATIENT, Route, World
from poise.clinic.api.domain import tokens
from poise.clinic.api.models import ApiToken
from poise.clinic.api.scopes import OPEN, SCOPES
from poise.clinic.audit.models import Event
from poise.clinic.people.models import Patient, User
from poise.clinic.rules import Reach, Role, reaches

pytestmark = pytest.mark.django_db
for file in sorted((Path(__file__).parents[1] / "routes").glob("*.py")):
    if file.stem != "world":
        importlib.import_module(f"clinic.routes.{file.stem}")

NAMED = {"family_name": "Okafor", "given_name": "Luz", "birth_date": "1951-04-02"}
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/patients"): NAMED,
    ("POST", "/patients/search"): {"terms": "zzz"},
    ("PATCH", "/patients/<>"): {"version": 1, "phone": "555 0100"},
    ("POST", "/patients/<>/episodes"): {"started_on": "2026-10-01"},
    ("POST", "/patients/<>/scores"): {"outcome": "om_nprs", "score": 4, "taken_on": "2026-10-02"},
    ("POST", "/patients/<>/pain-maps"): {"marks": [{"kind": "pain", "region": "br_neck"}]},
    ("POST", "/patients/<>/activities"): {"words": "Climb the stairs"},
    ("POST", "/patients/<>/activities/<>/ratings"): {"score": 3},
    ("POST", "/patients/<>/evaluations"): {"episode_id": "<episode_id>"},
    ("POST", "/patients/<>/evaluations/<>/tests/<>/values"): {
        "version": 1, "values": [{"measure": "gait.cadence", "attempts": [100]}]
    },
    ("POST", "/patients/<>/evaluations/<>/findings/<>/judgement"): {
        "judgement": "rejected", "reason": "seen twice", "version": 1
    },
    ("POST", "/patients/<>/episodes/<>/limits"): {
        "words": "No stairs", "ordered_by": "Dr. Vega", "ordered_on": "2026-10-01"
    },
    ("POST", "/patients/<>/red-flags/screens"): {"answers": {"rf_cauda_equina": "no"}},
    ("POST", "/patients/<>/evaluations/<>/tests/<>/outcome"): {
        "version": 1, "outcome": "skipped", "reason": "no chair"
    },
    ("POST", "/patients/<>/evaluations/<>/finish"): {"version": 1},
    ("POST", "/patients/<>/uploads"): {"name": "walk.csv", "size": 10},
}  # fmt: skip


class Caller:
    """Asks as each person, with a token of every scope."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client = Client(raise_request_exception=False)
        self.headers: dict[Any, dict[str, str]] = {}

    def header(self, user: User) -> dict[str, str]:
        """Made by hand: who may not make one (a patient) might still hold one, of a time as staff."""
        if user.pk not in self.headers:
            secret = f"{tokens.PREFIX}{user.pk}"
            ends = timezone.now() + timedelta(days=1)
            ApiToken.objects.create(
                user=user, name="all", scopes=sorted(SCOPES), secret_hash=tokens.hashed(secret), expires_at=ends
            )
            self.headers[user.pk] = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
        return self.headers[user.pk]

    def ask(self, user: User, method: str, route: Route, patient: Patient, **parts: Any) -> int:
        told = {part: self.world.part(part, patient, user) for part in route.parts} | parts
        path, shape = route.path, route.path
        for part in route.parts:
            path = path.replace(f"<uuidstr:{part}>", str(told[part]))
            shape = shape.replace(f"<uuidstr:{part}>", "<>")
        status = self.client.generic(
            method, path, self.body(method, shape.removeprefix("/api/v1"), patient, user),
            content_type="application/json", HTTP_UPLOAD_OFFSET="0", **self.header(user),
        ).status_code  # fmt: skip
        assert status < 500, (method, path, status)
        return status

    def body(self, method: str, shape: str, patient: Patient, user: User) -> str:
        body = BODIES.get((method, shape), {})
        return json.dumps(body).replace("<episode_id>", str(self.world.part("episode_id", patient, user)))


@pytest.fixture
def caller(db: None) -> Caller:
    return Caller(worlds.make())


def operations() -> Iterator[tuple[str, Route]]:
    """Each operation once: an address that has two is listed under the names of both."""
    seen = set()
    for route in worlds.routes():
        for method in sorted(route.methods) if route.is_api and route.rule else ():
            if (method, route.path) not in seen:
                seen.add((method, route.path))
                yield method, route


def test_every_operation_that_takes_a_body_has_one_here(client: Any, harbor: Any) -> None:
    described = client.get("/api/v1/openapi.json").json()["paths"]
    asked = {
        (method.upper(), "/".join("<>" if part.startswith("{") else part for part in path.split("/")))
        for path, methods in described.items()
        for method, told in methods.items()
        if "requestBody" in told
    }
    assert {(method, path.removeprefix("/api/v1")) for method, path in asked} == set(BODIES)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_do_by_a_program_what_the_table_says_and_no_more(caller: Caller, role: Role) -> None:
    user, wrong = caller.world.people[role], []
    for method, route in operations():
        granted = reaches(user.role_set, route.rule)
        status = caller.ask(user, method, route, caller.world.ana)
        # an upload is its sender's: another's is not there, and the walk's was begun by the administrator
        let_in = status not in {401, 403} and (status != 404 or "upload_id" in route.parts)
        if let_in != bool(granted):
            wrong.append((method, route.path, status))
    assert wrong == []


def test_what_is_refused_changes_nothing_and_is_written_down(caller: Caller) -> None:
    desk, before = caller.world.people[Role.FRONT_DESK], Event.objects.count()
    refused = [
        caller.ask(desk, method, route, caller.world.ana)
        for method, route in operations()
        if not reaches(desk.role_set, route.rule)
    ]
    assert set(refused) == {403}
    assert [event.outcome for event in Event.objects.order_by("number")[before:]] == ["refused"] * len(refused)


@pytest.mark.parametrize("role", list(Role))
def test_a_patient_of_another_clinic_is_not_there_by_any_method(caller: Caller, role: Role) -> None:
    user, wrong = caller.world.people[role], []
    for method, route in operations():
        if route.about_patient:
            wanted = 404 if reaches(user.role_set, route.rule) else 403
            status = caller.ask(user, method, route, caller.world.cleo)
            if status != wanted:
                wrong.append((method, route.path, status))
    assert wrong == []


@pytest.mark.parametrize("role", [Role.PHYSICAL_THERAPIST, Role.PATIENT])
def test_anothers_things_are_not_there_below_ones_own_patient(caller: Caller, role: Role) -> None:
    user, world, wrong = caller.world.people[role], caller.world, []
    for method, route in operations():
        if not reaches(user.role_set, route.rule):
            continue
        for part in (part for part in route.parts if part in OF_PATIENT):
            for other in (world.bela, world.cleo):
                status = caller.ask(user, method, route, world.ana, **{part: world.part(part, other, user)})
                if status != 404:
                    wrong.append((method, route.path, part, status))
    assert wrong == []


def test_a_clinician_outside_the_team_and_another_patient_are_kept_out(caller: Caller) -> None:
    world = caller.world
    outside, ana_herself, wrong = made.person(Role.CHIROPRACTOR, world.harbor), world.people[Role.PATIENT], []
    for method, route in operations():
        if not route.about_patient:
            continue
        if reaches(outside.role_set, route.rule) == {Reach.TEAM}:
            status = caller.ask(outside, method, route, world.ana)
            wrong += [(method, route.path, status)] if status != 403 else []
        if reaches(ana_herself.role_set, route.rule) == {Reach.SELF}:
            status = caller.ask(ana_herself, method, route, world.bela)
            wrong += [(method, route.path, status)] if status != 404 else []
    assert wrong == []


def test_a_token_without_the_scope_is_refused_everywhere(caller: Caller) -> None:
    user = caller.world.people[Role.PHYSICAL_THERAPIST]
    caller.header(user)
    ApiToken.objects.filter(user=user).update(scopes=[])
    wrong = [
        (method, route.path, status)
        for method, route in operations()
        if route.rule not in OPEN and (status := caller.ask(user, method, route, caller.world.ana)) != 403
    ]
    assert wrong == []


def test_who_may_only_know_who_a_patient_is_reads_nothing_else(caller: Caller) -> None:
    world = caller.world
    for role in (Role.FRONT_DESK, Role.BILLER):
        told = caller.client.get(f"/api/v1/patients/{world.ana.pk}", **caller.header(world.people[role])).json()
        assert sorted(told) == [
            "archived_at", "birth_date", "email", "family_name", "given_name", "height_m", "id", "is_simulated",
            "language", "mass_kg", "phone", "preferred_name", "record_number", "sex", "version",
        ]  # fmt: skip
        (line, *_) = caller.client.get("/api/v1/patients", **caller.header(world.people[role])).json()["patients"]
        assert sorted(line) == [
            "birth_date", "birth_year", "id", "is_archived", "is_simulated", "is_within", "name", "record_number",
        ]  # fmt: skip
