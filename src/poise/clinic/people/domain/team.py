"""The care team of a patient: who takes part, who leads, who was when."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.people.errors import NotPossible
from poise.clinic.people.models import Patient, TeamMember, User
from poise.clinic.rules import CLINICIANS


def now_on(patient: Patient) -> QuerySet[TeamMember]:
    """Who takes part now, the lead first."""
    present = Q(until=None) | Q(until__gt=timezone.now())
    return patient.team.filter(present).select_related("user").order_by("-is_lead", "since")


def once_on(patient: Patient) -> QuerySet[TeamMember]:
    """Who took part earlier, the latest first."""
    return patient.team.filter(until__lte=timezone.now()).select_related("user").order_by("-until")


def clinicians(by: Actor) -> QuerySet[User]:
    """Who of the clinic can be on a care team."""
    people = User.objects.filter(clinic=by.clinic_id, is_active=True, grants__role__in=CLINICIANS)
    return people.distinct().order_by("name")


def may_join(by: Actor, patient: Patient) -> QuerySet[User]:
    """The clinicians of the clinic who are not on the team."""
    return clinicians(by).exclude(pk__in=now_on(patient).values("user_id"))


@transaction.atomic
def add(by: Actor, patient: Patient, user: User, *, is_lead: bool = False) -> TeamMember:
    """Someone joins the team from now on.

    Raises
    ------
    NotPossible
        The person is no clinician of this clinic, or is stopped.
    """
    _hold(patient)
    if user.clinic_id != patient.clinic_id or not user.is_active or not user.role_set & CLINICIANS:
        raise NotPossible(_("Only a clinician of this clinic can join a care team."))
    member = now_on(patient).filter(user=user).first()
    if member is None:
        member = TeamMember.objects.create(patient=patient, user=user, added_by_id=by.user_id)
        _record(by, patient, member, "joined")
    return lead(by, patient, member) if is_lead else member


@transaction.atomic
def end(by: Actor, patient: Patient, member: TeamMember) -> TeamMember:
    """Someone leaves the team now; that they were on it stays written."""
    _hold(patient)
    if member.until is None or member.until > timezone.now():
        member.until, member.is_lead = timezone.now(), False
        member.save(update_fields=["until", "is_lead"])
        _record(by, patient, member, "left")
    return member


@transaction.atomic
def lead(by: Actor, patient: Patient, member: TeamMember) -> TeamMember:
    """Makes a member the lead from now on; a team has one.

    Raises
    ------
    NotPossible
        The person has left the team.
    """
    _hold(patient)
    if not now_on(patient).filter(pk=member.pk).exists():
        raise NotPossible(_("This person is no longer on the team."))
    patient.team.filter(is_lead=True).exclude(pk=member.pk).update(is_lead=False)
    member.is_lead = True
    member.save(update_fields=["is_lead"])
    _record(by, patient, member, "leads")
    return member


def _hold(patient: Patient) -> None:
    """Two who change one team take turns."""
    Patient.objects.select_for_update().get(pk=patient.pk)


def _record(by: Actor, patient: Patient, member: TeamMember, change: str) -> None:
    chain.record(by, "team.edit", patient_id=patient.pk, what="team", what_id=member.pk,
                 detail={"change": change, "user": str(member.user_id)})  # fmt: skip
