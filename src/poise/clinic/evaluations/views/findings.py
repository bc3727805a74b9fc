"""Reading findings, accepting and rejecting them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from poise.clinic.drafts.domain.versions import ChangedMeanwhile
from poise.clinic.evaluations import shown, told, words
from poise.clinic.evaluations.domain import judging
from poise.clinic.evaluations.forms import JudgeForm
from poise.clinic.evaluations.models import Evaluation, FoundFinding
from poise.clinic.evaluations.views.found import evaluation_of, finding_of
from poise.clinic.people.access import actor_of, requires
from poise.clinic.people.models import Patient
from poise.clinic.rules import LICENSED
from poise.errors import PoiseError


@require_safe
@requires("finding.read", patient="patient_id")
def findings(request: HttpRequest, patient: Patient, evaluation_id: UUID) -> HttpResponse:
    """Every finding of the evaluation, by symptom."""
    return _page(request, patient, evaluation_of(patient, evaluation_id))


def _page(
    request: HttpRequest,
    patient: Patient,
    held: Evaluation,
    *,
    wrong: tuple[UUID, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    found = told.groups(held)
    context = {
        "patient": patient, "evaluation": held, "groups": found, "counts": shown.counts(held),
        "may_judge": actor_of(request).is_a(*LICENSED), "accept": words.ACCEPT_REASONS, "reject": words.REJECT_REASONS,
        "within": told.within_error(held), "unseen": told.unseen(held), "wrong": wrong,
    }  # fmt: skip
    return render(request, "evaluations/findings.html", context, status=status)


@require_POST
@requires("finding.judge", patient="patient_id")
def judge(request: HttpRequest, patient: Patient, evaluation_id: UUID, finding_id: UUID) -> HttpResponse:
    """Accepts or rejects one finding, and goes on to the next."""
    held = evaluation_of(patient, evaluation_id)
    finding = finding_of(held, finding_id)
    form = JudgeForm(request.POST)
    if not form.is_valid():
        return _page(request, patient, held, wrong=(finding.pk, _first_fault(form)), status=422)
    try:
        judging.judge(
            actor_of(request), finding, judgement=form.cleaned_data["judgement"], reason=form.said,
            seen_version=form.cleaned_data["version"],
        )  # fmt: skip
    except ChangedMeanwhile:
        return _page(request, patient, held, wrong=(finding.pk, _seen_by_another(finding)), status=409)
    except PoiseError as refused:
        return _page(request, patient, held, wrong=(finding.pk, refused.problem), status=422)
    return redirect(_next(patient, held, finding))


def _first_fault(form: JudgeForm) -> str:
    return next(str(error) for errors in form.errors.values() for error in errors)


def _seen_by_another(finding: FoundFinding) -> str:
    finding.refresh_from_db()
    return _("A colleague has judged it meanwhile: %(judgement)s (%(reason)s). Your judgement was not written.") % {
        "judgement": finding.get_judgement_display(), "reason": finding.reason,
    }  # fmt: skip


def _next(patient: Patient, held: Evaluation, finding: FoundFinding) -> str:
    """The page, at the next finding that is still to be judged."""
    address = reverse("evaluation-findings", args=[patient.pk, held.pk])
    listed = told.in_order(FoundFinding.objects.filter(evaluation=held))
    places = [each.pk for each in listed]
    here = places.index(finding.pk) if finding.pk in places else -1
    waiting = [each for each in (*listed[here + 1 :], *listed[: here + 1]) if each.judgement == "open"]
    return f"{address}#finding-{waiting[0].pk if waiting else finding.pk}"


@require_POST
@requires("finding.judge", patient="patient_id")
def undo(request: HttpRequest, patient: Patient, evaluation_id: UUID, finding_id: UUID) -> HttpResponse:
    """Takes a judgement back; it stays in the history."""
    held = evaluation_of(patient, evaluation_id)
    finding = finding_of(held, finding_id)
    try:
        judging.take_back(
            actor_of(request), finding, reason=request.POST.get("reason", ""),
            seen_version=shown.whole(request.POST.get("version"), finding.version),
        )  # fmt: skip
    except PoiseError as refused:
        messages.error(request, refused.problem)
    return redirect(f"{reverse('evaluation-findings', args=[patient.pk, held.pk])}#finding-{finding.pk}")
