"""Drafts of forms: kept while a person types, found again, ended by saving.

Autosaves leave no row in the audit: they are one person's own unfinished typing, read by that person only; what is
saved is recorded by the verb that saves it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from poise.clinic.actor import Actor
from poise.clinic.drafts.models import Draft
from poise.errors import PoiseError

MOST_BYTES = 200_000
MOST_DRAFTS = 300
LONGEST_KEY = 200
NEVER_KEPT = ("csrfmiddlewaretoken", "password", "secret", "code", "token", "draft-")
"""Beginnings of the names of fields that are never kept."""

Fields = dict[str, list[str]]


class CannotKeep(PoiseError):
    """A draft that cannot be kept: too large, too many, or named by nothing we know."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a person typed into a form and did not save.

    `version` is that of the row when the form was opened; `at` the moment of the last keystroke that was kept.
    """

    key: str
    fields: Fields
    version: int | None
    at: datetime


def keep(
    by: Actor, key: str, fields: Mapping[str, Sequence[str]], *, version: int | None = None, opening: str = ""
) -> Kept | None:
    """Keeps what is typed so far; None where this opening of the form has been saved or thrown away meanwhile.

    Raises
    ------
    CannotKeep
        See `CannotKeep`.
    """
    typed = {name: list(values) for name, values in fields.items() if not name.lower().startswith(NEVER_KEPT)}
    _check(key, typed)
    with transaction.atomic():
        draft = _drafts_of(by).select_for_update().filter(key=key).first()
        if draft is None:
            if _drafts_of(by).exclude(fields={}).count() >= MOST_DRAFTS:
                raise CannotKeep("Too many drafts.", do="Save or throw away some of them first.")
            draft = Draft(user_id=_account(by), key=key)
        if opening and opening == draft.closed_opening:
            return None
        draft.fields, draft.version, draft.opening, draft.saved_at = typed, version, opening, timezone.now()
        draft.save()
    return Kept(key=key, fields=typed, version=version, at=draft.saved_at)


def kept(by: Actor, key: str) -> Kept | None:
    """The draft of this form by this person, if there is one."""
    draft = _drafts_of(by).filter(key=key).first()
    if draft is None or not draft.fields:
        return None
    return Kept(key=key, fields=draft.fields, version=draft.version, at=draft.saved_at)


def forget(by: Actor, key: str, *, opening: str = "") -> None:
    """Ends a draft: its words are saved, or thrown away by the one who typed them.

    Call it inside the transaction that saves. `opening` makes an autosave that is still under way come to nothing.
    """
    if by.user_id is None:
        return
    Draft.objects.update_or_create(
        user_id=by.user_id, key=key, defaults={"fields": {}, "version": None, "closed_opening": opening}
    )


def _drafts_of(by: Actor) -> QuerySet[Draft]:
    return Draft.objects.filter(user_id=by.user_id) if by.user_id else Draft.objects.none()


def _account(by: Actor) -> UUID:
    if by.user_id is None:
        raise CannotKeep("Only a person with an account has drafts.")
    return by.user_id


def _check(key: str, typed: Fields) -> None:
    if not key or len(key) > LONGEST_KEY:
        raise CannotKeep("This draft has no usable name.", found=f"{len(key)} characters.")
    size = len(json.dumps(typed))
    if size > MOST_BYTES:
        raise CannotKeep(
            "What you typed is too long to be kept as a draft.", found=f"{size} bytes.", do="Save it now, in parts."
        )
