"""The intake: sent ahead by a link, written on a phone, handed in. What a person wrote is kept just as it was written.

A link with the date of birth lets a person write, and shows nothing of the record: not even what was written with it on
another device. Each browser (and each account) has a sheet of its own; handing in joins them, the newest words first.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.charts.domain import safety
from poise.clinic.charts.models import ConsentText, Episode, Intake, IntakeSheet, SafetyScreen
from poise.clinic.people.domain.links import hashed, new_secret
from poise.clinic.people.errors import LinkNotGood, NotPossible
from poise.clinic.people.models import Patient
from poise.knowledge.clinical import library
from poise.knowledge.clinical_nouns import Action, RedFlag

Answers = Mapping[str, Mapping[str, Any]]
DAYS = 14
MOST_TRIES = 5
SOURCE = "intake"
TIMES = "_at"  # beside a sheet's screens: when each was last written
OPEN = (Intake.State.SENT, Intake.State.STARTED)
# "Do you feel safe at home?" is asked alone and by a person: whoever holds the phone may be the danger. Its "yes" also
# means the opposite of all the others'. Blood pressure is read, not remembered.
ASKED_IN_PERSON = frozenset({"rf_abuse", "rf_bp_crisis"})

HEALTH_BODY = {
    "ci_anticoagulant": gettext_lazy("I take a blood thinner"),
    "ci_implant_electrical": gettext_lazy("I have a pacemaker or an implant that uses power"),
    "ci_cardiac_unstable": gettext_lazy("I have heart trouble that is not under control"),
    "ci_uncontrolled_bp": gettext_lazy("My blood pressure is too high"),
    "ci_pregnancy": gettext_lazy("I am pregnant, or I may be"),
    "ci_osteoporosis": gettext_lazy("My bones are weak, or I take steroids"),
    "ci_fracture_unhealed": gettext_lazy("I have a broken bone that has not healed"),
    "ci_spinal_fusion": gettext_lazy("I had bones of the back or neck fused"),
    "ci_cancer_region": gettext_lazy("I have or had cancer"),
    "ci_wound_open": gettext_lazy("I have an open wound"),
    "ci_dvt": gettext_lazy("I have or had a blood clot"),
}
HEALTH_DAILY = {
    "ci_vestibular_acute": gettext_lazy("I feel dizzy, or the room spins"),
    "ci_upright_limit": gettext_lazy("I feel faint when I stand up"),
    "ci_vision_low": gettext_lazy("I do not see well, even with glasses"),
    "ci_insensate_foot": gettext_lazy("I do not feel my feet well"),
    "ci_hypermobility": gettext_lazy("My joints bend too far"),
    "ci_skin_fragile": gettext_lazy("My skin tears easily"),
    "ci_concussion_acute": gettext_lazy("I hit my head and still feel it"),
    "ci_supine_limit": gettext_lazy("I cannot lie flat"),
    "ci_kneel_limit": gettext_lazy("I cannot kneel"),
}

BEGAN = {
    "slow": gettext_lazy("Bit by bit"),
    "sudden": gettext_lazy("All at once"),
    "accident": gettext_lazy("In an accident or a fall"),
    "surgery": gettext_lazy("After surgery"),
    "unknown": gettext_lazy("I do not know"),
}
ACCIDENTS = {
    "no": gettext_lazy("No"),
    "car": gettext_lazy("Yes, in a car or on the road"),
    "work": gettext_lazy("Yes, at work"),
    "fall": gettext_lazy("Yes, a fall"),
    "other": gettext_lazy("Yes, another kind"),
}
FALLS = {"0": gettext_lazy("I did not fall"), "1": gettext_lazy("Once"), "2": gettext_lazy("Two times or more")}
AFRAID = {"no": gettext_lazy("No"), "some": gettext_lazy("A little"), "much": gettext_lazy("Yes, a lot")}
YES_NO = {"no": gettext_lazy("No"), "yes": gettext_lazy("Yes")}
CHOICES = {
    ("began", "how"): BEGAN,
    ("accident", "was"): ACCIDENTS,
    ("falls", "falls"): FALLS,
    ("falls", "afraid"): AFRAID,
    ("falls", "helper"): YES_NO,
}


class WrongBirthDate(NotPossible):
    """Another date of birth than the record's; `tries_left` before the link locks."""

    def __init__(self, tries_left: int) -> None:
        self.tries_left = tries_left
        super().__init__(_("This date does not fit. Please check it."))


