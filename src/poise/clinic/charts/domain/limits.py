"""The surgeon's or physician's limits. An order is never edited away: it is lifted with a reason and stays readable."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.charts.domain.plausibility import Implausible
from poise.clinic.charts.models import Episode, Limit
from poise.clinic.people.models import Patient

FIELDS = ("measure", "side", "low", "high", "unit", "words", "until", "ordered_by", "ordered_on")


def order_limit(by: Actor, episode: Episode, facts: Mapping[str, object]) -> Limit:
    """Writes down a limit that was ordered.

    Raises
    ------
    Implausible
        Nothing is limited, nobody ordered it, or its numbers or days are turned round.
    """
    told = {name: facts[name] for name in FIELDS if facts.get(name) not in (None, "")}
    if faults := _faults(told):
        raise Implausible(faults)
    told.setdefault("measure", "words")
    with transaction.atomic():
        limit = Limit.objects.create(episode=episode, made_by_id=by.user_id, **told)
        chain.record(by, "episode.edit", patient_id=episode.patient_id, what="limit", what_id=limit.pk,
                     detail={"fields": sorted(told)})  # fmt: skip
    return limit


def lift_limit(by: Actor, limit: Limit, *, because: str) -> Limit:
    """Ends a limit before its time, with who said so and why.

    Raises
    ------
    Implausible
        No reason was given.
    """
    if not because.strip():
        raise Implausible({"because": _("Say who lifted it and why.")})
    with transaction.atomic():
        now = timezone.now()
        # The first lifting stands, when two people lift at once.
        lifted = Limit.objects.filter(pk=limit.pk, lifted_at=None).update(
            lifted_at=now, lifted_because=because.strip()[:300]
        )
        limit.refresh_from_db()
        if lifted:
            chain.record(by, "episode.edit", patient_id=limit.episode.patient_id, what="limit", what_id=limit.pk,
                         detail={"lifted": True})  # fmt: skip
    return limit


def standing_limits(patient: Patient) -> QuerySet[Limit]:
    """The limits that were not lifted, over all open episodes; the last day of some may have passed."""
    return Limit.objects.filter(episode__patient=patient, episode__ended_on=None, lifted_at=None).order_by("made_at")


def active_limits(patient: Patient, today: date) -> QuerySet[Limit]:
    """The limits that hold today, over all open episodes."""
    return standing_limits(patient).filter(Q(until=None) | Q(until__gte=today)).select_related("episode")


def is_active(limit: Limit, today: date) -> bool:
    """Whether it holds today: not lifted, and its last day not passed."""
    return limit.lifted_at is None and (limit.until is None or limit.until >= today)


def _faults(told: Mapping[str, object]) -> dict[str, str | Promise]:
    faults: dict[str, str | Promise] = {}
    low, high = told.get("low"), told.get("high")
    if low is None and high is None and not told.get("words"):
        faults["words"] = _("Say what is limited: a number, or words.")
    if isinstance(low, float | int) and isinstance(high, float | int) and low > high:
        faults["high"] = _("The upper limit lies below the lower one.")
    if (low is not None or high is not None) and not told.get("measure"):
        faults["measure"] = _("Say which motion or load the number limits.")
    if not told.get("ordered_by"):
        faults["ordered_by"] = _("Say who ordered it.")
    ordered, until = told.get("ordered_on"), told.get("until")
    if not isinstance(ordered, date):
        faults["ordered_on"] = _("Say when it was ordered.")
    elif ordered > timezone.localdate():
        faults["ordered_on"] = _("This date is in the future.")
    elif isinstance(until, date) and until < ordered:
        faults["until"] = _("It would end before it was ordered.")
    return faults
