"""The object store: put bytes, get a key; give the key, get the bytes. Keys are random and say nothing."""

from __future__ import annotations

import hashlib
import io
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings

from poise.clinic.configuration import Configuration
from poise.clinic.objects import sealing
from poise.clinic.objects.faults import MissingObject
from poise.clinic.objects.places import S3, Folder, Place, missing
from poise.clinic.objects.sealing import Keyring

READ_BYTES = 1024 * 1024
PLAIN, SEALED = "p", "e"
KEY = re.compile(r"[pe][0-9a-f]{32}")

__all__ = ["MissingObject", "ObjectStore", "StoredObject", "object_store"]


@dataclass(frozen=True, kw_only=True)
class StoredObject:
    """An object that is stored: its key, how many bytes it holds, and their SHA-256 (hexadecimal)."""

    key: str
    size: int
    sha256: str


class ObjectStore:
    """Bytes by key, in one `Place`, sealed where there are keys.

    A key's first letter says whether the object is sealed. So what was stored before a key was set still opens, and a
    sealed object cannot be exchanged for a plain one by who can reach the store but not the database.
    """

    def __init__(self, place: Place, keyring: Keyring | None = None) -> None:
        self.place = place
        self.keyring = keyring

    def put(self, stream: BinaryIO | Iterable[bytes]) -> StoredObject:
        """Stores all that the stream gives, in bounded memory, and returns only when it would survive a power cut.

        Raises
        ------
        StorageFull, StorageUnreachable
            Nothing of it was kept.
        """
        key = (SEALED if self.keyring else PLAIN) + secrets.token_hex(16)
        counted = _Counted(_pieces(stream))
        chunks = sealing.seal(counted, key, self.keyring.current) if self.keyring else counted
        self.place.write(key, chunks)
        return StoredObject(key=key, size=counted.size, sha256=counted.digest.hexdigest())

    def open(self, key: str) -> BinaryIO:
        """The bytes as a binary stream that can be read from any place on (`seek`); close it after use.

        Raises
        ------
        MissingObject
            There is none of this key.
        DamagedObject
            Here or while reading: the bytes are not the ones that were put.
        """
        sealed, size = self.place.open(_checked(key))
        if key.startswith(PLAIN):
            return sealed
        try:
            return cast(BinaryIO, io.BufferedReader(sealing.Unsealed(sealed, size, key, self.keyring), sealing.CHUNK))
        except Exception:
            sealed.close()
            raise

    def stat(self, key: str) -> int:
        """How many bytes the object holds.

        Raises
        ------
        MissingObject
            There is none of this key.
        """
        stored, size = self.place.open(_checked(key))
        stored.close()
        return sealing.plain_size(size) if key.startswith(SEALED) else size

    def delete(self, key: str) -> None:
        """Takes the object away; nothing happens where there is none."""
        self.place.delete(_checked(key))

    def keys(self, *, older_than_s: float = 0.0) -> Iterator[str]:
        """Every key there is, in no order; or those of objects that were stored so long ago."""
        return (name for name in self.place.names(older_than_s=older_than_s) if KEY.fullmatch(name))

    def needs_sealing(self, key: str) -> bool:
        """Whether the object is plain though a key is set, or sealed with a key that has been replaced."""
        if self.keyring is None:
            return False
        if key.startswith(PLAIN):
            return True
        sealed, _ = self.place.open(_checked(key))
        with sealed:
            return sealing.key_id_of(sealed.read(sealing.HEAD)) != self.keyring.current.id

    def reencrypt(self, key: str) -> StoredObject:
        """Stores the same bytes anew under the current key. The old object stays: delete it when no row names it."""
        with self.open(key) as old:
            return self.put(old)

    def free_bytes(self) -> int | None:
        """How much room is left, where that can be known."""
        return self.place.free_bytes()


def object_store() -> ObjectStore:
    """The installation's store, as its configuration says."""
    return _configured(settings.POISE)


@lru_cache(maxsize=8)
def _configured(configuration: Configuration) -> ObjectStore:
    place: Place = S3.at(configuration.objects_url) if configuration.objects_url else _folder(configuration.folder)
    current, earlier = configuration.encryption_key, configuration.earlier_encryption_keys
    return ObjectStore(place, Keyring.of(current, earlier) if current else None)


def _folder(data: Path) -> Folder:
    return Folder(data / "objects")


def _checked(key: str) -> str:
    # A key comes from our own rows; one that is none must still never become a path.
    if not KEY.fullmatch(key):
        raise missing("none that could exist")
    return key


class _Counted:
    """Pieces on their way, counted and hashed."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces = pieces
        self.size = 0
        self.digest = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            self.size += len(piece)
            self.digest.update(piece)
            yield piece


def _pieces(stream: BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    if not hasattr(stream, "read"):
        yield from stream
        return
    while piece := stream.read(READ_BYTES):
        yield piece
