"""A whole copy of a SQLite database while others write: SQLite's own backup, page by page, through the same key."""

from __future__ import annotations

import os
from pathlib import Path

from django.db import connection
from sqlcipher3 import dbapi2

from poise.clinic.sqlcipher.base import unlock


def copy_sqlite(to: Path) -> None:
    """Writes the copy whole or not at all: it gets its name when it is finished and on the disk."""
    unfinished = to.with_name(f".{to.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        _copy(unfinished)
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.replace(to)
    finally:
        unfinished.unlink(missing_ok=True)


def _copy(to: Path) -> None:
    connection.ensure_connection()
    target = dbapi2.connect(str(to))
    try:
        unlock(target, str(connection.settings_dict["OPTIONS"].get("key", "")))
        connection.connection.backup(target, pages=-1)
        target.execute("PRAGMA journal_mode=DELETE").fetchall()  # one file, with no log beside it
    finally:
        target.close()
