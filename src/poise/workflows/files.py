"""What the user named on the command line → the files to read, in order."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Source:
    """One thing to read, and whether the user named it or a folder held it.

    A file that was named and is no recording is a problem to report; one that merely lies in a folder is not.
    """

    path: Path
    named: bool


def sources(given: Iterable[str]) -> tuple[Source, ...]:
    """Files, folders (everything below them, hidden files left out) and patterns, in the order given, none twice.

    Links to folders below a named folder are not followed: they may lead back to where we came from. A folder that may
    not be opened stands in the list itself, so that reading it says so.
    """
    found: dict[Path, Source] = {}
    for name in given:
        for source in _expanded(name):
            found.setdefault(source.path, source)
    return tuple(found.values())


def _expanded(name: str) -> list[Source]:
    path = Path(name)
    if os.path.isdir(path):
        return list(_below(path, named=True))
    if not os.path.exists(path) and glob.has_magic(name):
        # ``**`` follows links to folders: what it reaches by several ways is one file.
        matches = {os.path.realpath(match): Path(match) for match in sorted(glob.glob(name, recursive=True))[::-1]}
        return [source for match in sorted(matches.values()) for source in _expanded(str(match))]
    return [Source(path=path, named=True)]


def _below(folder: Path, *, named: bool = False) -> Iterator[Source]:
    """Everything in a folder; a folder that is one recording (a file a sensor) counts as one thing to read."""
    from poise.readers.find import is_recording_folder

    if is_recording_folder(folder):
        yield Source(path=folder, named=named)
        return
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        yield Source(path=folder, named=True)
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if os.path.isdir(entry):
            if not entry.is_symlink():
                yield from _below(entry)
        elif os.path.isfile(entry):
            yield Source(path=entry, named=False)
