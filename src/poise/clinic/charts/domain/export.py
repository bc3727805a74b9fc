"""Right of access: everything that is kept of a patient, as one archive: `patient.json` and the stored bytes.

What belongs to a patient is found by the foreign keys of all apps, so that nothing is forgotten when an app is added.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO
from uuid import UUID

from django.apps import apps
from django.db.models import ForeignKey, Model
from django.utils import timezone

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.audit.models import Event
from poise.clinic.objects import MissingObject, object_store
from poise.clinic.people.models import Patient

LEFT_OUT = frozenset({"people.patientword", "people.invitation", "audit.event"})
SECRET = ("secret", "password", "token", "search_text")
READ = 256 * 1024
MOST_STEPS = 4


@dataclass(frozen=True, kw_only=True)
class Archive:
    """What is to be handed out: the record as JSON, and which stored bytes go with it under which name."""

    record: bytes
    stored: tuple[tuple[str, str], ...]

    def chunks(self) -> Iterator[bytes]:
        """The archive as it is made, a little at a time, whatever the size of the recordings."""
        sink = _Sink()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
            archive.writestr("patient.json", self.record)
            yield sink.taken()
            for name, key in self.stored:
                yield from _copied(archive, sink, name, key)
        yield sink.taken()


def export(by: Actor, patient: Patient) -> Archive:
    """Gathers all that is kept of the patient, and writes down that it was handed out."""
    rows = {label: _rows(model, path, patient) for label, (model, path) in sorted(paths().items())}
    stored = [pair for label, found in rows.items() for row in found for pair in _stored(label, row)]
    record = {
        "format": "poise patient record",
        "version": 1,
        "made_at": timezone.now(),
        "patient": _row(patient),
        "records": rows,
        "opened_by": _openings(patient),
    }
    chain.record(by, "patient.export", patient_id=patient.pk, what="patient", what_id=patient.pk,
                 detail={"rows": sum(len(found) for found in rows.values()), "files": len(stored)})  # fmt: skip
    told = json.dumps(record, default=_plain, ensure_ascii=False, indent=1).encode()
    return Archive(record=told, stored=tuple(stored))


def paths() -> dict[str, tuple[type[Model], str]]:
    """Every kind of row that belongs to a patient, with the way from it to the patient: ``episode__patient``."""
    found: dict[str, tuple[type[Model], str]] = {}
    ways: dict[type[Model], str] = {Patient: ""}
    for _ in range(MOST_STEPS):
        for model in apps.get_models():
            if model in ways or model._meta.label_lower in LEFT_OUT or not model.__module__.startswith("poise."):
                continue
            for field in model._meta.get_fields():
                if isinstance(field, ForeignKey) and field.related_model in ways and field.related_model is not model:
                    onward = ways[field.related_model]
                    found[model._meta.label_lower] = model, "__".join(filter(None, (field.name, onward)))
                    break
        ways |= dict(found.values())
    return found


def _rows(model: type[Model], path: str, patient: Patient) -> list[dict[str, Any]]:
    return [_row(row) for row in model._base_manager.filter(**{path: patient}).order_by("pk")]


def _row(row: Model) -> dict[str, Any]:
    names = [field.attname for field in row._meta.concrete_fields]
    return {name: getattr(row, name) for name in names if not any(part in name for part in SECRET)}


def _stored(label: str, row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for field in (each for each in row if each.endswith("_key")):  # as `objects.named` finds them
        if row[field]:
            name = str(row.get("name") or field).replace("/", "_").replace("\\", "_")
            yield f"files/{label}/{row['id']}-{name}", str(row[field])


def _openings(patient: Patient) -> list[dict[str, Any]]:
    """When the record was opened or changed, and by which role; people's names are not the patient's data."""
    events = Event.objects.filter(patient_id=patient.pk).order_by("number")
    return [dict(event) for event in events.values("at", "roles", "action", "outcome")]


def _copied(archive: zipfile.ZipFile, sink: _Sink, name: str, key: str) -> Iterator[bytes]:
    try:
        stored: BinaryIO = object_store().open(key)
    except MissingObject:
        archive.writestr(f"{name}.missing.txt", "These bytes are not in the store any more.\n")
        return
    with stored, archive.open(zipfile.ZipInfo(name, timezone.now().timetuple()[:6]), "w") as entry:
        while piece := stored.read(READ):
            entry.write(piece)
            yield sink.taken()
    yield sink.taken()


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else repr(value)


class _Sink(io.RawIOBase):
    """Takes what the archive writes, until it is handed on."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._held += piece
        return len(piece)

    def taken(self) -> bytes:
        """What was written since the last time."""
        held = bytes(self._held)
        self._held.clear()
        return held
