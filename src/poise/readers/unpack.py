"""Packed files (.gz, .xz, .bz2, .zip), unpacked to disk within bounds: a bomb fills neither memory nor disk."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from poise.errors import UnreadableFile
from poise.readers.text import sayable

# Text of sensors packs 3 to 30 times, seldom 100. What packs better than this and is large is a bomb.
LARGEST_RATIO = 100
ALWAYS_ALLOWED_BYTES = 64_000_000
LARGEST_BYTES = 4_000_000_000
MOST_MEMBERS = 5_000
CHUNK_BYTES = 1 << 20

_DECODER_MEMORY_BYTES = 128_000_000
_SUFFIXES = (".gz", ".xz", ".bz2")
_BROKEN = (
    EOFError, OSError, lzma.LZMAError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip


def is_packed(head: bytes) -> bool:
    """Whether the file is one packed file (gzip, xz, bzip2), judged by its first bytes."""
    return head.startswith((b"\x1f\x8b", b"\xfd7zXZ\x00", b"BZh"))


def is_archive(path: Path, head: bytes) -> bool:
    """Whether the file is a zip archive of files, not an office document or a numpy archive, which are zips too."""
    return head.startswith(b"PK\x03\x04") and path.suffix.lower() == ".zip"


def unpack(path: Path, room: Path) -> Path:
    """One packed file, unpacked into `room` under its inner name and below the names of the folders it lies in."""
    name = path.stem if path.suffix.lower() in _SUFFIXES else path.name
    # Some layouts say what they hold by folder only (kinect/positions/m01.txt.gz).
    folder = room.joinpath(*[part for part in path.absolute().parent.parts[-3:] if part not in ("/", "\\")])
    folder.mkdir(parents=True, exist_ok=True)
    allowed = _allowed_bytes(path.stat().st_size)
    try:
        with _opened(path) as packed:
            _copy(packed, folder / name, allowed, path.name)
    except _BROKEN as error:
        raise _damaged(path.name, error) from error
    return folder / name


def members(path: Path, room: Path) -> Iterator[tuple[str, Path]]:
    """The files of a zip archive as (name inside, file); all are unpacked first, for some need their neighbours.

    The name inside is that of the file in its room: what the archive calls it may point out of it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir() and _is_data(info.filename)]
            if len(infos) > MOST_MEMBERS:
                raise UnreadableFile(
                    f"The archive '{path.name}' holds {len(infos)} files; at most {MOST_MEMBERS} are unpacked.",
                    do="Unpack it and give the folder.",
                )
            left = _allowed_bytes(path.stat().st_size)
            files: list[tuple[str, Path]] = []
            for info in infos:
                file = _inside(room, path, info.filename)
                file.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(info) as packed:
                    left -= _copy(packed, file, left, path.name)  # type: ignore[arg-type]
                files.append((file.relative_to(room / path.stem).as_posix(), file))
    except _BROKEN as error:
        raise _damaged(path.name, error) from error
    for name, file in files:
        yield name, unpack(file, file.parent) if is_packed(_head(file)) else file


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(8)


def _opened(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        magic = file.read(6)
    if magic.startswith(b"\x1f\x8b"):
        return gzip.open(path)  # type: ignore[return-value]
    if magic.startswith(b"BZh"):
        return bz2.open(path)  # type: ignore[return-value]
    return _Xz(path)  # type: ignore[return-value]


class _Xz:
    """An xz file read in pieces, its decoder bounded: a header may ask for a dictionary of 4 GB."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("rb")
        self.decoder = lzma.LZMADecompressor(memlimit=_DECODER_MEMORY_BYTES)

    def __enter__(self) -> _Xz:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def read(self, size: int) -> bytes:
        while True:
            if self.decoder.eof:
                rest = self.decoder.unused_data.lstrip(b"\0") or self.file.read(CHUNK_BYTES)
                if not rest.strip(b"\0"):
                    return b""
                self.decoder = lzma.LZMADecompressor(memlimit=_DECODER_MEMORY_BYTES)
                packed = rest
            else:
                packed = self.file.read(1 << 16) if self.decoder.needs_input else b""
                if not packed and self.decoder.needs_input:
                    raise EOFError("the packed file ends before its end")
            if unpacked := self.decoder.decompress(packed, size):
                return unpacked


def _copy(packed: BinaryIO, to: Path, allowed: int, name: str) -> int:
    written = 0
    with to.open("wb") as out:
        while chunk := packed.read(CHUNK_BYTES):
            written += len(chunk)
            if written > allowed:
                raise UnreadableFile(
                    f"'{name}' unpacks to more than {allowed / 1e6:.0f} MB, far more than a recording of its size.",
                    do="If it really is a recording, unpack it yourself and give the unpacked file.",
                )
            out.write(chunk)
    return written


def _allowed_bytes(packed_bytes: int) -> int:
    return min(LARGEST_BYTES, ALWAYS_ALLOWED_BYTES + LARGEST_RATIO * packed_bytes)


def _inside(room: Path, archive: Path, member: str) -> Path:
    # A member may be called ../../etc/passwd or C:\x: only its plain parts count, and it stays in the room.
    parts = [p for p in PurePosixPath(member.replace("\\", "/").replace(":", "_")).parts if p not in ("/", "..", ".")]
    return room.joinpath(archive.stem, *(sayable(part)[:100] for part in parts[-8:]))


def _is_data(member: str) -> bool:
    name = PurePosixPath(member).name
    return bool(name) and not name.startswith(".") and "__MACOSX" not in member


def _damaged(name: str, error: Exception) -> UnreadableFile:
    return UnreadableFile(
        f"'{name}' cannot be unpacked: it is damaged or cut off.", found=str(error)[:200], do="Fetch or copy it again."
    )
