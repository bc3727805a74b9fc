"""Red flags: asked, raised, told on, decided. What is raised stops care until a licensed clinician has decided.

For evaluations and plans: `lock_of(episode)` says whether measuring and treating must wait; `needs_screen(episode)`
whether the full list is to be asked first. Answers of an intake come in through `record_screen(…, source="intake")`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.charts.domain.plausibility import Implausible
from poise.clinic.charts.models import RAISED_BY_NO, Episode, RedFlagCall, RedFlagDecision, SafetyScreen
from poise.clinic.people.models import Patient
from poise.clinic.rules import LICENSED
from poise.knowledge.clinical import library
from poise.knowledge.clinical_nouns import Action, RedFlag

YES, NO, UNKNOWN = "yes", "no", "unknown"
ANSWERS = {YES: _("Yes"), NO: _("No"), UNKNOWN: _("Not known")}
CLEARED, REFERRED, EMERGENCY, HOLD = "cleared", "referred", "emergency", "hold"
DECISIONS = {
    CLEARED: _("Cleared: examined, care may go on"),
    REFERRED: _("Referred to a physician"),
    EMERGENCY: _("Sent to emergency care"),
    HOLD: _("On hold until more is known"),
}
TWO_QUESTIONS = {
    "rf_neck_fracture": _(
        "Answer yes where a doctor has not cleared the neck, or where there is tingling or stiffness."
    ),
}
"""Questions of the reference that ask two things: how they are meant."""

URGENCY = ("act_911", "act_same_day", "act_refer", "act_hold", "act_modify")
ENDS_LOCK_ONCE_REFERRED = frozenset({"act_refer", "act_hold", "act_modify"})
OTHER = "rf_other"
"""The short question of a visit was answered with yes, and no flag of the list has been named yet."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One red flag as it is asked."""

    flag: RedFlag
    help: object = ""
    raised_by: str = YES


@dataclass(frozen=True, kw_only=True)
class OpenFlag:
    """A flag that was raised and does not let care go on yet."""

    flag: str
    action: Action
    screen: SafetyScreen
    decision: RedFlagDecision | None

    @property
    def name(self) -> object:
        """What it may be, as the reference names it."""
        known = library().red_flags.get(self.flag)
        return known.name if known else _("a new symptom at this visit")

    @property
    def is_decided(self) -> bool:
        """Whether a clinician has decided (and care still waits: sent on, or on hold)."""
        return self.decision is not None


@dataclass(frozen=True, kw_only=True)
class Lock:
    """Measuring and treating must wait: for these flags, the most urgent one first."""

    flags: tuple[OpenFlag, ...]

    @property
    def action(self) -> Action:
        """What to do, by the most urgent flag."""
        return self.flags[0].action


def questions(condition: str) -> list[Question]:
    """The condition's own red flags, then those that everyone is asked about."""
    return [
        Question(flag=flag, help=TWO_QUESTIONS.get(flag.id, ""), raised_by=NO if flag.id in RAISED_BY_NO else YES)
        for flag in library().red_flags_of(condition)
    ]


def record_screen(
    by: Actor, patient: Patient, episode: Episode | None, answers: Mapping[str, str], *, source: str = "clinician",
    is_full: bool = True,
) -> SafetyScreen:  # fmt: skip
    """Keeps the answers as they were given. A flag that is raised locks the patient's care at once.

    Raises
    ------
    Implausible
        An answer to no known question, or none of yes, no, unknown; or no answer at all.
    """
    known = {**library().red_flags, OTHER: None}
    wrong = {flag: _("Answer with yes, no or not known.") for flag, answer in answers.items()
             if flag not in known or answer not in ANSWERS}  # fmt: skip
    if wrong or not answers:
        raise Implausible(dict(wrong) or {"": _("Nothing was answered.")})
    with transaction.atomic():
        screen = SafetyScreen.objects.create(
            patient=patient, episode=episode, source=source, answers=dict(answers), is_full=is_full,
            made_by_id=by.user_id,
        )  # fmt: skip
        chain.record(by, "redflag.ask", patient_id=patient.pk, what="safety_screen", what_id=screen.pk,
                     detail={"asked": len(answers), "raised": len(screen.raised), "source": source})  # fmt: skip
    return screen


def tell(by: Actor, screen: SafetyScreen, flag: str, *, told: str, done: str = "") -> RedFlagCall:
    """Notes who was told of a raised flag, and what was done at once.

    Raises
    ------
    Implausible
        Nobody was named, or the flag is not raised.
    """
    if not told.strip() or flag not in screen.raised:
        raise Implausible({"told": _("Say who was told.")})
    with transaction.atomic():
        call = RedFlagCall.objects.create(screen=screen, flag=flag, told=told.strip()[:200], done=done.strip(),
                                          made_by_id=by.user_id)  # fmt: skip
        chain.record(by, "redflag.ask", patient_id=screen.patient_id, what="red_flag_call", what_id=call.pk)
    return call


