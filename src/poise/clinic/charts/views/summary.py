"""The patient's first page, and all that happened."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from poise.clinic.charts import summary
from poise.clinic.charts.views.saving import reach_of
from poise.clinic.people.access import actor_of, requires
from poise.clinic.people.models import Patient
from poise.clinic.rules import Role

MOST_MARK = 120


@requires("patient.identity.read", patient="patient_id")
def patient(request: HttpRequest, patient: Patient) -> HttpResponse:
    """One page that answers in five seconds. What a role may not read is neither loaded nor shown."""
    by = actor_of(request)
    if by.roles == {Role.PATIENT}:
        return redirect("home")  # the patient's own pages say it in the patient's words
    may = reach_of(request, patient)
    page = summary.first_page(by, patient, may.__contains__)
    context = {"patient": patient, "may": may, "sections": page.sections, "entries": page.entries,
               "later": page.is_more}  # fmt: skip
    return render(request, "charts/patient.html", context)


@requires("chart.read", patient="patient_id")
def timeline(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Everything that happened, newest first, page by page."""
    may = reach_of(request, patient)
    before = request.GET.get("before", "")[:MOST_MARK]
    entries, later = summary.timeline(patient, may.__contains__, before=before)
    template = "charts/timeline_entries.html" if request.headers.get("HX-Request") else "charts/timeline.html"
    return render(request, template, {"patient": patient, "entries": entries, "later": later, "before": before})
