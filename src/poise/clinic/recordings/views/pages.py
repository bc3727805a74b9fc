"""The recordings of a patient, one of them, and its file as it was sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from poise.clinic.people.access import actor_of, requires
from poise.clinic.people.models import Patient
from poise.clinic.recordings.domain import recordings as verbs
from poise.clinic.recordings.forms import CONDITIONS, TASKS, Conditions, Removal
from poise.clinic.recordings.models import StoredRecording
from poise.clinic.rules import reaches
from poise.errors import PoiseError

PER_PAGE = 20


@never_cache
@require_GET
@requires("recording.read", patient="patient_id")
def recordings(request: HttpRequest, patient: Patient) -> HttpResponse:
    """The list, a page at a time, and the way to add one."""
    page = Paginator(verbs.recordings_of(patient), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "recordings/recordings.html", {
        "patient": patient, "page": page, "tasks": dict(TASKS), "conditions": Conditions(),
        "may_add": bool(reaches(actor_of(request).roles, "recording.add")),
    })  # fmt: skip


@never_cache
@require_GET
@requires("recording.read", patient="patient_id")
def recording(request: HttpRequest, patient: Patient, recording_id: UUID) -> HttpResponse:
    """One recording: what it holds, what was made of it."""
    found = get_object_or_404(verbs.recordings_of(patient), pk=recording_id)
    return render(request, "recordings/recording.html", _of(request, patient, found, Removal()))


def _of(request: HttpRequest, patient: Patient, found: StoredRecording, removal: Removal) -> dict[str, Any]:
    roles = actor_of(request).roles
    return {
        "patient": patient, "recording": found, "task": dict(TASKS).get(found.task, found.task),
        "conditions": _conditions(found), "removal": removal, "analyses": found.latest,  # type: ignore[attr-defined]
        "may_remove": bool(reaches(roles, "recording.remove")), "may_add": bool(reaches(roles, "recording.add")),
    }  # fmt: skip


def _conditions(found: StoredRecording) -> list[tuple[Any, Any]]:
    shown = []
    for name, value in found.conditions.items():
        label, words = CONDITIONS.get(name, (name.replace("_", " "), ()))
        shown.append((label, dict(words).get(value, value)))
    return shown


@never_cache
@require_http_methods(["POST"])
@requires("recording.remove", patient="patient_id")
def remove_recording(request: HttpRequest, patient: Patient, recording_id: UUID) -> HttpResponse:
    """Taken out of the chart, with a reason."""
    found = get_object_or_404(verbs.recordings_of(patient), pk=recording_id)
    form = Removal(request.POST)
    if not form.is_valid():
        return render(request, "recordings/recording.html", _of(request, patient, found, form), status=422)
    try:
        verbs.remove(actor_of(request), found, reason=form.cleaned_data["reason"])
        messages.success(request, _("The recording was removed from the chart."))
    except PoiseError as error:
        messages.error(request, str(error))
    return redirect("recording", patient.pk, found.pk)


@never_cache
@require_POST
@requires("recording.add", patient="patient_id")
def analyse_recording(request: HttpRequest, patient: Patient, recording_id: UUID) -> HttpResponse:
    """Analysed again, with today's software."""
    found = get_object_or_404(StoredRecording, pk=recording_id, patient=patient)
    try:
        verbs.analyse_again(actor_of(request), found)
        messages.success(request, _("The analysis has been asked for."))
    except PoiseError as error:
        messages.error(request, str(error))
    return redirect("recording", patient.pk, found.pk)


@never_cache
@require_GET
@requires("recording.read", patient="patient_id", audited=False)  # `original` writes its own, more telling row
def fetch_recording(request: HttpRequest, patient: Patient, recording_id: UUID) -> HttpResponse:
    """The file as it was sent: always to be saved, never to be shown by the browser."""
    found = get_object_or_404(StoredRecording, pk=recording_id, patient=patient)
    try:
        stored = verbs.original(actor_of(request), found)
    except PoiseError as error:
        messages.error(request, str(error))
        return redirect("recording", patient.pk, found.pk)
    response = FileResponse(stored, as_attachment=True, filename=found.name, content_type="application/octet-stream")
    response["Content-Length"] = str(found.size)
    response["Cache-Control"] = "private, no-store"
    return response  # type: ignore[return-value]
