"""The page `docs/clinic/roles.md`: the table of rules as a reader sees it, and every route with its rule. Generated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import URLResolver, get_resolver
from django.utils import translation

from poise.clinic.people.models import ROLE_NAMES
from poise.clinic.rules import RULES, Role

HEAD = """# Who may do what

Written by `python -m poise.clinic write_roles` from `poise.clinic.rules` and the routes; a test checks that it is
current, and another walks every route as every role (`tests/clinic/test_routes.py`).

*team*: patients whose care team the person is on, or whose chart was opened by breaking the glass. *clinic*: all of the
person's own clinic. *self*: one's own record. –: not at all. Nothing reaches over the border of a clinic.
"""


def roles_page() -> str:
    """The page."""
    with translation.override("en"):
        heads = [str(ROLE_NAMES[role]) for role in Role]
    rules = ([f"`{action}`", *(str(grants.get(role, "–")) for role in Role)] for action, grants in RULES.items())
    routes = sorted((f"`{path}`", f"`{rule}`" if rule else f"public: {why}") for path, rule, why in _routes())
    parts = [HEAD, _table(["action", *heads], rules), "\n## Routes\n", _table(["address", "rule"], routes)]
    return "\n".join(parts) + "\n"


def _table(heads: list[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _routes() -> Iterator[tuple[str, str, str]]:
    """Pages and their rules; the API's routes stand in its own description."""
    for path, view in _walk(get_resolver().url_patterns):
        rule, why = getattr(view, "rule", ""), getattr(view, "public_because", "")
        if rule or why:
            yield path, rule, why


def _walk(patterns: Iterable[Any], before: str = "/") -> Iterator[tuple[str, Any]]:
    for each in patterns:
        path = before + str(each.pattern).removeprefix("^").removesuffix("$")
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, path)
        else:
            yield path, each.callback
