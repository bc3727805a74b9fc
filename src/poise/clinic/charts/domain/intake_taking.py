"""Taking a handed-in intake over into the chart, part by part, after it was gone through with the patient.

What only adds to the chart, or fills what was blank, is safe to take with one click. Where the chart says something
else, both are shown and a person chooses. The form itself stays as it was handed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.charts.domain import accidents, activities, earlier, episodes, pain_map, safety
from poise.clinic.charts.domain.accidents import record_accident
from poise.clinic.charts.domain.intake import ACCIDENTS, CHOICES, HEALTH_BODY, HEALTH_DAILY, sole_episode
from poise.clinic.charts.domain.precautions import Answer, answer_precautions
from poise.clinic.charts.models import Episode, Intake, IntakeTaking
from poise.clinic.people.errors import NotPossible
from poise.clinic.people.models import Patient
from poise.knowledge.clinical import library

NEW, SAME, CONFLICT, NEEDS = "new", "same", "conflict", "needs"
IDENTITY = {
    "preferred_name": gettext_lazy("Wants to be called"),
    "phone": gettext_lazy("Phone"),
    "email": gettext_lazy("E-mail"),
    "emergency_contact": gettext_lazy("Emergency contact"),
    "emergency_phone": gettext_lazy("Emergency phone"),
}
EPISODE_FIELDS = {
    "goal": (gettext_lazy("The goal, in the patient's words"), ("hope", "words")),
    "onset_on": (gettext_lazy("Began on"), ("began", "on")),
    "surgery_on": (gettext_lazy("Surgery on"), ("accident", "surgery_on")),
    "surgery": (gettext_lazy("Surgery"), ("accident", "surgery")),
    "surgeon": (gettext_lazy("Surgeon"), ("accident", "surgeon")),
}
WAITS_DAYS = 90
"""For so long what was confirmed waits for an episode; later it is asked anew."""

INSURED = {"car": "auto", "work": "work"}
"""Accidents that an insurer asks about, as the chart calls their kind."""

HISTORY = (
    ("problem", "words", gettext_lazy("What brings them")),
    ("began", "how", gettext_lazy("How it began")),
    ("began", "about", gettext_lazy("About when")),
    ("accident", "was", gettext_lazy("Accident")),
    ("accident", "accident_on", gettext_lazy("Accident on")),
    ("accident", "accident_words", gettext_lazy("What happened")),
    ("pain", "now", gettext_lazy("Pain now (0–10)")),
    ("pain", "worst", gettext_lazy("Worst pain this week (0–10)")),
    ("pain", "day", gettext_lazy("Pain in the last 24 hours (0–10)")),
    ("pain", "worse", gettext_lazy("Worse by")),
    ("pain", "better", gettext_lazy("Better by")),
    ("medicines", "medicines", gettext_lazy("Medicines")),
    ("medicines", "allergies", gettext_lazy("Allergies")),
    ("medicines", "other", gettext_lazy("Other illness or surgery")),
    ("falls", "falls", gettext_lazy("Falls in the last year")),
    ("falls", "afraid", gettext_lazy("Afraid of falling")),
    ("falls", "helper", gettext_lazy("Someone at home to help")),
)


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of an intake beside what the chart says."""

    name: str
    label: str | Promise
    said: str
    stands: str
    state: str  # new | same | conflict | needs
    why: str | Promise = ""
    taking: IntakeTaking | None = None

    @property
    def is_safe(self) -> bool:
        """Whether one click may take it, with all others."""
        return self.state == NEW and self.taking is None

    @property
    def waits(self) -> bool:
        """Whether a person has to choose."""
        return self.state == CONFLICT and self.taking is None


def parts_of(intake: Intake) -> list[Part]:
    """Everything that was written, beside the chart as it stands now."""
    return _with_takings(intake, [*_identity(intake), *_of_episode(intake), *_map(intake), *_activities(intake)])


def _of_episode(intake: Intake) -> list[Part]:
    episode = intake.episode or sole_episode(intake.patient)
    return [*_episode(intake, episode), *_precautions(intake, episode)]


def _with_takings(intake: Intake, parts: list[Part]) -> list[Part]:
    done = {taking.part: taking for taking in intake.takings.order_by("at", "pk")}
    return [replace(part, taking=done.get(part.name)) for part in parts]


