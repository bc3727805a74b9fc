"""SQLite through SQLCipher: the same database for Django, with or without a key; connections kept warm."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError
from sqlcipher3 import dbapi2

from poise.clinic.configuration import Configuration
from poise.clinic.databases import PRAGMAS, database
from poise.clinic.sqlcipher.base import DatabaseWrapper, close_kept_connections

pytestmark = pytest.mark.sqlite
KEY, NAME = "5e" * 32, "Quetzalcoatlina"


@pytest.fixture(autouse=True)
def _own_files(django_db_blocker: Any) -> Iterator[None]:
    """These tests open files of their own; the database of the others is not touched."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(params=["", KEY], ids=["plain", "encrypted"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Any]]:
    """Opens the same file again and again, as each request's thread does."""
    described = database(Configuration(data_folder=tmp_path, encryption_key=request.param))
    # What Django adds to every database of the settings.
    described |= {
        "AUTOCOMMIT": True,
        "ATOMIC_REQUESTS": False,
        "CONN_HEALTH_CHECKS": False,
        "TIME_ZONE": None,
        "TEST": {},
    }
    made: list[DatabaseWrapper] = []

    def make() -> DatabaseWrapper:
        made.append(DatabaseWrapper(described | {"OPTIONS": dict(described["OPTIONS"])}, alias="other"))
        made[-1].inc_thread_sharing()
        return made[-1]

    yield make
    for each in made:
        each.close()
    close_kept_connections()


def run(connection: Any, statement: str, values: tuple[Any, ...] | None = None) -> list[Any]:
    with connection.cursor() as cursor:
        return list(cursor.execute(statement, values).fetchall())


def test_every_connection_is_safe_first_whether_new_or_kept(opened: Any) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 20000, "temp_store": 2}
    assert {name.split("=")[0] for name in PRAGMAS} >= set(wanted)
    for _ in range(3):
        connection = opened()
        assert {name: run(connection, f"PRAGMA {name}")[0][0] for name in wanted} == wanted
        connection.close()


def test_who_waits_to_write_gets_the_turn_and_is_as_patient_as_before(opened: Any) -> None:
    first, second = opened(), opened()
    run(first, "CREATE TABLE written (who text)")
    with transaction_of(first):
        run(first, "INSERT INTO written VALUES ('first')")
        waiting = threading.Thread(target=lambda: _writes(second))
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
    waiting.join(10)
    assert run(first, "SELECT who FROM written ORDER BY rowid") == [("first",), ("second",)]
    assert run(second, "PRAGMA busy_timeout") == [(20000,)]


def test_who_waits_too_long_to_write_is_told(opened: Any) -> None:
    first, second = opened(), opened()
    second.settings_dict["OPTIONS"]["timeout"] = 0.05
    run(first, "CREATE TABLE written (who text)")
    with transaction_of(first), pytest.raises(OperationalError, match="locked"):
        _writes(second)
    assert run(second, "PRAGMA busy_timeout") == [(20000,)]


@contextmanager
def transaction_of(connection: Any) -> Iterator[None]:
    """A transaction that writes, on a connection that is none of Django's own."""
    connection.ensure_connection()
    connection._start_transaction_under_autocommit()
    yield
    connection.connection.commit()


def _writes(connection: Any) -> None:
    with transaction_of(connection):
        run(connection, "INSERT INTO written VALUES ('second')")


def test_its_sqlite_has_no_known_way_to_damage_a_file_in_wal_mode() -> None:
    # Before 3.51.3 two processes could reset the log at once and lose pages (SQLite's "WAL-reset bug").
    assert dbapi2.sqlite_version_info >= (3, 51, 3)


