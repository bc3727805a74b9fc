"""Files made to harm: they swell, lie about their size, run code, or leave their folder. None is kept, none takes long."""

from __future__ import annotations

import io
import json
import pickle
import struct
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.urls import reverse

from clinic import made
from poise.clinic.objects import object_store
from poise.clinic.recordings.domain import arrivals, looking
from poise.clinic.recordings.domain.arrivals import Arrived
from poise.clinic.recordings.domain.looking import NotARecording
from poise.clinic.recordings.models import StoredRecording, Upload
from poise.testing.files import landmarks_json, trc

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MB = 1024 * 1024
Send = Callable[[str, bytes], Arrived]


@pytest.fixture(autouse=True)
def on_a_busy_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that is only slow because others are at work is waited for."""
    monkeypatch.setattr(looking, "READ_WITHIN_S", 150)


@pytest.fixture
def send(therapist: Any, ana: Any, django_capture_on_commit_callbacks: Any) -> Send:
    """A file is sent, and what was to happen when it is committed has happened."""

    def sent(name: str, body: bytes) -> Arrived:
        with django_capture_on_commit_callbacks(execute=True):
            return arrivals.store_now(made.actor(therapist), ana, name, body)

    return sent


class Harmful:
    """What a pickle would run when it is opened."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> Any:
        return Path.touch, (self.trace,)


def npz_that_swells(_: Path) -> bytes:
    out = io.BytesIO()
    np.savez_compressed(out, accel=np.zeros((20 * MB, 3), dtype=np.uint8))
    return out.getvalue()


def npz_that_lies_about_its_size(_: Path) -> bytes:
    head = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000, 3), }".ljust(117) + b"\n"
    return _zip("accel.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + bytes(800))


def npz_with_a_pickle(trace: Path) -> bytes:
    out = io.BytesIO()
    np.savez(out, accel=np.array([[Harmful(trace)] * 3], dtype=object))
    return out.getvalue()


def pickle_alone(trace: Path) -> bytes:
    return pickle.dumps(Harmful(trace))


def mat_that_swells(_: Path) -> bytes:
    from scipy.io import savemat

    out = io.BytesIO()
    savemat(out, {"walk": np.zeros(60 * MB, dtype=np.uint8)}, do_compression=True)
    return out.getvalue()


def zip_in_zip(_: Path) -> bytes:
    inner = b"0" * (5 * MB)
    for depth in range(4):
        inner = _zip(f"{depth}.zip", inner)
    return inner


def tar_with_a_link(_: Path) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        link = tarfile.TarInfo("walk.trc")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return out.getvalue()


def c3d_that_lies(_: Path) -> bytes:
    """A head that speaks of 65,535 points in 65,535 frames, and nothing behind it."""
    head = struct.pack("<BB5HfHHf", 2, 0x50, 65535, 65535, 1, 65535, 0, 1.0, 2, 1, 100.0)
    return head.ljust(512, b"\0") + bytes(1024)


def _zip(name: str, body: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, body)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "made_file", "told"),
    [
        ("walk.npz", npz_that_swells, "an array promises more numbers than its bytes can hold"),
        ("walk.npz", npz_that_lies_about_its_size, "an array promises more numbers than its bytes can hold"),
        ("walk.npz", npz_with_a_pickle, "holds no sensor's signals"),
        ("walk.pkl", pickle_alone, "is not a recording that Poise knows"),
        ("walk.mat", mat_that_swells, "unpacks to far more than a recording of this size holds"),
        ("walk.zip", zip_in_zip, "No file in the archive 'walk.zip' is a recording"),
        ("walk.tar", tar_with_a_link, "is not a recording that Poise knows"),
        ("walk.c3d", c3d_that_lies, "not one whole frame of its 65535 is there"),
    ],
    ids=lambda each: each.__name__ if callable(each) else "",
)
def test_it_is_refused_in_words_soon_and_leaves_nothing(
    send: Send, data_folder: Path, name: str, made_file: Callable[[Path], bytes], told: str
) -> None:
    trace = data_folder / "a-pickle-was-run"
    body, begun = made_file(trace), time.process_time()
    with pytest.raises(NotARecording) as refused:
        send(name, body)
    assert told in refused.value.problem
    assert time.process_time() - begun < 5  # what the page's own process spends on it; another one reads the file
    assert StoredRecording.objects.count() == Upload.objects.count() == 0
    assert list(object_store().keys()) == []
    assert list((data_folder / "workroom").iterdir()) == []
    assert not trace.exists()


