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
current, and others walk every route as every role (`tests/clinic/test_routes.py`, `tests/clinic/api/test_roles.py`).

*team*: patients whose care team the person is on, or whose chart was opened by breaking the glass. *clinic*: all of the
person's own clinic. *self*: one's own record. –: not at all. Nothing reaches over the border of a clinic.
"""


def roles_page() -> str:
    """The page."""
    with translation.override("en"):
        heads = [str(ROLE_NAMES[role]) for role in Role]
    rules = ([f"`{action}`", *(str(grants.get(role, "–")) for role in Role)] for action, grants in RULES.items())
    walked = sorted(_routes())
    routes = ([f"`{path}`", f"`{rule}`", *_cells(rule)] for path, rule, _why in walked if rule)
    public = ([f"`{path}`", why] for path, rule, why in walked if not rule)
    parts = [
        HEAD, _table(["action", *heads], rules),
        "\n## Every route, every role\n\nA dash is 403; beyond the reach 404, or 403 for a chart outside one's team.\n",
        _table(["address", "rule", *heads], routes),
        "\n## Public\n", _table(["address", "why"], public),
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


def _cells(rule: str) -> list[str]:
    return [str(RULES[rule].get(role, "–")) for role in Role]


def _table(heads: list[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _routes() -> Iterator[tuple[str, str, str]]:
    """Pages, and the API's operations with their methods: address, rule, and why where it is public."""
    for path, view in _walk(get_resolver().url_patterns):
        for way, operation in [("", view), *_operations(view)]:
            rule, why = getattr(operation, "rule", ""), getattr(operation, "public_because", "")
            if rule or why:
                yield f"{way}{path}", rule, why


def _operations(view: Any) -> list[tuple[str, Any]]:
    """The operations behind one address of the API (django-ninja keeps them behind its view)."""
    kept = [cell.cell_contents for cell in getattr(view, "__closure__", None) or ()]
    found = [each for held in kept for each in getattr(held, "operations", ())]
    return [(f"{method} ", each.view_func) for each in found for method in sorted(each.methods)]


def _walk(patterns: Iterable[Any], before: str = "/") -> Iterator[tuple[str, Any]]:
    for each in patterns:
        path = before + str(each.pattern).removeprefix("^").removesuffix("$")
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, path)
        else:
            yield path, each.callback
