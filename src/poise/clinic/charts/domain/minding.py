"""What must be minded with a patient: red flags, limits and precautions over all open episodes, in two queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from poise.clinic.charts.domain.dates import whole_weeks_since
from poise.clinic.charts.domain.limits import is_active, standing_limits
from poise.clinic.charts.domain.precautions import ASK, HOLDS, NOT_ASKED, Standing, standings
from poise.clinic.charts.domain.safety import OpenFlag, open_flags, unsettled
from poise.clinic.charts.domain.together import Asked, ask
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


def what_to_mind(patient: Patient, rows: Mapping[str, Sequence[Any]] | None = None) -> Mind:
    """Everything that must be seen before the patient is touched. One query, and one more where a flag is raised.

    `rows`: those of `MINDED`, where a page has asked for them together with others.
    """
    rows, today = ask(patient, MINDED) if rows is None else rows, timezone.localdate()
    care = {episode.pk: episode for episode in rows["episodes"]}
    limits = [each for each in rows["limits"] if is_active(each, today)]
    for each in limits:
        if each.episode_id in care:
            each.episode = care[each.episode_id]
    return Mind(
        flags=open_flags(patient, rows["screens"]), limits=tuple(limits),
        care=tuple(_care(episode, rows["precautions"], today) for episode in care.values()),
    )  # fmt: skip


def minded(patient: Patient, rows: Mapping[str, Sequence[Any]] | None = None) -> Mind:
    """The same for a page that only shows: looked up once, though its banner and two of its sections ask for it."""
    known: Mind | None = patient.__dict__.get("_mind")
    if known is None:
        known = patient.__dict__["_mind"] = what_to_mind(patient, rows)
    return known


def _open_episodes(patient: Patient) -> QuerySet[Episode]:
    return Episode.objects.filter(patient=patient, ended_on=None).order_by("-started_on", "-made_at")[:MOST_EPISODES]


def _precautions(patient: Patient) -> QuerySet[Precaution]:
    open_ones = Precaution.objects.filter(episode__patient=patient, episode__ended_on=None, lifted_at=None)
    return open_ones.order_by("made_at")


MINDED = {
    "screens": Asked(rows=unsettled), "limits": Asked(rows=standing_limits), "episodes": Asked(rows=_open_episodes),
    "precautions": Asked(rows=_precautions),
}  # fmt: skip


def _care(episode: Episode, precautions: Iterable[Precaution], today: date) -> Care:
    found = standings(episode, today, rows=[each for each in precautions if each.episode_id == episode.pk])
    return Care(
        episode=episode,
        holding=tuple(each for each in found if each.standing == HOLDS and each.answer != NOT_ASKED),
        to_ask=tuple(each for each in found if each.answer == NOT_ASKED and each.standing in {ASK, HOLDS}),
        weeks_since_surgery=whole_weeks_since(episode.surgery_on, today),
        weeks_since_onset=whole_weeks_since(episode.onset_on, today),
    )
