"""How the table of jobs stands, in numbers."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from poise.clinic.jobs.domain import presence
from poise.clinic.jobs.models import Job, State


@dataclass(frozen=True, kw_only=True)
class Stand:
    """Jobs by state; how long the oldest has waited; how many are held by a lease that has run out; who does them."""

    by_state: dict[str, int]
    oldest_waiting_s: float
    stale: int
    workers: int

    @property
    def waiting(self) -> int:
        """Jobs that nobody has taken."""
        return self.by_state[State.WAITING]

    @property
    def running(self) -> int:
        """Jobs under way."""
        return self.by_state[State.RUNNING]


def stands() -> Stand:
    """Now."""
    now = timezone.now()
    found = dict(Job.objects.values_list("state").annotate(Count("id")))
    oldest = Job.objects.filter(state=State.WAITING).order_by("asked_at").values_list("asked_at", flat=True).first()
    return Stand(
        by_state={str(state): int(found.get(state, 0)) for state in State.values},
        oldest_waiting_s=max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
        stale=Job.objects.filter(state=State.RUNNING, lease_until__lt=now).count(),
        workers=presence.workers(),
    )
