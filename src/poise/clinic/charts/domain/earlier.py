"""Changing a row without losing what it held: the earlier values stay, with who changed them and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet

from poise.clinic.actor import Actor
from poise.clinic.charts.models import Earlier
from poise.clinic.drafts.domain.versions import save_if_unchanged
from poise.clinic.people.models import Patient, Row

R = TypeVar("R", bound=Row)


def change(
    by: Actor, row: R, patient: Patient, values: Mapping[str, object], *, seen_version: int, because: str = ""
) -> tuple[R, list[str]]:
    """Gives the row its new values and keeps the earlier ones; says which fields really changed.

    Call it inside the verb's transaction.

    Raises
    ------
    ChangedMeanwhile
        The row was changed by another since `seen_version` was read; nothing is written.
    """
    before = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
    for name in before:
        setattr(row, name, values[name])
    save_if_unchanged(row, seen_version=seen_version, fields=sorted(before))
    if before:
        Earlier.objects.create(
            patient=patient, what=row._meta.model_name or "", what_id=row.pk, version=seen_version,
            values={name: _plain(value) for name, value in before.items()}, changed_by_id=by.user_id, because=because,
        )  # fmt: skip
    return row, sorted(before)


def earlier_of(row: Row) -> QuerySet[Earlier]:
    """What a row held before, newest first."""
    return Earlier.objects.filter(what_id=row.pk).order_by("-changed_at").select_related("changed_by")


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
