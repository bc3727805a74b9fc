"""Where every number was read: the citations that all other knowledge files point to."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Literal, cast

from poise.knowledge.reading import Faults, yaml_entries

Level = Literal["primary", "secondary", "listing", "own"]
LEVELS: tuple[Level, ...] = ("primary", "secondary", "listing", "own")


@dataclass(frozen=True, kw_only=True)
class Citation:
    """One source: what it is, where it is, how closely it was read and what was seen there."""

    id: str
    title: str
    url: str
    level: Level
    seen: str


def read_sources(folder: Traversable, faults: Faults) -> dict[str, Citation]:
    """All of sources.yaml, by id; faults are noted, not raised."""
    found: dict[str, Citation] = {}
    for entry in yaml_entries(folder, "sources.yaml", "sources", faults):
        if not entry.knows_only(("id", "title", "level", "seen"), ("url",)):
            continue
        level = cast(Level, entry.one_of("level", LEVELS))
        citation = Citation(
            id=entry.text("id"), title=entry.text("title"), url=entry.text("url"), level=level, seen=entry.text("seen")
        )
        if citation.id in found:
            entry.fault(f"{citation.id} stands here twice")
        found[citation.id] = citation
    return found
