"""The same on PostgreSQL: serving with a pool, backing up while others write, restoring into an empty database."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from clinic.operations import running
from clinic.operations.running import KEY, NAME, poise, served

pytestmark = pytest.mark.postgres


@pytest.fixture
def databases(postgres_address: str) -> tuple[str, str]:
    """Two empty databases."""
    with psycopg.connect(postgres_address, autocommit=True) as server:
        for name in ("one", "two"):
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {name}")
    return postgres_address.replace("/postgres?", "/one?"), postgres_address.replace("/postgres?", "/two?")


def test_a_clinic_on_postgresql_is_served_backed_up_and_restored(databases: tuple[str, str], tmp_path: Path) -> None:
    first, second = databases
    data, told = tmp_path / "data", {"DATABASE_URL": first, "POISE_KEY": KEY}
    assert poise("prepare", "--data", data, **told).returncode == 0
    running.fill(data, **told)

    with served(data, "--jobs", 0, "--workers", 1, **told) as server, ThreadPoolExecutor(12) as many:
        assert [status for status, _ in many.map(lambda _: server.get("/ready"), range(60))] == [200] * 60
        with psycopg.connect(first) as looking:
            (open_now, at_work), *_ = looking.execute(
                "SELECT count(*), count(*) FILTER (WHERE state <> 'idle') FROM pg_stat_activity "
                "WHERE application_name = 'poise'"
            ).fetchall()
        assert 1 <= open_now <= 8  # every thread gave its connection back to the pool
        assert at_work == 0

        saved = poise("backup", tmp_path / "kept", "--data", data, **told)
        assert saved.returncode == 0, saved.stderr
    (kept,) = (tmp_path / "kept").iterdir()
    without = poise("backup", tmp_path / "kept", "--data", data, **told, PATH=str(tmp_path))
    assert (without.returncode, "pg_dump is not installed" in without.stderr) == (2, True)
    manifest = json.loads((kept / "manifest.json").read_text())
    assert (manifest["engine"], manifest["rows"]["people_patient"], manifest["objects"]) == ("postgresql", 20, 20)

    assert "is not empty" in poise("restore", kept, "--data", tmp_path / "new", **told).stderr
    restored = poise("restore", kept, "--data", tmp_path / "new", DATABASE_URL=second, POISE_KEY=KEY)
    assert restored.returncode == 0, restored.stderr
    found = json.loads(poise("doctor", "--json", "--data", tmp_path / "new", DATABASE_URL=second, POISE_KEY=KEY).stdout)
    assert [each for each in found if each["verdict"] == "bad"] == []
    assert "PostgreSQL's own files are not" in next(each["found"] for each in found if each["about"] == "encryption")
    hidden = [path for path in (kept / "objects").rglob("*") if path.is_file() and NAME.encode() in path.read_bytes()]
    assert hidden == []


def test_a_server_that_is_away_is_told_in_words(tmp_path: Path) -> None:
    ended = poise("serve", "--data", tmp_path / "data", DATABASE_URL=f"postgres://poise@/none?host={tmp_path}")
    assert ended.returncode == 2
    assert "The PostgreSQL server cannot be used." in ended.stderr
    assert "Traceback" not in ended.stderr
