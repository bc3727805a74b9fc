"""What machines ask: alive, ready, and the numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.django_db


def test_a_watchdog_learns_that_it_lives_and_nothing_else(client: Any) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]


def test_it_is_ready_when_the_database_answers(client: Any) -> None:
    assert client.get("/ready").status_code == 200


def test_prometheus_on_this_machine_reads_the_numbers(client: Any, ana: Any) -> None:
    client.get("/health")
    told = client.get("/metrics")
    assert told.status_code == 200
    text = told.content.decode()
    assert 'poise_jobs{state="waiting"} 0.0' in text
    assert 'poise_request_seconds_count{method="GET",route="health",status="2xx"}' in text
    assert ana.family_name not in text
    assert str(ana.pk) not in text
    names = {
        part.split("=")[0]
        for line in text.splitlines()
        if "{" in line
        for part in line.split("{")[1].split("}")[0].split(",")
    }
    assert names <= {
        "method",
        "route",
        "status",
        "le",
        "state",
        "version",
        "kind",
        "major",
        "minor",
        "patchlevel",
        "implementation",
        "generation",
    }


def test_whoever_comes_from_elsewhere_finds_nothing_there(client: Any) -> None:
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 404
    assert client.get("/metrics", HTTP_X_FORWARDED_FOR="192.0.2.7").status_code == 404


def test_elsewhere_the_token_of_the_data_folder_opens_it(client: Any, data_folder: Path) -> None:
    (data_folder / "metrics.token").write_text("a-long-token\n")
    shown = {"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Bearer a-long-token"}
    assert client.get("/metrics", **shown).status_code == 200
    assert client.get("/metrics", **{**shown, "HTTP_AUTHORIZATION": "Bearer another"}).status_code == 404
