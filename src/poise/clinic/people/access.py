"""How a page asks whether it may be seen: one decorator, which names an action of `rules` and finds the patient.

The order: signed in → the role may do this at all → the patient is of this clinic (else 404) → within reach. Every
refusal and every read is in the audit; a verb records its own write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import DateTimeField, Exists, Field, OuterRef, Q, QuerySet, UUIDField
from django.http import Http404, HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.utils import timezone

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.people.models import BrokenGlass, Patient, TeamMember
from poise.clinic.rules import RULES, Reach, reaches

View = Callable[..., HttpResponseBase]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
METHODS = SAFE | {"POST", "PUT", "PATCH", "DELETE"}
MANY = 600
_ID, _TIME = UUIDField(), DateTimeField()
SOMEBODY, SOME_TIME = UUID("7f0d0000-a5a5-4a5a-8a5a-5a5a00000fd8"), datetime(1801, 1, 1, tzinfo=UTC)


class OutsideTeam(PermissionDenied):
    """The chart is of this clinic, but the person is not on its care team: the glass may be broken."""

    def __init__(self, patient: Patient) -> None:
        self.patient = patient
        super().__init__("Not on this patient's care team.")


def requires(action: str, *, patient: str | None = None, audited: bool = True) -> Callable[[View], View]:
    """A page that needs `action`; with `patient` the name of the URL's part that holds the patient's id.

    The view is called with the patient in place of the id. `audited=False` is for reads that tell nothing of anyone
    (a poll of progress): say why beside it.

    Raises
    ------
    Http404
        No such patient in the person's clinic, or none that this role may know of.
    PermissionDenied, OutsideTeam
        The person's roles do not reach so far.
    """
    assert action in RULES, action

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in METHODS:  # a page shown to TRACE or to a made-up method would be read unseen
                return HttpResponseNotAllowed(sorted(METHODS))
            by = actor_of(request)
            found = None
            if patient is not None:
                found = patient_within_reach(by, action, kwargs.pop(patient))
                kwargs["patient"] = found
            elif not reaches(by.roles, action):
                refuse(by, action)
            response = view(request, *args, **kwargs)
            if audited and response.status_code < 400 and (request.method in SAFE or chain.nothing_told()):
                what, what_id = thing_of(kwargs)
                chain.record_read(by, action, patient_id=found.pk if found else None, what=what, what_id=what_id)
            return response

        guarded.rule = action  # type: ignore[attr-defined]
        guarded.about_patient = patient is not None  # type: ignore[attr-defined]
        guarded.audited = audited  # type: ignore[attr-defined]  # what is not, is no activity for the lock either
        return guarded

    return wrap


def thing_of(parts: Mapping[str, object]) -> tuple[str, object]:
    """Which thing an address is about: the kind and id that it names last (``file_id``), for the audit."""
    named = [(name.removesuffix("_id"), value) for name, value in parts.items() if name.endswith("_id")]
    return named[-1] if named else ("", "")


def public(because: str) -> Callable[[View], View]:
    """A page that anyone may see, with the reason why."""

    def wrap(view: View) -> View:
        open_view = login_not_required(view)
        open_view.public_because = because  # type: ignore[attr-defined]
        return open_view

    return wrap


def actor_of(request: HttpRequest) -> Actor:
    """Who asks; `people.middleware` has put it there."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    return by


def patient_within_reach(by: Actor, action: str, patient_id: UUID) -> Patient:
    """The patient, if this person may do this with this patient.

    Raises
    ------
    Http404, PermissionDenied, OutsideTeam
        As `requires` says.
    """
    granted = reaches(by.roles, action)
    if not granted:
        refuse(by, action, patient_id=patient_id)
    patient = Patient.objects.filter(pk=patient_id, clinic=by.clinic_id).first()
    if patient is None or (granted == {Reach.SELF} and patient.account_id != by.user_id):
        chain.record(by, action, what="patient", what_id=patient_id, outcome=chain.REFUSED, detail={"why": "not found"})
        raise Http404
    if Reach.CLINIC in granted or (Reach.SELF in granted and patient.account_id == by.user_id):
        return patient
    if not on_team(by, patient):
        chain.record(by, action, patient_id=patient.pk, outcome=chain.REFUSED, detail={"why": "outside the care team"})
        raise OutsideTeam(patient)
    patient.let_in = by  # type: ignore[attr-defined]  # this request need not ask the team again
    return patient


def refuse(by: Actor, action: str, *, patient_id: UUID | None = None) -> None:
    """Records the refusal and raises it."""
    detail = {"why": "role"}
    chain.record(by, action, what="patient" if patient_id else "", what_id=patient_id or "", outcome=chain.REFUSED,
                 detail=detail)  # fmt: skip
    raise PermissionDenied(action)


