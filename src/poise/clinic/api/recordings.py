"""Routes of recordings: uploads in parts, what is stored, the work on it."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Header, Router, Status

from poise.clinic.api.access import may, patient_of
from poise.clinic.api.shapes import JobOut, Problem, RecordingOut, UploadIn, UploadOut
from poise.clinic.jobs.domain import queue
from poise.clinic.jobs.models import Job
from poise.clinic.people.access import actor_of
from poise.clinic.recordings.domain import arrivals, recordings, uploads
from poise.clinic.recordings.models import StoredRecording, Upload

router = Router(tags=["recording"])
HERE = "/patients/{uuid:patient_id}"
MOST = 500


@router.get(f"{HERE}/recordings", response=list[RecordingOut], summary="Recordings")
@may("recording.read", patient=True)
def list_recordings(request: HttpRequest, patient_id: UUID) -> QuerySet[StoredRecording]:
    """The latest first; removed ones say so."""
    return patient_of(request).recordings.order_by("-recorded_at")[:MOST]


@router.get(HERE + "/recordings/{uuid:recording_id}", response=RecordingOut, summary="One recording")
@may("recording.read", patient=True)
def read_recording(request: HttpRequest, patient_id: UUID, recording_id: UUID) -> StoredRecording:
    """What is known of a stored recording."""
    return get_object_or_404(StoredRecording, pk=recording_id, patient=patient_of(request))


@router.get(HERE + "/recordings/{uuid:recording_id}/original", summary="A recording's file, as it was sent")
@may("recording.read", patient=True)
def fetch_recording(request: HttpRequest, patient_id: UUID, recording_id: UUID) -> HttpResponse:
    """Its bytes; that they were fetched is in the audit."""
    found = get_object_or_404(StoredRecording, pk=recording_id, patient=patient_of(request))
    stored = recordings.original(actor_of(request), found)
    answer = FileResponse(stored, as_attachment=True, filename=found.name, content_type="application/octet-stream")
    answer["Content-Length"], answer["Cache-Control"] = str(found.size), "private, no-store"
    return answer  # type: ignore[return-value]  # it streams


@router.post(f"{HERE}/uploads", response={201: UploadOut, 422: Problem}, summary="Announce a file")
@may("recording.add", patient=True)
def begin_upload(request: HttpRequest, patient_id: UUID, told: UploadIn) -> Status[Any]:
    """Then send its parts, in order."""
    details = arrivals.checked_details(told.task, told.conditions)
    file = uploads.Announced(
        name=told.name, size=told.size, sha256=told.sha256, about_id=told.test_id, details=details
    )  # fmt: skip
    return Status(201, uploads.begin(actor_of(request), patient_of(request), file))


@router.get(HERE + "/uploads/{uuid:upload_id}", response=UploadOut, summary="How far a file has come")
@may("recording.add", patient=True)
def read_upload(request: HttpRequest, patient_id: UUID, upload_id: UUID) -> Upload:
    """The next part begins at `offset`."""
    return _own(request, upload_id)


@router.put(HERE + "/uploads/{uuid:upload_id}/part", response={200: UploadOut, 422: Problem}, summary="Send a part")
@may("recording.add", patient=True)
def send_part(
    request: HttpRequest, patient_id: UUID, upload_id: UUID,
    upload_offset: int = Header(ge=0, lt=2**62),  # type: ignore[type-arg]
    upload_checksum: str = Header("", max_length=100),  # type: ignore[type-arg]
) -> Upload:  # fmt: skip
    """Raw bytes in the body, from ``Upload-Offset`` on; ``Upload-Checksum: sha256 <base64>`` is compared where sent."""
    body = request.body
    return uploads.receive(
        _own(request, upload_id), upload_offset, io.BytesIO(body), len(body), checksum=upload_checksum
    )


@router.post(
    HERE + "/uploads/{uuid:upload_id}/finish", response={201: RecordingOut, 422: Problem}, summary="All parts are there"
)
@may("recording.add", patient=True)
def finish_upload(request: HttpRequest, patient_id: UUID, upload_id: UUID) -> Status[Any]:
    """Compares the checksum, looks at the file, stores it, and has it analysed."""
    arrived = arrivals.finish(actor_of(request), _own(request, upload_id))
    return Status(201, StoredRecording.objects.get(pk=arrived.id, patient=patient_of(request)))


@router.get(f"{HERE}/jobs", response=list[JobOut], summary="Work on the patient's recordings")
@may("job.read", patient=True)
def list_jobs(request: HttpRequest, patient_id: UUID) -> QuerySet[Job]:
    """The latest first."""
    return patient_of(request).jobs.order_by("-asked_at")[:MOST]


@router.post(HERE + "/jobs/{uuid:job_id}/cancel", response={200: JobOut, 422: Problem}, summary="Stop a job")
@may("job.cancel", patient=True)
def cancel_job(request: HttpRequest, patient_id: UUID, job_id: UUID) -> Job:
    """At its next step, or before it begins."""
    return queue.cancel(actor_of(request), get_object_or_404(Job, pk=job_id, patient=patient_of(request)))


def _own(request: HttpRequest, upload_id: UUID) -> Upload:
    where = {"patient": patient_of(request), "by": actor_of(request).user_id, "purpose": "recording"}
    return get_object_or_404(Upload, pk=upload_id, **where)