# ── sending ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def send(by: Actor, patient: Patient, *, episode: Episode | None = None, language: str = "") -> tuple[Intake, str]:
    """A new form for the patient, and the secret of its link: shown now and never again, only its hash is kept."""
    secret = new_secret()
    with transaction.atomic():
        made = Intake.objects.create(
            patient=patient,
            episode=episode or sole_episode(patient),
            language=language or patient.language,
            secret_hash=hashed(secret),
            expires_at=timezone.now() + timedelta(days=DAYS),
            made_by_id=by.user_id,
        )
        chain.record(by, "intake.send", patient_id=patient.pk, what="intake", what_id=made.pk, detail={"days": DAYS})
    return made, secret


def renew(by: Actor, intake: Intake) -> str:
    """A new link for a form that is not handed in yet; the old one ends. What was written stays."""
    secret = new_secret()
    with transaction.atomic():
        changed = Intake.objects.filter(pk=intake.pk, state__in=OPEN).update(
            secret_hash=hashed(secret),
            expires_at=timezone.now() + timedelta(days=DAYS),
            tries=0,
            version=F("version") + 1,
        )
        if not changed:
            raise NotPossible(_("This form is closed. Send a new one."))
        chain.record(
            by,
            "intake.send",
            patient_id=intake.patient_id,
            what="intake",
            what_id=intake.pk,
            detail={"renewed": True, "days": DAYS},
        )
    return secret


def withdraw(by: Actor, intake: Intake, *, because: str = "") -> None:
    """The link ends, and nobody can write any more. What was written stays."""
    with transaction.atomic():
        changed = Intake.objects.filter(pk=intake.pk, state__in=OPEN).update(
            state=Intake.State.WITHDRAWN, secret_hash="", withdrawn_because=because[:300], version=F("version") + 1
        )
        if not changed:
            raise NotPossible(_("This form is closed already."))
        chain.record(
            by,
            "intake.send",
            patient_id=intake.patient_id,
            what="intake",
            what_id=intake.pk,
            detail={"withdrawn": True},
        )


def sole_episode(patient: Patient) -> Episode | None:
    """The one episode that is open; None where there are none, or several to choose from."""
    running = list(patient.episodes.filter(ended_on=None)[:2])
    return running[0] if len(running) == 1 else None


# ── opening ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def by_secret(secret: str) -> Intake:
    """The form of a link.

    Raises
    ------
    LinkNotGood
        Unknown, too old, withdrawn, handed in or locked: one answer for all.
    """
    found = (
        Intake.objects.select_related("patient", "patient__clinic", "episode")
        .filter(secret_hash=hashed(secret))
        .first()
    )
    return _usable(found if secret else None)


def _usable(found: Intake | None) -> Intake:
    good = found is not None and found.state in OPEN and found.tries < MOST_TRIES
    if not good or found is None or found.expires_at is None or found.expires_at <= timezone.now():
        raise LinkNotGood(_("This link cannot be used any more."), do=_("Please ask the clinic for a new one."))
    return found


def still_open(intake_id: UUID | None) -> Intake:
    """The form with this id, while its link is good.

    Raises
    ------
    LinkNotGood
        As `by_secret`.
    """
    asked = Intake.objects.select_related("patient", "patient__clinic", "episode")
    return _usable(asked.filter(pk=intake_id).first() if intake_id else None)


def open_sheet(by: Actor, intake: Intake, birth_date: date) -> IntakeSheet:
    """A new sheet for a browser that gave the right date of birth. It is empty, whatever was written elsewhere.

    Raises
    ------
    WrongBirthDate, LinkNotGood
        The wrong date; too many wrong ones lock the link, until the clinic renews it.
    """
    if _counted_try(by, intake, birth_date):
        with transaction.atomic():
            sheet = IntakeSheet.objects.create(intake=intake)
            chain.record(
                by,
                "intake.fill",
                patient_id=intake.patient_id,
                what="intake",
                what_id=intake.pk,
                detail={"opened": "link"},
            )
        return sheet
    raise WrongBirthDate(max(0, MOST_TRIES - Intake.objects.values_list("tries", flat=True).get(pk=intake.pk)))


