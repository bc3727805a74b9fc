"""The process that does a worker's jobs: it can be killed, and what it may use is limited. The worker only watches.

One process does many jobs, one after the other, for starting it takes seconds; it is replaced after some, or when it
was killed. It lives no longer than its worker: when the pipe between them closes, it goes.
"""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from poise.clinic.jobs.domain.queue import Claim

MOST_JOBS = 50
NICER = 5  # the pages of a person who waits come before the analysis in the background


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
            self._pipe.send((claim, memory_limit_bytes))
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
        self._process = context.Process(target=_main, args=(other,), daemon=True, name="poise job")
        self._process.start()
        other.close()
        self._done = 0


def _main(pipe: Connection) -> None:
    _live_no_longer_than_the_worker()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the worker's to answer
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    os.nice(NICER)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "poise.clinic.settings")
    import django

    django.setup()
    from django.db import close_old_connections, connections

    from poise.clinic.jobs.domain.work import do

    while True:
        try:
            claim, memory_limit_bytes = pipe.recv()
        except EOFError:
            return
        _limit_memory(memory_limit_bytes)
        close_old_connections()
        try:
            do(claim)
        finally:
            connections.close_all()
        pipe.send("ended")


def _live_no_longer_than_the_worker() -> None:
    worker = os.getppid()

    def watch() -> None:
        import time

        while os.getppid() == worker:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="lifeline").start()


def _limit_memory(most_bytes: int) -> None:
    """A job that asks for more gets a MemoryError, instead of the machine's last."""
    try:
        import resource
    except ImportError:  # not on this system
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (most_bytes, hard))
