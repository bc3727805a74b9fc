"""Breaking the glass: a clinician outside the care team opens a chart in need, with a reason, for an hour.

The audit's detail carries the DICOM codes of an emergency override: 110127 started, 110138 stopped.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from poise.clinic.actor import Actor, system
from poise.clinic.audit.domain import chain
from poise.clinic.people.errors import NotPossible
from poise.clinic.people.models import BrokenGlass, Patient

LASTS = timedelta(minutes=60)
STARTED, STOPPED = "110127", "110138"
SHORTEST_REASON = 10


@transaction.atomic
def open_chart(by: Actor, patient: Patient, *, reason: str) -> BrokenGlass:
    """Opens the chart to this person for an hour. Who has it open already keeps the end they have.

    Raises
    ------
    NotPossible
        The reason says next to nothing.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise NotPossible(_("Say in a few words why you need this chart now."))
    held = open_to(by, patient)
    if held is not None:
        return held
    assert by.user_id is not None  # the system itself breaks no glass
    now = timezone.now()
    glass = BrokenGlass.objects.create(user_id=by.user_id, patient=patient, reason=reason.strip(), started_at=now,
                                       ends_at=now + LASTS)  # fmt: skip
    chain.record(by, "glass.break", patient_id=patient.pk, what="glass", what_id=glass.pk, detail={"code": STARTED})
    return glass


@transaction.atomic
def close_chart(by: Actor, patient: Patient) -> None:
    """Ends this person's emergency access to the chart before its hour is over."""
    held = open_to(by, patient)
    if held is None:
        return
    held.ended_at = timezone.now()
    held.save(update_fields=["ended_at"])
    chain.record(by, "glass.break", patient_id=patient.pk, what="glass", what_id=held.pk,
                 detail={"code": STOPPED, "why": "ended by hand"})  # fmt: skip


def open_to(by: Actor, patient: Patient) -> BrokenGlass | None:
    """The person's emergency access to this chart, while it lasts."""
    now = timezone.now()
    return patient.broken_glasses.filter(user=by.user_id, ended_at=None, ends_at__gt=now).first()


def end_those_over() -> int:
    """Writes the stop of each access whose hour is over (access itself ended on time); how many.

    Called by every page that shows uses and, in quiet clinics, by the worker.
    """
    over = BrokenGlass.objects.filter(ended_at=None, ends_at__lte=timezone.now()).select_related("patient")
    return sum(_end_one(glass) for glass in over)


@transaction.atomic
def _end_one(glass: BrokenGlass) -> int:
    ended = BrokenGlass.objects.filter(pk=glass.pk, ended_at=None).update(ended_at=glass.ends_at)
    if ended:
        by = system("glass", glass.patient.clinic_id)
        chain.record(by, "glass.break", patient_id=glass.patient_id, what="glass", what_id=glass.pk,
                     detail={"code": STOPPED, "why": "its hour was over"})  # fmt: skip
    return ended


def uses(by: Actor) -> QuerySet[BrokenGlass]:
    """All uses in the clinic: those not reviewed first, then the latest."""
    of_clinic = BrokenGlass.objects.filter(patient__clinic=by.clinic_id)
    return of_clinic.select_related("user", "patient", "reviewed_by").order_by("reviewed_at", "-started_at")


@transaction.atomic
def review(by: Actor, glass: BrokenGlass) -> BrokenGlass:
    """An administrator has looked at this use."""
    if glass.reviewed_at is None:
        glass.reviewed_at, glass.reviewed_by_id = timezone.now(), by.user_id
        glass.save(update_fields=["reviewed_at", "reviewed_by"])
        chain.record(by, "glass.review", patient_id=glass.patient_id, what="glass", what_id=glass.pk)
    return glass
