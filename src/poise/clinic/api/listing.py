"""The routes of the API, read from the API itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from poise.clinic.api.scopes import SCOPES

CONVERTER = re.compile(r"\{\w+:")


@dataclass(frozen=True, kw_only=True)
class Route:
    """One route. `scope` is the token's scope that opens it; empty where every token may."""

    method: str
    path: str
    summary: str
    action: str
    scope: str


def routes() -> dict[str, list[Route]]:
    """Every route by its group, in order of path."""
    found: dict[str, list[Route]] = {}
    for group, route in _all():
        found.setdefault(group, []).append(route)
    return found


def _all() -> Iterator[tuple[str, Route]]:
    from poise.clinic.api.v1 import api  # made of these apps' verbs: not before Django is ready

    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                action = operation.view_func.rule  # type: ignore[attr-defined]
                group = (operation.tags or router.tags or ["other"])[0]
                for method in operation.methods:
                    shown = f"/api/v1{prefix}{CONVERTER.sub('{', path)}"
                    said = operation.summary or ""
                    yield group, Route(method=method, path=shown, summary=said, action=action, scope=_scope(action))


def _scope(action: str) -> str:
    return next((scope for scope, actions in SCOPES.items() if action in actions), "")
