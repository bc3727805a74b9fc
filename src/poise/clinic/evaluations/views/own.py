"""What the patient reads of the own findings: plain words, accepted ones alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from poise.clinic.evaluations.places import told_to_patient
from poise.clinic.people.access import requires
from poise.clinic.people.models import Patient


@require_safe
@requires("finding.told", patient="patient_id")
def own_findings(request: HttpRequest, patient: Patient) -> HttpResponse:
    """What was found, as the patient reads it."""
    return render(request, "evaluations/own_findings.html", {"patient": patient, "found": told_to_patient(patient)})
