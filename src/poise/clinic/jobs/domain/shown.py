"""A job as a person sees it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from poise.clinic.jobs.domain.kinds import kind_of
from poise.clinic.jobs.domain.queue import place_in_queue
from poise.clinic.jobs.models import Job, State
from poise.errors import BadSetting


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a page says of a job. `message` is in the reader's language; `place` is 0 where it does not wait."""

    id: UUID
    about_id: UUID | None
    label: str
    state: str
    message: str
    percent: int
    place: int
    asked_by: str
    job: Job

    @property
    def has_ended(self) -> bool:
        """Whether nothing of it changes any more."""
        return self.state not in {State.WAITING, State.RUNNING}

    @property
    def is_stopping(self) -> bool:
        """Whether it was cancelled and has not stopped yet."""
        return self.state == State.RUNNING and self.job.cancel_asked_at is not None

    @property
    def may_be_tried_again(self) -> bool:
        """Whether asking again can help."""
        return self.state in {State.FAILED, State.CANCELLED}


def shown(job: Job) -> Shown:
    """The job in words."""
    try:
        label = str(kind_of(job.kind).label)
    except BadSetting:  # of an app that is not installed any more
        label = job.kind
    return Shown(
        id=job.pk, about_id=job.about_id, label=label, state=job.state,
        message=_(job.message) if job.message else "",  # words that were marked for translation where they were said
        percent=round(100 * job.progress), place=place_in_queue(job) if job.state == State.WAITING else 0,
        asked_by=job.asked_by.name if job.asked_by else "", job=job,
    )  # fmt: skip
