"""Django's SQLite backend over ``sqlcipher3``: plain SQLite without a key, every page encrypted with one.

Why always this driver: the SQLite inside it is of a known, recent version on every machine, so that tests and clinics
run the same engine, encrypted or not. Django finds the class here because its settings name this package.
"""

from __future__ import annotations

import datetime
import decimal
import random
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3 import base as django_sqlite
from django.db.backends.sqlite3._functions import register as register_functions  # type: ignore[import-untyped]
from django.db.backends.sqlite3.features import DatabaseFeatures as DjangoFeatures
from django.db.backends.sqlite3.operations import DatabaseOperations as DjangoOperations
from django.utils.asyncio import async_unsafe
from django.utils.dateparse import parse_date, parse_datetime, parse_time
from sqlcipher3 import dbapi2

from poise.clinic.sqlcipher.connections import ConnectionStore, OpenedConnection

PATIENCE_S, LOOKS_AGAIN_S = 20, (0.001, 0.004)
Parameters = Sequence[Any] | Mapping[str, Any] | None

dbapi2.register_converter("bool", b"1".__eq__)
for _kind, _parse in {
    "date": parse_date,
    "time": parse_time,
    "datetime": parse_datetime,
    "timestamp": parse_datetime,
}.items():
    dbapi2.register_converter(_kind, django_sqlite.decoder(_parse))
dbapi2.register_adapter(decimal.Decimal, str)
dbapi2.register_adapter(datetime.date, django_sqlite.adapt_date)
dbapi2.register_adapter(datetime.datetime, django_sqlite.adapt_datetime)

_store = ConnectionStore()


def close_kept_connections() -> None:
    """Closes what is kept open for the next request: before a file is put in another's place, and at the end."""
    _store.close_all()


def learn_sizes(connection: BaseDatabaseWrapper) -> None:
    """Lets SQLite look at its indexes where tables have grown.

    Without this it takes a clinic for ten patients, and walks through all 20,000 where an index would find one.
    PostgreSQL does it by itself.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA analysis_limit = 1000")
        cursor.execute("PRAGMA optimize = 0x10002")  # ANALYZE, of any table that needs it


class Features(DjangoFeatures):
    """What this SQLite can do; it is newer than what Django was imported with."""

    can_alter_table_drop_column = True


class Operations(DjangoOperations):
    """Django's, told of this driver's version."""

    def force_group_by(self) -> list[str]:
        """Nothing to force since SQLite 3.39."""
        return []


class Cursor(dbapi2.Cursor):  # type: ignore[misc]
    """A cursor that takes Django's ``%s``."""

    def execute(self, query: str, params: Parameters = None) -> Any:
        """Runs one statement."""
        if params is None:
            return super().execute(query)
        names = list(params) if isinstance(params, Mapping) else None
        return super().execute(_in_own_style(query, names), params)

    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:
        """Runs one statement for every set of values."""
        rows = list(param_list)
        names = list(rows[0]) if rows and isinstance(rows[0], Mapping) else None
        return super().executemany(_in_own_style(query, names), rows)


def _in_own_style(query: str, names: list[str] | None) -> str:
    if names is None:
        return str(django_sqlite.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%"))
    return query % {name: f":{name}" for name in names}


class DatabaseWrapper(django_sqlite.DatabaseWrapper):
    """A connection as Django sees it. Options beside Django's own: ``key`` (64 hexadecimal digits) and ``keep``.

    ``keep`` says how many connections a process holds ready. Under ASGI every request has a thread of its own, so that
    Django's persistent connections are of no use; a kept one saves the opening and brings its cache of decrypted pages.
    """

    Database = dbapi2
    features_class = Features
    ops_class = Operations

    def get_connection_params(self) -> dict[str, Any]:
        """What `get_new_connection` is called with."""
        params: dict[str, Any] = super().get_connection_params()
        self.key = str(params.pop("key", ""))
        self.keep = 0 if self.is_in_memory_db() else int(params.pop("keep", 0))
        params.pop("keep", None)
        if self.key and (len(self.key) != 64 or set(self.key) - set("0123456789abcdef")):
            raise ImproperlyConfigured("The key of the database is 64 hexadecimal digits.")
        return params

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A kept connection, or a new one."""
        if self.keep and (kept := _store.take(conn_params["database"], self.key)):
            return kept
        return self._opened(conn_params)

    def _opened(self, conn_params: dict[str, Any]) -> OpenedConnection:
        connection = dbapi2.connect(**conn_params, factory=OpenedConnection)
        try:
            unlock(connection, self.key)
            register_functions(connection)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA legacy_alter_table = OFF")
            for command in filter(None, map(str.strip, self.init_commands)):  # type: ignore[attr-defined]
                connection.execute(command)
        except Exception:
            connection.close()
            raise
        connection.remember(conn_params["database"], self.key)
        return connection  # type: ignore[no-any-return]

    def _start_transaction_under_autocommit(self) -> None:
        """Takes the turn to write, at once or as soon as it is free.

        Who waits looks again every few milliseconds. SQLite's own wait grows to a tenth of a second between two looks
        and lets newcomers pass: under load a page that only had to record its reading waited for half a second.
        """
        until = time.monotonic() + self.settings_dict["OPTIONS"].get("timeout", PATIENCE_S)
        self.connection.execute("PRAGMA busy_timeout = 0")
        try:
            while not self._has_begun(until):
                time.sleep(random.uniform(*LOOKS_AGAIN_S))
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {round(PATIENCE_S * 1000)}")

    def _has_begun(self, until: float) -> bool:
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # the stubs do not know it
        except OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            return False
        return True

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor of ours."""
        return self.connection.cursor(factory=Cursor)

    def _close(self) -> None:
        if self.connection is None:
            return
        with self.wrap_database_errors:
            if not (self.keep and _store.give_back(self.connection, self.keep)):
                self.connection.close()


def unlock(connection: Any, key: str) -> None:
    """Gives the raw key, so that opening costs no derivation, and keeps SQLCipher from writing to the terminal."""
    connection.execute("PRAGMA cipher_log_level = NONE")
    if key:
        connection.execute(f"PRAGMA key = \"x'{key}'\"")
