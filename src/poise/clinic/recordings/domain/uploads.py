"""Uploads: a file arrives in parts, in order, and may go on after a break. What has arrived survives a crash."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.objects import object_store
from poise.clinic.objects.faults import StorageFull
from poise.clinic.people.models import Patient
from poise.clinic.recordings.domain.happenings import upload_announced
from poise.clinic.recordings.domain.limits import MB, limits
from poise.clinic.recordings.domain.names import shown_name
from poise.clinic.recordings.models import Upload
from poise.errors import PoiseError

READ_BYTES = 1024 * 1024
PURPOSES = ("recording", "file")
ROOM_TO_LEAVE_BYTES = 200 * MB


class UploadRefused(PoiseError):
    """The file is too large, empty, or one too many; nothing was kept."""


class WrongOffset(PoiseError):
    """The part does not begin where the last one ended; `offset` is where that is."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        super().__init__(_("This part does not follow the last one."), do=_("Go on from where the server is."))


class WrongChecksum(PoiseError):
    """The bytes were changed on the way; nothing of the part was kept."""


@dataclass(frozen=True, kw_only=True)
class Announced:
    """What a sender says of a file before it sends it. `details` are the task, conditions and the like, checked."""

    name: str
    size: int
    purpose: str = "recording"
    about_id: UUID | None = None
    sha256: str = ""
    details: Mapping[str, Any]


def begin(by: Actor, patient: Patient, file: Announced) -> Upload:
    """Opens an upload.

    Raises
    ------
    UploadRefused, StorageFull
        Nothing was opened; or what it was to be made for refused it (`happenings.upload_announced`).
    """
    _may_come(by, file)
    with transaction.atomic():
        upload_announced.send(Upload, by=by, patient=patient, about_id=file.about_id)
        upload = Upload.objects.create(  # type: ignore[misc]
            patient=patient,
            by_id=by.user_id,
            purpose=file.purpose,
            about_id=file.about_id,
            name=shown_name(file.name), size=file.size, sha256=file.sha256.lower(), details=dict(file.details),
        )  # fmt: skip
        chain.record(by, "upload.begin", patient_id=patient.pk, what="upload", what_id=upload.pk)
    return upload