def confirm(by: Actor, intake: Intake) -> list[Part]:
    """Gone through with the patient: takes over all that is safe; what differs from the chart still waits for a choice.

    Raises
    ------
    NotPossible
        The form is not handed in, or is confirmed already.
    """
    with transaction.atomic():
        now = Intake.objects.select_for_update().get(pk=intake.pk)
        if now.state != Intake.State.SUBMITTED:
            raise NotPossible(_("Only a form that is handed in can be confirmed."))
        safe = [part for part in parts_of(now) if part.is_safe]
        for part in safe:
            _take(by, now, part)
        now.state, now.confirmed_at, now.confirmed_by_id = Intake.State.CONFIRMED, timezone.now(), by.user_id
        now.episode = now.episode or sole_episode(now.patient)
        now.version += 1
        now.save(update_fields=["state", "confirmed_at", "confirmed_by", "episode", "version"])
        chain.record(
            by,
            "intake.confirm",
            patient_id=now.patient_id,
            what="intake",
            what_id=now.pk,
            detail={"taken": [part.name for part in safe]},
        )
    return safe


@dataclass(frozen=True, kw_only=True)
class Opened:
    """An episode with what a form had waited to tell it: taken over, or differing from what was just typed."""

    episode: Episode
    taken: tuple[Part, ...] = ()
    differing: tuple[Part, ...] = ()


def open_episode(by: Actor, patient: Patient, facts: Mapping[str, object]) -> Opened:
    """A new episode of care, with history, goal and precautions of the form that was confirmed before there was one.

    Raises
    ------
    Implausible
        As `episodes.open_episode`; nothing is written.
    """
    with transaction.atomic():
        intake = _waiting(patient)  # held before the audit is: who decides on its parts takes both in the same order
        episode = episodes.open_episode(by, patient, facts)
        if intake is None or _may_be_of_another(intake, episode):
            return Opened(episode=episode)
        return _opened_with(by, intake, episode)


def _waiting(patient: Patient) -> Intake | None:
    """The newest form that was confirmed without an episode."""
    waiting = Intake.objects.select_for_update().filter(
        patient=patient, episode=None, state=Intake.State.CONFIRMED,
        submitted_at__gte=timezone.now() - timedelta(days=WAITS_DAYS),
    )  # fmt: skip
    return waiting.order_by("-submitted_at").first()


def _may_be_of_another(intake: Intake, episode: Episode) -> bool:
    """Whether another episode was open on the day that the form was confirmed, or since."""
    confirmed_on = timezone.localdate(intake.confirmed_at)
    still_open = Q(ended_on=None) | Q(ended_on__gte=confirmed_on)
    return Episode.objects.filter(still_open, patient=episode.patient_id).exclude(pk=episode.pk).exists()


def _opened_with(by: Actor, intake: Intake, episode: Episode) -> Opened:
    """What the form says of the episode alone: of whom and where it hurts was decided when it was confirmed."""
    intake.episode = episode
    parts = _with_takings(intake, _of_episode(intake))
    safe = tuple(part for part in parts if part.is_safe)
    for part in safe:
        _take(by, intake, part)
    intake.save(update_fields=["episode"])
    detail = {"taken": [part.name for part in safe], "episode": str(episode.pk)}
    chain.record(by, "intake.confirm", patient_id=intake.patient_id, what="intake", what_id=intake.pk, detail=detail)
    return Opened(episode=episode, taken=safe, differing=tuple(part for part in parts if part.waits))


def problem_of(episode: Episode) -> str:
    """What brought the patient, in their own words, from the form that was confirmed; empty where there is none."""
    intake = episode.intakes.filter(state=Intake.State.CONFIRMED).order_by("-submitted_at").first()
    return said(intake.answers, "problem", "words") if intake else ""


def decide(by: Actor, intake: Intake, name: str, *, take: bool, reason: str = "") -> Part:
    """Takes one part over into the chart, in place of what stands there (which is kept as earlier), or leaves it."""
    with transaction.atomic():
        now = Intake.objects.select_for_update().get(pk=intake.pk)
        part = next((each for each in parts_of(now) if each.name == name), None)
        if part is None or now.state not in {Intake.State.SUBMITTED, Intake.State.CONFIRMED}:
            raise NotPossible(_("There is no such part to take over."))
        if take and (part.state == NEEDS or (part.taking is not None and part.taking.taken)):
            raise NotPossible(_("This part cannot be taken over from here."))
        if take:
            _take(by, now, part)
        else:
            IntakeTaking.objects.create(intake=now, part=name, taken=False, reason=reason[:300], by_id=by.user_id)
        chain.record(
            by,
            "intake.confirm",
            patient_id=now.patient_id,
            what="intake",
            what_id=now.pk,
            detail={"part": name, "taken": take},
        )
    return part


# ── what was said beside what stands ─────────────────────────────────────────────────────────────────────────────────


