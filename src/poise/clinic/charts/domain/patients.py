"""Who is treated here: registering, correcting the identity, archiving. Nobody is ever deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.charts.domain import plausibility
from poise.clinic.charts.domain.earlier import change
from poise.clinic.charts.domain.plausibility import Implausible
from poise.clinic.charts.domain.search import Line, lines
from poise.clinic.people.folding import folded
from poise.clinic.people.models import Patient, PatientWord, RecordCounter, TeamMember, User
from poise.clinic.rules import CLINICIANS
from poise.errors import PoiseError

IDENTITY = (
    "family_name", "given_name", "preferred_name", "birth_date", "sex", "pronouns", "language", "needs_interpreter",
    "phone", "email", "street", "city", "region", "postal_code", "emergency_contact", "emergency_phone",
    "height_m", "mass_kg", "record_number",
)  # fmt: skip
NEEDED = ("family_name", "given_name", "birth_date")
ALIKE = 0.82
CANDIDATES = 50


class AlreadyHere(PoiseError):
    """Someone very like this is registered already; `alike` shows who."""

    def __init__(self, alike: list[Alike]) -> None:
        self.alike = alike
        super().__init__(
            "Someone very like this is registered already.",
            found=f"{len(alike)} patient(s) with the same or a similar name and date of birth.",
            do="Open that patient instead, or say that this is another person.",
        )


class NumberTaken(PoiseError):
    """The record number belongs to another patient."""


@dataclass(frozen=True, kw_only=True)
class Alike:
    """A patient who may be the same person."""

    line: Line
    is_same: bool  # same name and date of birth, not only similar


def register(
    by: Actor, facts: Mapping[str, object], *, team: tuple[UUID, ...] = (), another_person: bool = False
) -> Patient:
    """A new patient with a record number of their own.

    A clinician who registers is on the care team, and leads it; `team` are further people of the clinic.

    Raises
    ------
    Implausible
        Something typed cannot be so; every field at once.
    AlreadyHere
        Someone very like this is there, and it was not said that this is `another_person`.
    NumberTaken
        The record number that was typed is another patient's.
    """
    told = _plausible(facts)
    with transaction.atomic():
        if not another_person and (there := alike(by, told)):
            raise AlreadyHere(there)
        patient = Patient(clinic_id=by.at, made_by_id=by.user_id, **told)
        patient.record_number = str(told.get("record_number") or "") or _next_number(by)
        _save_new(patient)
        members = _start_team(by, patient, team)
        chain.record(by, "patient.register", patient_id=patient.pk, what="patient", what_id=patient.pk,
                     detail={"team": len(members), "another_person": another_person})  # fmt: skip
    return patient


def edit_identity(by: Actor, patient: Patient, facts: Mapping[str, object], *, seen_version: int) -> Patient:
    """Corrects who the patient is and how to reach them; the earlier values are kept.

    Raises
    ------
    Implausible, NumberTaken
        As `register`.
    ChangedMeanwhile
        Another person saved since `seen_version`.
    """
    told = _plausible({name: getattr(patient, name) for name in IDENTITY} | dict(facts))
    if not told["record_number"]:
        told["record_number"] = patient.record_number
    with transaction.atomic():
        if _number_is_taken(by, str(told["record_number"]), patient.pk):
            raise _taken(str(told["record_number"]))
        _, changed = change(by, patient, patient, told, seen_version=seen_version)
        patient.refresh_words()
        chain.record(by, "patient.identity.edit", patient_id=patient.pk, what="patient", what_id=patient.pk,
                     detail={"fields": changed})  # fmt: skip
    return patient


def archive(by: Actor, patient: Patient, *, because: str, seen_version: int) -> Patient:
    """Takes the patient out of the lists, with the reason. The record stays whole and can be found and opened.

    Raises
    ------
    Implausible
        No reason was given.
    ChangedMeanwhile
        Another person saved since `seen_version`.
    """
    if not because.strip():
        raise Implausible({"because": _("Say why.")})
    with transaction.atomic():
        values = {"archived_at": timezone.now(), "archived_because": because.strip()[:300]}
        change(by, patient, patient, values, seen_version=seen_version)
        chain.record(by, "patient.archive", patient_id=patient.pk, what="patient", what_id=patient.pk)
    return patient


def take_back(by: Actor, patient: Patient, *, seen_version: int) -> Patient:
    """Puts an archived patient back into the lists; that and why they were archived stays known."""
    with transaction.atomic():
        change(by, patient, patient, {"archived_at": None, "archived_because": ""}, seen_version=seen_version)
        chain.record(by, "patient.archive", patient_id=patient.pk, what="patient", what_id=patient.pk,
                     detail={"taken_back": True})  # fmt: skip
    return patient


def alike(by: Actor, facts: Mapping[str, object]) -> list[Alike]:
    """Patients of the clinic who may be this person: same name and birth date first, then similar ones."""
    born, name = facts["birth_date"], _name_words(facts)
    if not isinstance(born, date):
        return []
    here = Patient.objects.filter(clinic=by.clinic_id)
    same_day = list(here.filter(birth_date=born)[:CANDIDATES])
    same_name = here
    for word in sorted(name):
        same_name = same_name.filter(
            pk__in=PatientWord.objects.filter(clinic=by.clinic_id, word=word).values("patient_id")
        )
    found = {each.pk: each for each in (*same_day, *same_name[:CANDIDATES])}
    rated = [(each, _is_same(each, name, born)) for each in found.values() if _is_similar(each, name, born)]
    rated.sort(key=lambda pair: not pair[1])
    return [Alike(line=line, is_same=same)
            for line, (_, same) in zip(lines(by, [each for each, _ in rated]), rated, strict=True)]  # fmt: skip


def _name_words(facts: Mapping[str, object]) -> set[str]:
    return {word for field in ("family_name", "given_name") for word in folded(str(facts[field]))}


def _own_words(patient: Patient) -> set[str]:
    return _name_words({"family_name": patient.family_name, "given_name": patient.given_name})


def _is_same(patient: Patient, name: set[str], born: date) -> bool:
    return patient.birth_date == born and _own_words(patient) == name


def _is_similar(patient: Patient, name: set[str], born: date) -> bool:
    """The same day and nearly the same name, or the same name and a day with digits turned round."""
    own = _own_words(patient)
    likeness = SequenceMatcher(None, " ".join(sorted(own)), " ".join(sorted(name))).ratio()
    if patient.birth_date == born:
        return likeness >= ALIKE or own <= name or name <= own
    turned = sorted(f"{patient.birth_date:%Y%m%d}") == sorted(f"{born:%Y%m%d}")
    differing = sum(a != b for a, b in zip(f"{patient.birth_date:%Y%m%d}", f"{born:%Y%m%d}", strict=True))
    return own == name and (turned or differing <= 1)


def _plausible(facts: Mapping[str, object]) -> dict[str, object]:
    """The facts, trimmed.

    Raises
    ------
    Implausible
        What is missing or cannot be so, all at once.
    """
    told = {
        name: value.strip() if isinstance(value, str) else value for name, value in facts.items() if name in IDENTITY
    }
    faults: dict[str, str | Promise] = {name: _("This is needed.") for name in NEEDED if not told.get(name)}
    checks = {"phone": plausibility.check_phone, "emergency_phone": plausibility.check_phone,
              "email": plausibility.check_email}  # fmt: skip
    for name, check in checks.items():
        if fault := check(str(told.get(name) or "")):
            faults[name] = fault
    born = told.get("birth_date")
    if isinstance(born, date) and (fault := plausibility.check_birth_date(born, timezone.localdate())):
        faults["birth_date"] = fault
    faults |= plausibility.check_body(_number(told.get("height_m")), _number(told.get("mass_kg")))
    if faults:
        raise Implausible(faults)
    return told


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _next_number(by: Actor) -> str:
    """The clinic's next free number. Its counter is locked until the transaction ends, so two are never alike."""
    RecordCounter.objects.get_or_create(clinic_id=by.at)
    while True:
        counter = RecordCounter.objects.select_for_update().get(clinic_id=by.at)
        RecordCounter.objects.filter(pk=counter.pk).update(last=F("last") + 1)
        number = f"P{counter.last + 1:05d}"
        if not _number_is_taken(by, number, None):
            return number


