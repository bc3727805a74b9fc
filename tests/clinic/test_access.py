"""Who may see whom."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import Http404

from clinic import made
from poise.clinic.audit.models import Event
from poise.clinic.people.access import OutsideTeam, patient_within_reach, patients_within_reach
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