def _may_come(by: Actor, file: Announced) -> None:
    largest = limits().largest(file.purpose)
    if file.purpose not in PURPOSES:
        raise UploadRefused(_("It is not said what the file is for."))
    if file.size <= 0:
        raise UploadRefused(_("The file is empty."), do=_("Export it again from the software that made it."))
    if file.size > largest:
        raise too_large(largest)
    if open_uploads(by).count() >= limits().open_uploads:
        raise UploadRefused(
            ngettext(
                "You have %(count)s upload under way; that is as many as one person may have.",
                "You have %(count)s uploads under way; that is as many as one person may have.",
                limits().open_uploads,
            ) % {"count": limits().open_uploads},
            do=_("Finish or discard one of them first."),
        )  # fmt: skip
    free = object_store().free_bytes()
    if free is not None and free < 2 * file.size + ROOM_TO_LEAVE_BYTES:
        raise StorageFull(
            _("There is not enough room on the clinic's disk for this file."),
            found=_("%(free)s MB are free.") % {"free": free // MB},
            do=_("Ask the administrator to free space, then send it again."),
        )


def too_large(largest: int) -> UploadRefused:
    """What is said of a file past the limit."""
    return UploadRefused(
        _("The file is larger than %(size)s MB.") % {"size": largest // MB}, do=_("Send a shorter recording.")
    )


def open_uploads(by: Actor, patient: Patient | None = None) -> QuerySet[Upload]:
    """A person's uploads under way, the latest first."""
    mine = Upload.objects.filter(by=by.user_id, finished_at=None).order_by("-started_at")
    return mine.filter(patient=patient) if patient else mine


def receive(upload: Upload, offset: int, stream: BinaryIO, length: int, *, checksum: str = "") -> Upload:
    """Keeps one part. Sent twice, it counts once; sent by two at once, one of them counts.

    Parameters
    ----------
    offset
        Where in the file the part begins.
    length
        How many bytes it says to have; fewer that come are not kept.
    checksum
        ``"sha256 <base64>"`` over the part, as the tus protocol writes it; empty where the sender gives none.

    Raises
    ------
    WrongOffset, WrongChecksum, UploadRefused, StorageFull
        Nothing of the part was kept.
    """
    if upload.finished_at is None and offset + length <= upload.offset:
        return upload  # it is here already: the answer was lost on its way
    if upload.finished_at is not None or offset != upload.offset:
        raise WrongOffset(upload.offset)
    if not 0 < length <= limits().part_bytes or offset + length > upload.size:
        raise UploadRefused(_("The part is larger than a part may be."))
    store = object_store()
    part = store.put(_exactly(stream, length))
    try:
        _check(part.sha256, checksum)
        return _add_part(upload, offset, [part.key, part.size, part.sha256])
    except Exception:
        store.delete(part.key)
        raise


def _exactly(stream: BinaryIO, length: int) -> Iterator[bytes]:
    left = length
    while left and (piece := stream.read(min(left, READ_BYTES))):
        left -= len(piece)
        yield piece
    if left:
        raise WrongChecksum(_("The connection broke off in the middle of a part."), do=_("Send the part again."))


def _check(sha256: str, checksum: str) -> None:
    if not checksum:
        return
    algorithm, _space, value = checksum.partition(" ")
    try:
        said = base64.b64decode(value, validate=True).hex()
    except (binascii.Error, ValueError):
        said = ""
    if algorithm.lower() != "sha256" or said != sha256:
        raise WrongChecksum(_("The bytes were changed on their way."), do=_("Send the part again."))


def _add_part(upload: Upload, offset: int, part: list[Any]) -> Upload:
    with transaction.atomic():
        row = Upload.objects.select_for_update().filter(pk=upload.pk, finished_at=None).first()
        if row is None or row.offset != offset:
            raise WrongOffset(row.offset if row else upload.size)
        row.parts = [*row.parts, part]
        row.offset, row.touched_at = offset + part[1], timezone.now()
        row.save(update_fields=["parts", "offset", "touched_at"])
    return row


def joined(parts: Iterable[Iterable[Any]]) -> Iterator[bytes]:
    """The bytes of all parts, in order."""
    store = object_store()
    for key, _size, _sha256 in parts:
        with store.open(key) as part:
            while piece := part.read(READ_BYTES):
                yield piece


def discard(by: Actor, upload: Upload) -> None:
    """Gives up an upload: its bytes are taken away."""
    with transaction.atomic():
        row = Upload.objects.select_for_update().filter(pk=upload.pk, finished_at=None).first()
        if row is None:
            return
        row.delete()
        chain.record(by, "upload.discard", patient_id=upload.patient_id, what="upload", what_id=upload.pk)
        transaction.on_commit(lambda: _forget(row.parts))


def _forget(parts: Iterable[Iterable[Any]]) -> None:
    for key, _size, _sha256 in parts:
        object_store().delete(key)


def forget_parts(upload: Upload) -> None:
    """The parts of a finished upload, once the whole is stored."""
    parts, upload.parts = upload.parts, []
    Upload.objects.filter(pk=upload.pk).update(parts=[])
    _forget(parts)


def expire(by: Actor) -> int:
    """Discards the uploads that nobody has gone on with; how many there were."""
    old = Upload.objects.filter(finished_at=None, touched_at__lt=timezone.now() - limits().kept_for)
    for upload in list(old):
        discard(by, upload)
    return len(old)


def begin_whole(by: Actor, patient: Patient, file: Announced, parts: list[list[Any]]) -> Upload:
    """Opens an upload whose parts have all come already, by the plain form."""
    upload = begin(by, patient, file)
    upload.parts, upload.offset = parts, sum(size for _key, size, _sha256 in parts)
    upload.save(update_fields=["parts", "offset"])
    return upload