def _number_is_taken(by: Actor, number: str, except_for: UUID | None) -> bool:
    held = Patient.objects.filter(clinic=by.clinic_id, record_number=number)
    return (held.exclude(pk=except_for) if except_for else held).exists()


def _save_new(patient: Patient) -> None:
    try:
        with transaction.atomic():
            patient.save(force_insert=True)
    except IntegrityError as error:
        if _number_is_taken(
            Actor(user_id=None, name="", clinic_id=patient.clinic_id), patient.record_number, patient.pk
        ):
            raise _taken(patient.record_number) from error
        raise


def _taken(number: str) -> NumberTaken:
    return NumberTaken("The record number is taken.", found=f"'{number}' belongs to another patient.",
                       do="Leave the field empty to be given the next free number.")  # fmt: skip


def _start_team(by: Actor, patient: Patient, team: tuple[UUID, ...]) -> list[TeamMember]:
    own = {by.user_id} if by.is_a(*CLINICIANS) and by.user_id else set()
    people = User.objects.filter(clinic=by.clinic_id, is_active=True, pk__in=own | set(team))
    lead = by.user_id if own else next(iter(team), None)
    return TeamMember.objects.bulk_create(
        TeamMember(patient=patient, user=each, is_lead=each.pk == lead, added_by_id=by.user_id) for each in people
    )
