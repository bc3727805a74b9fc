"""The patient's papers: referrals, operation reports, pictures. What they are stands in their bytes, not their name.

Poise does not scan for viruses: papers are only handed out as downloads, never opened in the page.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from typing import BinaryIO

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.charts.domain.plausibility import Implausible
from poise.clinic.charts.models import Episode, PatientFile
from poise.clinic.objects import object_store
from poise.clinic.people.models import Patient

LARGEST = 25 * 1024 * 1024
KINDS = {
    "referral": _("Referral or prescription"),
    "operation": _("Operation report"),
    "protocol": _("Surgeon’s protocol"),
    "imaging": _("Imaging report or picture"),
    "insurance": _("Insurance paper"),
    "consent": _("Consent or agreement"),
    "other": _("Other"),
}
BEGINNINGS = (
    (b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"), (b"GIF89a", "image/gif"), (b"II*\x00", "image/tiff"), (b"MM\x00*", "image/tiff"),
)  # fmt: skip
WORD = "application/vnd.openxmlformats-officedocument"
INSIDE_ZIP = {
    "word/": f"{WORD}.wordprocessingml.document",
    "xl/": f"{WORD}.spreadsheetml.sheet",
    "ppt/": f"{WORD}.presentationml.presentation",
}
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
SUFFIXES = {
    "application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/tiff": ".tif",
    "image/webp": ".webp", "image/heic": ".heic", "text/plain": ".txt", INSIDE_ZIP["word/"]: ".docx",
    INSIDE_ZIP["xl/"]: ".xlsx", INSIDE_ZIP["ppt/"]: ".pptx", OPEN_DOCUMENT + "text": ".odt",
    OPEN_DOCUMENT + "spreadsheet": ".ods", OPEN_DOCUMENT + "presentation": ".odp",
}  # fmt: skip
SAME_SUFFIX = {".jpeg": ".jpg", ".tiff": ".tif", ".md": ".txt", ".csv": ".txt", ".heif": ".heic"}
MOST_INSIDE, LARGEST_INSIDE = 5_000, 500 * 1024 * 1024
NOT_TAKEN = _("This kind of file is not taken. PDF, pictures, plain text and office documents without macros are.")


def add_file(
    by: Actor, patient: Patient, stream: BinaryIO, *, name: str, kind: str, episode: Episode | None = None
) -> PatientFile:
    """Stores a paper.

    Raises
    ------
    Implausible
        It is empty, too large, or of a kind that is not taken.
    """
    media_type = kind_of(stream)
    stream.seek(0)
    stored = object_store().put(stream)
    with transaction.atomic():
        file = PatientFile.objects.create(
            patient=patient, episode=episode, name=safe_name(name, media_type), kind=kind if kind in KINDS else "other",
            media_type=media_type, size=stored.size, sha256=stored.sha256, object_key=stored.key, made_by_id=by.user_id,
        )  # fmt: skip
        chain.record(by, "file.add", patient_id=patient.pk, what="file", what_id=file.pk,
                     detail={"bytes": stored.size, "media_type": media_type})  # fmt: skip
    return file


def remove_file(by: Actor, file: PatientFile, *, because: str) -> PatientFile:
    """Takes a paper out of the list, with the reason. Its bytes are kept.

    Raises
    ------
    Implausible
        No reason was given.
    """
    if not because.strip():
        raise Implausible({"because": _("Say why.")})
    with transaction.atomic():
        marked = PatientFile.objects.filter(pk=file.pk, removed_at=None).update(
            removed_at=timezone.now(), removed_because=because.strip()[:300]
        )
        file.refresh_from_db()
        if marked:
            chain.record(by, "file.remove", patient_id=file.patient_id, what="file", what_id=file.pk)
    return file


def files_of(patient: Patient) -> QuerySet[PatientFile]:
    """The papers that were not removed, newest first."""
    return PatientFile.objects.filter(patient=patient, removed_at=None).order_by("-made_at").select_related("made_by")


def kind_of(stream: BinaryIO) -> str:
    """The media type, from the bytes.

    Raises
    ------
    Implausible
        Empty, too large, or none that is taken.
    """
    size = stream.seek(0, 2)
    stream.seek(0)
    if not size:
        raise Implausible({"file": _("The file is empty.")})
    if size > LARGEST:
        raise Implausible({"file": _("The file is larger than 25 MB.")})
    head = stream.read(4096)
    found = next((media for beginning, media in BEGINNINGS if head.startswith(beginning)), "")
    if not found and head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        found = "image/webp"
    if not found and head[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1"}:
        found = "image/heic"
    found = found or (_office_kind(stream) if head.startswith(b"PK\x03\x04") else _text_kind(stream))
    if not found:
        raise Implausible({"file": NOT_TAKEN})
    return found


def safe_name(name: str, media_type: str) -> str:
    """A file's name without folders and invisible letters, with the suffix that its bytes call for."""
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(each for each in base if unicodedata.category(each)[0] not in "CZ" or each == " ")
    plain = re.sub(r"[<>:\"|?*]", "_", seen).strip(" .")
    stem, dot, suffix = plain.rpartition(".")
    wanted = SUFFIXES[media_type]
    given = SAME_SUFFIX.get(f".{suffix.lower()}", f".{suffix.lower()}") if dot else ""
    if given == wanted:
        return f"{stem[:180] or 'paper'}.{suffix}"
    return f"{plain[:180] or 'paper'}{wanted}"


def _office_kind(stream: BinaryIO) -> str:
    """What an archive holds, by its list of contents only; nothing is unpacked."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            inside = archive.infolist()
            names = [each.filename for each in inside]
            if len(inside) > MOST_INSIDE or sum(each.file_size for each in inside) > LARGEST_INSIDE:
                return ""
            if any("vbaproject" in name.lower() or name.lower().startswith("basic/") for name in names):
                return ""
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                said = archive.read("mimetype").decode("ascii", "replace").strip()
                return said if said in SUFFIXES and said.startswith(OPEN_DOCUMENT) else ""
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, OSError, EOFError):
        return ""
    if "[Content_Types].xml" not in names:
        return ""
    return next((media for part, media in INSIDE_ZIP.items() if any(name.startswith(part) for name in names)), "")


def _text_kind(stream: BinaryIO) -> str:
    """Plain text: it reads as UTF-8 and holds no control letters but line ends and tabs."""
    stream.seek(0)
    try:
        words = stream.read(LARGEST).decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return "" if re.search(r"[\x00-\x08\x0e-\x1f\x7f]", words) else "text/plain"
