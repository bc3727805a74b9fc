"""Papers: adding, handing out, taking out of the list; and the whole record as an archive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from poise.clinic.charts.domain import papers
from poise.clinic.charts.domain.export import export
from poise.clinic.charts.forms.papers import FileForm
from poise.clinic.charts.forms.patients import ReasonForm
from poise.clinic.charts.models import PatientFile
from poise.clinic.charts.streaming import attachment
from poise.clinic.charts.views.saving import PARENT, reach_of, saved
from poise.clinic.drafts.forms import opened
from poise.clinic.objects import MissingObject, object_store
from poise.clinic.people.access import actor_of, requires
from poise.clinic.people.models import Patient

PAGE, READ = 25, 256 * 1024


@requires("file.read", patient="patient_id")
@require_safe
def file_list(request: HttpRequest, patient: Patient) -> HttpResponse:
    """The papers, newest first."""
    page = Paginator(papers.files_of(patient), PAGE).get_page(request.GET.get("page"))
    removed = PatientFile.objects.filter(patient=patient, removed_at__isnull=False).order_by("-removed_at")[:PAGE]
    context = {
        "patient": patient,
        "page": page,
        "removed": removed,
        "may": reach_of(request, patient),
        "kinds": papers.KINDS,
    }
    return render(request, "charts/files.html", context)


@requires("file.add", patient="patient_id")
@require_http_methods(["GET", "POST"])
def file_add(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Adds a paper."""
    form = opened(request, FileForm, "file", patient.pk, patient=patient)
    made = saved(request, form, lambda: _stored(request, patient, form.cleaned_data))
    if made is not None:
        messages.success(request, _("The file is stored."))
        return redirect("files", patient.pk)
    context: dict[str, Any] = {
        "patient": patient, "form": form, "heading": _("Add a file"), "parent": PARENT,
        "intro": _("Files are not scanned for viruses. They are only handed out as downloads."),
        "back": reverse("files", args=[patient.pk]),
    }  # fmt: skip
    return render(request, "design/form.html", context)


def _stored(request: HttpRequest, patient: Patient, told: dict[str, Any]) -> PatientFile:
    sent = told["file"]
    return papers.add_file(actor_of(request), patient, sent, name=sent.name, kind=told["kind"], episode=told["episode"])


@requires("file.read", patient="patient_id")
@require_safe
def file_download(request: HttpRequest, patient: Patient, file_id: UUID) -> HttpResponse | StreamingHttpResponse:
    """Hands out a paper, as a download."""
    file = get_object_or_404(PatientFile, pk=file_id, patient=patient)
    try:
        stored = object_store().open(file.object_key)
    except MissingObject:
        messages.error(request, _("The bytes of this file are not in the store. Tell the administrator."))
        return redirect("files", patient.pk)
    return attachment(request, _pieces(stored), name=file.name, media_type=file.media_type)


@requires("file.remove", patient="patient_id")
@require_http_methods(["GET", "POST"])
def file_remove(request: HttpRequest, patient: Patient, file_id: UUID) -> HttpResponse:
    """Takes a paper out of the list, with a reason."""
    file = get_object_or_404(PatientFile, pk=file_id, patient=patient)
    form = opened(request, ReasonForm, "remove", file.pk)
    made = saved(
        request, form, lambda: papers.remove_file(actor_of(request), file, because=form.cleaned_data["because"])
    )
    if made is not None:
        messages.success(request, _("Taken out of the list."))
        return redirect("files", patient.pk)
    context = {"patient": patient, "form": form, "heading": _("Take this file out of the list"), "parent": PARENT,
               "intro": _("It is kept, with your reason."), "back": reverse("files", args=[patient.pk])}  # fmt: skip
    return render(request, "design/form.html", context)


@requires("patient.export", patient="patient_id")
@require_http_methods(["GET", "POST"])
def patient_export(request: HttpRequest, patient: Patient) -> HttpResponse | StreamingHttpResponse:
    """Everything that is kept of the patient, as one archive."""
    if request.method != "POST":
        parent = PARENT if "chart.edit" in reach_of(request, patient) else "design/base.html"
        return render(request, "charts/export.html", {"patient": patient, "parent": parent})
    archive = export(actor_of(request), patient)
    name = f"record-{timezone.localdate():%Y-%m-%d}.zip"
    return attachment(request, archive.chunks(), name=name, media_type="application/zip")


def _pieces(stored: BinaryIO) -> Iterator[bytes]:
    with stored:
        while piece := stored.read(READ):
            yield piece
