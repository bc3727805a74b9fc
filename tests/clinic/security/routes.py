"""Every address of the clinic, with something in the place of each id."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

FILLINGS = {"UUIDConverter": uuid.UUID(int=7), "UUIDStrConverter": uuid.UUID(int=7), "IntConverter": 7, "StringConverter": "x", "SlugConverter": "x",
            "PathConverter": "x/y"}  # fmt: skip


@dataclass(frozen=True)
class Route:
    """An address and the view that answers it."""

    path: str
    name: str
    view: Any
    takes_patient: bool


def routes(patient_id: uuid.UUID) -> Iterator[Route]:
    """All of them; the patient's id stands where an address asks for it."""
    return (route for route in _below("", "/", get_resolver(), patient_id) if "(?P" not in route.path)


def _below(space: str, before: str, resolver: URLResolver, patient_id: uuid.UUID) -> Iterator[Route]:
    for each in resolver.url_patterns:
        path = before + _filled(each, patient_id)
        if isinstance(each, URLResolver):
            yield from _below(f"{space}{each.namespace}:" if each.namespace else space, path, each, patient_id)
        elif isinstance(each, URLPattern):
            takes = "patient_id" in each.pattern.converters
            yield Route(path.replace("//", "/"), f"{space}{each.name or ''}", each.callback, takes)


def _filled(each: Any, patient_id: uuid.UUID) -> str:
    route = str(each.pattern)
    for name, converter in each.pattern.converters.items():
        filling = patient_id if name == "patient_id" else FILLINGS.get(type(converter).__name__, "x")
        route = re.sub(rf"<(\w+:)?{name}>", str(filling), route)
    return route.removeprefix("^").removesuffix("$").removesuffix(r"\Z")
