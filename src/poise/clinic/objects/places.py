"""The two places where objects can lie: a folder of this machine, or a bucket that speaks S3."""

from __future__ import annotations

import io
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, cast

from poise.clinic.objects.faults import MissingObject, StorageUnreachable, told_plainly

if TYPE_CHECKING:
    from obstore.store import ObjectStore as Bucket

PART = 8 * 1024 * 1024


class Place(Protocol):
    """Bytes by name. What `write` began and did not end is not there."""

    def write(self, name: str, chunks: Iterable[bytes]) -> None:
        """Stores all the bytes, or none."""

    def open(self, name: str) -> tuple[BinaryIO, int]:
        """The bytes, to be read from any place on, and how many there are."""

    def delete(self, name: str) -> None:
        """Takes them away; nothing happens where there are none."""

    def names(self, *, older_than_s: float = 0.0) -> Iterator[str]:
        """Every name, or those that were written so long ago."""

    def free_bytes(self) -> int | None:
        """How much room is left, where that can be known."""


class Folder:
    """Files below a folder that only its owner may enter, in 256 × 256 parts so that none grows too large."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.unfinished = root / ".unfinished"

    def write(self, name: str, chunks: Iterable[bytes]) -> None:
        """Writes beside, then gives it its name: after a crash it is whole or it is not there."""
        private_folder(self.unfinished)
        fresh, path = self.unfinished / name, self._path(name)
        try:
            with told_plainly():
                _write_through(fresh, chunks)
                private_folder(path.parent)
                fresh.replace(path)
                for folder in (path.parent, path.parent.parent, self.root):
                    _fsync_folder(folder)
        finally:
            fresh.unlink(missing_ok=True)

    def open(self, name: str) -> tuple[BinaryIO, int]:
        """The file."""
        try:
            file = self._path(name).open("rb")
        except FileNotFoundError:
            raise missing(name) from None
        return file, os.fstat(file.fileno()).st_size

    def delete(self, name: str) -> None:
        """Unlinks the file."""
        self._path(name).unlink(missing_ok=True)

    def names(self, *, older_than_s: float = 0.0) -> Iterator[str]:
        """Every file that was finished."""
        before = time.time() - older_than_s
        for path in self.root.glob("??/??/*"):
            try:
                is_old = not older_than_s or path.stat().st_mtime < before
            except FileNotFoundError:  # deleted since it was listed
                continue
            if is_old:
                yield path.name

    def free_bytes(self) -> int | None:
        """Of the folder's disk."""
        there = next(folder for folder in (self.root, *self.root.parents) if folder.exists())
        return shutil.disk_usage(there).free

    def _path(self, name: str) -> Path:
        return self.root / name[1:3] / name[3:5] / name


class S3:
    """A bucket of an S3-compatible service, with a prefix. Written in parts; it appears when the last part is there."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket

    @classmethod
    def at(cls, url: str) -> S3:
        """From ``s3://bucket/prefix``; keys, region and endpoint from the usual AWS variables."""
        from obstore.store import from_url

        endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
        told: dict[str, Any] = {"endpoint": endpoint, "virtual_hosted_style_request": False} if endpoint else {}
        # Plain HTTP only to this machine: in a test, or to a store that runs beside Poise.
        is_local = endpoint.startswith(("http://127.0.0.1", "http://localhost", "http://[::1]"))
        return cls(from_url(url, client_options={"allow_http": is_local, "timeout": "60s"}, **told))

    def write(self, name: str, chunks: Iterable[bytes]) -> None:
        """Uploads it in parts of 8 MiB, two at a time."""
        import obstore

        with _reached():
            obstore.put(self.bucket, name, _bounded(chunks), chunk_size=PART, max_concurrency=2)

    def open(self, name: str) -> tuple[BinaryIO, int]:
        """Reads ranges as they are asked for."""
        import obstore

        with _reached(name):
            reader = obstore.open_reader(self.bucket, name, buffer_size=PART)
        return cast(BinaryIO, io.BufferedReader(_Remote(reader), PART)), reader.size

    def delete(self, name: str) -> None:
        """Deletes it."""
        import obstore

        try:
            with _reached(name):
                obstore.delete(self.bucket, name)
        except MissingObject:
            pass

    def names(self, *, older_than_s: float = 0.0) -> Iterator[str]:
        """Every name below the prefix."""
        import obstore

        before = datetime.now(UTC) - timedelta(seconds=older_than_s)
        with _reached():
            for page in obstore.list(self.bucket, chunk_size=500):
                yield from (each["path"] for each in page if each["last_modified"] <= before)

    def free_bytes(self) -> int | None:
        """A bucket does not say."""
        return None


class _Remote(io.RawIOBase):
    """obstore's reader as Python's."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return int(self._reader.seek(offset, whence))

    def tell(self) -> int:
        return int(self._reader.tell())

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        with _reached():
            got = self._reader.read(len(buffer))
        buffer[: len(got)] = memoryview(got)
        return len(got)

    def close(self) -> None:
        if not self.closed:
            self._reader.close()
        super().close()


class _reached:  # noqa: N801 - reads as the statement it is
    """obstore's errors, told as ours. They may hold addresses and request ids, but never what is stored."""

    def __init__(self, name: str = "") -> None:
        self.name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        from obstore.exceptions import BaseError

        if isinstance(error, FileNotFoundError) and self.name:
            raise missing(self.name) from None
        if isinstance(error, BaseError | FileNotFoundError):
            raise StorageUnreachable(
                "The object store did not answer as it should; nothing was changed.",
                found=f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:300],
                do="Check POISE_OBJECTS, the AWS variables and the network, then try again.",
            ) from error


def private_folder(folder: Path) -> Path:
    """Makes the folder, and what is missing above it, so that only its owner may enter."""
    for each in reversed((folder, *folder.parents)):
        if not each.exists():
            each.mkdir(mode=0o700, exist_ok=True)
    return folder


def missing(name: str) -> MissingObject:
    """What is said where there is no such object."""
    return MissingObject("A stored file is not there.", found=f"Its key is {name}.", do="Restore it from a backup.")


def _bounded(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Each piece crosses to obstore as it comes; pieces of a part's size keep the number of calls small."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        if len(held) >= PART:
            yield bytes(held)
            held.clear()
    yield bytes(held)


def _write_through(path: Path, chunks: Iterable[bytes]) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb", buffering=0) as file:
        for chunk in chunks:
            rest = memoryview(chunk)
            while rest:  # an unbuffered write may take less than it was given
                rest = rest[file.write(rest) :]
        os.fsync(file.fileno())


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
