"""What a handler is given: the job's facts, a way to say how far it is, and the only way to finish."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from poise.clinic.actor import Actor, system
from poise.clinic.jobs.domain import queue
from poise.clinic.jobs.domain.kinds import kind_of
from poise.clinic.jobs.domain.queue import Claim
from poise.clinic.jobs.models import Job, State
from poise.errors import PoiseError

REPORT_EVERY_S = 1.0
OWN_FAULT = gettext_noop("Poise failed at this by a fault of its own. Please report it; the log has the place.")
OUT_OF_MEMORY = gettext_noop("It needs more memory than a job may have. Send a shorter recording.")


class Stopped(Exception):
    """The work is over before its end: somebody cancelled it, or another worker holds the job now."""


@dataclass(kw_only=True)
class Work:
    """One job at work. `by` is who the handler acts as; `message`s are words of gettext, translated when shown."""

    claim: Claim
    about_id: UUID | None
    payload: Mapping[str, object]
    patient_id: UUID | None
    asked_by_id: UUID | None
    by: Actor
    _reported_at: float = field(default=0.0, repr=False)

    @property
    def job_id(self) -> UUID:
        """The job's id: rows that it makes name it, so that they can exist only once."""
        return self.claim.job_id

    def report(self, progress: float, message: str = "") -> None:
        """Says how far it is, 0 to 1; written at most once a second.

        Raises
        ------
        Stopped
            The job was cancelled or lost: clean up and let it pass.
        """
        now = time.monotonic()
        if now - self._reported_at < REPORT_EVERY_S:
            return
        self._reported_at = now
        held = queue.held(self.claim).filter(cancel_asked_at=None)
        if not held.update(progress=min(max(progress, 0.0), 1.0), message=message[:300]):
            raise Stopped

    def finish(self, write: Callable[[], Mapping[str, object] | None]) -> None:
        """Calls `write` and marks the job as done, both in one transaction, and only if the job is still held.

        Raises
        ------
        Stopped
            It is not: nothing was written.
        """
        with transaction.atomic():
            held = queue.held(self.claim).filter(cancel_asked_at=None)
            if held.select_for_update().first() is None:
                raise Stopped
            result = write()
            held.update(
                state=State.DONE, progress=1.0, message="", result=dict(result or {}), finished_at=timezone.now(),
                lease=None, lease_until=None,
            )  # fmt: skip


def do(claim: Claim) -> None:
    """Does one claimed job, in this process; what a handler raises ends the job with a sentence.

    Raises
    ------
    OperationalError
        The database went away: the job is neither done nor failed, and its lease will run out.
    """
    job = Job.objects.get(pk=claim.job_id)
    work = Work(
        claim=claim, about_id=job.about_id, payload=job.payload, patient_id=job.patient_id, asked_by_id=job.asked_by_id,
        by=_actor(job),
    )  # fmt: skip
    try:
        result = kind_of(job.kind).load()(work)
        if queue.held(claim).exists():
            work.finish(lambda: result)
    except Stopped:
        queue.end(claim, State.CANCELLED, queue.CANCELLED)
    except PoiseError as error:
        queue.end(claim, State.FAILED, " ".join(part for part in (error.problem, error.found, error.do) if part))
    except MemoryError:
        queue.end(claim, State.FAILED, OUT_OF_MEMORY)
    except OperationalError:
        raise
    except Exception as error:
        _log_fault(job, error)
        queue.end(claim, State.FAILED, OWN_FAULT)


def _actor(job: Job) -> Actor:
    return system(f"job.{job.kind}", job.clinic_id)


def _log_fault(job: Job, error: Exception) -> None:
    """The place of the fault, without its words: those may quote what the file holds."""
    import structlog

    frames = error.__traceback__
    places = []
    while frames is not None:
        places.append(f"{frames.tb_frame.f_code.co_filename.rpartition('/poise/')[2]}:{frames.tb_lineno}")
        frames = frames.tb_next
    structlog.get_logger("poise.jobs").error(
        "job_failed", job=str(job.pk), kind=job.kind, error=type(error).__name__, where=places[-6:]
    )