def on_team(by: Actor, patient: Patient) -> bool:
    """Whether the person takes part in this patient's care now, or has broken the glass for the time being.

    In the second case the patient carries it as ``open_glass``: the banner of every page of the chart says so.
    """
    members, glasses = _ties(by.user_id, timezone.now())
    if members.filter(patient=patient).exists():
        return True
    glass = glasses.filter(patient=patient).first()
    patient.open_glass = glass  # type: ignore[attr-defined]
    return glass is not None


def patients_within_reach(by: Actor, action: str) -> QuerySet[Patient]:
    """All patients with whom this person may do this; none where the role may not at all."""
    return Patient.objects.filter(within_reach(by, action))


def within_reach(by: Actor, action: str) -> Q:
    """The condition that this person may do this with a patient: the database begins with the person's own patients."""
    return _within(by, action, _one_list)


def own_within_reach(by: Actor) -> Q:
    """The condition that a patient is one's own, for a list by name.

    Whoever has few patients begins with them; of many, the first by name are sooner found by walking through the
    clinic's and looking each up (on SQLite, of 20,000, both take as long for some 600).
    """
    has_many = TeamMember.objects.filter(user=by.user_id).count() > MANY
    return _within(by, "chart.read", _looked_up if has_many else _one_list)


def _within(by: Actor, action: str, let_in: Callable[[Actor], Q]) -> Q:
    granted = reaches(by.roles, action)
    of_clinic = Q(clinic=by.clinic_id)
    if Reach.CLINIC in granted:
        return of_clinic
    within = Q(pk__in=[])
    if Reach.TEAM in granted:
        within |= let_in(by)
    if Reach.SELF in granted:
        within |= Q(account_id=by.user_id)
    return of_clinic & within


def _one_list(by: Actor) -> Q:
    """One list, not two joined by "or": so the database begins with the person's patients, not with the clinic's."""
    members, glasses = _ties(by.user_id, timezone.now())
    return Q(pk__in=members.values("patient_id").union(glasses.values("patient_id")))


def _looked_up(by: Actor) -> Q:
    members, glasses = _ties(by.user_id, timezone.now())
    return Q(Exists(members.filter(patient=OuterRef("pk")))) | Q(Exists(glasses.filter(patient=OuterRef("pk"))))


def those_within_reach(by: Actor, action: str, patients: Sequence[Patient]) -> set[UUID]:
    """Of these patients, those with whom this person may do this: a list shows 25, a therapist may have a thousand."""
    granted = reaches(by.roles, action)
    here = [patient for patient in patients if patient.clinic_id == by.clinic_id]
    if Reach.CLINIC in granted:
        return {patient.pk for patient in here}
    within = {patient.pk for patient in here if Reach.SELF in granted and patient.account_id == by.user_id}
    return within | _tied(by, [patient.pk for patient in here]) if Reach.TEAM in granted else within


def _tied(by: Actor, ids: Sequence[UUID]) -> set[UUID]:
    """Of these, those whose charts the person is let in to now."""
    if not ids or by.user_id is None:
        return set()
    words, values = _question()
    put = {_stored(SOMEBODY): _stored(by.user_id), _stored(SOME_TIME): _stored(timezone.now())}
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT patient_id FROM ({words}) AS tied WHERE patient_id IN ({marks})",
                       [*(put.get(each, each) for each in values), *map(_stored, ids)])  # fmt: skip
        return {UUID(str(row[0])) for row in cursor.fetchall()}


@cache
def _question() -> tuple[str, tuple[Any, ...]]:
    """What `_ties` asks, as SQL that Django writes once a process: somebody and some time stand in it."""
    members, glasses = _ties(SOMEBODY, SOME_TIME)
    words, values = members.values("patient_id").union(glasses.values("patient_id")).query.sql_with_params()
    return words, values


def _stored(value: UUID | datetime) -> Any:
    field: Field[Any, Any] = _ID if isinstance(value, UUID) else _TIME
    return field.get_db_prep_value(value, connection)


def _ties(user_id: UUID | None, now: datetime) -> tuple[QuerySet[TeamMember], QuerySet[BrokenGlass]]:
    """What lets a person in to charts now: their places on care teams, and the glasses that they have broken."""
    members = TeamMember.objects.filter(Q(until=None) | Q(until__gt=now), user=user_id)
    return members, BrokenGlass.objects.filter(user=user_id, ended_at=None, ends_at__gt=now)
