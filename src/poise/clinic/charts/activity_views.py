"""Activities in the patient's own words: named, rated, ended."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from poise.clinic.charts.domain import activities as verbs
from poise.clinic.charts.domain.intake import sole_episode
from poise.clinic.charts.models import Activity
from poise.clinic.people.access import actor_of, requires
from poise.clinic.people.models import Patient
from poise.clinic.rules import Role


@requires("activity.edit", patient="patient_id")
def activities(request: HttpRequest, patient: Patient) -> HttpResponse:
    """How the activities stand; a number for each today, or a new one."""
    by = actor_of(request)
    if request.method == "POST":
        return _posted(request, patient)
    stands = verbs.standing(patient)
    context = {
        "patient": patient,
        "standing": stands,
        "scale": range(11),
        "is_own": by.is_a(Role.PATIENT),
        "most": verbs.MOST,
        "mean_change": verbs.REAL_CHANGE_OF_MEAN,
        "one_change": verbs.REAL_CHANGE_OF_ONE,
    }
    return render(request, "charts/activity/list.html", context)


def _posted(request: HttpRequest, patient: Patient) -> HttpResponse:
    by, said = actor_of(request), request.POST
    try:
        if said.get("do") == "add":
            score = said.get("score", "")
            verbs.add(
                by,
                patient,
                said.get("words", ""),
                score=int(score) if score.isdecimal() else None,
                episode=sole_episode(patient),
            )
        else:
            current = patient.activities.filter(ended_at=None)
            scores = {each: int(score) for each in current if (score := said.get(f"score-{each.pk}", "")).isdecimal()}
            verbs.rate(by, patient, scores)
        messages.success(request, _("Saved."))
    except verbs.BadActivity as problem:
        messages.error(request, problem.problem)
    return redirect("activities", patient.pk)


@require_POST
@requires("activity.edit", patient="patient_id")
def end(request: HttpRequest, patient: Patient, activity_id: UUID) -> HttpResponse:
    """No longer asked about; kept with its numbers."""
    found = get_object_or_404(Activity, pk=activity_id, patient=patient)
    verbs.end(actor_of(request), found, because=request.POST.get("because", ""))
    return redirect("activities", patient.pk)
