"""Uploads over HTTP: resumable in parts (after the tus protocol), and a plain form for those without JavaScript."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from poise.clinic.actor import Actor
from poise.clinic.objects.faults import StorageFull, StorageUnreachable
from poise.clinic.people.access import actor_of, patient_within_reach, requires
from poise.clinic.people.models import Patient
from poise.clinic.recordings.domain import arrivals, uploads
from poise.clinic.recordings.domain.arrivals import Arrived
from poise.clinic.recordings.domain.limits import limits
from poise.clinic.recordings.domain.looking import TooBusy
from poise.clinic.recordings.domain.uploads import Announced, WrongChecksum, WrongOffset
from poise.clinic.recordings.forms import Announcement, Sending
from poise.clinic.recordings.handlers import InParts, ToParts
from poise.clinic.recordings.models import Upload
from poise.errors import PoiseError

CHECKSUM_MISMATCH = 460  # as tus calls it


@never_cache
@require_http_methods(["GET", "POST"])
@requires("recording.add", patient="patient_id", audited=False)  # reading tells one's own uploads under way alone
def uploads_of_patient(request: HttpRequest, patient: Patient) -> HttpResponse:
    """GET: one's own uploads under way. POST: announce another."""
    by = actor_of(request)
    if request.method == "GET":
        return JsonResponse({"uploads": [_shown(each) for each in uploads.open_uploads(by, patient)]})
    form = Announcement(request.POST)
    if not form.is_valid():
        return _refused(_("This file cannot be taken."), " ".join(str(each) for each in _faults(form)))
    try:
        upload = uploads.begin(
            by, patient, _announced(by, patient, form, form.cleaned_data["name"], form.cleaned_data["size"])
        )
    except PoiseError as error:
        return _said(error)
    response = JsonResponse(_shown(upload), status=201)
    response["Location"] = _url(upload)
    return response


def _faults(form: Any) -> list[str]:
    return [str(error) for errors in form.errors.values() for error in errors]


def _announced(by: Actor, patient: Patient, form: Sending, name: str, size: int) -> Announced:
    said = form.cleaned_data
    purpose = said["purpose"] or "recording"
    if purpose == "file":
        patient_within_reach(by, "file.add", patient.pk)
        details: dict[str, Any] = {"kind": said["kind"], "episode": str(said["episode"] or "")}
    else:
        known = said["known"] if isinstance(said["known"], dict) else {}
        told = form.details
        conditions = {str(key): str(value) for key, value in known.items()} | told["conditions"]
        details = arrivals.checked_details(told["task"], conditions, episode=str(said["episode"] or ""))
    return Announced(
        name=name, size=size, purpose=purpose, about_id=said["about"], sha256=said.get("sha256") or "", details=details
    )


@never_cache
@require_http_methods(["GET", "HEAD", "PATCH", "DELETE"])
@requires("recording.add", patient="patient_id", audited=False)  # reading tells how far one's own upload is
def one_upload(request: HttpRequest, patient: Patient, upload_id: UUID) -> HttpResponse:
    """GET and HEAD: how far it is. PATCH: the next part. DELETE: give it up."""
    by = actor_of(request)
    upload = get_object_or_404(Upload, pk=upload_id, patient=patient, by=by.user_id)
    if request.method == "PATCH":
        return _receive(request, upload)
    if request.method == "DELETE":
        uploads.discard(by, upload)
        return HttpResponse(status=204)
    return _with_offset(JsonResponse(_shown(upload)), upload)


def _receive(request: HttpRequest, upload: Upload) -> HttpResponse:
    offset, length = request.headers.get("Upload-Offset", ""), request.headers.get("Content-Length", "")
    if not offset.isdecimal() or not length.isdecimal():
        return _refused(_("The part does not say where it belongs."), status=400)
    if int(length) > limits().part_bytes:
        return _refused(_("The part is larger than a part may be."), status=413)
    try:
        upload = uploads.receive(
            upload,
            int(offset),
            request,  # type: ignore[arg-type]  # a request reads as its body does
            int(length),
            checksum=request.headers.get("Upload-Checksum", ""),
        )
    except PoiseError as error:
        refused = _said(error)
        refused.headers.setdefault("Upload-Offset", str(upload.offset))
        return refused
    return _with_offset(HttpResponse(status=204), upload)


