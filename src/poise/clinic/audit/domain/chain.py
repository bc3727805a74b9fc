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
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import heads
from poise.clinic.audit.models import Event, Head
from poise.errors import PoiseError

DONE, REFUSED, FAILED = "done", "refused", "failed"
SEALED = ("number", "at", "clinic_id", "actor_id", "actor", "roles", "action", "outcome", "patient_id", "what",
          "what_id", "route", "address", "request_id", "detail")  # fmt: skip

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
    event = Event(
        clinic_id=by.clinic_id, actor_id=by.user_id, actor=_one_line(by.name)[:200], roles=" ".join(sorted(by.roles)),
        action=action[:60], outcome=outcome, patient_id=patient_id, what=what[:60], what_id=str(what_id or "")[:64],
        route=by.route[:200], address=_one_line(by.address)[:64], request_id=by.request_id[:64],
        detail=json.loads(_text(detail or {})),
    )  # fmt: skip
    try:
        _append(event)
    except DatabaseError as error:
        raise NotRecorded from error
    told = trail.get()
    if told is not None:
        told.append(event)
    return event


def _append(event: Event) -> None:
    # No savepoint: a row that cannot be written takes the whole transaction with it.
    with transaction.atomic(savepoint=False):
        head = _locked_head()
        event.number, event.at = head.number + 1, timezone.now()
        event.seal = seal(event, head.seal)
        event.save(force_insert=True)
        Head.objects.filter(pk=1).update(number=event.number, seal=event.seal)
        transaction.on_commit(partial(heads.keep, event.number, event.seal))


def _locked_head() -> Head:
    """The chain's end, held until the transaction is over, so that rows of two processes follow one another."""
    locked = Head.objects.select_for_update()
    head = locked.filter(pk=1).first()
    if head is None:  # the very first row of all; of two who find this, one makes it and the other waits for it
        Head.objects.get_or_create(pk=1)
        head = locked.get(pk=1)
    return head


def seal(event: Event, before: str, key: bytes | None = None) -> str:
    """HMAC-SHA-256 over the row and the seal before it, keyed by the installation's audit key; hexadecimal."""
    return seal_of([getattr(event, name) for name in SEALED], before, key or audit_key())


def seal_of(values: Sequence[object], before: str, key: bytes) -> str:
    """The seal of a row given as its `SEALED` values."""
    content = {name: _plain(value) for name, value in zip(SEALED, values, strict=True)}
    return hmac.new(key, _text({"before": before, **content}).encode(), hashlib.sha256).hexdigest()


def audit_key() -> bytes:
    """The key of this installation's chain."""
    return bytes.fromhex(settings.POISE_AUDIT_KEY)


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
