"""One small registry for what others may add: readers, measures, and (as cited data) knowledge.

A built-in plug-in is a module of its room that holds an object of an agreed name, so that adding one touches one file.
Other packages add theirs by entry point, in the group ``poise.<room>``.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from typing import Any


@cache
def discover(room: str, name: str) -> tuple[Any, ...]:
    """All plug-ins of a room: the object called `name` of each of its modules, then those of other packages.

    Parameters
    ----------
    room
        The room's short name: ``"readers"``, ``"measures"``.
    name
        What a module calls its plug-in, for example ``READER``; a module without it is passed over.

    Returns
    -------
    plugins
        In alphabetical order of module, then of entry point: the same on every machine.
    """
    return (*_built_in(room, name), *_from_other_packages(room))


def _built_in(room: str, name: str) -> Iterator[Any]:
    package = importlib.import_module(f"poise.{room}")
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda found: found.name):
        plugin = getattr(importlib.import_module(f"poise.{room}.{module.name}"), name, None)
        if plugin is not None:
            yield plugin


def _from_other_packages(room: str) -> Iterator[Any]:
    for entry in sorted(entry_points(group=f"poise.{room}"), key=lambda found: found.name):
        yield entry.load()
