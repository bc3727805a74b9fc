"""`poise encrypt`: a plain installation encrypted, or an encrypted one given another key, while the server is stopped.

The database is written anew under the new key and then takes the old one's place; the objects are sealed anew one by
one. A cut in the middle loses nothing: the same command goes on where it was.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection, connections, transaction
from sqlcipher3 import dbapi2

from poise.clinic.actor import system
from poise.clinic.audit.domain import chain
from poise.clinic.objects import object_store
from poise.clinic.objects.named import NamedObject, named_objects, rename
from poise.clinic.operations.domain import counting
from poise.clinic.sqlcipher.base import close_kept_connections, unlock
from poise.errors import PoiseError

Say = Callable[[str], None]


class NotEncrypted(PoiseError):
    """The database could not be written under the new key; the old one stands."""


def opens_with(database: Path, key: str) -> bool:
    """Whether the file is a database of this key (empty: a plain one)."""
    opened = dbapi2.connect(str(database))
    try:
        unlock(opened, key)
        opened.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    except dbapi2.DatabaseError:
        return False
    finally:
        opened.close()
    return True


def encrypt_database(database: Path, *, old_key: str, new_key: str) -> None:
    """Writes the database anew under `new_key` and puts it in the old one's place.

    Raises
    ------
    NotEncrypted
        The copy is not the same; the old database is untouched.
    """
    fresh = database.with_name(".poise.sqlite3.encrypting")
    fresh.unlink(missing_ok=True)
    try:
        _export(database, fresh, old_key, new_key)
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        fresh.replace(database)
    finally:
        fresh.unlink(missing_ok=True)
    for beside in ("-wal", "-shm"):
        database.with_name(database.name + beside).unlink(missing_ok=True)


def _export(database: Path, fresh: Path, old_key: str, new_key: str) -> None:
    os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    opened = dbapi2.connect(str(database), isolation_level=None)
    try:
        unlock(opened, old_key)
        opened.execute("PRAGMA temp_store = MEMORY")
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        opened.execute(f"ATTACH DATABASE ? AS fresh KEY \"x'{new_key}'\"", (str(fresh),))
        opened.execute("SELECT sqlcipher_export('fresh')").fetchall()
        if _rows(opened, "main") != _rows(opened, "fresh") or _unsound(opened):
            raise NotEncrypted("The encrypted copy is not the same as the database.", do="Run: poise doctor --all")
        opened.execute("DETACH DATABASE fresh")
    finally:
        opened.close()


def _rows(opened: dbapi2.Connection, schema: str) -> dict[str, int]:
    names = opened.execute(f"SELECT name FROM {schema}.sqlite_master WHERE type = 'table'").fetchall()
    return {name: opened.execute(f'SELECT COUNT(*) FROM {schema}."{name}"').fetchone()[0] for (name,) in names}


def _unsound(opened: dbapi2.Connection) -> bool:
    return bool(opened.execute("PRAGMA fresh.integrity_check").fetchone()[0] != "ok")


def seal_objects(say: Say) -> int:
    """Seals every object that is plain, or sealed with an earlier key; returns how many.

    The new object is stored, the rows are told of it, and only then the old one is taken away.
    """
    store, done = object_store(), 0
    by_key: dict[str, list[NamedObject]] = {}
    for each in named_objects():
        by_key.setdefault(each.key, []).append(each)
    for key in list(store.keys()):
        if not store.needs_sealing(key):
            continue
        if rows := by_key.get(key):
            _point_to(rows, store.reencrypt(key).key)
        store.delete(key)  # one that no row names is left over from an upload that was given up
        done += 1
        if done % 100 == 0:
            say(f"{done} objects …")
    return done


def _point_to(rows: list[NamedObject], key: str) -> None:
    with transaction.atomic():
        for each in rows:
            rename(each, key)


def forget_plain_copies(folder: Path) -> None:
    """Copies put aside before updates were written under the old key, or none."""
    shutil.rmtree(folder / "before-updates", ignore_errors=True)


def encrypt(say: Say) -> None:
    """Brings the installation, whose settings hold the new key and the earlier ones, under the new key.

    Raises
    ------
    NotEncrypted
        The database opens with none of the keys.
    """
    new, earlier = settings.POISE.encryption_key, settings.POISE.earlier_encryption_keys
    if connection.vendor == "sqlite":
        database = Path(str(connection.settings_dict["NAME"]))
        if not opens_with(database, new):
            old = next((key for key in (*earlier, "") if opens_with(database, key)), None)
            if old is None:
                raise NotEncrypted("The database opens with none of the keys.", do="Name its key with --old-key-file.")
            say("Writing the database under the new key …")
            connections.close_all()
            close_kept_connections()
            encrypt_database(database, old_key=old, new_key=new)
    say("Sealing recordings and files …")
    sealed = seal_objects(say)
    forget_plain_copies(settings.POISE.folder)
    if wrong := counting.soundness(quick=True):
        raise NotEncrypted("The encrypted database is not sound.", found="; ".join(wrong), do="Restore a backup.")
    chain.record(system("encrypt"), "encrypt", detail={"objects": sealed})
    say(
        f"Encrypted: the database and {sealed} objects."
        if connection.vendor == "sqlite"
        else f"Encrypted: {sealed} objects."
    )
