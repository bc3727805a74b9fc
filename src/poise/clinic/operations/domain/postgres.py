"""PostgreSQL's own tools: dump and restore, of one moment."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import OperationalError, connection, transaction

from poise.errors import NotInstalled, PoiseError


class ToolFailed(PoiseError):
    """pg_dump or pg_restore ended with a fault."""


@contextmanager
def snapshot() -> Iterator[str]:
    """One moment of the database, which this connection and `dump` both see; nobody is kept from writing."""
    connection.ensure_connection()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        yield str(cursor.fetchone()[0])


def dump(to: Path, *, snapshot: str) -> None:
    """The whole database in PostgreSQL's custom format.

    Raises
    ------
    NotInstalled, ToolFailed
        There is no pg_dump, or it does not fit the server.
    """
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={to}")


def load(dumped: Path) -> None:
    """Restores a dump into the empty database of the settings, whole or not at all.

    Raises
    ------
    NotInstalled, ToolFailed
        There is no pg_restore, or it could not.
    """
    name = str(connection.settings_dict["NAME"])
    wholly = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges")
    _run("pg_restore", *wholly, f"--dbname={name}", str(dumped))


def why_unreadable(dumped: Path) -> list[str]:
    """Reads a dump through to its end; what was wrong, or nothing."""
    try:
        _run("pg_restore", "--file=/dev/null", str(dumped))
    except ToolFailed as error:
        return [error.found]
    return []


def reach() -> None:
    """Connects once, past the pool, which would wait for a server that is away and then not say why.

    Raises
    ------
    django.db.OperationalError
        The server's, or the network's, own words.
    """
    import psycopg

    told = {name: value for name, value in connection.get_connection_params().items()
            if name not in {"pool", "cursor_factory", "context", "prepare_threshold"}}  # fmt: skip
    try:
        psycopg.connect(**told, connect_timeout=5).close()
    except psycopg.OperationalError as error:
        raise OperationalError(str(error)) from error


def is_empty() -> bool:
    """Whether the database of the settings holds no table yet."""
    return not connection.introspection.table_names()


def _run(program: str, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise NotInstalled(
            f"{program} is not installed; it is what copies a PostgreSQL database.",
            do="Install PostgreSQL's client programs (Debian: postgresql-client), of the server's version or later.",
        )
    ended = subprocess.run([found, *arguments], env=_environment(), capture_output=True, text=True, check=False)
    if ended.returncode:
        said = ended.stderr.strip().splitlines()
        raise ToolFailed(
            f"{program} failed.",
            found=said[0] if said else f"Exit status {ended.returncode}.",
            do="It must be of the server's version or later, and the account must own the database.",
        )


def _environment() -> dict[str, str]:
    """How to reach the server, told in the environment: a command line can be read by every account of the machine."""
    told = connection.settings_dict
    names = {"PGDATABASE": told["NAME"], "PGUSER": told["USER"], "PGPASSWORD": told["PASSWORD"],
             "PGHOST": told["HOST"], "PGPORT": told["PORT"]}  # fmt: skip
    options = {f"PG{name.upper()}": value for name, value in told["OPTIONS"].items()
               if name in {"host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey"}}  # fmt: skip
    return {**os.environ, **{name: str(value) for name, value in {**names, **options}.items() if value}}
