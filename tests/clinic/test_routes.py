"""Every route × every role, as the table in `rules` says, with real objects; nobody else's for anyone; nothing unasked shown.

A new route is covered without a word here: its view names a rule (or says why it is public), and its address's parts are
made by `tests/clinic/routes/`. What the table comes to for each route stands in ``docs/clinic/roles.md``. The API is walked
by ``api/test_roles.py``.
"""

from __future__ import annotations

import importlib
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as of_django
from django.db import transaction
from django.test import override_settings
from django.urls import resolve

from clinic import made
from clinic.routes import world as worlds
from clinic.routes.charts import FLAG, SCORE, VALUE
from clinic.routes.world import BORN, OF_CLINIC, OF_PATIENT, OF_PERSON, OWN, Route, World, secrets_in
from clinic.walking import Answer, Step, Walker, as_table, faults, path_of
from poise.clinic.people.domain import screen
from poise.clinic.people.middleware import WHILE_LOCKED, WITHOUT_FACTOR
from poise.clinic.people.models import Patient, User
from poise.clinic.people.roles_page import roles_page
from poise.clinic.rules import CLINICIANS, RULES, STAFF, Reach, Role, reaches
from poise.knowledge.clinical import library

pytestmark = pytest.mark.django_db
HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "clinic" / "roles.md"
METHODS = ("get", "post")
for file in sorted((HERE / "routes").glob("*.py")):
    if file.stem != "world":
        importlib.import_module(f"clinic.routes.{file.stem}")

# What a role may be shown of its own clinic's patients: kinds of secrets (see `routes/`). The desk's facts:
OF_DESK = {"phone", "email", "street", "city", "postal_code", "emergency_contact", "emergency_phone", "pronouns"}
# What a patient is shown of their own: what they said themselves, and what was judged.
OF_PATIENTS_OWN = OF_DESK | {
    "activity",
    "intake",
    "file",
    "confirmed",
    "pain",
    "pain_map",
    "goal",
    "episode",
    "symptom",
}
# A patient may have a copy of the whole record.
OWN_EXPORT = ("patient-export", Role.PATIENT)
BIRTHDAY = re.compile(
    rf"{BORN:%Y-%m-%d}|11/23/1957|23/11/1957|Nov\w*\.? 23, 1957|23 nov\w*\.? (?:de )?1957|23 de noviembre de 1957", re.I
)
NUMBERS = re.compile(
    rf"(?<![\d.:])(?:{re.escape(str(VALUE))}|{re.escape(str(SCORE))})(?!\d)"
)  # as numbers of their own, not of a time
# allauth leads a wrong passkey to its sign-in page, which leads a person who is signed in home.
OF_ALLAUTH = {("mfa_reauthenticate_webauthn", "post", "302 /account/sign-in/")}


@dataclass
class Walk:
    """The made world, and who walks it."""

    world: World
    walker: Walker
    outsiders: dict[Role, User]
    all_staff: User


@pytest.fixture(scope="module")
def data_of_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("walk")
    with override_settings(POISE=replace(of_django.POISE, data_folder=folder)):
        yield folder


@pytest.fixture(autouse=True)
def data_folder(data_of_module: Path) -> Path:
    """The world's own, in place of one for each test."""
    return data_of_module


@pytest.fixture(scope="module")
def walk(django_db_setup: None, django_db_blocker: Any, data_of_module: Path) -> Iterator[Walk]:
    """Made once for all tests of this file, inside a transaction that is undone at the end."""
    logging.disable(logging.CRITICAL)
    with django_db_blocker.unblock(), transaction.atomic():
        world = worlds.make().fill()
        outsiders = {role: made.person(role, world.harbor) for role in sorted(CLINICIANS)}
        all_staff = made.person(Role.PHYSICAL_THERAPIST, world.harbor, *(STAFF - {Role.PHYSICAL_THERAPIST}))
        walker = Walker()
        walker.let_in(*world.people.values(), *world.strangers.values(), *outsiders.values(), all_staff)
        yield Walk(world, walker, outsiders, all_staff)
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)


def pages() -> list[Route]:
    return [route for route in worlds.routes() if not route.public and not route.is_api]


def test_every_route_names_a_rule_or_says_why_it_is_public() -> None:
    unnamed = [route.path for route in worlds.routes() if not route.rule and not route.public]
    assert unnamed == [path for path in unnamed if path in {"/api/v1/openapi.json", "/api/v1/"}]
    assert [route.path for route in pages() if route.rule not in RULES] == []


def test_every_route_below_a_patient_asks_for_that_patient() -> None:
    assert [route.path for route in pages() if ("patient_id" in route.parts) != route.about_patient] == []


