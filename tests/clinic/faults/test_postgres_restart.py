"""PostgreSQL is stopped and started again while people write, politely and not: nothing acknowledged is lost."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import psycopg
import pytest

from clinic import postgres
from clinic.faults.conftest import Writers
from conftest import missing

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.timeout(600)]

CLIENTS = 4
BACK_WITHIN_S = 12.0  # what is promised is 5 s; 0.6 to 1.2 s were found on two busy cores. Here only: it heals


def test_a_restart_is_over_in_seconds_and_loses_nothing_that_was_acknowledged(server_on: Any) -> None:
    try:
        running = postgres.private_server(synchronous_commit="on")
        address = running.__enter__()
    except postgres.NoServer as error:
        missing(f"PostgreSQL ({error})", always_in_ci=True)
    try:
        _restarted_under_load(server_on(address), address)
    finally:
        running.__exit__(None, None, None)


def _restarted_under_load(server: Any, address: str) -> None:
    server.order("START")
    back_after_s: list[float] = []
    with Writers(server, CLIENTS) as people:
        people.go_on(20, patience_s=60)
        for how, away_s in (("fast", 0.0), ("immediate", 0.0), ("fast", 6.0)):  # immediate: as after a crash
            postgres.restart(address, how, away_s=away_s)
            up, written = time.monotonic(), len(people.acknowledged)
            while len(people.acknowledged) < written + 2 * CLIENTS and time.monotonic() < up + 60:
                time.sleep(0.01)
            wrong = [at for at, status in people.told if status != 201 and at > up]
            back_after_s.append(max(wrong, default=up) - up)
    server.order("STOP")
    print("errors were over after", [round(each, 1) for each in back_after_s], "s")

    assert {status for _, status in people.told} <= {201, 503}  # said in words; no page of a mistake, no silence
    assert max(back_after_s) < BACK_WITHIN_S, back_after_s
    with psycopg.connect(address) as database:
        stored = [row[0] for row in database.execute("SELECT key FROM drafts_draft").fetchall()]
        noted = [row[0] for row in database.execute("SELECT what_id FROM audit_event WHERE what = 'draft'").fetchall()]
    assert Counter(stored) == Counter(people.acknowledged)
    assert Counter(noted) == Counter(people.acknowledged)
    assert server.audit()["sound"] is True
