"""The clinic itself: its name, its clock, its language, its lock."""

from __future__ import annotations

from django.db import transaction

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.drafts.domain.versions import save_if_unchanged
from poise.clinic.people.models import Clinic

FIELDS = ["name", "time_zone", "language", "idle_minutes"]


@transaction.atomic
def edit(by: Actor, clinic: Clinic, *, seen_version: int) -> Clinic:
    """Saves the changed clinic.

    Raises
    ------
    ChangedMeanwhile
        Someone saved it since the form was opened.
    """
    save_if_unchanged(clinic, seen_version=seen_version, fields=FIELDS)
    chain.record(by, "clinic.edit", what="clinic", what_id=clinic.pk, detail={"fields": FIELDS})
    return clinic
