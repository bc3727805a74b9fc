"""Outcome scores."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from poise.clinic.charts.domain import scores
from poise.clinic.charts.forms.scores import CorrectForm, ScoreForm
from poise.clinic.charts.models import Episode, OutcomeScore
from poise.clinic.charts.score_chart import score_chart
from poise.clinic.charts.views.saving import PARENT, reach_of, saved
from poise.clinic.drafts.forms import opened
from poise.clinic.people.access import actor_of, requires
from poise.clinic.people.models import Patient, Side
from poise.clinic.rules import Role
from poise.knowledge.clinical import library

form_page = require_http_methods(["GET", "POST"])


@requires("outcome.read", patient="patient_id")
def score_list(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Every questionnaire with its change since the first."""
    context = {"patient": patient, "series": scores.overview(patient), "may": reach_of(request, patient)}
    return render(request, "charts/scores.html", context)


@requires("outcome.read", patient="patient_id")
def score_series(request: HttpRequest, patient: Patient, outcome: str, side: str) -> HttpResponse:
    """One questionnaire over time, drawn and as a table."""
    if actor_of(request).roles == {Role.PATIENT}:
        return redirect("own-record", patient.pk)  # the notes here are written for the team
    known = library().outcomes.get(outcome)
    series = scores.series_of(patient, outcome, side) if known and side in Side.values else None
    if series is None:
        raise Http404
    context = {"patient": patient, "series": series, "chart": score_chart(series), "may": reach_of(request, patient),
               "replaced": scores.corrected(patient, outcome), "rows": series.points[::-1]}  # fmt: skip
    return render(request, "charts/score_series.html", context)


@requires("outcome.edit", patient="patient_id")
@form_page
def score_new(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Enters a score."""
    episode = Episode.objects.filter(patient=patient, ended_on=None).order_by("-started_on").first()
    first = {"taken_on": timezone.localdate(), "outcome": request.GET.get("outcome", ""), "episode": episode}
    form = opened(request, ScoreForm, "score", patient.pk, patient=patient, initial=first)
    made = saved(request, form, lambda: scores.record_score(actor_of(request), patient, form.cleaned_data))
    if isinstance(made, OutcomeScore):
        messages.success(request, _("Saved."))
        return redirect("score-series", patient.pk, made.outcome, made.side)
    return _form(request, patient, form, _("Enter a score"), reverse("scores", args=[patient.pk]))


@requires("outcome.edit", patient="patient_id")
@form_page
def score_correct(request: HttpRequest, patient: Patient, score_id: UUID) -> HttpResponse:
    """Corrects a score: the wrong one stays readable, marked."""
    wrong = get_object_or_404(OutcomeScore, pk=score_id, patient=patient, corrected_at=None)
    form = opened(request, CorrectForm, "correct", wrong.pk, initial={"score": wrong.score, "taken_on": wrong.taken_on})
    made = saved(
        request, form,
        lambda: scores.correct_score(
            actor_of(request), wrong, because=form.cleaned_data["because"],
            facts={"score": form.cleaned_data["score"], "taken_on": form.cleaned_data["taken_on"], "details": {}},
        ),
    )  # fmt: skip
    back = reverse("score-series", args=[patient.pk, wrong.outcome, wrong.side])
    if made is not None:
        messages.success(request, _("Corrected."))
        return redirect(back)
    return _form(request, patient, form, _("Correct a score"), back)


def _form(
    request: HttpRequest, patient: Patient, form: ScoreForm | CorrectForm, heading: str, back: str
) -> HttpResponse:
    return render(
        request,
        "design/form.html",
        {"patient": patient, "form": form, "heading": heading, "parent": PARENT, "back": back},
    )
