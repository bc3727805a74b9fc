"""The process that does a worker's jobs: it can be killed, and what it may use is limited. The worker only watches.

One process does many jobs, one after the other, for starting it takes seconds; it is replaced after some, or when it
was killed. It lives no longer than its worker: when the pipe between them closes, it goes.
"""

from __future__ import annotations

from multiprocessing import get_context
from typing import Any

from poise.clinic.jobs.at_work import main
from poise.clinic.jobs.domain.queue import Claim

MOST_JOBS = 50


class Hand:
    """A worker's hand: give it a claim, then ask whether it is done."""

    def __init__(self) -> None:
        self._process: Any = None
        self._pipe: Any = None
        self._done = 0

    def start(self, claim: Claim, memory_limit_bytes: int) -> None:
        """Begins a job."""
        if self._process is None or not self._process.is_alive() or self._done >= MOST_JOBS:
            self._replace()
        self._done += 1
        try:
            self._pipe.send((claim.job_id, claim.lease, claim.kind, memory_limit_bytes))
        except OSError:  # it has died since; what watches will see that
            self._process.join(1.0)

    def wait(self, seconds: float) -> bool | None:
        """True when the job has ended, None when the process has died, False when it still works."""
        try:
            if self._pipe.poll(seconds):
                self._pipe.recv()
                return True
        except (EOFError, OSError):
            self._process.join(1.0)
            return None
        return False if self._process.is_alive() else None

    def kill(self) -> None:
        """Ends the process at once, whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._pipe.close()
            self._process = None

    def _replace(self) -> None:
        self.kill()
        context = get_context("spawn")
        self._pipe, other = context.Pipe()
        self._process = context.Process(target=main, args=(other,), daemon=True, name="poise job")
        self._process.start()
        other.close()
        self._done = 0
