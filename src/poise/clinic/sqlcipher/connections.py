"""Connections kept open between requests: opening one and filling its cache costs more than most pages."""

from __future__ import annotations

import os
import time
from collections import deque
from threading import Lock

from sqlcipher3 import dbapi2

OLDEST_S = 300.0


class OpenedConnection(dbapi2.Connection):  # type: ignore[misc]
    """A connection that knows which file it opened, as it was then."""

    def remember(self, path: str, key: str) -> None:
        """Notes the file, so that a connection to one that has since been replaced is never used again."""
        self.place = (path, key)
        self.file = _identity(path)
        self.process = os.getpid()
        self.opened_at = time.monotonic()

    @property
    def still_good(self) -> bool:
        """Whether this is the same process and the same file, and not too long ago."""
        young = time.monotonic() - self.opened_at < OLDEST_S
        return young and self.process == os.getpid() and self.file == _identity(self.place[0])


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


class ConnectionStore:
    """The idle connections of this process, the one used last on top: its cache is the warmest."""

    def __init__(self) -> None:
        self._idle: dict[tuple[str, str], deque[OpenedConnection]] = {}
        self._lock = Lock()

    def take(self, path: str, key: str) -> OpenedConnection | None:
        """An idle connection to this file, or None."""
        while True:
            with self._lock:
                idle = self._idle.get((path, key))
                found = idle.pop() if idle else None
            if found is None or found.still_good:
                return found
            _dispose(found)

    def give_back(self, connection: OpenedConnection, most: int) -> bool:
        """Takes a connection in, with nothing left open in it; False where it had better be closed."""
        if not connection.still_good:
            return False
        if connection.in_transaction:
            connection.rollback()
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        with self._lock:
            idle = self._idle.setdefault(connection.place, deque())
            if len(idle) >= most:
                return False
            idle.append(connection)
        return True

    def close_all(self) -> None:
        """Closes every idle one."""
        with self._lock:
            idle = [connection for kept in self._idle.values() for connection in kept]
            self._idle.clear()
        for connection in idle:
            _dispose(connection)


def _dispose(connection: OpenedConnection) -> None:
    """A connection inherited through a fork belongs to the parent: it is let go, never closed here."""
    if connection.process == os.getpid():
        connection.close()