def test_public_routes_are_few_and_each_has_a_reason() -> None:
    public = {route.name for route in worlds.routes() if route.public}
    assert all(len(route.public) > 10 for route in worlds.routes() if route.public)
    assert not [name for name in public if name.startswith(("patient", "people", "clinic", "audit", "episode"))]
    assert len(public) < 35


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_what_the_table_says_and_nothing_of_anyone_elses(walk: Walk, role: Role) -> None:
    """Own patients, the other clinic's, another patient's things under one's own patient's address; and what is shown."""
    user, steps = walk.world.people[role], []
    for route in pages():
        own = list(_of_rule(walk, user, route))
        steps += own
        if reaches(user.role_set, route.rule):  # else the refusal is the same whoever is asked about
            methods = [each.method for each in own if not each.is_no_method]
            steps += _of_others(walk, user, route, methods)
            steps += _of_crossed_addresses(walk, user, route, methods)
    print(f"{role}: {len(pages())} routes, {len(steps)} requests")
    _say(_faults(steps) + _leaks(steps, role))


def test_a_clinician_outside_the_team_is_refused_and_may_break_the_glass(walk: Walk) -> None:
    """Shown is the name, and nothing else."""
    steps, unoffered = [], []
    for role, user in walk.outsiders.items():
        for route in pages():
            if not route.about_patient or RULES[route.rule].get(role) != Reach.TEAM:
                continue
            for method in METHODS:
                answer = _ask(walk, user, route, walk.world.ana, method)
                steps.append(Step(route=route, method=method, whose=role, wanted="403", answer=answer))
                if answer.status == 403 and "/glass/" not in answer.body:
                    unoffered.append((role, route.name, method))
    _say(_faults(steps) + _leaks(steps, None))
    assert unoffered == []


def test_lists_show_a_clinician_outside_the_team_nothing_but_names(walk: Walk) -> None:
    steps = []
    for role, user in walk.outsiders.items():
        for route in pages():
            if not route.about_patient and reaches(user.role_set, route.rule):
                answer = _ask(walk, user, route, walk.world.ana, "get")
                steps.append(Step(route=route, method="get", whose=role, wanted="in", answer=answer))
    _say(_leaks(steps, None))


def test_a_stranger_is_led_to_the_sign_in_page(walk: Walk) -> None:
    steps = []
    for route in pages():
        for method in METHODS:
            path = path_of(route, walk.world.parts(route, walk.world.ana, walk.world.people[Role.PATIENT]))
            answer = walk.walker.ask(None, path, method)
            steps.append(Step(route=route, method=method, whose="", wanted="302 /account/sign-in/", answer=answer))
    _say(_faults(steps) + _leaks(steps, None))


def test_a_locked_screen_answers_nothing(walk: Walk) -> None:
    user = walk.world.people[Role.PHYSICAL_THERAPIST]
    _change_session(walk, user, screen.lock)
    steps = []
    for route in pages():
        if route.name in WHILE_LOCKED:
            continue
        for method, headers in (("get", {}), ("post", {"HTTP_HX_REQUEST": "true"})):
            path = path_of(route, walk.world.parts(route, walk.world.ana, user))
            answer = walk.walker.ask(user, path, method, **headers)
            steps.append(Step(route=route, method=method, whose=user.name, wanted="423", answer=answer))
    _say(_faults(steps) + _leaks(steps, None))


def test_staff_without_a_second_factor_are_led_to_set_one_up(walk: Walk) -> None:
    user = walk.outsiders[Role.PHYSICAL_THERAPIST]
    _change_session(walk, user, lambda session: session.pop("factor_seen"))
    steps = []
    for route in pages():
        if route.name in WITHOUT_FACTOR:
            continue
        for method in METHODS:
            answer = _ask(walk, user, route, walk.world.ana, method)
            wanted = "403" if route.path.startswith("/api/") else "302 /account/second-factor/"
            steps.append(Step(route=route, method=method, whose=user.name, wanted=wanted, answer=answer))
    _say(_faults(steps) + _leaks(steps, None))


def test_nothing_is_changed_without_the_forms_token(walk: Walk) -> None:
    """As someone who may everything: a page elsewhere cannot make their browser do it."""
    steps, exempt = [], []
    for route in worlds.routes():
        if route.is_api:
            continue
        path = path_of(route, walk.world.parts(route, walk.world.ana, walk.all_staff))
        if getattr(resolve(path).func, "csrf_exempt", False):
            exempt.append(route.name)
        answer = walk.walker.ask(walk.all_staff, path, "post", strict=True)
        steps.append(Step(route=route, method="post", whose="all staff", wanted="403", answer=answer))
    _say(_faults(steps))
    # The upload of a form asks for the token itself, once the body streams; for the rest what holds for POST holds for all.
    assert exempt == ["recording-send"]