def test_what_an_archive_calls_its_file_leads_nowhere(send: Send, data_folder: Path) -> None:
    arrived = send("walk.zip", _zip("../../../../tmp/poise-left/\x1b[31m\u202eits-folder.trc", trc()))
    facts = StoredRecording.objects.get(pk=arrived.id).facts["recordings"][0]
    assert facts["recording"] == "tmp/poise-left/?[31m?its-folder"
    assert not Path("/tmp/poise-left").exists()
    assert [path.name for path in data_folder.rglob("*its-folder*")] == []


def test_a_count_in_the_head_of_a_file_is_not_believed(send: Send) -> None:
    lines = trc().decode().split("\n")
    told = lines[2].split("\t")
    told[2] = "900000000"  # NumFrames
    lines[2] = "\t".join(told)
    arrived = send("walk.trc", "\n".join(lines).encode())
    streams = StoredRecording.objects.get(pk=arrived.id).facts["recordings"][0]["streams"]
    assert [stream["samples"] for stream in streams] == [40]


def test_words_that_no_page_and_no_database_can_hold_are_mended(
    send: Send, client: Any, therapist: Any, ana: Any
) -> None:
    told = json.loads(landmarks_json()) | {"description": "half a letter \ud800, an end \0, a turn \u202e"}
    for frame in told["frames"]:
        frame["landmarks"] = {f"p\0{n}": point for n, point in enumerate(frame["landmarks"])}
    arrived = send("walk.json", json.dumps(told).encode())
    facts = StoredRecording.objects.get(pk=arrived.id).facts["recordings"][0]
    assert facts["details"]["description"] == "half a letter ?, an end ?, a turn ?"
    assert facts["streams"][0]["channels"][:2] == ["p?0", "p?1"]
    made.sign_in(client, therapist)
    assert client.get(reverse("recording", args=[ana.pk, arrived.id])).status_code == 200


def test_names_without_an_end_are_cut(send: Send) -> None:
    arrived = send("walk.trc", trc().replace(b"R.Heel", b"R" * 100_000))
    facts = StoredRecording.objects.get(pk=arrived.id).facts
    assert facts["recordings"][0]["streams"][0]["channels"][0] == "R" * 100


def test_what_needs_too_much_memory_though_it_is_small_is_refused(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        looking, "_told", lambda _printed: {"unsure": "memory"}
    )  # what the process says of a MemoryError
    with pytest.raises(NotARecording, match="asked for too much"):
        send("walk.trc", trc())
    monkeypatch.setattr(looking, "LONG_TO_READ_BYTES", 100)  # a long recording is kept: its analysis may have more
    assert StoredRecording.objects.get(pk=send("walk.trc", trc()).id).facts == {}


def test_the_process_that_reads_a_strangers_file_is_given_no_secret(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given: dict[str, str] = {}

    def noted(*_: Any, env: dict[str, str], **__: Any) -> Any:
        given.update(env)
        raise looking.subprocess.TimeoutExpired("look", 0)

    for name in ("POISE_KEY", "POISE_KEY_FILE", "DATABASE_URL", "AWS_SECRET_ACCESS_KEY", "PGPASSWORD"):
        monkeypatch.setenv(name, "sesame")
    monkeypatch.setattr(looking.subprocess, "run", noted)
    with pytest.raises(looking.TooBusy):
        looking.looked_at(tmp_path, "walk.trc")
    assert given["TMPDIR"] == str(tmp_path.parent)
    assert "sesame" not in given.values()
