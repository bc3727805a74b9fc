"""What the patient wants to do again, in own words, and how well it goes: 0 (cannot) to 10 (as before)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean

from django.db import transaction
from django.db.models import Max, Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.charts.domain.together import Asked
from poise.clinic.charts.models import Activity, ActivityRating, Episode
from poise.clinic.people.models import Patient
from poise.clinic.rules import Role
from poise.errors import PoiseError

MOST = 5
# measures.md §8: 2 for the mean of several, 3 for one activity. Shoulder pain: 1.9 to 2.0 for the mean (Rysstad 2020,
# read); the general values are widely quoted and were not looked up, so they are shown with that word.
REAL_CHANGE_OF_MEAN, REAL_CHANGE_OF_ONE = 2.0, 3
EVIDENCE = "general-knowledge"


class BadActivity(PoiseError):
    """Words or a number that cannot be kept."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """From the first rating to the latest. `is_real`: at least as large as the smallest real change."""

    first: float
    latest: float
    smallest_real: float
    n: int = 1

    @property
    def by(self) -> float:
        """The difference; up is better."""
        return round(self.latest - self.first, 2)

    @property
    def is_real(self) -> bool:
        """Whether the change is as large as measurement error allows to see."""
        return abs(self.by) >= self.smallest_real


@dataclass(frozen=True, kw_only=True)
class Line:
    """One activity with its ratings, oldest first."""

    activity: Activity
    ratings: Sequence[ActivityRating]
    change: Change | None

    @property
    def latest(self) -> ActivityRating | None:
        """The newest rating."""
        return self.ratings[-1] if self.ratings else None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """All activities of a patient: those that hold, those that ended, and the mean over time."""

    current: Sequence[Line]
    ended: Sequence[Line]
    mean: float | None
    mean_n: int
    change: Change | None


def add(
    by: Actor,
    patient: Patient,
    words: str,
    *,
    score: int | None = None,
    episode: Episode | None = None,
    on: date | None = None,
    by_patient: bool | None = None,
) -> Activity:
    """A new activity in the patient's words, perhaps with its first rating.

    Raises
    ------
    BadActivity
        No words, too many activities at once, or a number outside 0 to 10.
    """
    said = by.is_a(Role.PATIENT) if by_patient is None else by_patient
    kept = words.strip()
    current = patient.activities.filter(ended_at=None)
    if not kept or len(kept) > 200:
        raise BadActivity(_("Write what you want to do, in up to 200 letters."))
    if current.count() >= MOST:
        raise BadActivity(_("There are already five activities. End one before you add another."))
    _check(score)
    with transaction.atomic():
        last = patient.activities.aggregate(last=Max("order"))["last"] or 0
        made = Activity.objects.create(
            patient=patient, episode=episode, words=kept, order=last + 1, by_patient=said, made_by_id=by.user_id
        )
        if score is not None:
            _rated(by, made, score, on=on, by_patient=said)
        chain.record(
            by,
            "activity.edit",
            patient_id=patient.pk,
            what="activity",
            what_id=made.pk,
            detail={"fields": ["words", *(["score"] if score is not None else [])]},
        )
    return made


def rate(
    by: Actor,
    patient: Patient,
    scores: Mapping[Activity, int],
    *,
    on: date | None = None,
    by_patient: bool | None = None,
) -> list[ActivityRating]:
    """How well each of these goes on a day. A second rating of a day is kept beside the first; the later holds."""
    said = by.is_a(Role.PATIENT) if by_patient is None else by_patient
    for activity, score in scores.items():
        _check(score)
        if activity.patient_id != patient.pk or activity.ended_at is not None:
            raise BadActivity(_("This activity has ended."))
    if not scores:
        raise BadActivity(_("Choose a number for at least one activity."))
    with transaction.atomic():
        made = [_rated(by, activity, score, on=on, by_patient=said) for activity, score in scores.items()]
        chain.record(
            by, "activity.edit", patient_id=patient.pk, what="activity", detail={"fields": ["score"], "n": len(made)}
        )
    return made


def end(by: Actor, activity: Activity, *, because: str = "") -> Activity:
    """The activity is no longer asked about; it and its ratings are kept."""
    with transaction.atomic():
        if activity.ended_at is None:
            activity.ended_at, activity.ended_because = timezone.now(), because[:300]
            activity.version += 1
            activity.save(update_fields=["ended_at", "ended_because", "version"])
        chain.record(
            by,
            "activity.edit",
            patient_id=activity.patient_id,
            what="activity",
            what_id=activity.pk,
            detail={"fields": ["ended_at"]},
        )
    return activity


def standing(patient: Patient) -> Standing:
    """How the patient's activities stand: two queries, however many there are."""
    ratings = ActivityRating.objects.order_by("rated_on", "made_at", "pk").select_related("made_by")
    rows = patient.activities.order_by("order", "pk").prefetch_related(Prefetch("ratings", ratings))
    return _stand([_line(activity, activity.ratings.all()) for activity in rows])


CURRENT = {
    "activities": Asked(
        rows=lambda patient: Activity.objects.filter(patient=patient, ended_at=None).order_by("order", "pk"),
        fields=("words", "ended_at"),
    ),
    "ratings": Asked(
        rows=lambda patient: ActivityRating.objects.filter(activity__patient=patient, activity__ended_at=None).order_by(
            "rated_on", "made_at", "pk"
        ),
        fields=("activity_id", "rated_on", "score"),
    ),
}
"""The activities that hold, and their ratings."""


def stand(activities: Iterable[Activity], ratings: Sequence[ActivityRating]) -> Standing:
    """How activities stand whose rows (`CURRENT`) are known."""
    return _stand([_line(each, [rated for rated in ratings if rated.activity_id == each.pk]) for each in activities])


def _stand(lines: Sequence[Line]) -> Standing:
    current = [line for line in lines if line.activity.ended_at is None]
    latest = [line.latest.score for line in current if line.latest]
    return Standing(
        current=current,
        ended=[line for line in lines if line.activity.ended_at is not None],
        mean=fmean(latest) if latest else None,
        mean_n=len(latest),
        change=_change_of_mean(current),
    )


def _line(activity: Activity, ratings: Iterable[ActivityRating]) -> Line:
    by_day = {rating.rated_on: rating for rating in ratings}  # the later of one day holds
    held = [by_day[day] for day in sorted(by_day)]
    change = (
        Change(first=held[0].score, latest=held[-1].score, smallest_real=REAL_CHANGE_OF_ONE) if len(held) > 1 else None
    )
    return Line(activity=activity, ratings=held, change=change)


def _change_of_mean(current: Sequence[Line]) -> Change | None:
    """Over the activities that were rated more than once; the mean of one activity is judged as one activity."""
    twice = [line for line in current if len(line.ratings) > 1]
    if not twice:
        return None
    return Change(
        first=fmean(line.ratings[0].score for line in twice),
        latest=fmean(line.ratings[-1].score for line in twice),
        smallest_real=REAL_CHANGE_OF_MEAN if len(twice) > 1 else REAL_CHANGE_OF_ONE,
        n=len(twice),
    )


def _rated(by: Actor, activity: Activity, score: int, *, on: date | None, by_patient: bool) -> ActivityRating:
    return ActivityRating.objects.create(
        activity=activity,
        score=score,
        rated_on=on or timezone.localdate(),
        by_patient=by_patient,
        made_by_id=by.user_id,
    )


def _check(score: int | None) -> None:
    if score is not None and not 0 <= score <= 10:
        raise BadActivity(_("Choose a number from 0 to 10."))
