"""The moving picture of a recording."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from poise.clinic.objects import MissingObject, object_store
from poise.clinic.people.access import requires
from poise.clinic.people.models import Patient
from poise.clinic.recordings.domain import curve_words
from poise.clinic.recordings.models import Analysis


@never_cache
@require_GET
@requires("recording.read", patient="patient_id")
def replay(request: HttpRequest, patient: Patient, recording_id: UUID, analysis_id: UUID) -> HttpResponse:
    """The page; what it draws comes after it."""
    analysis = _analysis(patient, recording_id, analysis_id)
    return render(request, "recordings/replay.html", {
        "patient": patient, "analysis": analysis, "recording": analysis.recording,
        "words": {"curves": curve_words.all_words(), "events": curve_words.event_words()},
    })  # fmt: skip


@never_cache
@require_GET
@requires("recording.read", patient="patient_id", audited=False)  # a part of the page above, whose opening is audited
def replay_data(request: HttpRequest, patient: Patient, recording_id: UUID, analysis_id: UUID) -> HttpResponse:
    """What the page draws, as the analysis left it: gzip, which the browser opens by itself."""
    analysis = _analysis(patient, recording_id, analysis_id)
    try:
        with object_store().open(analysis.replay_key) as stored:
            body = stored.read()
    except MissingObject as error:
        raise Http404 from error
    response = HttpResponse(body, content_type="application/octet-stream")
    response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = "private, no-store"
    return response


def _analysis(patient: Patient, recording_id: UUID, analysis_id: UUID) -> Analysis:
    found = Analysis.objects.select_related("recording").filter(recording__patient=patient, recording=recording_id)
    return get_object_or_404(found.exclude(replay_key=""), pk=analysis_id)
