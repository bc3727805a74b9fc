"""Every route × every role, as the table in `rules` says, with real objects; and nobody else's objects for anyone.

A new route is covered without a word here: its view names a rule (or says why it is public), and its address's parts are
made by `tests/clinic/routes/`.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinic import made
from clinic.routes import world as worlds
from clinic.routes.world import OF_CLINIC, OF_PATIENT, OF_PERSON, Route, World
from poise.clinic.people.domain import screen
from poise.clinic.people.middleware import WHILE_LOCKED
from poise.clinic.people.models import Patient, User
from poise.clinic.people.roles_page import roles_page
from poise.clinic.rules import RULES, Reach, Role, reaches

pytestmark = pytest.mark.django_db
HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "clinic" / "roles.md"
REFUSED = {401, 403, 404}
for file in sorted((HERE / "routes").glob("*.py")):
    if file.stem != "world":
        importlib.import_module(f"clinic.routes.{file.stem}")


@pytest.fixture
def world(db: None) -> World:
    return worlds.make()


def pages() -> list[Route]:
    return [route for route in worlds.routes() if not route.public]


def readable() -> list[Route]:
    """Routes that can be asked without changing anything: all pages, and what the API gives to read."""
    return [route for route in pages() if not route.is_api or ("GET" in route.methods and route.rule)]


def test_every_route_names_a_rule_or_says_why_it_is_public() -> None:
    unnamed = [route.path for route in worlds.routes() if not route.rule and not route.public]
    assert unnamed == [path for path in unnamed if path in {"/api/v1/openapi.json", "/api/v1/"}]
    assert [route.path for route in pages() if route.rule and route.rule not in RULES] == []


def test_every_route_below_a_patient_asks_for_that_patient() -> None:
    assert [route.path for route in pages() if "patient_id" in route.parts and not route.about_patient] == []


def test_public_routes_are_few_and_each_has_a_reason() -> None:
    public = {route.name for route in worlds.routes() if route.public}
    assert all(len(route.public) > 20 for route in worlds.routes() if route.public)
    assert not [name for name in public if name.startswith(("patient", "people", "clinic", "audit", "episode"))]


@pytest.mark.parametrize("role", list(Role))
def test_what_a_role_may_do_is_what_the_table_says(world: World, role: Role) -> None:
    user = world.people[role]
    wrong = []
    for route in readable():
        answer = _ask(world, user, route, world.ana)
        if answer.status_code == 404 and route.name.startswith("mfa_"):
            continue  # one's own app or codes, where there are none yet
        if _is_let_in(answer) != bool(reaches(user.role_set, route.rule)):
            wrong.append((route.name, route.rule, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", list(Role))
def test_what_a_role_may_not_do_it_may_not_do_by_handing_in_either(world: World, role: Role) -> None:
    user = world.people[role]
    wrong = []
    for route in readable():
        if reaches(user.role_set, route.rule) or route.is_api:
            continue
        answer = _ask(world, user, route, world.ana, method="post")
        if answer.status_code not in REFUSED:
            wrong.append((route.name, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", list(Role))
def test_a_patient_of_another_clinic_is_not_found_by_anyone(world: World, role: Role) -> None:
    user = world.people[role]
    wrong = []
    for route in readable():
        if not route.about_patient:
            continue
        wanted = {404} if reaches(user.role_set, route.rule) else {403, 404}
        for method in _methods(route):
            answer = _ask(world, user, route, world.cleo, method=method)
            if answer.status_code not in wanted:
                wrong.append((route.name, method, answer.status_code))
    assert wrong == []


def test_a_patient_sees_no_other_patient(world: World) -> None:
    user = world.people[Role.PATIENT]
    wrong = []
    for route in readable():
        if route.about_patient and reaches(user.role_set, route.rule) == {Reach.SELF}:
            answer = _ask(world, user, route, world.bela)
            if answer.status_code != 404:
                wrong.append((route.name, answer.status_code))
    assert wrong == []


def test_a_clinician_outside_the_team_is_refused_where_the_table_says_team(world: World) -> None:
    user = made.person(Role.PHYSICAL_THERAPIST, world.harbor)
    wrong = []
    for route in readable():
        if route.about_patient and RULES[route.rule].get(Role.PHYSICAL_THERAPIST) == Reach.TEAM:
            answer = _ask(world, user, route, world.ana)
            if answer.status_code != 403:
                wrong.append((route.name, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", [Role.PHYSICAL_THERAPIST, Role.PATIENT, Role.FRONT_DESK])
def test_anothers_things_are_not_found_under_ones_own_patient(world: World, role: Role) -> None:
    """Ana's address with Bela's ids: both are this person's patients (or one is), the things do not belong together."""
    user = world.people[role]
    wrong = []
    for route in readable():
        others = [name for name in route.parts if name in OF_PATIENT]
        if not others or not reaches(user.role_set, route.rule):
            continue
        for name in others:
            parts = world.parts(route, world.ana, user) | {name: world.part(name, world.bela, user)}
            answers = [_send(world, user, route, parts, method).status_code for method in _methods(route)]
            if 404 not in answers or set(answers) - {404, 405}:
                wrong.append((route.name, name, answers))
    assert wrong == []


