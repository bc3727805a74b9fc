"""What must be minded with a patient: red flags, limits and precautions over all open episodes, in five queries."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils import timezone

from poise.clinic.charts.domain.dates import whole_weeks_since
from poise.clinic.charts.domain.limits import active_limits
from poise.clinic.charts.domain.precautions import ASK, HOLDS, NOT_ASKED, Standing, standings
from poise.clinic.charts.domain.safety import OpenFlag, open_flags
from poise.clinic.charts.models import Episode, Limit, Precaution
from poise.clinic.people.models import Patient

MOST_EPISODES = 10


@dataclass(frozen=True, kw_only=True)
class Care:
    """An open episode as it stands today."""

    episode: Episode
    holding: tuple[Standing, ...]
    to_ask: tuple[Standing, ...]
    weeks_since_surgery: int | None
    weeks_since_onset: int | None


@dataclass(frozen=True, kw_only=True)
class Mind:
    """What to mind."""

    flags: tuple[OpenFlag, ...]
    limits: tuple[Limit, ...]
    care: tuple[Care, ...]

    @property
    def is_clear(self) -> bool:
        """Whether there is nothing to mind at all."""
        return not self.flags and not self.limits and not any(each.holding or each.to_ask for each in self.care)


def what_to_mind(patient: Patient) -> Mind:
    """Everything that must be seen before the patient is touched."""
    today = timezone.localdate()
    return Mind(
        flags=open_flags(patient), limits=tuple(active_limits(patient, today)), care=tuple(open_care(patient)),
    )  # fmt: skip


def minded(patient: Patient) -> Mind:
    """The same for a page that only shows: looked up once, though its banner and two of its sections ask for it."""
    known: Mind | None = patient.__dict__.get("_mind")
    if known is None:
        known = patient.__dict__["_mind"] = what_to_mind(patient)
    return known


def open_care(patient: Patient) -> list[Care]:
    """The open episodes, newest first, with their precautions. Two queries."""
    rows = Prefetch("precautions", Precaution.objects.filter(lifted_at=None).order_by("made_at"), to_attr="answered")
    episodes = Episode.objects.filter(patient=patient, ended_on=None).order_by("-started_on", "-made_at")
    return [_care(episode) for episode in episodes.prefetch_related(rows)[:MOST_EPISODES]]


def _care(episode: Episode) -> Care:
    today = timezone.localdate()
    found = standings(episode, today, rows=episode.answered)  # type: ignore[attr-defined]
    return Care(
        episode=episode,
        holding=tuple(each for each in found if each.standing == HOLDS and each.answer != NOT_ASKED),
        to_ask=tuple(each for each in found if each.answer == NOT_ASKED and each.standing in {ASK, HOLDS}),
        weeks_since_surgery=whole_weeks_since(episode.surgery_on, today),
        weeks_since_onset=whole_weeks_since(episode.onset_on, today),
    )