def test_the_page_of_roles_is_as_the_rules_and_routes_are() -> None:
    """``python -m poise.clinic write_roles`` writes it."""
    assert PAGE.read_text("utf-8") == roles_page(), "Run: python -m poise.clinic write_roles"


def _of_rule(walk: Walk, user: User, route: Route) -> Iterator[Step]:
    wanted = "in" if reaches(user.role_set, route.rule) else "403"
    for method in METHODS:
        answer = _ask(walk, user, route, walk.world.ana, method)
        yield Step(route=route, method=method, whose="own", wanted=wanted, answer=answer)


def _of_others(walk: Walk, user: User, route: Route, methods: list[str]) -> Iterator[Step]:
    """The other clinic's patient, and for a patient the clinic's other patient."""
    others = {"other clinic's": walk.world.cleo} if route.about_patient else {}
    if route.about_patient and reaches(user.role_set, route.rule) == {Reach.SELF}:
        others["other patient's"] = walk.world.bela
    for whose, patient in others.items():
        for method in methods:
            answer = _ask(walk, user, route, patient, method)
            yield Step(route=route, method=method, whose=whose, wanted="404", answer=answer)


def _of_crossed_addresses(walk: Walk, user: User, route: Route, methods: list[str]) -> Iterator[Step]:
    """Ana's address with Bela's ids, and one's own with those of another clinic's people: they do not belong together."""
    own = walk.world.parts(route, walk.world.ana, user)
    for name in route.parts:
        if name in OF_PATIENT:
            whose = walk.all_staff if name in OWN else user
            strange = walk.world.part(name, walk.world.bela, whose)
        elif name in OF_CLINIC or name in OF_PERSON:
            strange = walk.world.part(name, walk.world.cleo, walk.world.strangers[Role.ADMINISTRATOR])
        else:
            continue
        if strange == own[name]:
            continue  # a word that is alike for all: the name of a measure
        for method in methods:
            answer = walk.walker.ask(user, path_of(route, own | {name: strange}), method)
            yield Step(route=route, method=method, whose=f"another's {name}", wanted="404", answer=answer)


def _ask(walk: Walk, user: User, route: Route, patient: Patient, method: str) -> Answer:
    return walk.walker.ask(user, path_of(route, walk.world.parts(route, patient, user)), method)


def _say(table: str) -> None:
    """Fails with the table of what is wrong, if anything is."""
    if table:
        pytest.fail(table, pytrace=False)


def _faults(steps: list[Step]) -> str:
    wrong = [
        (each.route.name, each.method, each.whose, each.fault)
        for each in faults(steps)
        if (each.route.name, each.method, each.answer.outcome) not in OF_ALLAUTH
    ]
    return as_table(wrong) if wrong else ""


def _leaks(steps: Iterable[Step], role: Role | None) -> str:
    """What was shown that is not this role's to see; None is someone with no right to anything."""
    shown = [
        (each.route.name, each.method, each.whose, sorted(_unfit(each.answer.body, role)))
        for each in steps
        if (each.route.name, role) != OWN_EXPORT
    ]
    wrong = [each for each in shown if each[3]]
    return as_table(wrong) if wrong else ""


def _unfit(body: str, role: Role | None) -> set[str]:
    found = {f"{kind} of {whose}" for kind, whose in secrets_in(body) if not _may_see(role, kind, whose)}
    if role in CLINICIANS or role == Role.PATIENT:
        return found
    if role is None or role == Role.ADMINISTRATOR:
        found |= set(BIRTHDAY.findall(body))
    return found | {each for each in _clinical_words() if each in body} | set(NUMBERS.findall(body))


def _may_see(role: Role | None, kind: str, whose: str) -> bool:
    if role is None or whose == "Cleo":
        return False
    if role == Role.ADMINISTRATOR:
        return kind == "glass"  # who opened a chart in need must say why, and an administrator reads it
    if role in CLINICIANS:
        return True
    if role == Role.PATIENT:
        return whose == "Ana" and kind in OF_PATIENTS_OWN
    return kind in OF_DESK


def _clinical_words() -> list[str]:
    known = library()
    return [known.conditions["c_tka"].name.en, known.red_flags[FLAG].name.en, known.findings["f_knee_valgus"].name.en,
             known.tests["test_rom"].name.en, known.outcomes["om_nprs"].name.en]  # fmt: skip


def _change_session(walk: Walk, user: User, change: Any) -> None:
    """For the rest of this test."""
    from importlib import import_module

    store = import_module(of_django.SESSION_ENGINE).SessionStore(walk.walker.sessions[user.pk])
    change(store)
    store.save()