def decide(by: Actor, patient: Patient, flag: str, *, decision: str, reason: str) -> RedFlagDecision:
    """A licensed clinician's decision on an open flag, with the reason. It is never changed: a later one follows it.

    Raises
    ------
    PermissionDenied
        The person is not licensed to decide.
    Implausible
        The flag is not open, the decision is none of `DECISIONS`, or no reason was given.
    """
    if not by.is_a(*LICENSED):
        raise PermissionDenied("redflag.decide")
    with transaction.atomic():
        screens = list(unsettled(patient).select_for_update())
        screen = next((each for each in screens if flag in each.raised), None)
        if screen is None or decision not in DECISIONS or not reason.strip():
            raise Implausible({"reason": _("Choose a decision and say why.")})
        made = RedFlagDecision.objects.create(screen=screen, flag=flag, decision=decision, reason=reason.strip(),
                                              made_by_id=by.user_id)  # fmt: skip
        still_open = {each.flag for each in open_flags(patient)}
        for each in screens:
            if not still_open.intersection(each.raised):
                SafetyScreen.objects.filter(pk=each.pk).update(unsettled=False)
        chain.record(by, "redflag.decide", patient_id=patient.pk, what="red_flag_decision", what_id=made.pk,
                     detail={"flag": flag, "decision": decision})  # fmt: skip
    return made


def open_flags(patient: Patient, screens: Sequence[SafetyScreen] | None = None) -> tuple[OpenFlag, ...]:
    """The patient's raised flags that do not let care go on, the most urgent first. Two queries.

    `screens`: those `unsettled`, where they are known already.
    """
    screens = list(unsettled(patient)) if screens is None else screens
    if not screens:
        return ()
    latest = {made.flag: made for made in RedFlagDecision.objects.filter(screen__patient=patient).order_by("made_at")
              .select_related("made_by")}  # fmt: skip
    found: dict[str, OpenFlag] = {}
    for screen in screens:
        for flag in screen.raised:
            each = OpenFlag(
                flag=flag, action=_action(flag), screen=screen, decision=_decision(latest.get(flag), screen)
            )
            if flag not in found and not _ends_lock(each):
                found[flag] = each
    return tuple(sorted(found.values(), key=lambda each: URGENCY.index(each.action.id)))


def lock_of(episode: Episode) -> Lock | None:
    """Why measuring and treating must wait in this episode; None where they need not.

    A flag is raised for the person, not for one problem: it locks every episode of the patient.
    """
    return lock_of_patient(episode.patient)


def lock_of_patient(patient: Patient) -> Lock | None:
    """As `lock_of`, for the person."""
    flags = tuple(each for each in open_flags(patient) if each.action.locks)
    return Lock(flags=flags) if flags else None


def last_full_screen(episode: Episode, since: datetime | None = None) -> SafetyScreen | None:
    """The last time that the whole list was asked in this episode (by a clinician or by the intake)."""
    screens = SafetyScreen.objects.filter(episode=episode, is_full=True)
    return (screens.filter(asked_at__gte=since) if since else screens).order_by("-asked_at").first()


def needs_screen(episode: Episode, *, today_only: bool = False) -> bool:
    """Whether the full list is to be asked before measuring: at each evaluation, so `today_only`."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return last_full_screen(episode, midnight if today_only else None) is None


def unsettled(patient: Patient) -> QuerySet[SafetyScreen]:
    """The screens that raised a flag which still waits, newest first."""
    return SafetyScreen.objects.filter(patient=patient, unsettled=True).order_by("-asked_at")


def _decision(made: RedFlagDecision | None, screen: SafetyScreen) -> RedFlagDecision | None:
    """A decision counts for what was raised before it, not for what is raised again after it."""
    return made if made and made.made_at >= screen.asked_at else None


def _ends_lock(flag: OpenFlag) -> bool:
    if flag.decision is None:
        return False
    if flag.decision.decision == CLEARED:
        return True
    return flag.decision.decision == REFERRED and flag.action.id in ENDS_LOCK_ONCE_REFERRED


def _action(flag: str) -> Action:
    """What a flag asks for; a yes to the short question is as urgent as a doctor today until it is known what it is."""
    known = library().red_flags.get(flag)
    return library().actions[known.action if known else "act_same_day"]
