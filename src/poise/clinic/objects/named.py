"""Which stored objects the rows name: what a backup must hold, what the doctor looks for, what a new key re-seals, and
what is left over when nothing names it.

Two ways to name an object: a text field whose name ends in ``_key``; and a list of ``[key, bytes, sha256]`` in a JSON
field that the model gives as ``lists_of_objects``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import CharField, Model

from poise.clinic.objects.store import KEY


@dataclass(frozen=True, kw_only=True)
class NamedObject:
    """An object's key, and the row that names it; with size and hash where the row says them too."""

    key: str
    model: type[Model]
    row: object
    field: str
    size: int | None = None
    sha256: str = ""


def named_objects() -> Iterator[NamedObject]:
    """Every object that a row names."""
    for model in _ours():
        for field in _keys(model):
            yield from _in_field(model, field)
        for field in _lists(model):
            yield from _in_list(model, field)


def rename(named: NamedObject, key: str) -> None:
    """Has the row name another object in this one's place."""
    rows = named.model._default_manager
    if named.field not in _lists(named.model):
        rows.filter(pk=named.row).update(**{named.field: key})
        return
    with transaction.atomic():
        row = rows.select_for_update().filter(pk=named.row).first()
        if row is not None:
            listed = [[key, *more] if old == named.key else [old, *more] for old, *more in getattr(row, named.field)]
            rows.filter(pk=named.row).update(**{named.field: listed})


def _in_field(model: type[Model], field: str) -> Iterator[NamedObject]:
    told = {each.name for each in model._meta.get_fields()}
    facts = ["size", "sha256"] if field == "object_key" and {"size", "sha256"} <= told else []
    rows = model._default_manager.exclude(**{field: ""}).values_list("pk", field, *facts)
    for row, key, *more in rows.iterator(chunk_size=2000):
        if KEY.fullmatch(key):
            size, sha256 = more or (None, "")
            yield NamedObject(key=key, model=model, row=row, field=field, size=size, sha256=sha256)


def _in_list(model: type[Model], field: str) -> Iterator[NamedObject]:
    rows: Any = model._default_manager.exclude(**{field: []}).values_list("pk", field)
    for row, listed in rows.iterator(chunk_size=2000):
        for key, size, sha256 in listed:
            yield NamedObject(key=key, model=model, row=row, field=field, size=size, sha256=sha256)


@cache
def _ours() -> tuple[type[Model], ...]:
    return tuple(each for each in apps.get_models() if each.__module__.startswith("poise.") and each._meta.managed)


@cache
def _keys(model: type[Model]) -> tuple[str, ...]:
    fields = (each for each in model._meta.concrete_fields if isinstance(each, CharField) and not each.primary_key)
    return tuple(each.name for each in fields if each.name.endswith("_key"))


def _lists(model: type[Model]) -> tuple[str, ...]:
    return tuple(getattr(model, "lists_of_objects", ()))
