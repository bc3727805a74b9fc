"""Finding a patient: by parts of the name in any order, birth date, record number or phone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual

from poise.clinic.actor import Actor
from poise.clinic.audit.domain.chain import DONE
from poise.clinic.audit.models import Event
from poise.clinic.people.access import own_within_reach, patients_within_reach, those_within_reach, within_reach
from poise.clinic.people.folding import digits, folded
from poise.clinic.people.models import Patient, PatientWord
from poise.clinic.rules import Reach, reaches

PAGE = 25
MOST_TERMS = 8
RECENT, LOOKED_AT_FIRST, LOOKED_AT = 8, 60, 400
FEW, SHORT = 100, 2
IDENTITY = "patient.identity.read"
SHOWN = ("family_name", "given_name", "birth_date", "record_number", "phone", "is_simulated", "archived_at",
         "clinic_id", "account_id")  # fmt: skip
_DATE = re.compile(r"\b(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2}))\b")
_PHONE = re.compile(r"\+?\(?\d[\d ().+-]{5,}\d")
Term = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A patient as a list shows them; of someone outside one's reach, the name and the year of birth and no more."""

    id: UUID
    name: str
    birth_year: int
    is_within: bool
    is_archived: bool
    is_simulated: bool
    birth_date: date | None = None
    record_number: str = ""
    phone: str = ""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A page of a list, and after whom the next page goes on."""

    lines: list[Line]
    after: UUID | None


def find(
    by: Actor, terms: str = "", *, only_mine: bool = False, archived: bool = False, after: UUID | None = None,
    limit: int = PAGE,
) -> Found:  # fmt: skip
    """The patients of the clinic whom the terms find (all, where there are none), by name, from after a patient on."""
    wanted = within_reach(by, "patient.find")
    if only_mine:
        wanted &= own_within_reach(by)
    patients = Patient.objects.filter(wanted, archived_at__isnull=not archived)
    for term in terms_of(terms):
        patients = _narrowed(by, patients, term)
    rows = list(_after(by, patients, after).order_by("search_text", "id").only(*SHOWN)[: limit + 1])
    page = rows[:limit]
    are_own = only_mine and reaches(by.roles, "chart.read") <= reaches(by.roles, IDENTITY)
    shown = [_line(patient, is_within=True) for patient in page] if are_own else lines(by, page)
    return Found(lines=shown, after=page[-1].pk if len(rows) > limit else None)


def recently_opened(by: Actor) -> list[Line]:
    """The patients whose pages this person opened last, as the audit knows it; of those still within reach."""
    ids = _last_opened(by)
    known = {line.id: line for line in lines(by, list(Patient.objects.filter(pk__in=ids).only(*SHOWN)))}
    return [known[each] for each in ids if each in known and known[each].is_within]


def _last_opened(by: Actor) -> list[UUID]:
    """Looked for among what the person did last, so that it costs the same however long they have been here."""
    did = Event.objects.filter(actor_id=by.user_id).order_by("-number").values_list("patient_id", "outcome")
    last = list(did[:LOOKED_AT_FIRST])
    if len(_opened(last)) < RECENT and len(last) == LOOKED_AT_FIRST:
        last += did[LOOKED_AT_FIRST:LOOKED_AT]
    return _opened(last)


def _opened(events: list[tuple[UUID | None, str]]) -> list[UUID]:
    return list(dict.fromkeys(patient for patient, outcome in events if patient and outcome == DONE))[:RECENT]


def lines(by: Actor, patients: list[Patient]) -> list[Line]:
    """The patients as this person may see them in a list."""
    within = those_within_reach(by, IDENTITY, patients)
    return [_line(patient, patient.pk in within) for patient in patients]


def _line(patient: Patient, is_within: bool) -> Line:
    return Line(
        id=patient.pk, name=str(patient), birth_year=patient.birth_date.year, is_within=is_within,
        is_archived=patient.archived_at is not None, is_simulated=patient.is_simulated,
        birth_date=patient.birth_date if is_within else None,
        record_number=patient.record_number if is_within else "", phone=patient.phone if is_within else "",
    )  # fmt: skip


def terms_of(words: str) -> list[Term]:
    """What is looked for: each term with the ways it may be meant, so that 3/4/1960 is March or April."""
    found: list[Term] = []

    def taken(match: re.Match[str]) -> str:
        meant = _dates(match[0]) if _DATE.fullmatch(match[0]) else (digits(match[0]),)
        if meant and (len(meant[0]) >= 7):
            found.append(meant)
            return " "
        return match[0]

    rest = _PHONE.sub(taken, _DATE.sub(taken, words[:200]))
    return [*found, *((word,) for word in dict.fromkeys(folded(rest)))][:MOST_TERMS]


def _dates(words: str) -> Term:
    """The days that a written date may be, as the index holds them: 19600304."""
    first, second, third = (int(part) for part in re.split(r"[/.-]", words))
    if first > 31:
        asked = [(first, second, third)]
    else:
        years = (third,) if third > 99 else (1900 + third, 2000 + third)
        asked = [(year, *order) for year in years for order in ((first, second), (second, first))]
    return tuple(
        dict.fromkeys(f"{year:04d}{month:02d}{day:02d}" for year, month, day in asked if _is_day(year, month, day))
    )


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        return bool(date(year, month, day))
    except ValueError:
        return False


def _narrowed(by: Actor, patients: QuerySet[Patient], term: Term) -> QuerySet[Patient]:
    """Those whom the term finds. Few are fetched by their ids; where it finds many, walking by name is faster.

    Left to itself, SQLite walks all patients by name to find the three who are called so, and lists all who have an
    "r" somewhere before it shows the first 25.
    """
    words = _found_by(by, term)
    if not _is_short(term):
        few = set(words.values_list("patient_id", flat=True)[: FEW + 1])
        if len(few) <= FEW:
            return patients.filter(pk__in=few)
    if not _may_know_every_word(by, term):
        return patients.filter(pk__in=words.values("patient_id"))
    written = Q()
    for meant in term:
        written |= Q(search_text__contains=f" {meant}")
    is_cut = GreaterThanOrEqual(Length("search_text"), Patient.LONGEST_SEARCH_TEXT)
    return patients.filter(written | Q(is_cut, pk__in=words.values("patient_id")))


def _found_by(by: Actor, term: Term) -> QuerySet[PatientWord]:
    beginning = Q()
    for meant in term:
        beginning |= begins_with("word", meant)
    words = PatientWord.objects.filter(beginning, clinic=by.clinic_id)
    if _may_know_every_word(by, term):
        return words
    own = patients_within_reach(by, IDENTITY).values("pk")
    return words.exclude(kind=PatientWord.Kind.PHONE) | words.filter(patient__in=own)


def _is_short(term: Term) -> bool:
    """Whether it surely finds many."""
    return all(len(meant) <= SHORT for meant in term)


def _may_know_every_word(by: Actor, term: Term) -> bool:
    """Whose phone a number is, one may know only of one's own patients."""
    return Reach.CLINIC in reaches(by.roles, IDENTITY) or not term[0].isdigit()


def begins_with(field: str, beginning: str) -> Q:
    """A condition that an index answers on either database; `beginning` is folded.

    SQLite uses no index for LIKE with an escape, but does for a range of its binary order; PostgreSQL's order follows
    the language, but its index of patterns answers LIKE.
    """
    if connection.vendor == "sqlite":
        return Q(**{f"{field}__gte": beginning, f"{field}__lt": beginning + chr(0x10FFFF)})
    return Q(**{f"{field}__startswith": beginning})


def _after(by: Actor, patients: QuerySet[Patient], after: UUID | None) -> QuerySet[Patient]:
    last = Patient.objects.filter(pk=after, clinic=by.clinic_id).first() if after else None
    if last is None:
        return patients
    later = Q(search_text__gt=last.search_text) | Q(search_text=last.search_text, id__gt=last.pk)
    return patients.filter(later, search_text__gte=last.search_text)