def test_another_clinics_things_and_another_persons_things_are_not_found(world: World) -> None:
    wrong = []
    for route in pages():
        mine = [name for name in route.parts if name in OF_CLINIC or name in OF_PERSON]
        if not mine or route.is_api:
            continue
        for role in Role:
            stranger, user = world.strangers[role], world.people[role]
            if not reaches(stranger.role_set, route.rule):
                continue
            parts = world.parts(route, world.ana, user)
            answers = [_send(world, stranger, route, parts, method).status_code for method in _methods(route)]
            if (404 not in answers and 302 not in answers) or set(answers) - {404, 405, 302}:
                wrong.append((route.name, role, answers))
    assert [each for each in wrong if not _is_asked_again(each)] == []


def test_a_stranger_is_led_to_the_sign_in_page(world: World) -> None:
    wrong = []
    for route in pages():
        if not route.rule:
            continue
        for method in _methods(route):
            answer = getattr(Client(), method)(_path(route, world.parts(route, world.ana, world.people[Role.PATIENT])))
            led = answer.status_code == 302 and answer.url.startswith("/account/sign-in/")
            if not led and not (route.is_api and answer.status_code in {401, 405}):
                wrong.append((route.name, method, answer.status_code))
    assert wrong == []


def test_a_locked_screen_answers_nothing(world: World) -> None:
    user = world.people[Role.PHYSICAL_THERAPIST]
    client = made.sign_in(Client(), user)
    session = client.session
    screen.lock(session)
    session.save()
    wrong = []
    for route in worlds.routes():
        if route.name in WHILE_LOCKED or route.name.removeprefix("api-1:") in WHILE_LOCKED:
            continue
        answer = client.get(_path(route, world.parts(route, world.ana, user)))
        if answer.status_code != 423 or b"Rivera" in answer.content:
            wrong.append((route.name, answer.status_code))
    assert wrong == []


def test_the_page_of_roles_is_as_the_rules_and_routes_are() -> None:
    """``python -m poise.clinic write_roles`` writes it."""
    assert PAGE.read_text("utf-8") == roles_page(), "Run: python -m poise.clinic write_roles"


def _is_asked_again(each: tuple[str, Role, list[int]]) -> bool:
    """A page that asks for a factor again before it looks anything up: 302 to there, for one's own things too."""
    return each[0].startswith(("mfa_", "person"))


def _ask(world: World, user: User, route: Route, patient: Patient, *, method: str = "get") -> Any:
    return _send(world, user, route, world.parts(route, patient, user), method)


_clients: dict[Any, Client] = {}


def _send(world: World, user: User, route: Route, parts: dict[str, Any], method: str) -> Any:
    if user.pk not in _clients:
        _clients[user.pk] = made.sign_in(Client(raise_request_exception=False), user)
    elif "_auth_user_id" not in _clients[user.pk].session:
        made.sign_in(_clients[user.pk], user)
    client = _clients[user.pk]
    answer = getattr(client, method)(_path(route, parts))
    session = client.session
    if screen.is_locked(session):  # the route that locks was among those asked
        screen.unlock(session)
        session.save()
    return answer


@pytest.fixture(autouse=True)
def _no_clients_left() -> Iterator[None]:
    _clients.clear()
    yield
    _clients.clear()


def _path(route: Route, parts: dict[str, Any]) -> str:
    return reverse(route.name, kwargs=parts)


def _methods(route: Route) -> list[str]:
    return ["get"] if route.is_api else ["get", "post"]


def _is_let_in(answer: Any) -> bool:
    assert answer.status_code < 500, (answer.request["PATH_INFO"], answer.status_code)
    if answer.status_code == 302:
        return not re.match(r"/account/(sign-in|second-factor)/", answer.url)
    return answer.status_code not in REFUSED
