"""The chain of audit rows: each row's seal is keyed over its content and the seal before it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from poise.clinic.actor import Actor
from poise.clinic.audit.models import Event, Head

DONE, REFUSED, FAILED = "done", "refused", "failed"
SEALED = ("number", "at", "clinic_id", "actor_id", "actor", "roles", "action", "outcome", "patient_id", "what", "what_id",
          "route", "address", "request_id", "detail")  # fmt: skip


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
    """
    with transaction.atomic():
        head = _locked_head()
        event = Event(
            number=head.number + 1, at=timezone.now(), clinic_id=by.clinic_id, actor_id=by.user_id, actor=by.name[:200],
            roles=" ".join(sorted(by.roles)), action=action, outcome=outcome, patient_id=patient_id, what=what,
            what_id=str(what_id or ""), route=by.route[:200], address=by.address[:64], request_id=by.request_id[:64],
            detail=dict(detail or {}),
        )  # fmt: skip
        event.seal = seal(event, head.seal)
        event.save(force_insert=True)
        Head.objects.filter(pk=1).update(number=event.number, seal=event.seal)
    return event


def _locked_head() -> Head:
    """The chain's end, held until the transaction is over, so that rows of two processes follow one another."""
    Head.objects.get_or_create(pk=1)
    return Head.objects.select_for_update().get(pk=1)


def seal(event: Event, before: str) -> str:
    """HMAC-SHA-256 over the row and the seal before it, keyed by the installation's audit key; hexadecimal."""
    content = {name: _plain(getattr(event, name)) for name in SEALED}
    message = json.dumps({"before": before, **content}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hmac.new(bytes.fromhex(settings.POISE_AUDIT_KEY), message.encode(), hashlib.sha256).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, UUID) else value
