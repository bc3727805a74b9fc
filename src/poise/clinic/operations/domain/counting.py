"""What a database holds, in numbers: the same before a backup, in it, and after a restore."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, connections, router
from django.db.migrations.recorder import MigrationRecorder

from poise.clinic.audit.models import Head


def counts() -> dict[str, int]:
    """Rows of every table."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)
              if router.allow_migrate_model("default", model)}  # fmt: skip
    with connection.cursor() as cursor:
        found = {}
        for table in sorted(tables & set(connection.introspection.table_names(cursor))):
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")
            found[table] = int(cursor.fetchone()[0])
    return found


def head() -> tuple[int, str]:
    """The end of the audit's chain: the last row's number and seal."""
    found = Head.objects.filter(pk=1).first()
    return (found.number, found.seal) if found else (0, "")


def migrations() -> list[str]:
    """The names of the migrations that the database has seen."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def soundness(*, quick: bool = False) -> list[str]:
    """What SQLite itself finds wrong in the file; empty where it is sound (and on PostgreSQL, which has checksums)."""
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check" if quick else "PRAGMA integrity_check")
        told = [str(row[0]) for row in cursor.fetchall()]
        cursor.execute("PRAGMA foreign_key_check")
        strays = cursor.fetchall()
    return [line for line in told if line != "ok"][:20] + [f"row without its parent: {row[0]}" for row in strays[:20]]


@contextmanager
def reading(database: Path) -> Iterator[None]:
    """Everything inside the block reads this SQLite file, of the same key, and changes nothing in it."""
    usual = connections["default"]
    described = {
        **usual.settings_dict,
        "ENGINE": "poise.clinic.sqlcipher",
        "NAME": str(database),
        "OPTIONS": {"key": settings.POISE.encryption_key, "keep": 0, "init_command": "PRAGMA query_only = ON"},
    }
    copy = connections.create_connection("default")
    copy.settings_dict = described
    connections["default"] = copy
    try:
        yield
    finally:
        copy.close()
        connections["default"] = usual


def why_unsound(database: Path) -> list[str]:
    """What is wrong with a database file; its words where it cannot even be read."""
    try:
        with reading(database):
            return soundness()
    except DatabaseError as error:
        return [str(error).splitlines()[0]]
