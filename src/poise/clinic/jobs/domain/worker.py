"""A worker: takes jobs from the table, has them done in a process of their own, and watches over it."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import suppress
from datetime import timedelta
from typing import Protocol

from django.db import DatabaseError, InterfaceError, close_old_connections
from django.utils import timezone
from django.utils.translation import gettext_noop

from poise.clinic.jobs.domain import housekeeping, queue
from poise.clinic.jobs.domain.hand import Hand
from poise.clinic.jobs.domain.kinds import kind_of
from poise.clinic.jobs.domain.presence import Presence
from poise.clinic.jobs.domain.queue import Claim
from poise.clinic.jobs.domain.work import do
from poise.clinic.jobs.models import State
from poise.errors import BadSetting

LOOK_EVERY_S = 0.7
WATCH_EVERY_S = 1.0
RENEW_EVERY_S = queue.LEASE.total_seconds() / 4
CANCEL_WITHIN = timedelta(seconds=8)
TIDY_EVERY_S, FIRST_TIDY_AFTER_S = 3600.0, 120.0
TOOK_TOO_LONG = gettext_noop("It took longer than such work may take, and was stopped. Send a shorter recording.")


class Stop(Protocol):
    """What says that it is time to stop: a `threading.Event`, or one of `multiprocessing`."""

    def is_set(self) -> bool:
        """Whether it is."""

    def wait(self, timeout: float) -> bool:
        """Waits, and says whether it is."""


def run(stop: Stop | None = None, *, look_every_s: float = LOOK_EVERY_S) -> None:
    """Works until `stop` is set, or, without one, until SIGTERM or Ctrl-C.

    A job under way is then given back and begun again later. An idle worker costs one small query each
    `look_every_s` seconds. A database that is away for a while is waited for.
    """
    stop = stop or _stopped_by_a_signal()
    hand, presence, tidy_at = Hand(), Presence(), time.monotonic() + FIRST_TIDY_AFTER_S
    try:
        while not stop.is_set():
            try:
                presence.say()
                if time.monotonic() > tidy_at:
                    tidy_at = time.monotonic() + TIDY_EVERY_S
                    housekeeping.tidy()
                worked = _work_once(hand, stop, presence)
            except (DatabaseError, InterfaceError):
                _note("database_away")
                hand.kill()
                worked = False
            close_old_connections()
            if not worked:
                stop.wait(look_every_s)
    finally:
        hand.kill()
        with suppress(DatabaseError, InterfaceError):
            presence.leave()


def run_waiting(most: int = 1000) -> int:
    """Does all waiting jobs here and now, in this process, and says how many: for tests and for making the demo."""
    for number in range(most):
        claim = queue.claim()
        if claim is None:
            return number
        do(claim)
    return most


def _work_once(hand: Hand, stop: Stop, presence: Presence) -> bool:
    queue.recover()
    claim = queue.claim()
    if claim is None:
        return False
    try:
        kind = kind_of(claim.kind)
    except BadSetting as error:  # of an app that is not installed any more: it must not stop the worker
        queue.end(claim, State.FAILED, error.problem)
        return True
    hand.start(claim, kind.memory_limit_bytes)
    _watch(hand, claim, stop, presence, until=time.monotonic() + kind.time_limit_s)
    return True


def _watch(hand: Hand, claim: Claim, stop: Stop, presence: Presence, *, until: float) -> None:
    """Keeps the lease while the job is done; ends it where it has to be ended."""
    renewed = time.monotonic()
    while True:
        ended = hand.wait(WATCH_EVERY_S)
        if ended:
            return
        if ended is None:
            _note("job_process_died", claim)
            queue.died(claim)
            return
        presence.say()
        now = time.monotonic()
        if stop.is_set():
            hand.kill()
            queue.give_back(claim)
            return
        if now > until:
            hand.kill()
            queue.end(claim, State.FAILED, TOOK_TOO_LONG)
            return
        if _should_be_cancelled(claim):
            hand.kill()
            queue.end(claim, State.CANCELLED, queue.CANCELLED)
            return
        if now - renewed >= RENEW_EVERY_S:
            renewed = now
            if not queue.renew(claim):
                hand.kill()  # it is another's now
                return


def _should_be_cancelled(claim: Claim) -> bool:
    asked = queue.held(claim).values_list("cancel_asked_at", flat=True).first()
    return asked is not None and timezone.now() - asked > CANCEL_WITHIN


def _stopped_by_a_signal() -> Stop:
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    return stop


def _note(what: str, claim: Claim | None = None) -> None:
    import structlog

    told = {"job": str(claim.job_id), "kind": claim.kind} if claim else {}
    structlog.get_logger("poise.jobs").warning(what, **told)
