"""Who may see whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404
from django.utils import timezone

from clinic import made
from poise.clinic.audit.models import Event
from poise.clinic.people import access
from poise.clinic.people.access import (
    OutsideTeam,
    own_within_reach,
    patient_within_reach,
    patients_within_reach,
    those_within_reach,
)
from poise.clinic.people.models import BrokenGlass, Patient, TeamMember
from poise.clinic.rules import Role

pytestmark = pytest.mark.django_db


def test_a_therapist_reads_the_chart_of_her_own_patient(therapist: Any, ana: Any) -> None:
    assert patient_within_reach(made.actor(therapist), "chart.read", ana.pk) == ana


def test_a_colleague_outside_the_care_team_is_refused_and_it_is_written_down(harbor: Any, ana: Any) -> None:
    colleague = made.person(Role.PHYSICAL_THERAPIST, harbor)
    with pytest.raises(OutsideTeam):
        patient_within_reach(made.actor(colleague), "chart.read", ana.pk)
    told = Event.objects.latest("number")
    assert (told.actor_id, told.action, told.outcome, told.patient_id) == (
        colleague.pk,
        "chart.read",
        "refused",
        ana.pk,
    )


def test_a_patient_of_another_clinic_does_not_exist(ana: Any) -> None:
    stranger = made.person(Role.PHYSICAL_THERAPIST, made.clinic("Elsewhere"))
    with pytest.raises(Http404):
        patient_within_reach(made.actor(stranger), "chart.read", ana.pk)
    assert ana not in patients_within_reach(made.actor(stranger), "patient.find")


def test_the_desk_finds_every_patient_and_reads_no_chart(desk: Any, ana: Any) -> None:
    assert ana in patients_within_reach(made.actor(desk), "patient.find")
    assert ana not in patients_within_reach(made.actor(desk), "chart.read")


def test_looking_some_up_lets_in_the_same_as_listing_all(
    harbor: Any, therapist: Any, desk: Any, monkeypatch: Any
) -> None:
    now, hour = timezone.now(), timedelta(hours=1)
    mine, soon_not, no_more, nobodys = (made.patient(harbor, team=team) for team in [(therapist,)] * 3 + [()])
    TeamMember.objects.filter(patient=soon_not).update(until=now + hour)
    TeamMember.objects.filter(patient=no_more).update(until=now - hour)
    opened, ended, run_out = (made.patient(harbor) for _ in range(3))
    for patient, ends_at, ended_at in (
        (opened, now + hour, None),
        (ended, now + hour, now),
        (run_out, now - hour, None),
    ):
        BrokenGlass.objects.create(user=therapist, patient=patient, reason="x", ends_at=ends_at, ended_at=ended_at)
    elsewhere = made.patient(made.clinic("Elsewhere"), team=(therapist,))
    every = [mine, soon_not, no_more, nobodys, opened, ended, run_out, elsewhere]
    for who in (therapist, desk):
        by = made.actor(who)
        some = those_within_reach(by, "patient.identity.read", every)
        assert some == set(patients_within_reach(by, "patient.identity.read").values_list("pk", flat=True))
    assert those_within_reach(made.actor(therapist), "chart.read", every) == {mine.pk, soon_not.pk, opened.pk}
    assert those_within_reach(made.actor(desk), "chart.read", every) == set()
    for many in (600, 0):
        monkeypatch.setattr(access, "MANY", many)
        own = Patient.objects.filter(own_within_reach(made.actor(therapist)))
        assert set(own.values_list("pk", flat=True)) == {mine.pk, soon_not.pk, opened.pk}
