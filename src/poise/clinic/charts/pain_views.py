"""The body map: drawing it, looking at it beside earlier ones, printing it, and palpating tender spots."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from poise.clinic.charts import pain_forms
from poise.clinic.charts.domain import pain_map as verbs
from poise.clinic.charts.domain.intake import sole_episode
from poise.clinic.charts.domain.sight import sight_of
from poise.clinic.charts.models import PainMark
from poise.clinic.people.access import actor_of, requires
from poise.clinic.people.models import Patient
from poise.clinic.rules import Role
from poise.knowledge.clinical import library

PAGE = 12


@require_GET
@requires("painmap.read", patient="patient_id")
def pain_maps(request: HttpRequest, patient: Patient) -> HttpResponse:
    """All maps, newest first."""
    by = actor_of(request)
    page = Paginator(verbs.maps_of(patient), PAGE).get_page(request.GET.get("page"))
    context = {
        "patient": patient,
        "page": page,
        "may_draw": sight_of(by, patient)("painmap.edit"),
        "is_own": by.is_a(Role.PATIENT),
    }
    return render(request, "charts/pain/list.html", context)


@requires("painmap.edit", patient="patient_id")
def pain_map_new(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Drawing today's map."""
    by = actor_of(request)
    problem = ""
    raw: dict[str, Any] = {"marks": [], "brush": ""}
    if request.method == "POST":
        raw = pain_forms.read(request.POST)
        if request.POST.get("go") == "save":
            try:
                drawn = verbs.draw(
                    by,
                    patient,
                    pain_forms.marks_from(raw["marks"]),
                    episode=sole_episode(patient),
                    note=request.POST.get("note", "").strip()[:2000],
                )
            except verbs.BadMark as error:
                problem = error.problem
            else:
                messages.success(request, _("Your body map is saved."))
                return redirect("pain-map", patient.pk, drawn.pk)
    context = {
        "patient": patient,
        "problem": problem,
        "note": request.POST.get("note", ""),
        "is_own": by.is_a(Role.PATIENT),
        **pain_forms.drawing(raw["marks"], brush=raw["brush"]),
    }
    return render(request, "charts/pain/new.html", context, status=422 if problem else 200)


@require_GET
@requires("painmap.read", patient="patient_id")
def pain_map(request: HttpRequest, patient: Patient, map_id: UUID) -> HttpResponse:
    """One map, with links to earlier and later ones."""
    return render(request, "charts/pain/map.html", _one(request, patient, map_id))


@require_GET
@requires("painmap.read", patient="patient_id")
def pain_map_print(request: HttpRequest, patient: Patient, map_id: UUID) -> HttpResponse:
    """The map on one sheet of paper."""
    return render(request, "charts/pain/print.html", _one(request, patient, map_id))


def _one(request: HttpRequest, patient: Patient, map_id: UUID) -> dict[str, object]:
    drawn = get_object_or_404(verbs.maps_of(patient), pk=map_id)
    by = actor_of(request)
    marks = list(drawn.marks.all())
    dates = list(patient.pain_maps.order_by("-on", "-pk").values_list("pk", "on")[:PAGE])
    return {
        "patient": patient,
        "map": drawn,
        "marks": marks,
        "dates": dates,
        "lines": _lines(marks),
        "found": _found(marks),
        "may_palpate": sight_of(by, patient)("painmap.palpate"),
        "is_own": by.is_a(Role.PATIENT),
    }


def _lines(marks: list[PainMark]) -> list[dict[str, object]]:
    """What the patient drew, in words."""
    return [
        {
            "kind": pain_forms.KINDS[mark.kind],
            "name": pain_forms.place_name(mark.region, mark.side),
            "mark": mark,
            "words": pain_forms.details(mark),
        }
        for mark in marks
        if mark.kind in verbs.PATIENT_KINDS and mark.source_id is None
    ]


def _found(marks: list[PainMark]) -> list[dict[str, object]]:
    """The tender spots that were found, each with where pressing it is felt."""
    points, muscles = library().trigger_points, library().muscles
    return [
        {
            "mark": mark,
            "muscle": muscles[points[mark.trigger_point].muscle].name,
            "name": pain_forms.place_name(mark.region, mark.side),
            "side": pain_forms.SIDES[mark.side],
            "felt": [pain_forms.place_name(each.region, each.side) for each in marks if each.source_id == mark.pk],
        }
        for mark in marks
        if mark.kind == verbs.TRIGGER_POINT and mark.trigger_point in points
    ]


@requires("painmap.palpate", patient="patient_id")
def palpate(request: HttpRequest, patient: Patient, map_id: UUID) -> HttpResponse:
    """Which muscles may be palpated for this map: what to rule out first, then what was found."""
    drawn = get_object_or_404(verbs.maps_of(patient), pk=map_id)
    by = actor_of(request)
    if request.method == "POST":
        said = request.POST
        familiar = {"yes": True, "no": False}.get(said.get("familiar", ""))
        try:
            verbs.palpated(
                by,
                drawn,
                said.get("point", ""),
                said.get("side", ""),
                felt=said.getlist("felt"),
                familiar=familiar,
                note=said.get("note", "").strip()[:300],
            )
            messages.success(request, _("Marked as found. Source and referral are joined on the map."))
        except verbs.BadMark as problem:
            messages.error(request, problem.problem)
        return redirect("pain-palpate", patient.pk, drawn.pk)
    marks = list(drawn.marks.all())
    context = {
        "patient": patient,
        "map": drawn,
        "marks": marks,
        "found": _found(marks),
        "lines": _lines(marks),
        "suggestions": [_told(each) for each in verbs.suggestions(drawn)],
        "disclaimer": library().trigger_point_disclaimer.in_language(get_language() or "en"),
    }
    return render(request, "charts/pain/palpate.html", context)


def _told(each: verbs.Suggestion) -> dict[str, object]:
    point = each.point
    names = pain_forms.region_name
    return {
        "suggestion": each,
        "muscle": library().muscles[point.muscle].name,
        "side": pain_forms.SIDES[each.side],
        "point": point,
        "main": [names(region) for region in each.main],
        "also": [names(region) for region in each.also],
        "felt": [(region, names(region), region in each.main) for region in (*point.main, *point.also)],
        "technique": library().techniques[point.technique].name,
        "sources": [library().sources[source].title for source in point.sources],
    }


@require_POST
@requires("painmap.palpate", patient="patient_id")
def take_back(request: HttpRequest, patient: Patient, map_id: UUID, mark_id: int) -> HttpResponse:
    """A tender spot that was marked by mistake."""
    mark = get_object_or_404(
        PainMark.objects.select_related("map"), pk=mark_id, map=map_id, map__patient=patient, removed_at=None
    )
    try:
        verbs.took_back(actor_of(request), mark, because=request.POST.get("because", "")[:300])
        messages.success(request, _("Taken back."))
    except verbs.BadMark as problem:
        messages.error(request, problem.problem)
    return redirect("pain-palpate", patient.pk, map_id)
