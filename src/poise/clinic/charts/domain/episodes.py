"""Episodes of care: one problem, from its start to its discharge."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.charts.domain.earlier import change
from poise.clinic.charts.domain.plausibility import Implausible
from poise.clinic.charts.models import Episode
from poise.clinic.people.models import Patient, Side
from poise.knowledge.clinical import library
from poise.knowledge.clinical_nouns import Code, Words

FIELDS = (
    "title", "condition", "region", "side", "phase", "irritability", "icd10", "referrer", "onset_on", "surgery_on",
    "surgery", "surgeon", "goal", "history", "started_on",
)  # fmt: skip
PAST = ("onset_on", "surgery_on")
END_REASONS = {
    "goals_met": _("All goals met, and the patient agrees"),
    "maintenance_ready": _("Home programme kept for 4 weeks without loss"),
    "plateau_reached": _("Two re-evaluations without real change"),
    "not_appropriate": _("Another service fits better, or safety forbids care here"),
    "patient_choice": _("The patient stops"),
}
IRRITABILITY = {"low": _("Low"), "moderate": _("Moderate"), "high": _("High")}
IRRITABILITY_RULES = {
    "low": _("Pain 0 to 3 with activity, settles within 1 hour, no waking at night."),
    "moderate": _("Pain 4 to 6 with activity, or settles within 24 hours."),
    "high": _("Pain 7 or more with activity, or constant, or flares last over 24 hours, or wakes most nights."),
}
_ICD10 = re.compile(r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?")


def open_episode(by: Actor, patient: Patient, facts: Mapping[str, object]) -> Episode:
    """A new episode of care.

    Raises
    ------
    Implausible
        Something cannot be so; every field at once.
    """
    told = _plausible(patient, facts)
    with transaction.atomic():
        episode = Episode.objects.create(patient=patient, made_by_id=by.user_id, **told)
        chain.record(by, "episode.edit", patient_id=patient.pk, what="episode", what_id=episode.pk,
                     detail={"opened": True, "fields": sorted(told)})  # fmt: skip
    return episode


def edit_episode(by: Actor, episode: Episode, facts: Mapping[str, object], *, seen_version: int) -> Episode:
    """Changes what is known of the problem; what was known before is kept.

    Raises
    ------
    Implausible
        As `open_episode`.
    ChangedMeanwhile
        Another person saved since `seen_version`.
    """
    told = _plausible(episode.patient, {name: getattr(episode, name) for name in FIELDS} | dict(facts))
    return _changed(by, episode, told, seen_version)


def discharge(by: Actor, episode: Episode, *, on: date, because: str, seen_version: int) -> Episode:
    """Ends the episode, with the reason: one of `END_REASONS`, or words.

    Raises
    ------
    Implausible
        No reason, or a day before care began or after today.
    ChangedMeanwhile
        Another person saved since `seen_version`.
    """
    faults: dict[str, str | Promise] = {}
    if not because.strip():
        faults["because"] = _("Say why care ends.")
    if not episode.started_on <= on <= timezone.localdate():
        faults["on"] = _("Care ends between the day it began and today.")
    if faults:
        raise Implausible(faults)
    return _changed(by, episode, {"ended_on": on, "end_reason": because.strip()[:200]}, seen_version)


def reopen(by: Actor, episode: Episode, *, because: str, seen_version: int) -> Episode:
    """Takes care up again; when and why it had ended stays known.

    Raises
    ------
    Implausible
        No reason was given.
    ChangedMeanwhile
        Another person saved since `seen_version`.
    """
    if not because.strip():
        raise Implausible({"because": _("Say why care goes on.")})
    return _changed(by, episode, {"ended_on": None, "end_reason": ""}, seen_version, because.strip()[:300])


def codes_of(condition: str, side: str) -> list[Code]:
    """The diagnosis codes that the reference proposes for a condition on this side; the clinician chooses."""
    known = library().conditions.get(condition)
    fitting = {side, "none"} if side in {Side.LEFT, Side.RIGHT, Side.BOTH} else {"left", "right", "both", "none"}
    return [code for code in known.icd10 if code.side in fitting] if known else []


def code_label(code: str) -> str:
    """Our label of a code, where the reference names it."""
    named = (each.desc for condition in library().conditions.values() for each in condition.icd10 if each.code == code)
    return next(named, "")


def named(part: Mapping[str, object], key: str) -> str:
    """The name of an id of the reference in the reader's language; the id itself where it is not known."""
    known = part.get(key)
    return capfirst(said(known.name)) if known is not None else key  # type: ignore[attr-defined]


def said(words: object) -> str:
    """Words of the reference in the reader's language; other words as they are."""
    return words.in_language((get_language() or "en")[:2]) if isinstance(words, Words) else str(words)


def end_words(reason: str) -> str:
    """Why care ended, for a person to read."""
    return str(END_REASONS.get(reason, reason))


def _changed(
    by: Actor, episode: Episode, values: Mapping[str, object], seen_version: int, because: str = ""
) -> Episode:
    with transaction.atomic():
        _, fields = change(by, episode, episode.patient, values, seen_version=seen_version, because=because)
        chain.record(by, "episode.edit", patient_id=episode.patient_id, what="episode", what_id=episode.pk,
                     detail={"fields": fields})  # fmt: skip
    return episode


def _plausible(patient: Patient, facts: Mapping[str, object]) -> dict[str, object]:
    told = {name: value.strip() if isinstance(value, str) else value for name, value in facts.items() if name in FIELDS}
    told["icd10"] = _codes(told.get("icd10"))
    faults: dict[str, str | Promise] = {}
    for name, part in {"condition": library().conditions, "region": library().regions, "phase": library().phases,
                       "irritability": library().irritability}.items():  # fmt: skip
        if told.get(name) and told[name] not in part:
            faults[name] = _("Choose one of the list.")
    today = timezone.localdate()
    for name in PAST:
        day = told.get(name)
        if isinstance(day, date) and not patient.birth_date <= day <= today:
            faults[name] = _("This day lies before the birth or after today.")
    if not isinstance(told.get("started_on"), date):
        told["started_on"] = today
    wrong = [code for code in told["icd10"] if not _ICD10.fullmatch(code)]  # type: ignore[attr-defined]
    if wrong:
        faults["icd10"] = _("This does not look like an ICD-10 code: %(codes)s") % {"codes": ", ".join(wrong)}
    if not told.get("title"):
        told["title"] = _title(told)
    if not told["title"]:
        faults["title"] = _("Name the problem, or choose a condition.")
    if faults:
        raise Implausible(faults)
    return told


def _codes(said: object) -> list[str]:
    held = said if isinstance(said, list | tuple) else []
    return list(dict.fromkeys(str(code).strip().upper() for code in held if str(code).strip()))


def _title(told: Mapping[str, object]) -> str:
    condition = str(told.get("condition") or "")
    return named(library().conditions, condition)[:200] if condition in library().conditions else ""
