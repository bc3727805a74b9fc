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
STORIES = ("race", "killed_worker", "poison", "stubborn", "told_to_stop", "greedy")


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


def _told(data: Path, url: str = "", stories: tuple[str, ...] = STORIES) -> dict[str, Any]:
    _run(data, "poise.clinic", "migrate", "--skip-checks", "--verbosity", "0", url=url)
    told: dict[str, Any] = json.loads(_run(data, "clinic.jobs.scenario", *stories, url=url).splitlines()[-1])
    return told


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return _told(tmp_path_factory.mktemp("sqlite"))


@pytest.mark.slow
def test_two_workers_race_over_two_hundred_jobs_and_each_is_done_once(told: dict[str, Any]) -> None:
    assert told["race"] == {"asked": 200, "did": 200, "each_once": True, "done": 200, "processes": 2}


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_takes_its_hand_along_and_the_job_is_done_by_another(
    told: dict[str, Any],
) -> None:
    assert told["killed_worker"] == {"state": "done", "attempts": 2, "did": ["began", "began", "did"]}


@pytest.mark.slow
def test_a_job_that_kills_its_process_fails_after_three_times_and_the_next_is_done(told: dict[str, Any]) -> None:
    poison = told["poison"]
    assert (poison["state"], poison["attempts"], poison["after"]) == ("failed", 3, "done")
    assert "cut off three times" in poison["message"]


@pytest.mark.slow
def test_a_job_that_does_not_listen_is_stopped_all_the_same(told: dict[str, Any]) -> None:
    assert told["stubborn"]["state"] == "cancelled"
    assert told["stubborn"]["took_s"] < 15


@pytest.mark.slow
def test_a_worker_told_to_stop_gives_its_job_back(told: dict[str, Any]) -> None:
    stopped = told["told_to_stop"]
    assert (stopped["state"], stopped["attempts"], stopped["status"]) == ("waiting", 0, 0)
    assert stopped["took_s"] < 4


@pytest.mark.slow
def test_a_job_that_wants_too_much_memory_fails_and_the_worker_goes_on(told: dict[str, Any]) -> None:
    assert (told["greedy"]["state"], told["greedy"]["after"]) == ("failed", "done")
    assert "memory" in told["greedy"]["message"]


@pytest.mark.slow
@pytest.mark.postgres
def test_the_same_on_postgresql(postgres_address: str, tmp_path: Path) -> None:
    told = _told(tmp_path, postgres_address, ("race", "killed_worker", "poison"))
    assert told["race"]["each_once"] is True
    assert told["race"]["done"] == 200
    assert told["killed_worker"] == {"state": "done", "attempts": 2, "did": ["began", "began", "did"]}
    assert (told["poison"]["state"], told["poison"]["after"]) == ("failed", "done")
