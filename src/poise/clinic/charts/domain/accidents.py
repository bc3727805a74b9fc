"""The accident that an episode came from, as an auto insurer asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.charts.domain.earlier import change
from poise.clinic.charts.domain.plausibility import Implausible
from poise.clinic.charts.models import Accident, Episode

FIELDS = (
    "happened_on", "kind", "state", "insurer", "claim_number", "adjuster", "attorney", "first_care_on",
    "emergency_condition", "emergency_certified_by", "certifier",
)  # fmt: skip
FIRST_CARE_DAYS = 14
"""Florida pays personal injury protection only where care began within 14 days (s. 627.736, Florida Statutes)."""

EMERGENCY = {"yes": _("Yes"), "no": _("No"), "unknown": _("Not certified yet")}
CERTIFIERS = {
    "physician": _("Physician (MD or DO)"),
    "dentist": _("Dentist"),
    "assistant": _("Physician assistant"),
    "nurse": _("Advanced practice nurse"),
    "chiropractor": _("Chiropractor"),
}
MAY_NOT_CERTIFY = frozenset({"chiropractor"})


def record_accident(
    by: Actor, episode: Episode, facts: Mapping[str, object], *, seen_version: int | None = None
) -> Accident:
    """Keeps the facts of the accident; earlier ones stay readable.

    Raises
    ------
    Implausible
        A day that cannot be, or an emergency condition certified by someone who cannot certify it.
    ChangedMeanwhile
        Another person saved since `seen_version`.
    """
    told = {name: facts[name] for name in FIELDS if name in facts}
    if faults := _faults(episode, told):
        raise Implausible(faults)
    with transaction.atomic():
        there = accident_of(episode)
        if there is None:
            accident, fields = Accident.objects.create(episode=episode, made_by_id=by.user_id, **told), sorted(told)
        else:
            seen = there.version if seen_version is None else seen_version
            accident, fields = change(by, there, episode.patient, told, seen_version=seen)
        chain.record(by, "episode.edit", patient_id=episode.patient_id, what="accident", what_id=accident.pk,
                     detail={"fields": fields})  # fmt: skip
    return accident


def accident_of(episode: Episode) -> Accident | None:
    """The accident, if the episode came from one."""
    return Accident.objects.filter(episode=episode).first()


def days_to_first_care(accident: Accident) -> int | None:
    """Days from the accident to the first care; None where that is not known."""
    return (accident.first_care_on - accident.happened_on).days if accident.first_care_on else None


def is_late(accident: Accident) -> bool:
    """Whether the first care came after the 14th day, or the 14 days have passed without any that is known."""
    days = days_to_first_care(accident)
    return (
        (timezone.localdate() - accident.happened_on).days > FIRST_CARE_DAYS if days is None else days > FIRST_CARE_DAYS
    )


def _faults(episode: Episode, told: Mapping[str, object]) -> dict[str, str | Promise]:
    faults: dict[str, str | Promise] = {}
    happened, care, today = told.get("happened_on"), told.get("first_care_on"), timezone.localdate()
    if not isinstance(happened, date):
        faults["happened_on"] = _("Say when it happened.")
    elif not episode.patient.birth_date <= happened <= today:
        faults["happened_on"] = _("This day lies before the birth or after today.")
    elif isinstance(care, date) and not happened <= care <= today:
        faults["first_care_on"] = _("The first care lies before the accident or after today.")
    if told.get("emergency_condition") == "yes":
        if told.get("certifier") in MAY_NOT_CERTIFY:
            faults["certifier"] = _("A chiropractor cannot certify that there is an emergency medical condition.")
        elif told.get("certifier") not in CERTIFIERS or not told.get("emergency_certified_by"):
            faults["emergency_certified_by"] = _("Say who certified it, and their profession.")
    return faults
