"""One small registry for what others may add: readers, measures, and (as cited data) knowledge.

A built-in plug-in is a module of its room that holds an object of an agreed name, so that adding one touches one file.
Other packages add theirs by entry point, in the group ``poise.<room>``.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from multiprocessing import parent_process
from typing import Any


@cache
def discover(room: str, name: str, kind: type | None = None, group: str | None = None) -> tuple[Any, ...]:
    """All plug-ins of a room: the object called `name` of each of its modules, then those of other packages.

    Parameters
    ----------
    room
        The room's short name: ``"readers"``, ``"measures"``.
    name
        What a module calls its plug-in, for example ``READER``; a module without it is passed over.
    kind
        The contract (a runtime-checkable protocol) that plug-ins of other packages must keep; None asks for nothing.
    group
        The entry-point group after ``poise.``; the room's name where it is not given. A room with two sorts of
        plug-ins has a group for each.

    Returns
    -------
    plugins
        In alphabetical order of module, then of entry point: the same on every machine. One of another
        package that cannot be loaded, or does not keep the contract, is left out and said once: it must not cost the
        user all the others.
    """
    return (*_built_in(room, name), *_from_other_packages(group or room, kind))


def _built_in(room: str, name: str) -> Iterator[Any]:
    package = importlib.import_module(f"poise.{room}")
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda found: found.name):
        plugin = getattr(importlib.import_module(f"poise.{room}.{module.name}"), name, None)
        if plugin is not None:
            yield plugin


def _from_other_packages(group: str, kind: type | None) -> Iterator[Any]:
    for entry in sorted(entry_points(group=f"poise.{group}"), key=lambda found: found.name):
        try:
            yield _loaded(entry, kind)
        except Exception as error:
            if parent_process() is None:  # a worker finds what the process that started it has said already
                left_out(f"Plug-in '{entry.name}' ({entry.value}) of poise.{group}", error)


def _loaded(entry: EntryPoint, kind: type | None) -> Any:
    plugin = entry.load()
    if kind is not None and not isinstance(plugin, kind):
        raise TypeError(f"it does not offer what a {kind.__name__} must")
    return plugin


def left_out(what: str, error: Exception) -> None:
    """Say once, on standard error, that a plug-in is not used and why; with POISE_DEBUG set the error is raised."""
    if os.environ.get("POISE_DEBUG"):
        raise error
    _said(f"{what} is left out: {type(error).__name__}: {error}")


@cache
def _said(text: str) -> None:
    print(text, file=sys.stderr)
