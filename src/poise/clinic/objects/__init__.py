"""Where large bytes lie: recordings, replays and papers, outside the database, encrypted where a key is set.

>>> from poise.clinic.objects import object_store
>>> object_store().put(stream)  # doctest: +SKIP
StoredObject(key='e5b7…', size=48213, sha256='9f86…')
"""

from poise.clinic.objects.store import MissingObject, ObjectStore, StoredObject, object_store

__all__ = ["MissingObject", "ObjectStore", "StoredObject", "object_store"]