def _counted_try(by: Actor, intake: Intake, birth_date: date) -> bool:
    """Whether the date fits. A wrong one is counted and written down, whatever happens after."""
    with transaction.atomic():
        now = Intake.objects.select_for_update(of=("self",)).select_related("patient").get(pk=intake.pk)
        _usable(now)
        if now.patient.birth_date == birth_date:
            return True
        Intake.objects.filter(pk=now.pk).update(tries=F("tries") + 1)
        chain.record(
            by,
            "intake.fill",
            patient_id=now.patient_id,
            what="intake",
            what_id=now.pk,
            outcome=chain.REFUSED,
            detail={"why": "date of birth"},
        )
    return False


def sheet_of_account(by: Actor, intake: Intake) -> IntakeSheet:
    """The sheet of a person who is signed in: the patient, or a clinician who fills it in with them."""
    if intake.state not in OPEN:
        raise NotPossible(_("This form is handed in."))
    with transaction.atomic():
        known = IntakeSheet.objects.filter(intake=intake, account=by.user_id).first()
        return known or IntakeSheet.objects.create(intake=intake, account_id=by.user_id)


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def write(by: Actor, sheet: IntakeSheet, step: str, answers: Mapping[str, Any], *, typing: bool = False) -> IntakeSheet:
    """Keeps what one screen holds now. `typing`: kept while the person still types; the audit tells of the screen once.

    A safety question answered with yes (or not sure) is in the chart at once, before anything is handed in.

    Raises
    ------
    LinkNotGood
        The form was handed in or withdrawn meanwhile.
    """
    with transaction.atomic():
        intake = _locked(sheet)
        if intake.state not in OPEN:
            raise LinkNotGood(_("This form is closed."), do=_("Please ask the clinic for a new one."))
        kept = IntakeSheet.objects.select_for_update().get(pk=sheet.pk)
        kept.saved_at = timezone.now()
        times = {**kept.answers.get(TIMES, {}), step: kept.saved_at.isoformat()}
        kept.answers = {**kept.answers, step: dict(answers), TIMES: times}
        kept.save(update_fields=["answers", "saved_at"])
        Intake.objects.filter(pk=intake.pk, state=Intake.State.SENT).update(state=Intake.State.STARTED)
        if not typing:
            raised = _raise_flags(by, intake, flags_said(kept.answers))
            chain.record(
                by,
                "intake.fill",
                patient_id=intake.patient_id,
                what="intake",
                what_id=intake.pk,
                detail={"step": step, "red_flags": raised},
            )
    return kept


def _locked(sheet: IntakeSheet) -> Intake:
    """The form, held until the transaction is over."""
    return Intake.objects.select_for_update(of=("self",)).select_related("patient", "episode").get(pk=sheet.intake_id)


def _raise_flags(by: Actor, intake: Intake, now: Mapping[str, str]) -> int:
    """A screen in the chart, where a red flag is answered with other than no, and was not so before."""
    last = (
        SafetyScreen.objects.filter(patient=intake.patient_id, source=SOURCE, made_at__gte=intake.made_at)
        .order_by("-asked_at")
        .first()
    )
    known = last.answers if last else {}
    new = {flag: said for flag, said in now.items() if said != "no" and known.get(flag) != said}
    if new:
        safety.record_screen(by, intake.patient, intake.episode, {**known, **now}, source=SOURCE, is_full=False)
    return len(new)


def must_stop(sheet: IntakeSheet) -> list[RedFlag]:
    """The flags answered with yes or not sure whose message was not yet read to its end; the most urgent first."""
    said = flags_said(sheet.answers)
    flags = [library().red_flags[flag] for flag, answer in said.items() if answer != "no" and flag not in sheet.stopped]
    return sorted(flags, key=lambda flag: safety.URGENCY.index(flag.action))


def went_on(by: Actor, sheet: IntakeSheet) -> None:
    """The person has read what to do, and goes on with the form. The yes stays, in the form and in the chart."""
    with transaction.atomic():
        kept = IntakeSheet.objects.select_for_update().get(pk=sheet.pk)
        read = [flag.id for flag in must_stop(kept)]
        kept.stopped = [*kept.stopped, *read]
        kept.save(update_fields=["stopped"])
        patient_id = Intake.objects.values_list("patient_id", flat=True).get(pk=sheet.intake_id)
        chain.record(
            by,
            "intake.fill",
            patient_id=patient_id,
            what="intake",
            what_id=sheet.intake_id,
            detail={"read_what_to_do": read},
        )


