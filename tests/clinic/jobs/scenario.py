"""Real workers on a real database: one story a run, told on standard output as JSON. Started by test_workers.py."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from clinic.jobs.kinds_for_tests import register_all

register_all()
SOON_S = 240.0  # a test's machine may be busy with other things


def worker() -> None:
    import django

    django.setup()
    from poise.clinic.jobs.domain import worker as jobs_worker

    jobs_worker.run(look_every_s=0.1)


class Workers:
    """Worker processes, killed at the end whatever happened."""

    def __init__(self, number: int) -> None:
        self.started = [self._start() for _ in range(number)]

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "clinic.jobs.scenario", "worker"], stdout=sys.stderr)

    def __enter__(self) -> list[subprocess.Popen[bytes]]:
        return self.started

    def __exit__(self, *_: object) -> None:
        for each in self.started:
            each.kill()
            each.wait()


def wait_for(true: Callable[[], bool]) -> None:
    until = time.monotonic() + SOON_S
    while not true():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.1)


def lines(trace: Path) -> list[list[str]]:
    return [line.split() for line in trace.read_text().splitlines()] if trace.exists() else []


def alive(process_id: int) -> bool:
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def stories(trace: Path) -> dict[str, Callable[[], Any]]:
    from poise.clinic.actor import system
    from poise.clinic.jobs.domain import queue
    from poise.clinic.jobs.models import Job, State

    by = system("test")

    def ask(kind: str, **payload: Any) -> Any:
        return queue.ask(by, f"test_{kind}", payload={"trace": str(trace), **payload})

    def ended(job: Any) -> bool:
        job.refresh_from_db()
        return job.state not in {State.WAITING, State.RUNNING}

    def race() -> Any:
        asked = {str(ask("count", number=number).pk) for number in range(200)}
        with Workers(2):
            wait_for(lambda: not Job.objects.filter(state__in=(State.WAITING, State.RUNNING)).exists())
        did = [job for _, job, _ in lines(trace)]
        return {
            "asked": len(asked), "did": len(did), "each_once": set(did) == asked and len(did) == len(asked),
            "done": Job.objects.filter(state=State.DONE, attempts=1).count(),
            "processes": len({process for _, _, process in lines(trace)}),
        }  # fmt: skip

    def killed_worker() -> Any:
        job = ask("slow")
        with Workers(1) as (first,):
            wait_for(lambda: bool(lines(trace)))
            hand = int(lines(trace)[0][2])
            first.send_signal(signal.SIGKILL)
            first.wait()
            wait_for(lambda: not alive(hand))
        Job.objects.update(lease_until=timedelta(seconds=-1) + _now())
        with Workers(1):
            wait_for(lambda: ended(job))
        return {"state": job.state, "attempts": job.attempts, "did": [what for what, *_ in lines(trace)]}

    def poison() -> Any:
        job = ask("poison")
        after = ask("count")
        with Workers(1):
            wait_for(lambda: ended(job) and ended(after))
        return {"state": job.state, "attempts": job.attempts, "after": after.state, "message": job.message}

    def stubborn() -> Any:
        job = ask("stubborn")
        with Workers(1):
            wait_for(lambda: bool(lines(trace)))
            began = time.monotonic()
            queue.cancel(by, job)
            wait_for(lambda: ended(job))
            took = time.monotonic() - began
            hand = int(lines(trace)[0][2])
            wait_for(lambda: not alive(hand))
        return {"state": job.state, "took_s": took}

    def told_to_stop() -> Any:
        job = ask("stubborn")
        with Workers(1) as (first,):
            wait_for(lambda: bool(lines(trace)))
            began = time.monotonic()
            first.send_signal(signal.SIGTERM)
            status = first.wait(60)
            took = time.monotonic() - began
        job.refresh_from_db()
        return {"state": job.state, "attempts": job.attempts, "status": status, "took_s": took}

    def greedy() -> Any:
        job, after = ask("greedy"), ask("count")
        with Workers(1):
            wait_for(lambda: ended(job) and ended(after))
        return {"state": job.state, "message": job.message, "after": after.state}

    return {"race": race, "killed_worker": killed_worker, "poison": poison, "stubborn": stubborn,
            "told_to_stop": told_to_stop, "greedy": greedy}  # fmt: skip


def _now() -> Any:
    from django.utils import timezone

    return timezone.now()


def main() -> None:
    if sys.argv[1] == "worker":
        worker()
        return
    import django

    django.setup()
    from poise.clinic.jobs.models import Job

    told = {}
    for name in sys.argv[1:]:
        Job.objects.all().delete()
        trace = Path(os.environ["POISE_DATA"]) / f"trace-{name}"
        told[name] = stories(trace)[name]()
    print(json.dumps(told))


if __name__ == "__main__":
    main()
