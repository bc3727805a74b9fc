"""Papers and the whole record."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from clinic import made
from poise.clinic.audit.models import Event
from poise.clinic.charts.domain import export, papers
from poise.clinic.charts.domain.plausibility import Implausible
from poise.clinic.charts.models import PatientFile

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


def packed(**inside: bytes) -> bytes:
    made_of = io.BytesIO()
    with zipfile.ZipFile(made_of, "w") as archive:
        for name, content in inside.items():
            archive.writestr(name.replace("__", "/"), content)
    return made_of.getvalue()


def docx(**more: bytes) -> bytes:
    return packed(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>", **more})


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"), (b"\x89PNG\r\n\x1a\n....", "image/png"), (b"\xff\xd8\xff\xe0JFIF", "image/jpeg"),
        ("Operación sin problemas\n".encode(), "text/plain"), (docx(), f"{papers.WORD}.wordprocessingml.document"),
        (b"RIFF....WEBPVP8 ", "image/webp"),
        (packed(mimetype=b"application/vnd.oasis.opendocument.text"), "application/vnd.oasis.opendocument.text"),
    ],
)  # fmt: skip
def test_what_a_paper_is_stands_in_its_bytes(content: bytes, media_type: str) -> None:
    assert papers.kind_of(io.BytesIO(content)) == media_type


@pytest.mark.parametrize(
    "content",
    [b"", b"MZ\x90\x00program", b"\x7fELF\x02", packed(a=b"1"), docx(**{"word/vbaProject.bin": b"x"}), b"PK\x03\x04broken",
     b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"text\x00with zero", b"\xff\xfe\x00\x01"],
)  # fmt: skip
def test_programs_macros_archives_and_broken_files_are_not_taken(content: bytes) -> None:
    with pytest.raises(Implausible):
        papers.kind_of(io.BytesIO(content))


def test_an_office_file_that_would_unpack_to_a_mountain_is_not_taken() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        for number in range(60):
            archive.writestr(f"word/{number}.xml", b"\0" * 10_000_000)
    with pytest.raises(Implausible):
        papers.kind_of(bomb)


def test_a_paper_of_more_than_25_megabytes_is_not_taken() -> None:
    with pytest.raises(Implausible):
        papers.kind_of(io.BytesIO(PDF + b" " * papers.LARGEST))


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd", "passwd.pdf"), ("C:\\scans\\op report.PDF", "op report.PDF"), ("a\u202efdp.exe", "afdp.exe.pdf"),
     ("new\r\nSet-Cookie: x.pdf", "newSet-Cookie_ x.pdf"), ("", "paper.pdf"), ("Informe médico.pdf", "Informe médico.pdf")],
)  # fmt: skip
def test_a_files_name_is_never_trusted(name: str, kept: str) -> None:
    assert papers.safe_name(name, "application/pdf") == kept


def stored(client: Client, patient: Any, content: bytes = PDF, name: str = "report.pdf") -> Any:
    sent = SimpleUploadedFile(name, content, content_type="text/html")
    return client.post(reverse("file-add", args=[patient.pk]), {"file": sent, "kind": "operation"})


def test_a_paper_is_stored_listed_handed_out_and_taken_out_of_the_list(
    client: Client, ana: Any, therapist: Any
) -> None:
    made.sign_in(client, therapist)
    assert stored(client, ana).status_code == 302
    file = PatientFile.objects.get()
    assert (file.media_type, file.size) == ("application/pdf", len(PDF))
    download = reverse("file-download", args=[ana.pk, file.pk])
    answer = client.get(download)
    assert b"".join(answer.streaming_content) == PDF
    told = {
        name: answer.headers[name]
        for name in ("Content-Disposition", "X-Content-Type-Options", "Content-Security-Policy")
    }
    assert told == {"Content-Disposition": 'attachment; filename="report.pdf"', "X-Content-Type-Options": "nosniff",
                    "Content-Security-Policy": "default-src 'none'; sandbox"}  # fmt: skip
    assert Event.objects.latest("number").action == "file.read"
    client.post(reverse("file-remove", args=[ana.pk, file.pk]), {"because": "Wrong patient"})
    page = client.get(reverse("files", args=[ana.pk])).text
    assert ("Wrong patient" in page, PatientFile.objects.count()) == (True, 1)


def test_a_page_that_calls_itself_a_picture_is_handed_out_as_text(client: Client, ana: Any, therapist: Any) -> None:
    made.sign_in(client, therapist)
    stored(client, ana, b"<script>alert(1)</script>", "cat.png")
    file = PatientFile.objects.get()
    assert (file.media_type, file.name) == ("text/plain", "cat.png.txt")


def test_another_patients_paper_is_not_found(client: Client, ana: Any, therapist: Any, harbor: Any) -> None:
    made.sign_in(client, therapist)
    stored(client, ana)
    other = made.patient(harbor, team=(therapist,))
    for name in ("file-download", "file-remove"):
        assert client.get(reverse(name, args=[other.pk, PatientFile.objects.get().pk])).status_code == 404


def test_the_desk_sees_no_papers(client: Client, ana: Any, desk: Any) -> None:
    made.sign_in(client, desk)
    assert client.get(reverse("files", args=[ana.pk])).status_code == 403


def test_everything_of_a_patient_is_handed_out_and_nothing_of_anyone_else(
    client: Client, knee: Any, therapist: Any, harbor: Any
) -> None:
    ana = knee.patient
    other = made.patient(harbor, team=(therapist,), family_name="Someoneelse")
    made.sign_in(client, therapist)
    stored(client, ana)
    stored(client, other, b"not hers")
    answer = client.post(reverse("patient-export", args=[ana.pk]))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert archive.testzip() is None
    record = json.loads(archive.read("patient.json"))
    assert record["patient"]["family_name"] == "Rivera"
    assert [each["goal"] for each in record["records"]["charts.episode"]] == ["Walk to church"]
    (paper,) = [name for name in archive.namelist() if name != "patient.json"]
    assert archive.read(paper) == PDF
    assert not any(word in archive.read("patient.json").decode() for word in ("Someoneelse", "secret", "object_store"))
    assert Event.objects.filter(action="patient.export", patient_id=ana.pk, what="patient").count() == 1


def test_every_kind_of_row_that_belongs_to_a_patient_is_in_the_record() -> None:
    found = set(export.paths())
    assert {"charts.episode", "charts.limit", "charts.precaution", "charts.safetyscreen", "charts.redflagdecision",
            "charts.painmap", "charts.painmark", "charts.activity", "charts.activityrating", "charts.outcomescore",
            "charts.patientfile", "charts.earlier", "charts.intake", "recordings.storedrecording",
            "recordings.analysis", "evaluations.evaluation", "evaluations.plannedtest", "evaluations.measurement",
            "evaluations.foundfinding", "people.teammember", "people.brokenglass"} <= found  # fmt: skip
    assert not found & {"people.user", "people.clinic", "people.rolegrant", "drafts.draft", "people.patientword"}


def test_the_audit_says_which_paper_was_handed_out(client: Client, ana: Any, therapist: Any) -> None:
    made.sign_in(client, therapist)
    stored(client, ana)
    file = PatientFile.objects.get()
    client.get(reverse("file-download", args=[ana.pk, file.pk]))
    row = Event.objects.latest("number")
    assert (row.action, row.what, row.what_id) == ("file.read", "file", str(file.pk))
