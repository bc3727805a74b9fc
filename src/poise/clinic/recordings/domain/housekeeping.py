"""Objects that no row names are taken away now and then, by a worker (`poise.clinic.jobs.domain.housekeeping`)."""

from __future__ import annotations

from poise.clinic.objects import object_store
from poise.clinic.objects.named import named_objects

DAY_S = 24 * 3600.0


def sweep(older_than_s: float = DAY_S) -> int:
    """Deletes objects that no row names: what a crash has left between the object and its row.

    Only what is a day old: a younger one may be about to get its row.
    """
    store = object_store()
    found = set(store.keys(older_than_s=older_than_s))
    if not found:
        return 0
    unnamed = found - {each.key for each in named_objects()}
    for key in unnamed:
        store.delete(key)
    return len(unnamed)
