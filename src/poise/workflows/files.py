"""What the user named on the command line → the files to read, in order."""

from __future__ import annotations

import glob
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
    """Files, folders (everything below them, hidden files left out) and patterns, in the order given, none twice."""
    found: dict[Path, Source] = {}
    for name in given:
        for source in _expanded(name):
            found.setdefault(source.path, source)
    return tuple(found.values())


def _expanded(name: str) -> list[Source]:
    path = Path(name)
    if path.is_dir():
        return list(_below(path, named=True))
    if not path.exists() and glob.has_magic(name):
        matches = sorted(Path(match) for match in glob.glob(name, recursive=True))
        return [source for match in matches for source in _expanded(str(match))]
    return [Source(path=path, named=True)]


def _below(folder: Path, *, named: bool = False) -> Iterator[Source]:
    """Everything in a folder; a folder that is one recording (a file a sensor) counts as one thing to read."""
    from poise.readers.find import is_recording_folder

    if is_recording_folder(folder):
        yield Source(path=folder, named=named)
        return
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _below(entry)
        elif entry.is_file():
            yield Source(path=entry, named=False)
