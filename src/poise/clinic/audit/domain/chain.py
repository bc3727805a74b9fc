"""The chain of audit rows: each row's seal is keyed over its content and the seal before it.

A row is added in three statements: take the chain's end (locked until commit), insert, move the end on. On SQLite a
transaction that writes has taken its turn from the start (``BEGIN IMMEDIATE``), on PostgreSQL the end's row is locked;
either way no two rows follow the same one. After the commit the end is also kept outside the table (`heads`).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from poise.clinic.actor import Actor, system
from poise.clinic.audit.domain import heads, reserve
from poise.clinic.audit.domain.heads import audit_key
from poise.clinic.audit.models import Event, Head
from poise.errors import PoiseError

DONE, REFUSED, FAILED = "done", "refused", "failed"
SEALED = ("number", "at", "clinic_id", "actor_id", "actor", "roles", "action", "outcome", "patient_id", "what",
          "what_id", "route", "address", "request_id", "detail")  # fmt: skip
_FIELDS = Event._meta.concrete_fields
_INSERT = (
    f"INSERT INTO audit_event ({', '.join(each.attname for each in _FIELDS)}) "
    f"VALUES ({', '.join('%s' for _each in _FIELDS)})"
)

# What this request has recorded so far; `middleware.Trail` asks, so that a refusal is written down once and not twice.
trail: ContextVar[list[Event] | None] = ContextVar("trail", default=None)


class NotRecorded(PoiseError):
    """The audit could not be written, so what it should tell of must not be shown or done."""

    def __init__(self) -> None:
        super().__init__(
            "This cannot be shown or saved now, because the record of who did what cannot be written.",
            found="The database took no new row; its disk may be full, or it may be busy.",
            do="Nothing was changed. Try again in a minute; if it stays so, tell the person who runs Poise.",
        )


def record(
    by: Actor,
    action: str,
    *,
    patient_id: UUID | None = None,
    what: str = "",
    what_id: object = "",
    outcome: str = DONE,
    detail: Mapping[str, object] | None = None,
) -> Event:
    """Adds a row, in the transaction of what it tells of: both are kept, or neither.

    Parameters
    ----------
    by
        Who did it.
    action
        A name of `rules`, or a happening that no rule stands for (``sign_in``, ``lock``, ``backup``).
    what, what_id
        The kind and id of the thing: ``"episode"`` and its id.
    detail
        Which fields, how many rows, which form: never names, values or typed words of a patient.

    Raises
    ------
    NotRecorded
        The database would not take the row. The transaction around it cannot be committed any more.
    """
    event = _event(
        by, action, patient_id=patient_id, what=what, what_id=what_id, outcome=outcome, detail=detail
    )  # fmt: skip
    try:
        _append(event)
    except DatabaseError as error:
        raise NotRecorded from error
    _remember_in_trail(event)
    return event


def record_read(
    by: Actor, action: str, *, patient_id: UUID | None = None, what: str = "", what_id: object = ""
) -> None:
    """Adds the row of a page that was opened, with the thing that it is about.

    On a full disk it is noted in the reserve, so that charts can be read.

    Raises
    ------
    NotRecorded
        Neither would take it: the page must not be shown.
    """
    try:
        record(by, action, patient_id=patient_id, what=what, what_id=what_id)
    except NotRecorded as error:
        event = _event(by, action, patient_id=patient_id, what=what, what_id=what_id)
        folder = settings.POISE.data_folder
        if folder is None or not is_full(error.__cause__) or not _noted(folder, event):
            raise


def nothing_told() -> bool:
    """Whether this request has left no row yet: then what it showed was read, whatever its method was."""
    return trail.get() == []


def is_full(error: BaseException | None) -> bool:
    """Whether a database's error says that there is no room."""
    return any(sign in str(error) for sign in ("disk is full", "No space left", "disk I/O error"))


def _noted(folder: Path, event: Event) -> bool:
    facts = {name: _plain(getattr(event, name)) for name in SEALED if name not in {"number", "at", "detail"}}
    try:
        return reserve.note(folder, {**facts, "at": _plain(timezone.now()), "note": uuid4().hex}, audit_key())
    except OSError:
        return False


