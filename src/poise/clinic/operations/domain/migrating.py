"""Bringing the database to this version's shape, with a copy put aside first."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from poise.clinic.operations.domain import postgres
from poise.errors import PoiseError

KEPT_COPIES = 3


class UnusableDatabase(PoiseError):
    """The database cannot be opened, or was made by a newer version."""


def bring_up_to_date(folder: Path) -> list[str]:
    """Applies what is missing, in a database that may be new; returns the names of what was applied.

    Raises
    ------
    UnusableDatabase
        It cannot be opened with this key, cannot be reached, or knows migrations that this version does not.
    """
    missing = unapplied()
    if missing:
        if connection.vendor == "sqlite" and _holds_something():
            _put_copy_aside(folder)
        call_command("migrate", interactive=False, verbosity=0)
    return missing


def unapplied() -> list[str]:
    """The names of migrations that the database has not seen.

    Raises
    ------
    UnusableDatabase
        As `bring_up_to_date` says.
    """
    try:
        if connection.vendor == "postgresql":
            postgres.reach()
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        raise _told(error) from error
    newer = sorted(set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations))
    ours = {app for app, _name in executor.loader.disk_migrations}
    if unknown := [f"{app}.{name}" for app, name in newer if app in ours and not _replaced(executor, app, name)]:
        raise UnusableDatabase(
            "The database was made by a newer version of Poise.",
            found=f"It has seen {', '.join(unknown[:3])}, which this version does not know.",
            do="Install that version or a later one, or restore a backup that was made before the update.",
        )
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def _replaced(executor: MigrationExecutor, app: str, name: str) -> bool:
    """A migration that was squashed into another is no sign of a newer version."""
    return any((app, name) in migration.replaces for migration in executor.loader.disk_migrations.values())


def _told(error: DatabaseError) -> UnusableDatabase:
    if connection.vendor != "sqlite":
        return UnusableDatabase(
            "The PostgreSQL server cannot be used.",
            found=_first_line(error),
            do="Check DATABASE_URL and that the server runs; the account must own the database.",
        )
    if "not a database" in str(error):
        return UnusableDatabase(
            f"The database {connection.settings_dict['NAME']} does not open with this key.",
            found="It is encrypted with another key, is not encrypted while a key is set, or is damaged."
            if connection.settings_dict["OPTIONS"].get("key")
            else "It is encrypted and no key is set, or it is damaged.",
            do="Set POISE_KEY_FILE to the file with its key (without a key if it has none); "
            "to encrypt a plain database: poise encrypt",
        )
    return UnusableDatabase(
        f"The database {connection.settings_dict['NAME']} cannot be opened.",
        found=_first_line(error),
        do="Check the rights of the folder and the space on the disk; then: poise doctor",
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def _holds_something() -> bool:
    try:
        return bool(connection.introspection.table_names())
    except OperationalError:
        return False


def _put_copy_aside(folder: Path) -> Path:
    """A whole copy from before the change, beside the database, encrypted as the database is."""
    from poise.clinic.operations.domain.copying import copy_sqlite

    copies = folder / "before-updates"
    copies.mkdir(mode=0o700, exist_ok=True)
    copy = copies / f"poise-{datetime.now(UTC):%Y%m%dT%H%M%S}.sqlite3"
    copy_sqlite(copy)
    for old in sorted(copies.glob("poise-*.sqlite3"))[:-KEPT_COPIES]:
        old.unlink()
    return copy