def test_values_come_back_as_they_went(opened: Any) -> None:
    connection, at = opened(), datetime(2026, 2, 28, 23, 59, 1, 5, tzinfo=UTC).replace(tzinfo=None)
    run(connection, "CREATE TABLE kept (at datetime, day date, yes bool, cost decimal, bytes blob, words text)")
    told = (at, at.date(), True, Decimal("1.50"), b"\0\xff", "100 % ñ")
    run(connection, "INSERT INTO kept VALUES (%s, %s, %s, %s, %s, %s)", told)
    at_, day, yes, cost, held, words = run(connection, "SELECT * FROM kept")[0]
    assert (at_, day, yes, Decimal(str(cost)), bytes(held), words) == told


def test_djangos_own_functions_are_there(opened: Any) -> None:
    assert run(opened(), "SELECT 'Rivera' REGEXP 'ver', SQRT(9.0), LPAD('7', 3, '0')") == [(True, 3.0, "007")]


def test_a_broken_rule_is_djangos_error(opened: Any) -> None:
    connection = opened()
    run(connection, "CREATE TABLE one (id integer primary key)")
    run(connection, "CREATE TABLE two (one_id integer REFERENCES one (id))")
    with pytest.raises(IntegrityError):
        run(connection, "INSERT INTO two VALUES (1)")
    with pytest.raises(OperationalError):
        run(connection, "SELECT * FROM three")


def test_the_plan_of_a_query_is_the_same_with_a_key(opened: Any) -> None:
    connection = opened()
    run(connection, "CREATE TABLE many (id integer primary key, name text)")
    run(connection, "CREATE INDEX by_name ON many (name)")
    plan = run(connection, "EXPLAIN QUERY PLAN SELECT id FROM many WHERE name = %s", ("a",))[0][3]
    assert plan == "SEARCH many USING COVERING INDEX by_name (name=?)"


def test_a_connection_is_kept_for_the_next_thread_with_nothing_left_open_in_it(opened: Any) -> None:
    first = opened()
    run(first, "CREATE TABLE kept (id integer)")
    raw = first.connection
    first.set_autocommit(False)
    run(first, "INSERT INTO kept VALUES (1)")
    first.close()

    found: list[Any] = []

    def other_thread() -> None:
        second = opened()
        found.extend((run(second, "SELECT COUNT(*) FROM kept"), second.connection is raw))
        second.close()

    thread = threading.Thread(target=other_thread)
    thread.start()
    thread.join()
    assert found == [[(0,)], True]


def test_a_kept_connection_to_a_file_that_was_replaced_is_not_used(opened: Any, tmp_path: Path) -> None:
    first = opened()
    run(first, "CREATE TABLE old (id integer)")
    first.close()
    for path in tmp_path.glob("poise.sqlite3*"):
        path.unlink()
    assert run(opened(), "SELECT name FROM sqlite_master") == []


def test_no_more_are_kept_than_asked_for(opened: Any) -> None:
    from poise.clinic.sqlcipher.base import _store

    many = [opened() for _ in range(12)]
    for each in many:
        run(each, "SELECT 1")
    for each in many:
        each.close()
    assert sum(len(idle) for idle in _store._idle.values()) == 8


def test_with_a_key_no_name_can_be_read_from_any_file(tmp_path: Path) -> None:
    described = database(Configuration(data_folder=tmp_path, encryption_key=KEY))
    connection = DatabaseWrapper(
        described | {"AUTOCOMMIT": True, "CONN_HEALTH_CHECKS": False, "TIME_ZONE": None}, alias="other"
    )
    run(connection, "CREATE TABLE patient (name text)")
    for _ in range(2000):
        run(connection, "INSERT INTO patient VALUES (%s)", (NAME,))
    run(
        connection, "SELECT DISTINCT name FROM patient ORDER BY name || rowid"
    )  # sorts: a temporary file, were it not in memory
    held = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert set(held) >= {"poise.sqlite3", "poise.sqlite3-wal"}
    assert [name for name, content in held.items() if NAME.encode() in content or content.startswith(b"SQLite")] == []
    connection.close()
    close_kept_connections()
