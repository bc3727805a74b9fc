"""Workers as they really are: processes on a database, killed at the worst moment. On SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).resolve().parents[2]


def _run(data: Path, *command: str, url: str = "") -> str:
    environment = {
        **os.environ, "POISE_DATA": str(data), "DATABASE_URL": url, "PYTHONPATH": str(TESTS),
        "DJANGO_SETTINGS_MODULE": "poise.clinic.settings",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", *command], env=environment, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def _told(data: Path, story: str, url: str = "") -> dict[str, Any]:
    told: dict[str, Any] = json.loads(_run(data, "clinic.jobs.scenario", story, url=url).splitlines()[-1])
    found: dict[str, Any] = told[story]
    return found


def _migrated(data: Path, url: str = "") -> Path:
    _run(data, "poise.clinic", "migrate", "--skip-checks", "--verbosity", "0", url=url)
    return data


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with an empty SQLite database."""
    return _migrated(tmp_path_factory.mktemp("sqlite"))


@pytest.mark.slow
def test_two_workers_race_over_two_hundred_jobs_and_each_is_done_once(data: Path) -> None:
    race = _told(data, "race")
    assert (race["asked"], race["did"], race["each_once"], race["done"]) == (200, 200, True, 200)
    assert race["processes"] >= 2  # a process is replaced after fifty jobs


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_takes_its_hand_along_and_the_job_is_done_by_another(data: Path) -> None:
    assert _told(data, "killed_worker") == {"state": "done", "attempts": 2, "did": ["began", "began", "did"]}


@pytest.mark.slow
def test_a_job_that_kills_its_process_fails_after_three_times_and_the_next_is_done(data: Path) -> None:
    poison = _told(data, "poison")
    assert (poison["state"], poison["attempts"], poison["after"]) == ("failed", 3, "done")
    assert "cut off three times" in poison["message"]


@pytest.mark.slow
def test_a_job_that_does_not_listen_is_stopped_all_the_same(data: Path) -> None:
    stopped = _told(data, "stubborn")
    assert stopped["state"] == "cancelled"
    assert stopped["took_s"] < 60  # 8 s on a machine that has nothing else to do


@pytest.mark.slow
def test_a_worker_told_to_stop_gives_its_job_back(data: Path) -> None:
    stopped = _told(data, "told_to_stop")
    assert (stopped["state"], stopped["attempts"], stopped["status"]) == ("waiting", 0, 0)
    assert stopped["took_s"] < 9


@pytest.mark.slow
def test_a_job_that_wants_too_much_memory_fails_and_the_worker_goes_on(data: Path) -> None:
    greedy = _told(data, "greedy")
    assert (greedy["state"], greedy["after"]) == ("failed", "done")
    assert "memory" in greedy["message"]


@pytest.mark.slow
@pytest.mark.postgres
def test_the_same_on_postgresql(postgres_address: str, tmp_path: Path) -> None:
    data = _migrated(tmp_path, postgres_address)
    race = _told(data, "race", postgres_address)
    assert (race["each_once"], race["done"]) == (True, 200)
    killed = _told(data, "killed_worker", postgres_address)
    assert killed == {"state": "done", "attempts": 2, "did": ["began", "began", "did"]}
    poison = _told(data, "poison", postgres_address)
    assert (poison["state"], poison["after"]) == ("failed", "done")
