"""Reports of recordings, handed out as files."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from poise.clinic.evaluations.models import AnalysisFacts
from poise.clinic.evaluations.views.found import evaluation_of
from poise.clinic.objects import MissingObject, object_store
from poise.clinic.people.access import requires
from poise.clinic.people.models import Patient

MEDIA = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}


@require_safe
@requires("evaluation.export", patient="patient_id")
def report(request: HttpRequest, patient: Patient, evaluation_id: UUID, analysis_id: UUID, kind: str) -> HttpResponse:
    """The report of one recording, as one file to keep or to send."""
    held = evaluation_of(patient, evaluation_id)
    facts = get_object_or_404(AnalysisFacts, analysis=analysis_id, test__evaluation=held)
    key = {"html": facts.report_key, "pdf": facts.pdf_key}.get(kind, "")
    if not key:
        raise Http404
    try:
        stored = object_store().open(key)
    except MissingObject as error:
        raise Http404 from error
    name = f"movement-report-{held.started_at:%Y-%m-%d}.{kind}"
    return FileResponse(  # type: ignore[return-value]  # it streams; no page of ours asks for more of it
        stored, as_attachment=True, filename=name, content_type=MEDIA[kind]
    )
