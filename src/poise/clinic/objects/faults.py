"""What can go wrong with stored bytes, each said with what to do."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from poise.errors import PoiseError


class MissingObject(PoiseError):
    """There is no object of this key."""


class DamagedObject(PoiseError):
    """The stored bytes are not the ones that were put: changed, cut off, exchanged, or sealed with another key."""


class StorageFull(PoiseError):
    """There is no room for it."""


class StorageUnreachable(PoiseError):
    """The store cannot be written to or read from now."""


@contextmanager
def told_plainly() -> Iterator[None]:
    """A fault of the disk, told as what it is and what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise StorageFull(
                "There is no room left to store the file; nothing of it was kept.",
                found="The disk of the data folder is full.",
                do="Ask the administrator to free space, then send the file again. Reading works as before.",
            ) from error
        raise