def said(answers: Mapping[str, Any], step: str, name: str) -> str:
    """The words of one answer, as they were typed."""
    values = answers.get(step, {}).get(name, [])
    return ", ".join(value for value in values if value) if isinstance(values, list) else str(values)


def _compare(row: Patient | Episode, name: str, label: str | Promise, words: str) -> Part:
    """A field of the chart beside what was written; what cannot stand in the field is left for a person to read."""
    stands = str(getattr(row, name) or "")
    try:
        row._meta.get_field(name).clean(words, None)  # type: ignore[union-attr]
    except ValidationError as error:
        return Part(name=name, label=label, said=words, stands=stands, state=NEEDS, why=" ".join(error.messages))
    state = SAME if words.strip() == stands.strip() else CONFLICT if stands else NEW
    return Part(name=name, label=label, said=words, stands=stands, state=state)


def _identity(intake: Intake) -> list[Part]:
    return [
        _compare(intake.patient, name, label, words)
        for name, label in IDENTITY.items()
        if (words := said(intake.answers, "who", name))
    ]


def _episode(intake: Intake, episode: Episode | None) -> list[Part]:
    rows = [
        (name, label, words) for name, (label, at) in EPISODE_FIELDS.items() if (words := said(intake.answers, *at))
    ]
    told = history_of(intake)
    if episode is None:
        why = _("There is no open episode of care, or more than one. Open one, then take this over.")
        label = gettext_lazy("History")
        return [
            Part(name=name, label=label, said=words, stands="", state=NEEDS, why=why)
            for name, label, words in [("history", label, told), *rows]
            if words
        ]
    parts = [_compare(episode, name, label, words) for name, label, words in rows] + _accident(intake, episode)
    if told:
        parts.insert(
            0,
            Part(
                name="history",
                label=gettext_lazy("History"),
                said=told,
                stands=episode.history,
                state=NEW,
                why=_("Is added below what stands there."),
            ),
        )
    return parts


def _accident(intake: Intake, episode: Episode) -> list[Part]:
    """The day and kind of an accident on the road or at work: what an insurer asks for; a fall is history alone."""
    was, on = said(intake.answers, "accident", "was"), said(intake.answers, "accident", "accident_on")
    if was not in INSURED:
        return []
    there = accidents.accident_of(episode)
    stands = there.happened_on.isoformat() if there else ""
    part = Part(name="accident", label=gettext_lazy("Accident"), said=f"{ACCIDENTS[was]} {on}".strip(), stands=stands,
                state=NEW)  # fmt: skip
    day = _day(on)
    if day is None or not intake.patient.birth_date <= day <= timezone.localdate():
        return [replace(part, state=NEEDS, why=_("Ask for the day, and record the accident in the episode."))]
    return [replace(part, state=NEW if there is None else SAME if there.happened_on == day else CONFLICT)]


