"""Bytes in, a key out; the key in, the same bytes out, or a plain word why not."""

from __future__ import annotations

import errno
import hashlib
import io
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.objects import small_s3
from poise.clinic.objects import MissingObject, ObjectStore, object_store
from poise.clinic.objects.faults import DamagedObject, StorageFull, StorageUnreachable
from poise.clinic.objects.places import Folder
from poise.clinic.objects.sealing import CHUNK, HEAD, TAG, Keyring
from poise.errors import BadSetting

KEY, NEW_KEY = "5a" * 32, "7b" * 32
SEEDED = b"knee of Ana Rivera, seeded to be looked for"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "objects")


@pytest.fixture(params=["plain", "sealed"])
def store(request: Any, folder: Folder) -> ObjectStore:
    return ObjectStore(folder, Keyring.of(KEY) if request.param == "sealed" else None)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_was_put_comes_back(store: ObjectStore, size: int) -> None:
    body = os.urandom(size)
    put = store.put(io.BytesIO(body))
    assert (put.size, put.sha256) == (size, hashlib.sha256(body).hexdigest())
    with store.open(put.key) as stream:
        assert stream.read() == body
    assert store.stat(put.key) == size
    assert list(store.keys()) == [put.key]


def test_a_key_says_nothing_of_what_it_is_of_and_no_two_are_alike(store: ObjectStore) -> None:
    assert store.put([SEEDED]).key != store.put([SEEDED]).key


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(start=st.integers(0, 2 * CHUNK + 9), length=st.integers(0, CHUNK + 7))
def test_any_range_can_be_read(folder: Folder, start: int, length: int) -> None:
    body = bytes(range(251)) * (2 * CHUNK // 251 + 1)
    store = ObjectStore(folder, Keyring.of(KEY))
    with store.open(store.put([body]).key) as stream:
        stream.seek(start)
        assert stream.read(length) == body[start : start + length]


def test_deleted_is_gone_and_may_be_deleted_again(store: ObjectStore) -> None:
    key = store.put([b"x"]).key
    store.delete(key)
    store.delete(key)
    with pytest.raises(MissingObject):
        store.open(key)
    with pytest.raises(MissingObject):
        store.stat(key)


@pytest.mark.parametrize("key", ["../../etc/passwd", "p" + "0" * 31 + "/", "", "e" + "0" * 33, "p" + "0" * 32 + "\n"])
def test_what_is_no_key_never_becomes_a_path(store: ObjectStore, key: str) -> None:
    with pytest.raises(MissingObject):
        store.open(key)


def test_nothing_that_was_put_can_be_read_on_the_disk_where_a_key_is_set(folder: Folder) -> None:
    ObjectStore(folder, Keyring.of(KEY)).put([SEEDED * 20_000])
    files = [path for path in folder.root.rglob("*") if path.is_file()]
    assert len(files) == 1
    assert SEEDED[:12] not in files[0].read_bytes()


def test_only_the_owner_may_enter_the_folder(folder: Folder) -> None:
    ObjectStore(folder).put([SEEDED])
    modes = {oct(path.stat().st_mode & 0o777) for path in folder.root.rglob("*") if path.is_dir()}
    assert modes == {"0o700"}


def _file(folder: Folder) -> Path:
    return next(path for path in folder.root.rglob("e*") if path.is_file())


def _cut_at_a_chunk(sealed: bytearray) -> None:
    del sealed[HEAD + 2 * (CHUNK + TAG) :]


def _cut_inside(sealed: bytearray) -> None:
    del sealed[-5:]


def _exchange_chunks(sealed: bytearray) -> None:
    one, two = HEAD, HEAD + CHUNK + TAG
    first = bytes(sealed[one:two])
    sealed[one:two] = sealed[two : two + CHUNK + TAG]
    sealed[two : two + CHUNK + TAG] = first


def _repeat_the_last(sealed: bytearray) -> None:
    sealed += sealed[HEAD + 2 * (CHUNK + TAG) :]


def _flip_a_bit(sealed: bytearray) -> None:
    sealed[HEAD + CHUNK + 99] ^= 1


def _flip_in_the_head(sealed: bytearray) -> None:
    sealed[HEAD - 3] ^= 1


def _empty(sealed: bytearray) -> None:
    sealed.clear()


@pytest.mark.parametrize(
    "harm",
    [_cut_at_a_chunk, _cut_inside, _exchange_chunks, _repeat_the_last, _flip_a_bit, _flip_in_the_head, _empty],
)
def test_sealed_bytes_that_were_tampered_with_do_not_open(folder: Folder, harm: Any) -> None:
    store = ObjectStore(folder, Keyring.of(KEY))
    key = store.put([os.urandom(2 * CHUNK + 1000)]).key
    sealed = bytearray(_file(folder).read_bytes())
    harm(sealed)
    _file(folder).write_bytes(sealed)
    with pytest.raises(DamagedObject), store.open(key) as stream:
        stream.read()


def test_an_empty_object_cannot_be_made_of_a_full_one(folder: Folder) -> None:
    store = ObjectStore(folder, Keyring.of(KEY))
    key = store.put([b"one byte more than none"]).key
    _file(folder).write_bytes(_file(folder).read_bytes()[: HEAD + TAG])
    with pytest.raises(DamagedObject):
        store.open(key)


def test_two_whole_objects_cannot_be_exchanged(folder: Folder) -> None:
    store = ObjectStore(folder, Keyring.of(KEY))
    mine, other = store.put([b"mine"]).key, store.put([b"other"]).key
    folder._path(mine).write_bytes(folder._path(other).read_bytes())
    with pytest.raises(DamagedObject):
        store.open(mine)


def test_plain_objects_still_open_after_a_key_is_set_and_can_be_sealed(folder: Folder) -> None:
    old = ObjectStore(folder).put([SEEDED]).key
    store = ObjectStore(folder, Keyring.of(KEY))
    assert store.needs_sealing(old)
    with store.open(old) as stream:
        assert stream.read() == SEEDED
    new = store.reencrypt(old)
    store.delete(old)
    assert SEEDED not in _file(folder).read_bytes()
    assert not store.needs_sealing(new.key)
    with store.open(new.key) as stream:
        assert stream.read() == SEEDED


def test_a_replaced_key_still_opens_what_it_sealed_until_that_is_sealed_anew(folder: Folder) -> None:
    old = ObjectStore(folder, Keyring.of(KEY)).put([SEEDED]).key
    store = ObjectStore(folder, Keyring.of(NEW_KEY, [KEY]))
    assert store.needs_sealing(old)
    new = store.reencrypt(old).key
    with ObjectStore(folder, Keyring.of(NEW_KEY)).open(new) as stream:
        assert stream.read() == SEEDED
    with pytest.raises(BadSetting, match="a key that this installation does not have"):
        ObjectStore(folder, Keyring.of(NEW_KEY)).open(old)


class _FullDisk(Folder):
    def write(self, name: str, chunks: Any) -> None:
        def half() -> Iterator[bytes]:
            yield next(iter(chunks))[:10]
            raise OSError(errno.ENOSPC, "No space left on device")

        super().write(name, half())


def test_a_full_disk_is_said_and_nothing_half_written_stays(tmp_path: Path) -> None:
    store = ObjectStore(_FullDisk(tmp_path))
    with pytest.raises(StorageFull, match="no room left"):
        store.put([SEEDED])
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_sender_that_breaks_off_leaves_nothing(store: ObjectStore, folder: Folder) -> None:
    def breaks() -> Iterator[bytes]:
        yield SEEDED * 50_000
        raise ConnectionError

    with pytest.raises(ConnectionError):
        store.put(breaks())
    assert [path for path in folder.root.rglob("*") if path.is_file()] == []


def test_the_configuration_says_where_and_whether_sealed(settings: Any, data_folder: Path) -> None:
    assert object_store().put([b"x"]).key.startswith("p")
    settings.POISE = replace(settings.POISE, encryption_key=KEY)
    assert object_store().put([b"x"]).key.startswith("e")
    assert len([path for path in (data_folder / "objects").rglob("*") if path.is_file()]) == 2


@pytest.mark.parametrize("keyring", [None, Keyring.of(KEY)], ids=["plain", "sealed"])
def test_a_bucket_gives_back_what_was_put(
    settings: Any, monkeypatch: pytest.MonkeyPatch, keyring: Keyring | None
) -> None:
    with small_s3.running() as bucket:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{bucket.server_port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "made")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made")
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        settings.POISE = replace(
            settings.POISE, objects_url="s3://clinic/of/harbor", encryption_key=KEY if keyring else ""
        )
        store, body = object_store(), os.urandom(20_000_000)
        put = store.put(io.BytesIO(body))
        assert (put.size, put.sha256) == (len(body), hashlib.sha256(body).hexdigest())
        assert list(bucket.objects) == [f"of/harbor/{put.key}"]
        assert bucket.largest_body <= 9_000_000
        with store.open(put.key) as stream:
            assert stream.read() == body
            stream.seek(12_345_678)
            assert stream.read(1000) == body[12_345_678:][:1000]
        assert (store.stat(put.key), list(store.keys())) == (len(body), [put.key])
        store.delete(put.key)
        store.delete(put.key)
        assert bucket.objects == {}
        with pytest.raises(MissingObject):
            store.open(put.key)


def test_a_bucket_that_does_not_answer_is_said(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with small_s3.running() as bucket:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{bucket.server_port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "made")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made")
        settings.POISE = replace(settings.POISE, objects_url="s3://clinic/breaks")

        def breaks() -> Iterator[bytes]:
            yield os.urandom(9_000_000)
            raise ConnectionError

        with pytest.raises((ConnectionError, StorageUnreachable)):
            object_store().put(breaks())
        assert bucket.objects == {}
