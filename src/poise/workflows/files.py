"""What the user named on the command line → the files to read, in order."""

from __future__ import annotations

import glob
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from poise.errors import BadMapping, BadSetting


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
        return [Source(path=file, named=False) for file in sorted(path.rglob("*")) if _is_candidate(file, path)]
    if not path.exists() and glob.has_magic(name):
        matches = sorted(Path(match) for match in glob.glob(name, recursive=True))
        return [source for match in matches for source in _expanded(str(match))]
    return [Source(path=path, named=True)]


def _is_candidate(file: Path, folder: Path) -> bool:
    return file.is_file() and not any(part.startswith(".") for part in file.relative_to(folder).parts)


def read_mapping(path: Path | None) -> Mapping[str, object]:
    """The user's --map file, empty without one."""
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadSetting(f"Cannot open the mapping file '{path}'.", found=str(error.strerror)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadMapping(
            f"The mapping file '{path}' is not valid TOML.", found=str(error), do="docs/mapping.md shows examples."
        ) from error
