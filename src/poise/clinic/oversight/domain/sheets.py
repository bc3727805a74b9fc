"""The audit as a file: for a spreadsheet, or for a program."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import UTC

from poise.clinic.audit.models import Event

COLUMNS = ("number", "at", "actor", "actor_id", "roles", "action", "outcome", "patient_id", "what", "what_id", "route",
           "address", "request_id", "detail", "seal")  # fmt: skip
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(pages: Iterable[list[Event]]) -> Iterator[str]:
    """Rows of a table; a cell that a spreadsheet would take for a formula is quoted as text."""
    yield "\ufeff" + _csv([COLUMNS])
    for events in pages:
        yield _csv([[harmless(_cell(event, name)) for name in COLUMNS] for event in events])


def as_json(pages: Iterable[list[Event]]) -> Iterator[str]:
    """One JSON list."""
    before = "["
    for events in pages:
        for event in events:
            yield before + json.dumps({name: _fact(event, name) for name in COLUMNS})
            before = ",\n"
    yield "]" if before != "[" else "[]"


def harmless(cell: str) -> str:
    """The text, never a formula: OWASP's way, an apostrophe before it."""
    return f"'{cell}" if cell.lstrip(" ").startswith(BEGINS_A_FORMULA) or cell.startswith(BEGINS_A_FORMULA) else cell


def _csv(table: Iterable[Iterable[str]]) -> str:
    page = io.StringIO()
    csv.writer(page, quoting=csv.QUOTE_ALL).writerows(table)
    return page.getvalue()


def _cell(event: Event, name: str) -> str:
    fact = _fact(event, name)
    return json.dumps(fact) if isinstance(fact, dict) else "" if fact is None else str(fact)


def _fact(event: Event, name: str) -> object:
    if name == "at":
        return event.at.astimezone(UTC).isoformat(timespec="microseconds")
    fact: object = getattr(event, name)
    return fact if fact is None or isinstance(fact, int | dict) else str(fact)
