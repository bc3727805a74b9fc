"""The patient's own pages: one thing a page, big words, nothing raw. Staff of the care team may look at them, too."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from poise.clinic.charts.domain import own as verbs
from poise.clinic.people.access import actor_of, requires
from poise.clinic.people.models import Patient


@require_GET
@requires("intake.read", patient="patient_id")
def own_forms(request: HttpRequest, patient: Patient) -> HttpResponse:
    """My forms: to fill in, and handed in."""
    return render(request, "charts/own/forms.html", {"patient": patient, "forms": verbs.forms_of(patient)})


@require_GET
@requires("team.read", patient="patient_id")
def own_team(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Who takes care of me."""
    return render(
        request, "charts/own/team.html", {"patient": patient, "team": verbs.team_of(patient), "clinic": patient.clinic}
    )


@require_GET
@requires("chart.read", patient="patient_id")
def own_record(request: HttpRequest, patient: Patient) -> HttpResponse:
    """What the clinic has about me, in plain words."""
    by = actor_of(request)
    told = {"patient": patient, "record": verbs.record_of(by, patient), "is_own": patient.account_id == by.user_id}
    return render(request, "charts/own/record.html", told)
