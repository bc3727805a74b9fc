"""Recordings over HTTP: who may, what is told, and what another's id gives."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from clinic import made
from clinic.recordings.test_uploads import WALK
from poise.clinic.audit.models import Event
from poise.clinic.objects import object_store
from poise.clinic.recordings.domain import arrivals
from poise.clinic.recordings.models import StoredRecording, Upload
from poise.clinic.rules import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored(therapist: Any, ana: Any) -> StoredRecording:
    return StoredRecording.objects.get(pk=arrivals.store_now(made.actor(therapist), ana, "stand.csv", WALK).id)


def test_a_file_is_sent_in_parts_over_http(client: Any, therapist: Any, ana: Any) -> None:
    made.sign_in(client, therapist)
    told = client.post(
        reverse("uploads", args=[ana.pk]), {"name": "stand.csv", "size": len(WALK), "task": "stand", "eyes": "closed"}
    )
    assert told.status_code == 201
    url = told["Location"]
    for start in (0, 8_000):
        part = WALK[start : start + 8_000]
        said = base64.b64encode(hashlib.sha256(part).digest()).decode()
        sent = client.patch(url, part, content_type="application/offset+octet-stream",
                            headers={"Upload-Offset": str(start), "Upload-Checksum": f"sha256 {said}"})  # fmt: skip
        assert (sent.status_code, sent["Upload-Offset"]) == (204, str(start + len(part)))
    assert client.head(url)["Upload-Offset"] == "16000"
    wrong = client.patch(url, b"x", content_type="application/offset+octet-stream", headers={"Upload-Offset": "5"})
    assert wrong.status_code == 204  # it is there already
    gap = client.patch(url, b"x", content_type="application/offset+octet-stream", headers={"Upload-Offset": "16001"})
    assert (gap.status_code, gap["Upload-Offset"]) == (409, "16000")
    rest = WALK[16_000:]
    client.patch(url, rest, content_type="application/offset+octet-stream", headers={"Upload-Offset": "16000"})
    done = client.post(f"{url}/finish", {"sha256": hashlib.sha256(WALK).hexdigest()}).json()
    assert StoredRecording.objects.values_list("pk", "conditions").get() == (
        UUID(done["id"]), {"eyes": "closed"},
    )  # fmt: skip


def test_the_plain_form_needs_no_script(client: Any, therapist: Any, ana: Any) -> None:
    made.sign_in(client, therapist)
    sent = client.post(
        reverse("recording-send", args=[ana.pk]), {"file": SimpleUploadedFile("stand.csv", WALK), "task": "stand"}
    )
    assert sent.status_code == 302
    assert StoredRecording.objects.values_list("name", "size", "task").get() == ("stand.csv", len(WALK), "stand")


def test_the_plain_form_without_its_token_keeps_nothing(therapist: Any, ana: Any) -> None:
    from django.test import Client

    client = made.sign_in(Client(enforce_csrf_checks=True), therapist)
    sent = client.post(reverse("recording-send", args=[ana.pk]), {"file": SimpleUploadedFile("stand.csv", WALK)})
    assert (sent.status_code, StoredRecording.objects.count()) == (403, 0)


def test_the_desk_sends_and_sees_none(client: Any, desk: Any, ana: Any, stored: StoredRecording) -> None:
    made.sign_in(client, desk)
    assert client.get(reverse("recordings", args=[ana.pk])).status_code == 403
    assert (
        client.post(reverse("recording-send", args=[ana.pk]), {"file": SimpleUploadedFile("a.csv", WALK)}).status_code
        == 403
    )
    assert len(list(object_store().keys())) == 2  # the recording and its part: nothing of what was refused


def test_anothers_recording_or_upload_does_not_exist(
    client: Any, harbor: Any, therapist: Any, ana: Any, stored: Any
) -> None:
    ben = made.patient(harbor, team=(therapist,))
    upload = Upload.objects.get()
    made.sign_in(client, therapist)
    for name in ("recording", "recording-file"):
        assert client.get(reverse(name, args=[ben.pk, stored.pk])).status_code == 404
    assert client.get(reverse("upload", args=[ben.pk, upload.pk])).status_code == 404
    colleague = made.person(Role.PHYSICAL_THERAPIST, harbor)
    ana.team.create(user=colleague)
    made.sign_in(client, colleague)
    assert client.get(reverse("upload", args=[ana.pk, upload.pk])).status_code == 404


def test_the_original_is_saved_and_never_shown_and_that_is_written_down(
    client: Any, therapist: Any, ana: Any, stored: Any
) -> None:
    made.sign_in(client, therapist)
    got = client.get(reverse("recording-file", args=[ana.pk, stored.pk]))
    assert b"".join(got.streaming_content) == WALK
    assert got["Content-Disposition"] == 'attachment; filename="stand.csv"'
    assert (got["Content-Type"], "no-store" in got["Cache-Control"]) == ("application/octet-stream", True)
    assert Event.objects.latest("number").action == "recording.fetch"


def test_a_removed_recording_keeps_its_reason_and_its_bytes(client: Any, therapist: Any, ana: Any, stored: Any) -> None:
    made.sign_in(client, therapist)
    address = reverse("recording-remove", args=[ana.pk, stored.pk])
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "The wrong person"}).status_code == 302
    stored.refresh_from_db()
    assert (stored.removed_because, stored.removed_at is not None) == ("The wrong person", True)
    assert object_store().stat(stored.object_key) == len(WALK)
    assert "The wrong person" in client.get(reverse("recording", args=[ana.pk, stored.pk])).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_much_for_three_as_for_one(
    client: Any, therapist: Any, ana: Any, count: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        StoredRecording.objects.create(
            patient=ana, name=f"{number}.csv", size=1, sha256=f"{number:064}", object_key="p"
        )
    made.sign_in(client, therapist)
    with django_assert_max_num_queries(30):
        assert client.get(reverse("recordings", args=[ana.pk])).status_code == 200
