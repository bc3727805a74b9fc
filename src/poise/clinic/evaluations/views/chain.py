"""The chain: symptom → finding → driver → technique, on one screen, every arrow editable."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from poise.clinic.drafts.conflicts import conflict
from poise.clinic.drafts.domain.versions import ChangedMeanwhile
from poise.clinic.drafts.forms import opened, saving
from poise.clinic.evaluations import shown, words
from poise.clinic.evaluations.domain import causes
from poise.clinic.evaluations.forms import ChainForm
from poise.clinic.evaluations.models import Evaluation
from poise.clinic.evaluations.views.found import evaluation_of, finding_of, seen
from poise.clinic.people.access import actor_of, requires
from poise.clinic.people.models import Patient
from poise.clinic.rules import LICENSED
from poise.knowledge.clinical import library


@require_safe
@requires("finding.read", patient="patient_id")
def chain(request: HttpRequest, patient: Patient, evaluation_id: UUID) -> HttpResponse:
    """Every finding's chain, under the patient's words."""
    held = evaluation_of(patient, evaluation_id)
    rows = [_row(each) for each in causes.links(held)]
    by_symptom: dict[str, list[dict[str, object]]] = {each: [] for each in held.symptoms}
    for row in rows:
        by_symptom.setdefault(str(row["symptom"]), []).append(row)
    context = {
        "patient": patient, "evaluation": held, "by_symptom": list(by_symptom.items()),
        "count": len(rows),
        "may_edit": actor_of(request).is_a(*LICENSED), "palpated": _palpated(held), "disclaimer": _disclaimer(),
    }  # fmt: skip
    return render(request, "evaluations/chain.html", context)


def _row(link: causes.Link) -> dict[str, object]:
    point = link.trigger_point
    near = link.trigger_points[0] if link.trigger_points and not point else None
    return {
        "finding": link.finding, "name": words.finding_name(link.finding.finding, link.finding.name),
        "side": words.SIDES.get(link.finding.side, ""), "group": words.GROUPS.get(link.finding.group, ""),
        "symptom": link.symptom, "driver": link.driver, "suggested": link.suggested,
        "technique": words.in_language(link.technique.name) if link.technique else "",
        "why": words.in_language(link.technique.why) if link.technique else "",
        "tissue": _muscle(point.muscle) if point else "", "near": _muscle(near.muscle) if near else "",
    }  # fmt: skip


def _muscle(muscle: str) -> str:
    return words.in_language(library().muscles[muscle].name)


def _palpated(held: Evaluation) -> list[str]:
    points = library().trigger_points
    sides = causes.palpated_points(held)
    return [
        f"{_muscle(points[name].muscle)} {words.SIDES.get(side, '')}".strip()
        for name, side in sides.items()
        if name in points
    ]


def _disclaimer() -> str:
    return words.in_language(library().trigger_point_disclaimer)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("finding.judge", patient="patient_id")
def edit(request: HttpRequest, patient: Patient, evaluation_id: UUID, finding_id: UUID) -> HttpResponse:
    """Changes the arrows of one finding."""
    held = evaluation_of(patient, evaluation_id)
    finding = finding_of(held, finding_id)
    link = causes.link_of(finding, held)
    initial = {
        "symptom": link.symptom, "group": finding.group or "incidental", "driver": link.driver,
        "technique": link.technique.id if link.technique else "", "trigger_point": finding.trigger_point,
    }  # fmt: skip
    form = opened(request, ChainForm, "chain", finding.pk, version=finding.version, initial=initial, link=link,
                  symptoms=held.symptoms)  # fmt: skip
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        reason = told.pop("reason")
        try:
            with saving(form):
                causes.edit(actor_of(request), finding, told, reason=reason, seen_version=seen(form))
        except ChangedMeanwhile as changed:
            return conflict(request, form, changed, parent="design/patient.html", patient=patient)
        return redirect(f"{shown.address('evaluation-chain', patient, held)}#chain-{finding.pk}")
    context = {
        "patient": patient, "evaluation": held, "form": form, "drivers": link.drivers,
        "heading": _("Chain of: %(name)s") % {"name": words.finding_name(finding.finding, finding.name)},
        "edits": finding.chain_edits.select_related("made_by").order_by("-made_at")[:20],
    }  # fmt: skip
    return render(request, "evaluations/chain_edit.html", context)
