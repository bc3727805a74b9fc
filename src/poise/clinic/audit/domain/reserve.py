"""When the disk is full, charts must still be readable, and reading must still be written down.

A file of fixed size lies ready in the data folder, its room taken while there is room. A read whose row the database
will not take for want of space is noted there, signed; as soon as a row can be written again, the notes are brought
into the chain with the time at which they were made. Where the reserve is full too, or was never laid, the page is not
shown. Writes are never taken in: they fail in words.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FILE = "audit.reserve"
SIZE = 2 * 1024 * 1024  # some four thousand reads


def lay(folder: Path) -> None:
    """Takes the room, unless it was taken. Raises OSError where there is none."""
    path = folder / FILE
    if path.exists() and path.stat().st_size >= SIZE:
        return
    with locked(path, os.O_CREAT) as file:
        if os.fstat(file).st_size < SIZE:
            os.lseek(file, 0, os.SEEK_END)
            os.write(file, bytes(SIZE - os.fstat(file).st_size))
            os.fsync(file)


def note(folder: Path, facts: dict[str, Any], key: bytes) -> bool:
    """Notes a row; False where there is no room."""
    if not (folder / FILE).exists():
        return False
    told = json.dumps(facts, ensure_ascii=True)
    line = f"{_signature(told, key)} {told}\n".encode()
    with locked(folder / FILE) as file:
        used = len(_used(file))
        if used + len(line) >= os.fstat(file).st_size:
            return False
        os.lseek(file, used, os.SEEK_SET)
        os.write(file, line)
        os.fsync(file)
    return True


def is_waiting(folder: Path) -> bool:
    """Whether something was noted that is not in the chain yet."""
    try:
        with (folder / FILE).open("rb") as file:
            return file.read(1) not in {b"", b"\0"}
    except OSError:
        return False


@contextmanager
def taken_out(folder: Path, key: bytes) -> Iterator[list[dict[str, Any] | None]]:
    """What was noted, None for a note that someone changed; the file is emptied when the block ends well.

    Raises
    ------
    BlockingIOError
        Someone else is at it.
    """
    with locked(folder / FILE, waiting=False) as file:
        held = _used(file)
        yield [_read(line, key) for line in held.decode("utf-8", "replace").splitlines()]
        os.lseek(file, 0, os.SEEK_SET)
        os.write(file, bytes(len(held)))
        os.fsync(file)


def _read(line: str, key: bytes) -> dict[str, Any] | None:
    signature, _, told = line.partition(" ")
    if not hmac.compare_digest(signature, _signature(told, key)):
        return None
    facts: dict[str, Any] = json.loads(told)
    return facts


def _used(file: int) -> bytes:
    os.lseek(file, 0, os.SEEK_SET)
    return os.read(file, SIZE).partition(b"\0")[0]


def _signature(told: str, key: bytes) -> str:
    return hmac.new(key, told.encode(), hashlib.sha256).hexdigest()


@contextmanager
def locked(path: Path, more: int = 0, *, waiting: bool = True) -> Iterator[int]:
    """A file, opened and locked against every other process and thread of this machine.

    Raises
    ------
    BlockingIOError
        Someone else has it, and `waiting` is not wanted.
    """
    file = os.open(path, os.O_RDWR | more, 0o600)
    try:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX if waiting else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield file
    finally:
        os.close(file)  # closing gives the lock back
