"""Kinds of job that tests ask for. Each leaves a trace that can be counted."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from poise.clinic.jobs.domain.work import Work
from poise.errors import UnreadableFile


def trace(work: Work, what: str) -> None:
    """A line in a file: what a handler did, even if its transaction is rolled back or it is killed."""
    with Path(str(work.payload["trace"])).open("a") as file:
        file.write(f"{what} {work.job_id} {os.getpid()}\n")


def count(work: Work) -> None:
    trace(work, "did")
    work.finish(lambda: {"counted": work.payload.get("number", 0)})


def slow(work: Work) -> None:
    trace(work, "began")
    for part in range(60):
        work.report(part / 60, "Counting")
        time.sleep(0.05)
    work.finish(lambda: trace(work, "did") or {})  # type: ignore[func-returns-value]


def stubborn(work: Work) -> None:
    trace(work, "began")
    time.sleep(120)


def poison(work: Work) -> None:
    trace(work, "began")
    os.kill(os.getpid(), signal.SIGKILL)


def greedy(work: Work) -> None:
    held = [bytearray(50_000_000) for _ in range(100)]
    work.finish(lambda: {"held": len(held)})


def unreadable(work: Work) -> None:
    raise UnreadableFile("'walk.c3d' is empty.", do="Export it again.")


def faulty(work: Work) -> None:
    raise KeyError("Ana Rivera")


def returns(work: Work) -> dict[str, Any]:
    return {"answer": 42}


def writes_and_falls(work: Work) -> None:
    from poise.clinic.people.models import Clinic

    def write() -> None:
        Clinic.objects.create(name="half written")
        raise RuntimeError

    work.finish(write)
