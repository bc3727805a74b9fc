"""Recordings of a chart: removed with a reason, analysed again, fetched as they were sent."""

from __future__ import annotations

from typing import BinaryIO

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.objects import object_store
from poise.clinic.people.models import Patient
from poise.clinic.recordings.domain.happenings import analysis_asked, recording_removed
from poise.clinic.recordings.models import Analysis, StoredRecording
from poise.errors import PoiseError


class AlreadyRemoved(PoiseError):
    """The recording was taken out of the chart before."""


def recordings_of(patient: Patient) -> QuerySet[StoredRecording]:
    """The chart's recordings, the latest first, with their analyses; the removed ones too, marked as such."""
    analyses = Prefetch("analyses", queryset=Analysis.objects.order_by("-made_at"), to_attr="latest")
    return (
        StoredRecording.objects.filter(patient=patient)
        .select_related("made_by", "episode")
        .prefetch_related(analyses)
        .order_by("-recorded_at", "pk")
    )


def remove(by: Actor, recording: StoredRecording, *, reason: str) -> StoredRecording:
    """Takes a recording out of the chart, with a reason: what rests on it counts no more. Its bytes stay.

    Raises
    ------
    AlreadyRemoved
        Somebody was quicker.
    """
    with transaction.atomic():
        done = StoredRecording.objects.filter(pk=recording.pk, removed_at=None).update(
            removed_at=timezone.now(), removed_because=reason.strip()[:300], version=recording.version + 1
        )
        if not done:
            raise AlreadyRemoved(_("This recording has been removed already."))
        recording_removed.send(StoredRecording, by=by, recording=recording)
        chain.record(by, "recording.remove", patient_id=recording.patient_id, what="recording", what_id=recording.pk)
    recording.refresh_from_db()
    return recording


def analyse_again(by: Actor, recording: StoredRecording) -> None:
    """Asks for another analysis: who analyses listens to `happenings.analysis_asked`.

    Raises
    ------
    AlreadyRemoved
        It is no longer part of the chart.
    """
    if recording.removed_at is not None:
        raise AlreadyRemoved(_("This recording has been removed; it is not analysed any more."))
    with transaction.atomic():
        analysis_asked.send(StoredRecording, by=by, recording=recording)
        chain.record(by, "recording.analyse", patient_id=recording.patient_id, what="recording", what_id=recording.pk)


def original(by: Actor, recording: StoredRecording) -> BinaryIO:
    """The file as it was sent; that it was fetched is in the audit."""
    stored = object_store().open(recording.object_key)
    chain.record(by, "recording.fetch", patient_id=recording.patient_id, what="recording", what_id=recording.pk)
    return stored