def hand_in(by: Actor, sheet: IntakeSheet) -> Intake:
    """Closes the form: all sheets are joined and frozen, and the link ends.

    Raises
    ------
    NotPossible
        A safety question is not answered yet.
    """
    with transaction.atomic():
        intake = _locked(sheet)
        if intake.state not in OPEN:
            raise LinkNotGood(_("This form is closed."))
        answers = merged(intake)
        if missing := unanswered(intake, answers):
            raise NotPossible(_("Please answer the safety questions."), found=", ".join(flag.id for flag in missing))
        intake.answers, intake.state, intake.submitted_at = answers, Intake.State.SUBMITTED, timezone.now()
        intake.secret_hash, intake.version = "", intake.version + 1
        intake.save(update_fields=["answers", "state", "submitted_at", "secret_hash", "version"])
        safety.record_screen(by, intake.patient, intake.episode, flags_said(answers), source=SOURCE)
        chain.record(
            by,
            "intake.fill",
            patient_id=intake.patient_id,
            what="intake",
            what_id=intake.pk,
            detail={"handed_in": True, "steps": len(answers)},
        )
    return intake


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def merged(intake: Intake) -> dict[str, dict[str, Any]]:
    """All sheets as one: of each question the newest words that say something."""
    written = [
        (sheet.answers[TIMES][step], step, answers)
        for sheet in intake.sheets.all()
        for step, answers in sheet.answers.items()
        if step != TIMES
    ]
    joined: dict[str, dict[str, Any]] = {}
    for _at, step, answers in sorted(written, key=lambda each: each[0]):
        said = {name: value for name, value in answers.items() if _says(value)}
        joined[step] = {**joined.get(step, {}), **said}
    return joined


def _says(value: object) -> bool:
    return any(value) if isinstance(value, list) else bool(value)


def steps_written(joined: Answers) -> set[str]:
    """The screens of `merged` sheets on which something was written on any device: which, never what."""
    return {step for step, answers in joined.items() if answers}


def questions_of(intake: Intake) -> list[RedFlag]:
    """The safety questions of this form: always asked, and those of the episode's condition; the most urgent first."""
    condition = intake.episode.condition if intake.episode else ""
    asked = [flag for flag in library().red_flags_of(condition) if flag.id not in ASKED_IN_PERSON]
    return sorted(asked, key=lambda flag: safety.URGENCY.index(flag.action))


def flags_said(answers: Answers) -> dict[str, str]:
    """What was answered to each safety question."""
    return {
        flag: values[0]
        for step, said in answers.items()
        if step.startswith("safety-")
        for flag, values in said.items()
        if flag in library().red_flags and values and values[0] in {"yes", "no", "unknown"}
    }


def unanswered(intake: Intake, answers: Answers) -> list[RedFlag]:
    """The safety questions without an answer."""
    said = flags_said(answers)
    return [flag for flag in questions_of(intake) if flag.id not in said]


def what_to_do(said: Mapping[str, str]) -> Action | None:
    """The most urgent thing that these answers ask for; not sure asks for one step less than yes, never for nothing."""
    steps = [_step_of(flag, answer) for flag, answer in said.items() if answer != "no"]
    return library().actions[safety.URGENCY[min(steps)]] if steps else None


def _step_of(flag: str, answer: str) -> int:
    step = safety.URGENCY.index(library().red_flags[flag].action)
    return step if answer == "yes" else max(step, min(step + 1, safety.URGENCY.index("act_refer")))


def consent_words(intake: Intake, language: str) -> ConsentText | None:
    """The clinic's newest consent words in this language, else in any; None where it wrote none."""
    texts = ConsentText.objects.filter(clinic=intake.patient.clinic_id).order_by("-made_at")
    return texts.filter(language=language[:2]).first() or texts.first()


def write_consent(by: Actor, clinic_id: UUID, language: str, words: str) -> ConsentText:
    """New consent words of the clinic; the earlier ones are kept for whom has read them."""
    with transaction.atomic():
        made = ConsentText.objects.create(clinic_id=clinic_id, language=language, words=words, made_by_id=by.user_id)
        chain.record(by, "clinic.edit", what="consent_text", what_id=made.pk, detail={"language": language})
    return made