def _event(
    by: Actor, action: str, *, patient_id: UUID | None = None, what: str = "", what_id: object = "",
    outcome: str = DONE, detail: Mapping[str, object] | None = None,
) -> Event:  # fmt: skip
    return Event(
        clinic_id=by.clinic_id, actor_id=by.user_id, actor=_one_line(by.name)[:200], roles=" ".join(sorted(by.roles)),
        action=action[:60], outcome=outcome, patient_id=patient_id, what=what[:60], what_id=str(what_id or "")[:64],
        route=by.route[:200], address=_one_line(by.address)[:64], request_id=by.request_id[:64],
        detail=json.loads(_text(detail or {})),
    )  # fmt: skip


def _remember_in_trail(event: Event) -> None:
    told = trail.get()
    if told is not None:
        told.append(event)


def _append(event: Event) -> None:
    # No savepoint: a row that cannot be written takes the whole transaction with it. Statements as they are, because
    # every page waits here: until the commit nobody else can write.
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        number, before = _locked_end(cursor)
        event.number, event.at = number + 1, timezone.now()
        event.seal = seal(event, before)
        cursor.execute(_INSERT, [each.get_db_prep_save(getattr(event, each.attname), connection) for each in _FIELDS])
        cursor.execute("UPDATE audit_head SET number = %s, seal = %s WHERE id = 1", [event.number, event.seal])
        transaction.on_commit(partial(_committed, event.number, event.seal))


def _committed(number: int, seal: str) -> None:
    """The chain's end is kept outside; what was noted while the disk was full is brought in."""
    heads.keep(number, seal)
    folder = settings.POISE.data_folder
    if folder is not None and reserve.is_waiting(folder):
        bring_in(folder)


def bring_in(folder: Path) -> None:
    """Adds the rows of reads that were noted in the reserve: all of them, once. Tries again with the next row else."""
    try:
        with reserve.taken_out(folder, audit_key()) as notes, transaction.atomic():
            with connection.cursor() as cursor:
                end, _seal = _locked_end(cursor)
            for facts in notes:
                _append_noted(facts, end)
    except (DatabaseError, OSError):
        return  # still no room: the notes stay where they are


def _append_noted(facts: dict[str, Any] | None, end: int) -> None:
    if facts is None:
        _append(_event(system("reserve"), "audit.reserve", outcome=FAILED))
        return
    noted, at = facts.pop("note"), facts.pop("at")
    just_added = Event.objects.filter(number__gt=end - 20_000, request_id=facts["request_id"], action=facts["action"])
    if any(event.detail.get("note") == noted for event in just_added):
        return  # brought in before a crash that came before the file was emptied
    _append(Event(**facts, detail={"noted_at": at, "note": noted}))


def _locked_end(cursor: CursorWrapper) -> tuple[int, str]:
    """The chain's end, held until the transaction is over, so that rows of two processes follow one another."""
    lock = "FOR UPDATE" if connection.features.has_select_for_update else ""  # SQLite has locked the whole database
    cursor.execute(f"SELECT number, seal FROM audit_head WHERE id = 1 {lock}")
    end: tuple[int, str] | None = cursor.fetchone()
    if end is not None:
        return end
    Head.objects.get_or_create(pk=1)  # the very first row: of two who find this, one makes it and the other waits
    return _locked_end(cursor)


def seal(event: Event, before: str, key: bytes | None = None) -> str:
    """HMAC-SHA-256 over the row and the seal before it, keyed by the installation's audit key; hexadecimal."""
    return seal_of([getattr(event, name) for name in SEALED], before, key or audit_key())


def seal_of(values: Sequence[object], before: str, key: bytes) -> str:
    """The seal of a row given as its `SEALED` values."""
    content = {name: _plain(value) for name, value in zip(SEALED, values, strict=True)}
    return hmac.new(key, _text({"before": before, **content}).encode(), hashlib.sha256).hexdigest()


def _text(content: Mapping[str, object]) -> str:
    """One spelling for one content: what JSON gives back from either database is spelled the same again."""
    return json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str, allow_nan=False)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, UUID) else value


def _one_line(text: str) -> str:
    """A name or an address is one line of printable characters, whoever sent it."""
    return "".join(each if each.isprintable() else " " for each in text)
