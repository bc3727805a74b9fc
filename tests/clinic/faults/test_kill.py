"""The server is killed a hundred times while people write: what was acknowledged is there, once, and the audit is whole."""

from __future__ import annotations

import http.client
import json
import random
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

KILLS, CLIENTS = 100, 4


def test_a_hundred_kills_lose_and_double_nothing(server: Any) -> None:
    acknowledged: list[str] = []
    over = threading.Event()
    writers = [threading.Thread(target=keep_writing, args=(server, acknowledged, over)) for _ in range(CLIENTS)]
    server.order("START")
    for writer in writers:
        writer.start()
    chance = random.Random(4)
    for _ in range(KILLS):
        let_them_write(acknowledged, chance)
        server.order("KILL")
        server.order("START")
    over.set()
    for writer in writers:
        writer.join(timeout=60)
    server.order("STOP")

    stored = rows(server.folder, "SELECT key FROM drafts_draft")
    assert len(acknowledged) > KILLS  # work was done between the kills
    assert Counter(stored) == Counter(acknowledged)
    assert rows(server.folder, "PRAGMA integrity_check") == ["ok"]
    assert rows(server.folder, "PRAGMA foreign_key_check") == []
    assert Counter(rows(server.folder, "SELECT what_id FROM audit_event WHERE what = 'draft'")) == Counter(acknowledged)
    assert verified(server.folder)["sound"] is True


def let_them_write(acknowledged: list[str], chance: random.Random) -> None:
    """Until a few more were acknowledged, and then a moment, so that the kill falls into the midst of a write."""
    enough, patience = len(acknowledged) + chance.randint(1, 4), time.monotonic() + 1
    while len(acknowledged) < enough and time.monotonic() < patience:
        time.sleep(0.002)
    time.sleep(chance.uniform(0, 0.02))


def keep_writing(server: Any, acknowledged: list[str], over: threading.Event) -> None:
    """Like a page that sends again, with the same key, until it is answered."""
    while not over.is_set():
        what = uuid.uuid4().hex
        while True:
            try:
                status, _ = server.post("/written", urlencode({"what": what}), **{"Idempotency-Key": what})
            except (OSError, http.client.HTTPException):
                time.sleep(0.01)
                continue
            if status == 201:
                acknowledged.append(what)
                break
            assert status == 503, status  # busy: said so, and nothing was done


def rows(folder: Path, question: str) -> list[Any]:
    with sqlite3.connect(folder / "poise.sqlite3") as database:
        return [row[0] for row in database.execute(question)]


def verified(folder: Path) -> dict[str, Any]:
    told = subprocess.run(
        [sys.executable, "-c", "from poise.cli.main import main; main()", "audit", "verify", "--json", "--data", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout + told.stderr
    answer: dict[str, Any] = json.loads(told.stdout)
    return answer
