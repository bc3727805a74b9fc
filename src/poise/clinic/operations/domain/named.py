"""Which stored objects the rows name: what a backup must hold, what the doctor looks for, what a new key re-seals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.db.models import CharField, Field, Model

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


@cache
def fields_with_keys() -> tuple[tuple[type[Model], str], ...]:
    """Every field whose name ends in ``_key`` and that holds text: the house's way to name an object."""
    return tuple(
        (model, field.name)
        for model in apps.get_models()
        if model._meta.managed
        for field in model._meta.get_fields()
        if isinstance(field, Field) and _names_objects(field)
    )


def _names_objects(field: Field[object, object]) -> bool:
    app = field.model.__module__
    return (
        app.startswith("poise.")
        and isinstance(field, CharField)
        and field.name.endswith("_key")
        and not field.primary_key
    )


def named_objects() -> Iterator[NamedObject]:
    """Every object that a row names."""
    for model, field in fields_with_keys():
        told = {each.name for each in model._meta.get_fields()}
        facts = ["size", "sha256"] if field == "object_key" and {"size", "sha256"} <= told else []
        rows = model._default_manager.exclude(**{field: ""}).values_list("pk", field, *facts)
        for row, key, *more in rows.iterator(chunk_size=2000):
            if KEY.fullmatch(key):
                size, sha256 = more or (None, "")
                yield NamedObject(key=key, model=model, row=row, field=field, size=size, sha256=sha256)
