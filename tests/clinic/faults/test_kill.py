"""The server is killed a hundred times while people write: what was acknowledged is there, once, and the audit is whole."""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from clinic.faults.conftest import Writers

pytestmark = [pytest.mark.slow, pytest.mark.sqlite, pytest.mark.timeout(600)]

KILLS, CLIENTS = 100, 4


def test_a_hundred_kills_lose_and_double_nothing(server_on: Any) -> None:
    server = server_on()
    server.order("START")
    with Writers(server, CLIENTS) as people:
        for _ in range(KILLS):
            people.go_on()
            server.order("KILL")
            server.order("START")
    server.order("STOP")

    assert len(people.acknowledged) > KILLS  # work was done between the kills
    assert {status for _, status in people.told} <= {201, 503, 0}  # busy: said so, and nothing was done
    assert Counter(rows(server.folder, "SELECT key FROM drafts_draft")) == Counter(people.acknowledged)
    noted = rows(server.folder, "SELECT what_id FROM audit_event WHERE what = 'draft'")
    assert Counter(noted) == Counter(people.acknowledged)
    assert rows(server.folder, "PRAGMA integrity_check") == ["ok"]
    assert rows(server.folder, "PRAGMA foreign_key_check") == []
    assert server.audit()["sound"] is True


def rows(folder: Path, question: str) -> list[Any]:
    with sqlite3.connect(folder / "poise.sqlite3") as database:
        return [row[0] for row in database.execute(question)]
