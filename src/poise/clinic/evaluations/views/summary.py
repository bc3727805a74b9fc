"""The evaluation on one sheet: findings, every number, what changed since the earlier one."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from poise.clinic.evaluations import numbers, shown, told, words
from poise.clinic.evaluations.domain import evaluations as verbs
from poise.clinic.evaluations.views.found import evaluation_of
from poise.clinic.people.access import requires
from poise.clinic.people.models import Patient

ROWS_A_PAGE = 100
ALL = "all"


@require_safe
@requires("finding.read", patient="patient_id")
def summary(request: HttpRequest, patient: Patient, evaluation_id: UUID) -> HttpResponse:
    """The sheet; made to be printed."""
    held = evaluation_of(patient, evaluation_id)
    before = verbs.earlier(held)
    rows = numbers.table(held, before)
    kinds = sorted({each.kind for each in rows})
    chosen = request.GET.get("kind", "")
    listed = [each for each in rows if chosen in {ALL, each.kind} or (not chosen and each.is_main)]
    page = Paginator(listed, ROWS_A_PAGE).get_page(request.GET.get("page"))
    left = verbs.undone(held)
    context = {
        "patient": patient, "evaluation": held, "kind": words.KINDS.get(held.kind, held.kind),
        "subject": shown.subject_of(held), "groups": told.groups(held), "page": page, "kinds": kinds, "chosen": chosen,
        "earlier": before, "undone": left, "undone_parts": [words.PARTS[each] for each in left.missing_parts],
        "names": shown.open_names(held), "papers": numbers.papers(held), "tests": numbers.tests(held),
    }  # fmt: skip
    return render(request, "evaluations/summary.html", context)


@require_safe
@requires("evaluation.read", patient="patient_id")
def series(request: HttpRequest, patient: Patient, evaluation_id: UUID, measure: str) -> HttpResponse:
    """One measure over all evaluations: a picture and a table that tells the same."""
    held = evaluation_of(patient, evaluation_id)
    found = numbers.series(patient, measure, like=held)
    if found is None:
        raise Http404
    return render(request, "evaluations/series.html", {"patient": patient, "evaluation": held, "series": found})
