"""Reading the audit: a page at a time, the newest first, never over the border of a clinic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.audit.models import Event
from poise.clinic.people.models import Clinic, Patient

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which rows are asked for; what is None does not narrow. Days are the clinic's own, both included."""

    person: UUID | None = None
    patient: UUID | None = None
    action: str = ""
    outcome: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def narrowed_by(self) -> list[str]:
        """The names of what was asked for: what the audit keeps of a reading of itself."""
        return [name for name in ("person", "patient", "action", "outcome", "since", "until") if getattr(self, name)]


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some rows, and the number before which the next ones stand (None at the end)."""

    events: list[Event]
    older: int | None


def rows(by: Actor, wanted: Wanted) -> QuerySet[Event]:
    """The rows of the person's clinic that are asked for, the newest first."""
    found = of_clinic(by)
    if wanted.person:
        found = found.filter(actor_id=wanted.person)
    if wanted.patient:
        found = found.filter(patient_id=wanted.patient)
    if wanted.action:
        found = found.filter(action=wanted.action)
    if wanted.outcome:
        found = found.filter(outcome=wanted.outcome)
    if wanted.since:
        found = found.filter(at__gte=_midnight(wanted.since))
    if wanted.until:
        found = found.filter(at__lt=_midnight(wanted.until + timedelta(days=1)))
    return found.order_by("-number")


def of_clinic(by: Actor) -> QuerySet[Event]:
    """All rows of one's clinic; what belongs to none (a stranger at the door, the backup) belongs to the only one."""
    if [by.clinic_id] == list(Clinic.objects.values_list("pk", flat=True)[:2]):
        return Event.objects.all()
    return Event.objects.filter(clinic_id=by.clinic_id)


def page(by: Actor, wanted: Wanted, *, before: int | None = None) -> Page:
    """A page of the audit, and the audit's own row about its being read."""
    found = _page(rows(by, wanted), before)
    chain.record(by, "audit.read", detail={"by": wanted.narrowed_by, "rows": len(found.events)})
    return found


def accesses(by: Actor, patient: Patient, *, before: int | None = None) -> Page:
    """Who opened, changed, printed or was refused this patient's record."""
    return _page(Event.objects.filter(patient_id=patient.pk).order_by("-number"), before)


def export(by: Actor, wanted: Wanted, *, kind: str) -> Iterator[list[Event]]:
    """All rows asked for, a page at a time; that they were taken out is written down before the first one leaves."""
    chain.record(by, "audit.export", detail={"by": wanted.narrowed_by, "kind": kind})
    return _pages(rows(by, wanted))


def patient_named(by: Actor, said: str) -> Patient | None:
    """The patient of one's clinic with this record number or id."""
    of_mine = Patient.objects.filter(clinic=by.clinic_id)
    try:
        return of_mine.filter(pk=UUID(said)).first()
    except ValueError:
        return of_mine.filter(record_number__iexact=said.strip()).first()


def _pages(found: QuerySet[Event]) -> Iterator[list[Event]]:
    held = list(found[:1000])
    while held:
        yield held
        held = list(found.filter(number__lt=held[-1].number)[:1000])


def _page(found: QuerySet[Event], before: int | None) -> Page:
    held = list((found.filter(number__lt=before) if before else found)[: PAGE + 1])
    return Page(events=held[:PAGE], older=held[PAGE - 1].number if len(held) > PAGE else None)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_current_timezone())
