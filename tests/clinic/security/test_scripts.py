"""Markup in everything that a person can type: shown as the words it is, on every page, in a real browser."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import CharField, EmailField, Model, TextField
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from clinic import made
from clinic.axe import person
from clinic.routes import world as worlds
from clinic.routes.world import World
from poise.clinic.people.models import RoleGrant
from poise.clinic.rules import Role

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
for file in sorted((Path(__file__).parents[1] / "routes").glob("*.py")):
    if file.stem != "world":
        importlib.import_module(f"clinic.routes.{file.stem}")

PLANTED = "'\"><img src=x onerror=alert(1)><svg onload=alert(2)>"
RAW = ("<img src=x onerror", "<svg onload")
# Words that no page shows, and what the clinic's own lists say (a wrong one of these is no word but a mistake).
NOT_TYPED = frozenset({
    "password", "credentials", "time_zone", "secret_hash", "search_text", "word", "condition", "measure", "outcome",
    "contraindication", "flag", "test", "finding", "technique", "trigger_point", "media_type", "sha256", "format",
    "software", "key", "kind", "method", "told",
})  # fmt: skip
OTHERS = frozenset({"CacheEntry", "Event", "Head", "Once", "Draft", "PatientWord"})


def fields_for_typing() -> Iterator[tuple[type[Model], str]]:
    """Every field of words of every table of ours; a new one is planted without being named here."""
    for model in apps.get_models():
        if not model.__module__.startswith("poise.") or model.__name__ in OTHERS:
            continue
        for each in model._meta.concrete_fields:
            is_words = isinstance(each, CharField | TextField) and not isinstance(each, EmailField) and not each.choices
            long_enough = (each.max_length or 999) >= len(PLANTED) if is_words else False
            if long_enough and not each.primary_key and each.name not in NOT_TYPED and not each.name.endswith("_key"):
                yield model, each.name


def plant() -> None:
    for model, name in fields_for_typing():
        model._default_manager.update(**{name: PLANTED})


@pytest.fixture
def planted(transactional_db: Any) -> World:
    world = worlds.make()
    owner = world.people[Role.PHYSICAL_THERAPIST]
    RoleGrant.objects.create(user=owner, role=Role.ADMINISTRATOR.value)
    owner.__dict__.pop("_role_set", None)
    for route in (route for route in worlds.routes() if route.rule):
        world.parts(route, world.ana, owner)  # one of everything
    plant()
    return world


def pages(world: World, user: Any) -> Iterator[tuple[str, str]]:
    """Each address that answers with a page, and the page."""
    client = made.sign_in(Client(raise_request_exception=False), user)
    for route in worlds.routes():
        if route.is_api or not route.rule or route.name in {"account_logout", "lock"}:
            continue
        path = reverse(route.name, kwargs=world.parts(route, world.ana, user))
        answer = client.get(path)
        assert answer.status_code != 500, path
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html") and not answer.streaming:
            yield path, answer.content.decode()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", [Role.PHYSICAL_THERAPIST, Role.PATIENT])
def test_what_was_typed_is_words_on_every_page(browser: Any, live_server: Any, planted: World, role: Role) -> None:
    user, wrong, showing = planted.people[role], [], []
    for path, html in pages(planted, user):
        wrong += [path for raw in RAW if raw in html]
        showing += [path] if escape(PLANTED)[:20] in html else []
    assert wrong == []
    assert len(showing) > (20 if role is Role.PHYSICAL_THERAPIST else 3)

    told: list[str] = []
    with person(browser, live_server, user) as page:
        page.on("dialog", lambda dialog: (told.append(f"a script ran: {page.url}"), dialog.dismiss()))
        for path in showing:
            page.goto(path)
            told += [f"{path}: {each}" for each in page.told if "Content Security" in each or "script:" in each]
            if page.locator("img[onerror], svg[onload]").count():
                told.append(f"{path}: markup")
            page.told.clear()
    assert told == []
