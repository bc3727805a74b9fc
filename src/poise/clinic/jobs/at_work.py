"""The process in which jobs are done (`domain.hand` starts it). It loads nothing of Django before Django is set up."""

from __future__ import annotations

import os
import signal
import threading
import time
from multiprocessing.connection import Connection

NICER = 5  # the pages of a person who waits come before the analysis in the background


def main(pipe: Connection) -> None:
    """Does what comes through the pipe, one job after the other, until the pipe is closed."""
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

    from poise.clinic.jobs.domain.queue import Claim
    from poise.clinic.jobs.domain.work import do

    while True:
        try:
            job_id, lease, kind, memory_limit_bytes = pipe.recv()
        except EOFError:
            return
        _limit_memory(memory_limit_bytes)
        close_old_connections()
        try:
            do(Claim(job_id=job_id, lease=lease, kind=kind))
        finally:
            connections.close_all()
        pipe.send("ended")


def _live_no_longer_than_the_worker() -> None:
    worker = os.getppid()

    def watch() -> None:
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