@never_cache
@require_POST
@requires("recording.add", patient="patient_id")
def finish_upload(request: HttpRequest, patient: Patient, upload_id: UUID) -> HttpResponse:
    """All parts have come: what became of them."""
    by = actor_of(request)
    upload = get_object_or_404(Upload, pk=upload_id, patient=patient, by=by.user_id)
    try:
        arrived = arrivals.finish(by, upload, sha256=request.POST.get("sha256", "")[:64])
    except PoiseError as error:
        return _said(error)
    return JsonResponse({"id": str(arrived.id), "purpose": arrived.purpose, "name": arrived.name,
                         "was_here": arrived.was_here, "said": _sentence(arrived),
                         "url": _arrived_url(patient, arrived)})  # fmt: skip


@never_cache
@csrf_exempt  # checked below, in `_posted`: here the body has not been read yet, and must not be read the usual way
@require_POST
@requires("recording.add", patient="patient_id")
def send_by_form(request: HttpRequest, patient: Patient) -> HttpResponse:
    """A plain form with a file. Who may not send it is turned away before a byte of it is stored."""
    request.upload_handlers = [ToParts(request)]
    return _posted(request, patient)


@csrf_protect
def _posted(request: HttpRequest, patient: Patient) -> HttpResponse:
    by, form = actor_of(request), Sending(request.POST)
    files = [each for each in request.FILES.getlist("file") if isinstance(each, InParts)]
    handler = request.upload_handlers[0]
    if isinstance(handler, ToParts) and handler.is_too_large:
        messages.error(request, str(uploads.too_large(limits().form_bytes)))
    elif not files or not form.is_valid():
        for file in files:
            file.forget()
        messages.error(request, _("Choose a file first."))
    else:
        for file in files:
            _take(request, by, patient, form, file)
    return redirect(_next(request, patient))


def _take(request: HttpRequest, by: Actor, patient: Patient, form: Sending, file: InParts) -> None:
    try:
        announced = _announced(by, patient, form, file.name or "", file.size or 0)
        upload = uploads.begin_whole(by, patient, announced, file.parts)
    except Exception as error:
        file.forget()
        if not isinstance(error, PoiseError):
            raise
        messages.error(request, str(error))
        return
    try:
        messages.success(request, _sentence(arrivals.finish(by, upload)))
    except PoiseError as error:
        messages.error(request, str(error))


def _next(request: HttpRequest, patient: Patient) -> str:
    asked = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if asked.startswith("/") and is_ours else reverse("recordings", args=[patient.pk])


def _sentence(arrived: Arrived) -> str:
    if arrived.was_here:
        return _("“%(name)s” is in this chart already; it was not stored a second time.") % {"name": arrived.name}
    return _("“%(name)s” has arrived and is stored.") % {"name": arrived.name}


def _arrived_url(patient: Patient, arrived: Arrived) -> str:
    return reverse("recording", args=[patient.pk, arrived.id]) if arrived.purpose == "recording" else ""


def _url(upload: Upload) -> str:
    return reverse("upload", args=[upload.patient_id, upload.pk])


def _shown(upload: Upload) -> dict[str, Any]:
    return {
        "id": str(upload.pk), "name": upload.name, "size": upload.size, "offset": upload.offset,
        "purpose": upload.purpose, "about": str(upload.about_id or ""), "url": _url(upload),
        "part_bytes": limits().part_bytes, "started_at": upload.started_at.isoformat(),
        "parts": [[size, sha256] for _key, size, sha256 in upload.parts],
    }  # fmt: skip


def _with_offset(response: HttpResponse, upload: Upload) -> HttpResponse:
    response["Upload-Offset"], response["Upload-Length"] = str(upload.offset), str(upload.size)
    return response


def _said(error: PoiseError) -> HttpResponse:
    status = 422
    if isinstance(error, WrongOffset):
        status = 409
    elif isinstance(error, WrongChecksum):
        status = CHECKSUM_MISMATCH
    elif isinstance(error, StorageFull):
        status = 507
    elif isinstance(error, StorageUnreachable | TooBusy):
        status = 503
    response = _refused(error.problem, " ".join(each for each in (error.found, error.do) if each), status=status)
    if isinstance(error, WrongOffset):
        response["Upload-Offset"] = str(error.offset)
    return response


def _refused(problem: str, do: str = "", *, status: int = 422) -> HttpResponse:
    return JsonResponse({"problem": problem, "do": do}, status=status)
