"""A file that has come whole: compared, looked at, stored, and made a recording or a paper of the chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.charts.models import Episode, PatientFile
from poise.clinic.objects import StoredObject, object_store
from poise.clinic.people.models import Patient
from poise.clinic.recordings.domain import uploads
from poise.clinic.recordings.domain.happenings import recording_added
from poise.clinic.recordings.domain.limits import limits
from poise.clinic.recordings.domain.looking import Facts, NotARecording, looked_at
from poise.clinic.recordings.domain.papers import NotAPaper, media_type
from poise.clinic.recordings.domain.workroom import laid_out
from poise.clinic.recordings.models import StoredRecording, Upload
from poise.errors import BadSetting, PoiseError


class NotWhole(PoiseError):
    """Parts are missing, or the whole is not what the sender has."""


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """What became of an upload. `was_here`: the same bytes were in this chart already, and were not stored twice."""

    purpose: str
    id: UUID
    name: str
    was_here: bool = False


def checked_details(task: str = "auto", conditions: Mapping[str, str] | None = None, **more: Any) -> dict[str, Any]:
    """Task and conditions of a recording, as the science knows them.

    Raises
    ------
    BadSetting
        There is no such task or condition.
    """
    from poise.workflows.request import TASKS, checked

    if task not in TASKS:
        raise BadSetting(_("There is no such task."), found=task[:40])
    said = {name: value for name, value in (conditions or {}).items() if value}
    return {"task": task, "conditions": dict(checked(said)), **{name: each for name, each in more.items() if each}}


def finish(by: Actor, upload: Upload, *, sha256: str = "") -> Arrived:
    """Makes a recording (or a paper) of an upload that is whole. Called twice, it gives the same answer.

    Raises
    ------
    NotWhole
        Bytes are missing: the upload can go on. Or the SHA-256 is not the sender's: it was discarded.
    NotARecording, NotAPaper
        With the sentence to show; nothing was kept.
    TooBusy, StorageFull, StorageUnreachable
        What has arrived is kept, and can be finished later.
    """
    if upload.made_id is not None:
        return _as_before(upload)
    if upload.offset != upload.size:
        raise NotWhole(_("Not all of the file has arrived yet."), do=_("Go on with the upload."))
    stored = object_store().put(uploads.joined(upload.parts))
    try:
        _compare(stored, upload, sha256)
        facts, kind = _understood(stored, upload)
    except BaseException as error:
        object_store().delete(stored.key)
        if isinstance(error, NotWhole | NotARecording | NotAPaper):  # otherwise it may still be one: it waits
            uploads.discard(by, upload)
        raise
    return _keep(by, upload, stored, facts, kind)


def _compare(stored: StoredObject, upload: Upload, sha256: str) -> None:
    said = {each.lower() for each in (sha256, upload.sha256) if each}
    if stored.size != upload.size or said - {stored.sha256}:
        raise NotWhole(_("The file that arrived is not the file that was sent."), do=_("Send it again."))


def _understood(stored: StoredObject, upload: Upload) -> tuple[Facts, str]:
    if upload.purpose == "file":
        with object_store().open(stored.key) as file:
            return Facts(is_known=False), media_type(file)
    with laid_out(stored.key, upload.name) as path:
        return looked_at(path, upload.name), ""


def _keep(by: Actor, upload: Upload, stored: StoredObject, facts: Facts, kind: str) -> Arrived:
    try:
        with transaction.atomic():
            row = Upload.objects.select_for_update().get(pk=upload.pk)
            if row.made_id is not None:  # somebody pressed twice, and the other was quicker
                arrived = replace(_as_before(row), was_here=False)
            else:
                arrived = _entered(by, row, stored, facts, kind)
                row.finished_at, row.made_id = timezone.now(), arrived.id
                row.save(update_fields=["finished_at", "made_id"])
                transaction.on_commit(lambda: uploads.forget_parts(row))
            is_needed = _names(stored.key)
    except BaseException:
        object_store().delete(stored.key)
        raise
    if not is_needed:
        object_store().delete(stored.key)
    return arrived


def _entered(by: Actor, upload: Upload, stored: StoredObject, facts: Facts, kind: str) -> Arrived:
    if upload.purpose == "file":
        return _paper(by, upload, stored, kind)
    same = StoredRecording.objects.filter(patient=upload.patient_id, sha256=stored.sha256, removed_at=None).first()
    recording = same or _recording(by, upload, stored, facts)
    recording_added.send(
        StoredRecording, by=by, recording=recording, about_id=upload.about_id, was_here=same is not None
    )
    chain.record(
        by, "recording.add", patient_id=upload.patient_id, what="recording", what_id=recording.pk,
        detail={"bytes": stored.size, "again": same is not None},
    )  # fmt: skip
    return Arrived(purpose="recording", id=recording.pk, name=recording.name, was_here=same is not None)


def _recording(by: Actor, upload: Upload, stored: StoredObject, facts: Facts) -> StoredRecording:
    told = upload.details
    return StoredRecording.objects.create(
        patient_id=upload.patient_id, episode=_episode(upload.patient_id, told.get("episode")), name=upload.name,
        size=stored.size, sha256=stored.sha256, object_key=stored.key, format=facts.format,
        task=told.get("task", "auto"), conditions=told.get("conditions", {}), mapping=told.get("mapping", {}),
        facts={"recordings": list(facts.recordings)} if facts.is_known else {},
        recorded_at=_recorded_at(told, facts), is_simulated=upload.patient.is_simulated, made_by_id=by.user_id,
    )  # fmt: skip


def _episode(patient_id: UUID, episode_id: object) -> Episode | None:
    if not episode_id:
        return None
    return Episode.objects.filter(pk=str(episode_id), patient=patient_id).first()


def _recorded_at(told: Mapping[str, Any], facts: Facts) -> datetime:
    """When it was recorded, as far as the file says so with a time zone and it can be true; now otherwise."""
    now = timezone.now()
    for said in (told.get("recorded_at"), *(each.get("started_at") for each in facts.recordings[:1])):
        try:
            moment = datetime.fromisoformat(str(said))
        except ValueError:
            continue
        if moment.tzinfo is not None and moment <= now:
            return moment
    return now


def _paper(by: Actor, upload: Upload, stored: StoredObject, kind: str) -> Arrived:
    same = PatientFile.objects.filter(patient=upload.patient_id, sha256=stored.sha256, removed_at=None).first()
    paper = same or PatientFile.objects.create(
        patient_id=upload.patient_id, episode=_episode(upload.patient_id, upload.details.get("episode")),
        name=upload.name, kind=str(upload.details.get("kind", ""))[:40], media_type=kind, size=stored.size,
        sha256=stored.sha256, object_key=stored.key, made_by_id=by.user_id,
    )  # fmt: skip
    chain.record(
        by, "file.add", patient_id=upload.patient_id, what="file", what_id=paper.pk, detail={"again": same is not None}
    )
    return Arrived(purpose="file", id=paper.pk, name=paper.name, was_here=same is not None)


def _as_before(upload: Upload) -> Arrived:
    if upload.made_id is None:
        raise NotWhole(_("Not all of the file has arrived yet."))
    return Arrived(purpose=upload.purpose, id=upload.made_id, name=upload.name)


def _names(key: str) -> bool:
    """Whether a row names this object."""
    return (
        StoredRecording.objects.filter(object_key=key).exists() or PatientFile.objects.filter(object_key=key).exists()
    )


def store_now(
    by: Actor,
    patient: Patient,
    name: str,
    body: bytes,
    *,
    purpose: str = "recording",
    about_id: UUID | None = None,
    details: Mapping[str, Any] | None = None,
) -> Arrived:
    """A file at once, in one call, for the demo and for tests: as `begin`, `receive` and `finish`."""
    import io

    told = checked_details(**(details or {})) if purpose == "recording" else dict(details or {})
    upload = uploads.begin(
        by,
        patient,
        uploads.Announced(name=name, size=len(body), purpose=purpose, about_id=about_id, details=told),
    )
    most = limits().part_bytes
    for start in range(0, len(body), most):
        part = body[start : start + most]
        upload = uploads.receive(upload, start, io.BytesIO(part), len(part))
    return finish(by, upload)