def _day(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


def history_of(intake: Intake) -> str:
    """What was told, one line an answer, in the patient's own words."""
    lines = [
        f"{label}: {CHOICES.get((step, name), {}).get(words, words)}"
        for step, name, label in HISTORY
        if (words := said(intake.answers, step, name))
    ]
    return "\n".join(lines)


def _precautions(intake: Intake, episode: Episode | None) -> list[Part]:
    known = library().contraindications
    rows = episode.precautions.filter(lifted_at=None).values_list("contraindication", "answer") if episode else ()
    there = dict(rows)
    parts = []
    for precaution, own_words in _ticked(intake.answers).items():
        name = known[precaution].name.en
        state, why = NEW, ""
        if episode is None:
            state, why = NEEDS, _("There is no open episode of care, or more than one. Open one, then take this over.")
        elif precaution in there:
            state = CONFLICT if there[precaution] == safety.NO else SAME
        elif "all" not in known[precaution].zones:
            state, why = NEEDS, _("Needs a place and a side: ask, and record it in the episode.")
        parts.append(
            Part(
                name=precaution,
                label=str(own_words),
                said=name,
                stands=str(safety.ANSWERS[there[precaution]]) if precaution in there else "",
                state=state,
                why=why,
            )
        )
    return parts


def _ticked(answers: Mapping[str, Any]) -> dict[str, str | Promise]:
    """The precautions that the answers ask about, with the patient's tick as its words."""
    asked = {**HEALTH_BODY, **HEALTH_DAILY}
    ticked: dict[str, str | Promise] = {
        each: asked[each]
        for step in ("health-1", "health-2")
        for each in answers.get(step, {}).get("has", [])
        if each in asked
    }
    falls = answers.get("falls", {})
    if "2" in falls.get("falls", []):
        ticked["ci_fall_risk_high"] = gettext_lazy("Fell two times or more in the last year")
        if "no" in falls.get("helper", []):
            ticked["ci_home_no_helper"] = gettext_lazy("Fell two times or more, and nobody at home can help")
    return ticked


def marks_of(answers: Mapping[str, Any]) -> list[pain_map.Mark]:
    """The marks of the body map in these answers; those that cannot be read are left out."""
    marks = []
    for raw in answers.get("map", {}).get("marks", []):
        try:
            marks.append(pain_map.check_mark(pain_map.Mark(**raw)))
        except (TypeError, pain_map.BadMark):
            continue
    return marks


def _map(intake: Intake) -> list[Part]:
    n = len(marks_of(intake.answers))
    told = ngettext("%(n)d place", "%(n)d places", n) % {"n": n}
    return [Part(name="map", label=gettext_lazy("Body map"), said=told, stands="", state=NEW)] if n else []


def rated_activities(answers: Mapping[str, Any]) -> list[tuple[str, int | None]]:
    """The activities in the patient's words, with their numbers."""
    rows = [
        (said(answers, "activities", f"activity_{n}").strip(), said(answers, "activities", f"score_{n}"))
        for n in range(1, 6)
    ]
    return [(words, int(score) if score.isdecimal() and int(score) <= 10 else None) for words, score in rows if words]


def _activities(intake: Intake) -> list[Part]:
    there = {activity.words.casefold() for activity in intake.patient.activities.filter(ended_at=None)}
    rows = rated_activities(intake.answers)
    room = activities.MOST - len(there)
    parts = []
    for number, (words, score) in enumerate(rows, 1):
        is_there = words.casefold() in there
        room -= 0 if is_there else 1
        state = SAME if is_there and score is None else NEW if is_there or room >= 0 else NEEDS
        shown = words if score is None else f"{words} · {score}/10"
        why = _("There are five activities already.") if state == NEEDS else ""
        parts.append(
            Part(
                name=f"activity_{number}",
                label=gettext_lazy("Activity"),
                said=shown,
                stands=words if is_there else "",
                state=state,
                why=why,
            )
        )
    return parts


# ── taking ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _take(by: Actor, intake: Intake, part: Part) -> None:
    """Writes one part into the chart, and that it was taken."""
    episode = intake.episode or sole_episode(intake.patient)
    if part.name in IDENTITY:
        _change(by, intake, intake.patient, {part.name: part.said})
    elif part.name == "history" and episode is not None:
        _change(
            by, intake, episode, {"history": "\n\n".join(filter(None, (episode.history, _headed(intake, part.said))))}
        )
    elif part.name in EPISODE_FIELDS and episode is not None:
        _change(by, intake, episode, {part.name: _value(part.name, part.said)})
    elif part.name == "accident" and episode is not None:
        on, kind = said(intake.answers, "accident", "accident_on"), INSURED[said(intake.answers, "accident", "was")]
        record_accident(by, episode, {"happened_on": date.fromisoformat(on), "kind": kind})
    elif part.name == "map":
        pain_map.draw(by, intake.patient, marks_of(intake.answers), episode=episode, by_patient=True)
    elif part.name.startswith("activity_"):
        _take_activity(by, intake, int(part.name[-1]), episode)
    elif episode is not None:
        note = _("From the intake form: %(words)s") % {"words": part.label}
        answer_precautions(by, episode, {part.name: Answer(answer=safety.YES, note=note)})
    IntakeTaking.objects.create(intake=intake, part=part.name, taken=True, by_id=by.user_id)


def _change(by: Actor, intake: Intake, row: Any, values: Mapping[str, object]) -> None:
    earlier.change(by, row, intake.patient, values, seen_version=row.version, because="intake")


def _headed(intake: Intake, words: str) -> str:
    day = timezone.localtime(intake.submitted_at).date().isoformat() if intake.submitted_at else ""
    return _("From the patient's own form, %(day)s:") % {"day": day} + "\n" + words


def _value(name: str, words: str) -> object:
    return date.fromisoformat(words) if name.endswith("_on") else words


def _take_activity(by: Actor, intake: Intake, number: int, episode: Episode | None) -> None:
    words, score = rated_activities(intake.answers)[number - 1]
    day = timezone.localtime(intake.submitted_at).date() if intake.submitted_at else None
    known = next(
        (each for each in intake.patient.activities.filter(ended_at=None) if each.words.casefold() == words.casefold()),
        None,
    )
    if known is None:
        activities.add(by, intake.patient, words, score=score, episode=episode, on=day, by_patient=True)
    elif score is not None:
        activities.rate(by, intake.patient, {known: score}, on=day, by_patient=True)
