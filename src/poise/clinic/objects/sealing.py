"""Encryption of objects: AES-256-GCM in chunks, a fresh key for each object, wrapped by the installation's key.

A sealed object is a head, then chunks of `CHUNK` bytes, each with its tag; the last chunk may be shorter::

    POISE-S1 │ id of the wrapping key, 8 │ nonce, 12 │ the object's key, wrapped, 48 │ chunk │ chunk │ …

A chunk's nonce is its number and whether it is the last, and the head is sealed into each: what was cut off, put in
another order or taken from another object does not open. The wrapping binds the object's name, so that two whole
objects cannot be exchanged either. The object's key is used once, so that counting nonces never repeats one.
"""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from poise.clinic.objects.faults import DamagedObject
from poise.errors import BadSetting

MAGIC = b"POISE-S1"
CHUNK = 256 * 1024
TAG = 16
KEY_ID = 8
NONCE = 12
HEAD = len(MAGIC) + KEY_ID + NONCE + 32 + TAG


@dataclass(frozen=True, kw_only=True)
class WrappingKey:
    """The key that wraps the objects' keys, and the id that sealed objects name it by."""

    id: bytes
    secret: bytes = field(repr=False)

    @classmethod
    def of(cls, installation_key: str) -> WrappingKey:
        """From the installation's key (64 hexadecimal digits), which serves the database too and is not used as is."""
        master = bytes.fromhex(installation_key)
        secret = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"poise objects 1").derive(master)
        return cls(id=hashlib.sha256(b"poise object key id" + secret).digest()[:KEY_ID], secret=secret)


@dataclass(frozen=True, kw_only=True)
class Keyring:
    """The key that seals from now on, and the earlier ones that still open what they sealed."""

    current: WrappingKey
    earlier: tuple[WrappingKey, ...] = ()

    @classmethod
    def of(cls, current: str, earlier: Iterable[str] = ()) -> Keyring:
        """From the installation's keys."""
        return cls(current=WrappingKey.of(current), earlier=tuple(WrappingKey.of(key) for key in earlier))

    @property
    def by_id(self) -> Mapping[bytes, WrappingKey]:
        """Every key by its id."""
        return {key.id: key for key in (self.current, *self.earlier)}


def seal(chunks: Iterable[bytes], name: str, key: WrappingKey) -> Iterator[bytes]:
    """The sealed bytes of an object that will be called `name`; holds two chunks in memory."""
    data_key, nonce = AESGCM.generate_key(256), secrets.token_bytes(NONCE)
    begun = MAGIC + key.id + nonce
    head = begun + AESGCM(key.secret).encrypt(nonce, data_key, begun + name.encode())
    yield head
    cipher = AESGCM(data_key)
    for number, (chunk, is_last) in enumerate(_even(chunks)):
        yield cipher.encrypt(_nonce(number, is_last), chunk, head)


def _even(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """The bytes in chunks of `CHUNK`, each with whether it is the last; one empty chunk for no bytes."""
    held = bytearray()
    for more in chunks:
        held += more
        while len(held) > CHUNK:
            yield bytes(held[:CHUNK]), False
            del held[:CHUNK]
    yield bytes(held), True


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(NONCE - 1, "big") + bytes([is_last])


def plain_size(sealed_size: int) -> int:
    """How many bytes a sealed object of this size holds.

    Raises
    ------
    DamagedObject
        None: it is cut off.
    """
    body = sealed_size - HEAD
    chunks = -(-body // (CHUNK + TAG))
    if body < TAG or body - chunks * TAG < 0:
        raise _damaged("It is shorter than its own head.")
    return body - chunks * TAG


class Unsealed(io.RawIOBase):
    """A sealed object, read as what it holds; it may be read from any place on, and only what is asked is opened."""

    def __init__(self, sealed: BinaryIO, sealed_size: int, name: str, keys: Keyring | None) -> None:
        self._sealed = sealed
        self.size = plain_size(sealed_size)
        self._chunks = max(1, -(-self.size // CHUNK))
        self._head = _exactly(sealed, HEAD)
        self._cipher = AESGCM(_data_key(self._head, name, keys))
        self._at = 0
        self._held: tuple[int, bytes] = (-1, b"")
        if not self.size:
            self._chunk(0)  # an empty object is still one that must be whole

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be read from any place on."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Goes to a place in what it holds."""
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence])
        return self._at

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Fills the buffer, as far as one chunk goes."""
        if self._at >= self.size:
            return 0
        number, inside = divmod(self._at, CHUNK)
        part = memoryview(self._chunk(number))[inside : inside + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def close(self) -> None:
        """Closes what lies below, too."""
        if not self.closed:
            self._sealed.close()
        super().close()

    def _chunk(self, number: int) -> bytes:
        if self._held[0] != number:
            is_last = number == self._chunks - 1
            length = self.size - number * CHUNK if is_last else CHUNK
            self._sealed.seek(HEAD + number * (CHUNK + TAG))
            sealed = _exactly(self._sealed, length + TAG)
            try:
                self._held = (number, self._cipher.decrypt(_nonce(number, is_last), sealed, self._head))
            except InvalidTag as error:
                raise _damaged("A part of it was changed, cut off or put elsewhere.") from error
        return self._held[1]


def key_id_of(head: bytes) -> bytes:
    """The id of the key that wrapped this object's key."""
    return head[len(MAGIC) : len(MAGIC) + KEY_ID]


def _data_key(head: bytes, name: str, keys: Keyring | None) -> bytes:
    if not head.startswith(MAGIC):
        raise _damaged("It does not begin as a sealed object does.")
    key = keys.by_id.get(key_id_of(head)) if keys else None
    if key is None:
        raise BadSetting(
            "A stored file cannot be opened: it is encrypted with a key that this installation does not have.",
            found=f"Its key's id is {key_id_of(head).hex()}.",
            do="Set POISE_KEY_FILE to the key it was stored with, or add that key to POISE_EARLIER_KEY_FILES.",
        )
    begun = head[: len(MAGIC) + KEY_ID + NONCE]
    try:
        return AESGCM(key.secret).decrypt(begun[-NONCE:], head[len(begun) :], begun + name.encode())
    except InvalidTag as error:
        raise _damaged("Its head was changed, or it was exchanged for another.") from error


def _exactly(source: BinaryIO, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length and (more := source.read(length - len(parts))):
        parts += more
    if len(parts) < length:
        raise _damaged("It is cut off.")
    return bytes(parts)


def _damaged(found: str) -> DamagedObject:
    return DamagedObject(
        "A stored file is damaged and was not opened.", found=found, do="Restore it from a backup (docs/clinic)."
    )
