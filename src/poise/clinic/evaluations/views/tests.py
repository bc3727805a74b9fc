"""One test: how it is done, its recordings, its typed numbers, how it ended."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from poise.clinic.charts.domain import safety
from poise.clinic.drafts.conflicts import conflict
from poise.clinic.drafts.domain.versions import ChangedMeanwhile
from poise.clinic.drafts.forms import opened, saving
from poise.clinic.evaluations import shown, taken, words
from poise.clinic.evaluations.domain import tests as verbs
from poise.clinic.evaluations.domain import typed
from poise.clinic.evaluations.forms import CorrectForm, OutcomeForm, TypedForm
from poise.clinic.evaluations.models import Evaluation, Measurement, PlannedTest
from poise.clinic.evaluations.views.found import evaluation_of, seen, test_of
from poise.clinic.people.access import actor_of, requires
from poise.clinic.people.models import Patient
from poise.errors import PoiseError


@require_safe
@requires("evaluation.read", patient="patient_id")
def test(request: HttpRequest, patient: Patient, evaluation_id: UUID, test_id: UUID) -> HttpResponse:
    """How the test is done, and what stands of it."""
    held = evaluation_of(patient, evaluation_id)
    return _page(request, patient, held, test_of(held, test_id))


def _typed_form(request: HttpRequest, held: Evaluation, planned: PlannedTest) -> TypedForm:
    region = held.region or held.episode.region
    return opened(
        request, TypedForm, "test-values", planned.pk, version=planned.version, planned=planned, region=region
    )


def _outcome_form(request: HttpRequest, planned: PlannedTest) -> OutcomeForm:
    initial = {
        "outcome": "done" if planned.state == "proposed" else planned.state, "reason": planned.reason,
        "pain": "" if planned.pain is None else str(planned.pain), "note": planned.note,
    }  # fmt: skip
    return opened(request, OutcomeForm, "test-outcome", planned.pk, version=planned.version, initial=initial)


def _page(
    request: HttpRequest,
    patient: Patient,
    held: Evaluation,
    planned: PlannedTest,
    *,
    numbers: TypedForm | None = None,
    ended: OutcomeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    lock = safety.lock_of(held.episode)
    is_open = held.state == Evaluation.State.OPEN and lock is None
    context = {
        "patient": patient, "evaluation": held, "planned": planned, "line": shown.test_line(planned),
        "guide": taken.guide(planned), "shots": taken.shots(planned), "standing": taken.standing(planned),
        "numbers": numbers or _typed_form(request, held, planned), "ended": ended or _outcome_form(request, planned),
        "lock": lock, "is_open": is_open, "next": taken.after(planned),
    }  # fmt: skip
    return render(request, "evaluations/test.html", context, status=status)


@require_POST
@requires("evaluation.measure", patient="patient_id")
def values(request: HttpRequest, patient: Patient, evaluation_id: UUID, test_id: UUID) -> HttpResponse:
    """Writes typed numbers down; what is not plausible is asked again first."""
    held = evaluation_of(patient, evaluation_id)
    planned = test_of(held, test_id)
    form = _typed_form(request, held, planned)
    if form.is_valid():
        try:
            with saving(form):
                typed.record(actor_of(request), planned, form.entries(), seen_version=seen(form))
        except ChangedMeanwhile:
            planned.refresh_from_db()
            return _page(request, patient, held, planned, numbers=_seen_anew(form, planned), status=409)
        except PoiseError as refused:
            form.add_error(None, f"{refused.problem} {refused.do}".strip())
        else:
            messages.success(request, _("Saved."))
            return redirect("evaluation-test", patient.pk, held.pk, planned.pk)
    return _page(request, patient, held, planned, numbers=form, status=422)


def _seen_anew(form: TypedForm, planned: PlannedTest) -> TypedForm:
    """The numbers as they were typed, above those that a colleague has saved meanwhile: sent again, they count."""
    form.draft = replace(form.draft, seen_version=planned.version)  # type: ignore[attr-defined]
    form.add_error(
        None,
        _("A colleague has changed this test meanwhile. What stands now is shown on this page, and what you typed is "
          "still here: look at both, then save again."),
    )  # fmt: skip
    return form


@require_POST
@requires("evaluation.measure", patient="patient_id")
def outcome(request: HttpRequest, patient: Patient, evaluation_id: UUID, test_id: UUID) -> HttpResponse:
    """How the test ended: done, not able, left out."""
    held = evaluation_of(patient, evaluation_id)
    planned = test_of(held, test_id)
    form = _outcome_form(request, planned)
    if form.is_valid():
        try:
            with saving(form):
                _end(request, planned, form)
        except ChangedMeanwhile as changed:
            return conflict(request, form, changed, parent="design/patient.html", patient=patient)
        except PoiseError as refused:
            form.add_error(None, f"{refused.problem} {refused.do}".strip())
        else:
            following = taken.after(planned)
            if following is None:
                return redirect("evaluation", patient.pk, held.pk)
            return redirect("evaluation-test", patient.pk, held.pk, following.row.pk)
    return _page(request, patient, held, planned, ended=form, status=422)


def _end(request: HttpRequest, planned: PlannedTest, form: OutcomeForm) -> None:
    told, by = form.cleaned_data, actor_of(request)
    said: dict[str, Any] = {
        "pain": int(told["pain"]) if told["pain"] else None, "note": told["note"], "seen_version": seen(form),
    }  # fmt: skip
    if told["outcome"] == "done":
        verbs.done(by, planned, **said)
    elif told["outcome"] == "not_able":
        verbs.not_able(by, planned, reason=told["reason"], **said)
    elif told["outcome"] == "skipped":
        verbs.skip(by, planned, reason=told["reason"], **said)
    else:
        verbs.leave_open(by, planned, **said)


@require_safe
@requires("evaluation.read", patient="patient_id", audited=False)  # polled while the page that was audited is open
def recordings(request: HttpRequest, patient: Patient, evaluation_id: UUID, test_id: UUID) -> HttpResponse:
    """The test's recordings and how far their analysis is."""
    held = evaluation_of(patient, evaluation_id)
    planned = test_of(held, test_id)
    context = {"patient": patient, "evaluation": held, "planned": planned, "shots": taken.shots(planned),
               "state": words.STATES[planned.state]}  # fmt: skip
    return render(request, "evaluations/parts/recordings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("evaluation.measure", patient="patient_id")
def correct(
    request: HttpRequest, patient: Patient, evaluation_id: UUID, test_id: UUID, measurement_id: int
) -> HttpResponse:
    """Puts a typed number right; the wrong one stays, marked."""
    held = evaluation_of(patient, evaluation_id)
    planned = test_of(held, test_id)
    wrong = get_object_or_404(Measurement, pk=measurement_id, test=planned, analysis=None, method="typed")
    if wrong.corrected_at is not None and request.method != "POST":
        raise Http404
    initial = {"attempts": " ".join(f"{each:.10g}" for each in wrong.attempts or [wrong.value])}
    form = opened(request, CorrectForm, "value-correct", str(wrong.pk), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            with saving(form):
                typed.correct(actor_of(request), wrong, **form.cleaned_data)
        except PoiseError as refused:
            form.add_error(None, f"{refused.problem} {refused.do}".strip())
        else:
            return redirect("evaluation-test", patient.pk, held.pk, planned.pk)
    name = words.measure_label(wrong.measure, wrong.label)
    context = {
        "patient": patient, "form": form, "parent": "design/patient.html",
        "heading": _("Correct: %(name)s %(side)s") % {"name": name, "side": words.SIDES.get(wrong.side, "")},
        "intro": _("The number that stands now is kept, with your reason."),
        "back": shown.address("evaluation-test", patient, held, planned.pk),
    }  # fmt: skip
    return render(request, "design/form.html", context)
