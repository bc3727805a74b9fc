"""The evaluation itself: its beginning, its set of tests, its end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from poise.clinic.charts.domain import intake_taking, safety
from poise.clinic.charts.models import Episode
from poise.clinic.drafts.conflicts import conflict
from poise.clinic.drafts.domain.versions import ChangedMeanwhile
from poise.clinic.drafts.forms import opened, saving
from poise.clinic.evaluations import shown, words
from poise.clinic.evaluations.domain import evaluations as verbs
from poise.clinic.evaluations.domain import proposal as proposals
from poise.clinic.evaluations.domain import tests as test_verbs
from poise.clinic.evaluations.forms import AddTestForm, ReasonForm, StartForm, WordsForm
from poise.clinic.evaluations.models import Evaluation
from poise.clinic.evaluations.views.found import episode_of, evaluation_of, seen, test_of
from poise.clinic.people.access import actor_of, requires
from poise.clinic.people.models import Patient
from poise.clinic.rules import reaches
from poise.errors import PoiseError

A_PAGE = 20


def may_edit(request: HttpRequest) -> bool:
    """Whether the person may change what an evaluation consists of; an assistant measures in it."""
    return bool(reaches(actor_of(request).roles, "evaluation.edit"))


@require_safe
@requires("evaluation.read", patient="patient_id")
def evaluations(request: HttpRequest, patient: Patient) -> HttpResponse:
    """All evaluations of a patient, the newest first, and where another begins."""
    standing = Q(findings__withdrawn_at=None)
    rows = (
        Evaluation.objects.filter(patient=patient)
        .select_related("episode")
        .annotate(
            accepted=Count("findings", filter=standing & Q(findings__judgement="accepted"), distinct=True),
            unjudged=Count("findings", filter=standing & Q(findings__judgement="open"), distinct=True),
        )
        .order_by("-started_at")
    )
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.kind_words = words.KINDS.get(row.kind, row.kind)  # type: ignore[attr-defined]  # for the template
    episodes = Episode.objects.filter(patient=patient, ended_on=None).order_by("-started_on")[:10]
    return render(request, "evaluations/list.html", {"patient": patient, "page": page, "episodes": episodes,
                                                     "may_edit": may_edit(request)})  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@requires("evaluation.edit", patient="patient_id")
def start(request: HttpRequest, patient: Patient, episode_id: UUID) -> HttpResponse:
    """Begins an evaluation of an episode."""
    episode = episode_of(patient, episode_id)
    episode.patient = patient
    form = opened(request, StartForm, "evaluation-start", episode.pk, initial=_usual(episode))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with saving(form):
            made = verbs.start(
                actor_of(request), episode, kind=said["kind"], condition=said["condition"], region=said["region"],
                symptoms=said["symptoms"].splitlines(),
            )  # fmt: skip
        return redirect("evaluation", patient.pk, made.pk)
    told = dict(form.cleaned_data if form.is_bound and form.is_valid() else form.initial)
    context = {"patient": patient, "episode": episode, "form": form, "lock": safety.lock_of(episode)}
    return render(request, "evaluations/start.html", context | _proposed(episode, told))


def _usual(episode: Episode) -> dict[str, Any]:
    """As the episode says; what the patient said last time; a re-evaluation where one was made before."""
    before = episode.evaluations.order_by("-started_at").first()
    return {
        "kind": "re-evaluation" if before else "initial", "condition": episode.condition,
        "region": "" if episode.condition else episode.region,
        "symptoms": "\n".join(before.symptoms) if before else verbs.as_symptoms(intake_taking.problem_of(episode)),
    }  # fmt: skip


def _proposed(episode: Episode, told: dict[str, Any]) -> dict[str, Any]:
    if not (told.get("condition") or told.get("region")):
        return {"proposal": None}
    made = proposals.propose(
        condition=told.get("condition") or "", region=told.get("region") or "",
        precautions=verbs.active_precautions(episode),
    )  # fmt: skip
    return {"proposal": shown.proposal(made), "to_ask": shown.to_ask(episode, [each.test.id for each in made.tests])}


@require_POST
@requires("evaluation.edit", patient="patient_id")
def proposal(request: HttpRequest, patient: Patient, episode_id: UUID) -> HttpResponse:
    """The tests that would be proposed, while a person still chooses."""
    episode = episode_of(patient, episode_id)
    context = {"patient": patient, "episode": episode} | _proposed(episode, request.POST.dict())
    return render(request, "evaluations/parts/proposal.html", context)


@require_safe
@requires("evaluation.read", patient="patient_id")
def evaluation(request: HttpRequest, patient: Patient, evaluation_id: UUID) -> HttpResponse:
    """An evaluation: its tests in running order, how far it is, what is missing."""
    return _page(request, patient, evaluation_of(patient, evaluation_id))


def _page(
    request: HttpRequest, patient: Patient, held: Evaluation, *, add: AddTestForm | None = None, status: int = 200
) -> HttpResponse:
    listed = list(held.tests.order_by("order", "pk").prefetch_related("recordings"))
    kept = [each for each in listed if each.removed_at is None]
    context = {
        "patient": patient, "evaluation": held, "kind": words.KINDS.get(held.kind, held.kind),
        "subject": shown.subject_of(held), "tests": [shown.test_line(each) for each in kept],
        "removed": [shown.test_line(each) for each in listed if each.removed_at is not None],
        "overview": shown.overview(held, kept), "lock": safety.lock_of(held.episode),
        "to_ask": shown.to_ask(held.episode, [each.test for each in kept]),
        "add": add or AddTestForm(without=frozenset(each.test for each in kept)), "reason": ReasonForm(),
        "counts": shown.counts(held), "may_edit": may_edit(request),
    }  # fmt: skip
    return render(request, "evaluations/evaluation.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("evaluation.edit", patient="patient_id")
def words_of(request: HttpRequest, patient: Patient, evaluation_id: UUID) -> HttpResponse:
    """The patient's words and the note."""
    held = evaluation_of(patient, evaluation_id)
    initial = {"symptoms": "\n".join(held.symptoms), "note": held.note}
    form = opened(request, WordsForm, "evaluation-words", held.pk, version=held.version, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            with saving(form):
                verbs.change_symptoms(
                    actor_of(request), held, symptoms=told["symptoms"].splitlines(), note=told["note"],
                    seen_version=seen(form),
                )  # fmt: skip
        except ChangedMeanwhile as changed:
            return conflict(request, form, changed, parent="design/patient.html", patient=patient)
        return redirect("evaluation", patient.pk, held.pk)
    context = {
        "patient": patient, "form": form, "heading": _("The patient’s words"), "parent": "design/patient.html",
        "back": shown.address("evaluation", patient, held),
    }  # fmt: skip
    return render(request, "design/form.html", context)


@require_POST
@requires("evaluation.edit", patient="patient_id")
def add_test(request: HttpRequest, patient: Patient, evaluation_id: UUID) -> HttpResponse:
    """Adds a test, with the reason."""
    held = evaluation_of(patient, evaluation_id)
    form = AddTestForm(request.POST)
    if form.is_valid():
        try:
            test_verbs.add(actor_of(request), held, **form.cleaned_data)
        except PoiseError as refused:
            form.add_error(None, f"{refused.problem} {refused.do}".strip())
        else:
            return redirect("evaluation", patient.pk, held.pk)
    return _page(request, patient, held, add=form, status=422)


@require_POST
@requires("evaluation.edit", patient="patient_id")
def remove_test(request: HttpRequest, patient: Patient, evaluation_id: UUID, test_id: UUID) -> HttpResponse:
    """Takes a test out of the set, with the reason."""
    held = evaluation_of(patient, evaluation_id)
    planned = test_of(held, test_id)
    try:
        test_verbs.take_out(
            actor_of(request), planned, reason=request.POST.get("reason", ""),
            seen_version=shown.whole(request.POST.get("version"), planned.version),
        )  # fmt: skip
    except PoiseError as refused:
        messages.error(request, f"{refused.problem} {refused.do}".strip())
    return redirect("evaluation", patient.pk, held.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("evaluation.edit", patient="patient_id")
def finish(request: HttpRequest, patient: Patient, evaluation_id: UUID) -> HttpResponse:
    """Says what is still open, and ends the evaluation."""
    held = evaluation_of(patient, evaluation_id)
    if request.method == "POST":
        try:
            verbs.finish(actor_of(request), held, seen_version=shown.whole(request.POST.get("version"), held.version))
        except PoiseError as refused:
            messages.error(request, f"{refused.problem} {refused.do}".strip())
            return redirect("evaluation-finish", patient.pk, held.pk)
        return redirect("evaluation-summary", patient.pk, held.pk)
    left = verbs.undone(held)
    context = {
        "patient": patient, "evaluation": held, "undone": left, "names": shown.open_names(held),
        "undone_parts": [words.PARTS[each] for each in left.missing_parts],
    }  # fmt: skip
    return render(request, "evaluations/finish.html", context)


@require_POST
@requires("evaluation.edit", patient="patient_id")
def reopen(request: HttpRequest, patient: Patient, evaluation_id: UUID) -> HttpResponse:
    """Opens a finished evaluation again, with the reason."""
    held = evaluation_of(patient, evaluation_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why it is opened again."))
    else:
        try:
            version = shown.whole(request.POST.get("version"), held.version)
            verbs.reopen(actor_of(request), held, reason=form.cleaned_data["reason"], seen_version=version)
        except PoiseError as refused:
            messages.error(request, f"{refused.problem} {refused.do}".strip())
    return redirect("evaluation", patient.pk, held.pk)
