"""What a patient sees of the own record: who, why, the forms, maps and activities. No raw finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from poise.clinic.actor import Actor
from poise.clinic.charts.domain.activities import Standing, standing
from poise.clinic.charts.domain.intake import OPEN
from poise.clinic.charts.domain.pain_map import maps_of
from poise.clinic.charts.models import Episode, Intake, PainMap
from poise.clinic.people.domain.team import now_on
from poise.clinic.people.models import Patient, TeamMember

MOST = 20


@dataclass(frozen=True, kw_only=True)
class Forms:
    """A patient's forms."""

    to_fill: Sequence[Intake]
    handed_in: Sequence[Intake]


@dataclass(frozen=True, kw_only=True)
class Record:
    """What the own page tells."""

    episodes: Sequence[Episode]
    standing: Standing
    last_map: PainMap | None


def own_patient(by: Actor) -> Patient | None:
    """The record that is this person's own."""
    if by.user_id is None or by.clinic_id is None:
        return None
    return Patient.objects.filter(account_id=by.user_id, clinic_id=by.clinic_id).first()


def forms_of(patient: Patient) -> Forms:
    """To fill in first; withdrawn ones are not shown."""
    rows = list(patient.intakes.exclude(state=Intake.State.WITHDRAWN).order_by("-made_at")[:MOST])
    return Forms(
        to_fill=[row for row in rows if row.state in OPEN], handed_in=[row for row in rows if row.state not in OPEN]
    )


def team_of(patient: Patient) -> QuerySet[TeamMember]:
    """Who takes part in the care now, who leads it first."""
    return now_on(patient).filter(user__is_active=True)


def record_of(by: Actor, patient: Patient) -> Record:
    """The own record in plain words."""
    return Record(
        episodes=list(patient.episodes.order_by("-started_on")[:MOST]),
        standing=standing(patient),
        last_map=maps_of(patient).first(),
    )
