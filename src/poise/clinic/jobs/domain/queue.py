"""The queue: ask for work, take it, keep hold of it, give it back. The table is the queue; there is no broker.

A worker takes a job by writing a lease on it, which it renews. Whoever does not hold the lease of the table can neither
renew nor finish the job: a worker that was frozen for an hour and wakes up changes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.jobs.domain.kinds import kind_of
from poise.clinic.jobs.models import Job, State
from poise.clinic.people.models import Patient
from poise.errors import PoiseError

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 3
REMEMBERED = timedelta(hours=1)  # how long it counts that somebody has just been served

STOPPED_TOO_OFTEN = gettext_noop(
    "The work was cut off three times: most often the computer ran out of memory, or Poise was stopped. "
    "Try again, or send a shorter recording."
)
CANCELLED = gettext_noop("Cancelled.")


class NotCancellable(PoiseError):
    """The job has ended already."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A job that this worker holds, and by which lease."""

    job_id: UUID
    lease: UUID
    kind: str


def ask(
    by: Actor,
    kind: str,
    *,
    about_id: UUID | None = None,
    payload: Mapping[str, object] | None = None,
    patient: Patient | None = None,
) -> Job:
    """Asks for work, in the transaction of what it is about: both are kept, or neither.

    The same work that still waits or runs is not asked for twice; the job that is there is given back. The verb that
    asks writes the audit row: asking is a part of what it does.
    """
    kind_of(kind)
    with transaction.atomic():
        if about_id is not None:
            _take_turns_over(patient)
            alike = Job.objects.filter(
                kind=kind, about_id=about_id, state__in=(State.WAITING, State.RUNNING), cancel_asked_at=None
            ).first()
            if alike is not None and alike.payload == dict(payload or {}):
                return alike
        return Job.objects.create(
            clinic_id=patient.clinic_id if patient else by.clinic_id, patient=patient, kind=kind, about_id=about_id,
            payload=dict(payload or {}), asked_by_id=by.user_id,
        )  # fmt: skip


def _take_turns_over(patient: Patient | None) -> None:
    """Of two who ask in the same moment, the second waits, and then finds the job of the first."""
    if patient is not None:
        Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)


def cancel(by: Actor, job: Job) -> Job:
    """Ends a waiting job at once; asks a running one to stop, which it does within seconds.

    Raises
    ------
    NotCancellable
        It has ended already.
    """
    with transaction.atomic():
        now = timezone.now()
        waiting = Job.objects.filter(pk=job.pk, state=State.WAITING)
        running = Job.objects.filter(pk=job.pk, state=State.RUNNING, cancel_asked_at=None)
        done = waiting.update(state=State.CANCELLED, finished_at=now, cancel_asked_at=now, message=CANCELLED)
        if not done and not running.update(cancel_asked_at=now):
            raise NotCancellable(_("This work has ended already."), do=_("Look at the page again."))
        chain.record(by, "job.cancel", patient_id=job.patient_id, what="job", what_id=job.pk)
    job.refresh_from_db()
    return job


def retry(by: Actor, job: Job) -> Job:
    """Asks anew for work that failed or was cancelled: a job of its own, so that what happened stays on record."""
    with transaction.atomic():
        again = ask(by, job.kind, about_id=job.about_id, payload=job.payload, patient=job.patient)
        chain.record(
            by, "job.retry", patient_id=job.patient_id, what="job", what_id=again.pk, detail={"of": str(job.pk)}
        )
    return again


def claim() -> Claim | None:
    """Takes the next waiting job, if there is one: of the person who was served least lately, the oldest.

    So somebody who asks for two hundred analyses does not make a colleague wait for all of them.
    """
    if not Job.objects.filter(state=State.WAITING).exists():
        return None  # asked without a lock: an idle worker disturbs nobody
    with transaction.atomic():
        for asker in _askers_in_turn():
            waiting = Job.objects.filter(state=State.WAITING, asked_by=asker).order_by("asked_at", "pk")
            job = _unlocked(waiting).first()
            if job is not None:
                return _take(job)
    return None


def _askers_in_turn() -> list[UUID | None]:
    now = timezone.now()
    asking = set(Job.objects.filter(state=State.WAITING).values_list("asked_by", flat=True).distinct())
    served = dict(
        Job.objects.filter(started_at__gt=now - REMEMBERED)
        .values_list("asked_by")
        .annotate(last=Max("started_at"))
        .order_by()
    )
    long_ago = now - REMEMBERED
    return sorted(asking, key=lambda asker: (served.get(asker, long_ago), str(asker)))


def _unlocked(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """PostgreSQL passes over what another worker is taking; SQLite's transaction holds the only writer's lock."""
    can_skip = connection.features.has_select_for_update_skip_locked
    return jobs.select_for_update(skip_locked=True) if can_skip else jobs


def _take(job: Job) -> Claim:
    now = timezone.now()
    job.state, job.attempts = State.RUNNING, job.attempts + 1
    job.lease, job.lease_until = uuid.uuid4(), now + LEASE
    job.started_at, job.progress, job.message = now, 0.0, ""
    job.save(update_fields=["state", "attempts", "lease", "lease_until", "started_at", "progress", "message"])
    return Claim(job_id=job.pk, lease=job.lease, kind=job.kind)


def held(by: Claim) -> QuerySet[Job]:
    """The job's row, as long as it is held by this lease."""
    return Job.objects.filter(pk=by.job_id, lease=by.lease, state=State.RUNNING)


def renew(by: Claim) -> bool:
    """Keeps hold of the job; False where it has been lost."""
    return bool(held(by).update(lease_until=timezone.now() + LEASE))


def give_back(by: Claim) -> None:
    """A worker that is told to stop gives its job back unharmed: it does not count as an attempt."""
    held(by).filter(cancel_asked_at=None).update(
        state=State.WAITING,
        lease=None,
        lease_until=None,
        started_at=None,
        progress=0.0,
        message="",
        attempts=F("attempts") - 1,
    )
    end(by, State.CANCELLED, CANCELLED)


def end(by: Claim, state: State, message: str) -> None:
    """Ends a job that has no result: failed or cancelled, with a sentence."""
    held(by).update(state=state, message=message[:300], finished_at=timezone.now(), lease=None, lease_until=None)


def died(by: Claim) -> None:
    """The process that did the work was killed: it waits again, or fails when that has happened too often."""
    _again(held(by))


def recover() -> int:
    """Takes back every job whose worker has not been heard of: how many there were."""
    lost = Job.objects.filter(state=State.RUNNING, lease_until__lt=timezone.now())
    return _again(lost) if lost.exists() else 0


def _again(lost: QuerySet[Job]) -> int:
    free = {"lease": None, "lease_until": None}
    with transaction.atomic():
        now = timezone.now()
        stopped = lost.filter(~Q(cancel_asked_at=None)).update(
            state=State.CANCELLED, message=CANCELLED, finished_at=now, **free
        )
        failed = lost.filter(attempts__gte=MOST_ATTEMPTS).update(
            state=State.FAILED, message=STOPPED_TOO_OFTEN, finished_at=now, **free
        )
        waiting = lost.update(state=State.WAITING, progress=0.0, message="", **free)
    return stopped + failed + waiting


def place_in_queue(job: Job) -> int:
    """How many waiting jobs were asked for before this one, and one: the place it has at most."""
    return Job.objects.filter(state=State.WAITING, asked_at__lt=job.asked_at).count() + 1
