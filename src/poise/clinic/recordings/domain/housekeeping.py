"""What is done now and then, by itself: uploads nobody went on with, and objects that no row names."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db.models import CharField

from poise.clinic.actor import system
from poise.clinic.objects import object_store
from poise.clinic.recordings.domain import uploads
from poise.clinic.recordings.models import Upload

DAY_S = 24 * 3600.0


def tidy() -> tuple[int, int]:
    """Discards old uploads and objects that nothing names; how many of each there were."""
    return uploads.expire(system("housekeeping")), sweep()


def sweep(older_than_s: float = DAY_S) -> int:
    """Deletes objects that no row names: what a crash has left between the object and its row.

    Only what is a day old: a younger one may be about to get its row.
    """
    store = object_store()
    found = set(store.keys(older_than_s=older_than_s))
    if not found:
        return 0
    unnamed = found - set(named_keys())
    for key in unnamed:
        store.delete(key)
    return len(unnamed)


def named_keys() -> Iterator[str]:
    """Every object key that stands in a row: of any app, in any field whose name ends in ``_key``; and upload parts."""
    for model in apps.get_models():
        if not model.__module__.startswith("poise."):
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, CharField) and field.name.endswith("_key"):
                yield from model._default_manager.exclude(**{field.name: ""}).values_list(field.name, flat=True)
    for parts in Upload.objects.exclude(parts=[]).values_list("parts", flat=True):
        yield from (key for key, _size, _sha256 in parts)
