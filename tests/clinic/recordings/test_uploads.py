"""A file arrives in parts, and becomes a recording: once, whole, looked at; or it is refused in a sentence."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import os
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from clinic import made
from poise.clinic.audit.models import Event
from poise.clinic.charts.models import PatientFile
from poise.clinic.objects import object_store
from poise.clinic.objects.faults import StorageFull
from poise.clinic.recordings.domain import arrivals, uploads
from poise.clinic.recordings.domain.arrivals import NotWhole
from poise.clinic.recordings.domain.happenings import recording_added
from poise.clinic.recordings.domain.looking import NotARecording
from poise.clinic.recordings.domain.names import shown_name, suffix_of
from poise.clinic.recordings.domain.papers import NotAPaper
from poise.clinic.recordings.domain.uploads import Announced, UploadRefused, WrongChecksum, WrongOffset
from poise.clinic.recordings.models import StoredRecording, Upload

pytestmark = pytest.mark.django_db
KEY = "5a" * 32
WALK = b"time_s,cop_x_m,cop_y_m\n" + b"".join(
    f"{n / 100:.2f},{0.01 * (n % 7):.4f},{0.02 * (n % 5):.4f}\n".encode() for n in range(1000)
)


def announced(size: int = len(WALK), **facts: Any) -> Announced:
    return Announced(**{"name": "stand.csv", "size": size, "details": {"task": "stand", "conditions": {}}} | facts)


def send(upload: Upload, body: bytes, *, part: int = 5000) -> Upload:
    for start in range(upload.offset, len(body), part):
        piece = body[start : start + part]
        upload = uploads.receive(upload, start, io.BytesIO(piece), len(piece))
    return upload


@pytest.fixture
def by(therapist: Any) -> Any:
    return made.actor(therapist)


@pytest.fixture
def upload(by: Any, ana: Any) -> Upload:
    return uploads.begin(by, ana, announced())


def test_parts_in_order_become_a_recording_with_what_it_holds(by: Any, ana: Any, upload: Upload) -> None:
    arrived = arrivals.finish(by, send(upload, WALK), sha256=hashlib.sha256(WALK).hexdigest())
    recording = StoredRecording.objects.get(pk=arrived.id)
    assert (recording.patient, recording.name, recording.size, recording.task) == (ana, "stand.csv", len(WALK), "stand")
    assert recording.sha256 == hashlib.sha256(WALK).hexdigest()
    assert recording.facts["recordings"][0]["streams"][0]["samples"] == 1000
    with object_store().open(recording.object_key) as stored:
        assert stored.read() == WALK
    told = Event.objects.latest("number")
    assert (told.action, told.patient_id, told.what_id) == ("recording.add", ana.pk, str(recording.pk))
    assert "stand" not in str(told.detail)


def test_a_part_sent_again_counts_once(upload: Upload) -> None:
    once = uploads.receive(upload, 0, io.BytesIO(WALK[:1000]), 1000)
    again = uploads.receive(once, 0, io.BytesIO(WALK[:1000]), 1000)
    assert (again.offset, len(again.parts)) == (1000, 1)


def test_of_two_who_send_the_same_part_at_once_one_counts_and_nothing_else_stays(upload: Upload) -> None:
    stale = Upload.objects.get(pk=upload.pk)
    uploads.receive(upload, 0, io.BytesIO(WALK[:1000]), 1000)
    with pytest.raises(WrongOffset) as refused:
        uploads.receive(stale, 0, io.BytesIO(WALK[:2000]), 2000)
    assert refused.value.offset == 1000
    assert len(list(object_store().keys())) == 1


def test_a_part_that_leaves_a_gap_is_told_where_to_go_on(upload: Upload) -> None:
    with pytest.raises(WrongOffset) as refused:
        uploads.receive(upload, 500, io.BytesIO(b"x"), 1)
    assert refused.value.offset == 0


@pytest.mark.parametrize("checksum", ["sha256 AAAA", "sha256 not base64", "md5 " + "A" * 24, "sha256"])
def test_a_part_that_was_changed_on_the_way_is_not_kept(upload: Upload, checksum: str) -> None:
    with pytest.raises(WrongChecksum):
        uploads.receive(upload, 0, io.BytesIO(WALK[:100]), 100, checksum=checksum)
    assert (Upload.objects.get().offset, list(object_store().keys())) == (0, [])


def test_a_part_with_its_checksum_is_kept(upload: Upload) -> None:
    said = base64.b64encode(hashlib.sha256(WALK[:100]).digest()).decode()
    assert uploads.receive(upload, 0, io.BytesIO(WALK[:100]), 100, checksum=f"sha256 {said}").offset == 100


def test_a_connection_that_breaks_off_leaves_the_last_whole_part(upload: Upload) -> None:
    upload = uploads.receive(upload, 0, io.BytesIO(WALK[:100]), 100)
    with pytest.raises(WrongChecksum, match="broke off"):
        uploads.receive(upload, 100, io.BytesIO(WALK[100:150]), 100)
    assert (Upload.objects.get().offset, len(list(object_store().keys()))) == (100, 1)


def test_more_bytes_than_were_announced_are_refused(by: Any, ana: Any) -> None:
    upload = uploads.begin(by, ana, announced(size=10))
    with pytest.raises(UploadRefused):
        uploads.receive(upload, 0, io.BytesIO(b"x" * 11), 11)


def test_what_is_not_whole_is_not_finished(by: Any, upload: Upload) -> None:
    upload = uploads.receive(upload, 0, io.BytesIO(WALK[:100]), 100)
    with pytest.raises(NotWhole):
        arrivals.finish(by, upload)
    assert Upload.objects.get().offset == 100


def test_a_whole_that_is_not_what_was_sent_is_thrown_away(by: Any, upload: Upload) -> None:
    with pytest.raises(NotWhole, match="not the file that was sent"):
        arrivals.finish(by, send(upload, WALK), sha256="0" * 64)
    assert StoredRecording.objects.count() == Upload.objects.count() == 0


def test_finishing_twice_gives_the_same_recording(by: Any, upload: Upload) -> None:
    upload = send(upload, WALK)
    once = arrivals.finish(by, upload)
    assert arrivals.finish(by, upload).id == arrivals.finish(by, Upload.objects.get()).id == once.id
    assert StoredRecording.objects.count() == 1


def test_the_same_file_twice_says_so_and_is_stored_once(
    by: Any, ana: Any, upload: Upload, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first = arrivals.finish(by, send(upload, WALK))
        second = arrivals.finish(by, send(uploads.begin(by, ana, announced(name="again.csv")), WALK))
    assert (first.was_here, second.was_here, second.id) == (False, True, first.id)
    assert list(object_store().keys()) == [StoredRecording.objects.get().object_key]


def test_the_same_file_of_another_patient_is_another_recording(by: Any, harbor: Any, therapist: Any, ana: Any) -> None:
    ben = made.patient(harbor, team=(therapist,))
    assert not arrivals.store_now(by, ana, "a.csv", WALK).was_here
    assert not arrivals.store_now(by, ben, "a.csv", WALK).was_here


def test_who_listens_is_told_in_the_same_transaction(by: Any, ana: Any) -> None:
    test_id = ana.pk  # any id will do

    def listen(**told: Any) -> None:
        heard.append((told["recording"].pk, told["about_id"], told["was_here"]))

    heard: list[Any] = []
    recording_added.connect(listen)
    try:
        arrived = arrivals.store_now(by, ana, "a.csv", WALK, about_id=test_id)
    finally:
        recording_added.disconnect(listen)
    assert heard == [(arrived.id, test_id, False)]


def _zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("walk.csv", b"0" * 200_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("letter.docx", b"PK\x03\x04" + bytes(400)),
        ("walk.c3d", b"\x02\x50" + os.urandom(3000)),
        ("notes.txt", b"Dear colleague, this is a letter."),
        ("bomb.zip", _zip_bomb()),
        ("bomb.csv.gz", gzip.compress(b"0" * 200_000_000, 9)),
        ("page.html", b"<script>alert(1)</script>"),
        ("program.exe", b"MZ" + bytes(3000)),
    ],
    ids=["docx", "broken c3d", "text", "zip bomb", "gz bomb", "html", "exe"],
)
def test_what_is_no_recording_is_refused_in_a_sentence_and_not_kept(by: Any, ana: Any, name: str, body: bytes) -> None:
    with pytest.raises(NotARecording) as refused:
        arrivals.store_now(by, ana, name, body)
    assert name in refused.value.problem
    assert "/" not in refused.value.problem.replace("I/O", "")
    assert StoredRecording.objects.count() == Upload.objects.count() == 0


def test_what_has_arrived_outlasts_a_disk_that_is_full_for_a_moment(
    by: Any, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_told: Any) -> None:
        raise StorageFull("full")

    upload = send(upload, WALK)
    with monkeypatch.context() as patched:
        patched.setattr("poise.clinic.recordings.domain.workroom.write", full)
        with pytest.raises(StorageFull):
            arrivals.finish(by, upload)
    assert len(list(object_store().keys())) == len(upload.parts)
    assert arrivals.finish(by, Upload.objects.get(pk=upload.pk)).name == "stand.csv"


def test_a_picture_is_known_by_its_bytes_and_not_by_its_name(by: Any, ana: Any) -> None:
    arrivals.store_now(by, ana, "referral.exe", b"%PDF-1.7 and so on", purpose="file", details={"kind": "referral"})
    assert PatientFile.objects.values_list("media_type", "kind").get() == ("application/pdf", "referral")
    with pytest.raises(NotAPaper):
        arrivals.store_now(by, ana, "referral.pdf", b"<html>", purpose="file")


@pytest.mark.parametrize(("size", "said"), [(0, "empty"), (5_000_000_000, "larger than 4000 MB")])
def test_too_little_and_too_much_are_refused_before_they_are_sent(by: Any, ana: Any, size: int, said: str) -> None:
    with pytest.raises(UploadRefused, match=said):
        uploads.begin(by, ana, announced(size=size))


def test_one_person_has_only_so_many_open(by: Any, ana: Any) -> None:
    for _ in range(20):
        uploads.begin(by, ana, announced())
    with pytest.raises(UploadRefused, match="20 uploads under way"):
        uploads.begin(by, ana, announced())


def test_what_nobody_goes_on_with_is_discarded(
    by: Any, upload: Upload, django_capture_on_commit_callbacks: Any
) -> None:
    uploads.receive(upload, 0, io.BytesIO(WALK[:100]), 100)
    assert uploads.expire(by) == 0
    Upload.objects.update(touched_at=timezone.now() - timedelta(days=3))
    with django_capture_on_commit_callbacks(execute=True):
        assert uploads.expire(by) == 1
    assert (Upload.objects.count(), list(object_store().keys())) == (0, [])


def test_where_a_key_is_set_no_byte_and_no_name_lies_open_on_the_disk(
    settings: Any, data_folder: Path, by: Any, ana: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.POISE = replace(settings.POISE, encryption_key=KEY)
    with django_capture_on_commit_callbacks(execute=True):
        upload = send(uploads.begin(by, ana, announced(name="rivera-knee.csv")), WALK)
        on_disk = [path for path in data_folder.rglob("*") if path.is_file()]
        assert on_disk
        assert not any(WALK[:20] in path.read_bytes() for path in on_disk)
        arrivals.finish(by, upload)
    left = [path for path in data_folder.rglob("*") if path.is_file() and "objects" in path.parts]
    assert len(left) == 1
    everything = list(data_folder.rglob("*"))
    assert not any("rivera" in path.name for path in everything)
    assert not any(WALK[:20] in path.read_bytes() for path in everything if path.is_file())


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Ana Rivera\\walk 3.c3d", "walk 3.c3d"),
        ("walk\u202egnp.exe", "walkgnp.exe"),
        ("a\nb\x00c\x1b[31m.csv", "abc[31m.csv"),
        ("<b>x</b>.csv", "b.csv"),
        ("   ", "recording"),
        ("...", "recording"),
        ("x" * 300 + ".c3d", "x" * 115 + "….c3d"),
    ],
)
def test_a_name_is_made_safe_to_show(sent: str, shown: str) -> None:
    assert shown_name(sent) == shown


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("w.C3D", ".c3d"),
        ("w.csv.gz", ".csv.gz"),
        ("w", ""),
        ("a.b.c.txt", ".txt"),
        ("x.c/../d", ""),
        ("x.c;rm -rf", ".crmrf"),
    ],
)
def test_only_letters_of_the_ending_reach_the_disk(name: str, suffix: str) -> None:
    assert suffix_of(name) == suffix


def test_objects_that_no_row_names_are_swept_up_and_no_other(by: Any, ana: Any) -> None:
    from poise.clinic.recordings.domain.housekeeping import sweep

    arrivals.store_now(by, ana, "a.csv", WALK)
    upload = uploads.begin(by, ana, announced())
    uploads.receive(upload, 0, io.BytesIO(WALK[:100]), 100)
    forgotten = object_store().put([b"left by a crash"]).key
    assert sweep() == 0  # too young
    named = set(object_store().keys()) - {forgotten}
    sweep(older_than_s=-1.0)
    assert forgotten not in set(object_store().keys())
    assert StoredRecording.objects.get().object_key in named
    assert Upload.objects.get(pk=upload.pk).parts[0][0] in set(object_store().keys())
