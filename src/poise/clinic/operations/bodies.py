"""Bodies of requests while they are read: how large, and how they lie on the disk when memory is not the place."""

from __future__ import annotations

import io
import secrets
import tempfile
from typing import Any, BinaryIO

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

# A part of an upload is 16 MiB, a plain form's file 200 MB (recordings.domain.limits); what is around them is small.
IN_MEMORY = 1024 * 1024
LARGEST_BODY = 210 * 1000 * 1000
BLOCK = 16
PIECE = 1024 * 1024


class SealedFile(io.RawIOBase):
    """A nameless temporary file, AES-CTR under a random key that is nowhere written.

    It keeps secrets, not integrity: the file has no name, and nobody but this process can reach it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._file: BinaryIO = tempfile.TemporaryFile("w+b", buffering=0)  # noqa: SIM115 - closed with this
        self._key = AES(secrets.token_bytes(32))

    @classmethod
    def going_on_from(cls, held: BinaryIO) -> SealedFile:
        """A sealed file that begins with what was held in memory."""
        made = cls()
        held.seek(0)
        while piece := held.read(PIECE):
            made.write(piece)
        held.close()
        return made

    def readable(self) -> bool:
        """It can be read."""
        return True

    def writable(self) -> bool:
        """It can be written."""
        return True

    def seekable(self) -> bool:
        """It can be read from any place on."""
        return True

    def tell(self) -> int:
        """Where the next byte is."""
        return self._file.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Goes to a place."""
        return self._file.seek(offset, whence)

    def write(self, piece: Any, /) -> int:
        """Writes all of it, sealed."""
        rest = memoryview(self._turned(bytes(piece), self._file.tell()))
        while rest:
            rest = rest[self._file.write(rest) :]
        return len(piece)

    def readinto(self, buffer: Any, /) -> int:
        """Fills the buffer as far as it goes."""
        at = self._file.tell()
        sealed = self._file.read(len(buffer))
        buffer[: len(sealed)] = self._turned(sealed, at)
        return len(sealed)

    def _turned(self, content: bytes, at: int) -> bytes:
        """Sealing and opening are the same; the counter is the place in the file, so that no two places share it."""
        block, inside = divmod(at, BLOCK)
        cipher = Cipher(self._key, CTR(block.to_bytes(BLOCK, "big"))).encryptor()
        cipher.update(bytes(inside))
        return cipher.update(content)

    def close(self) -> None:
        """The file is gone."""
        if not self.closed:
            self._file.close()
        super().close()
