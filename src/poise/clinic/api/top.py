"""Routes that are about nobody in particular: who I am, finding and registering patients, knowledge, the audit."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import Field

from poise.clinic.api.access import may, patient_of
from poise.clinic.api.shapes import (
    ConditionFact,
    EventPage,
    Me,
    Page,
    PatientChange,
    PatientIn,
    PatientOut,
    PatientPage,
    Problem,
    Search,
    TestFact,
)  # fmt: skip
from poise.clinic.audit.models import Event
from poise.clinic.charts.domain import patients, search
from poise.clinic.people.access import actor_of
from poise.clinic.people.models import Clinic, Patient
from poise.knowledge.clinical import library

router = Router()
MOST = 100


@router.get("/me", response=Me, tags=["you"], summary="Who the token acts as")
@may("own.account")
def me(request: HttpRequest) -> dict[str, Any]:
    """The person, the roles and the scopes."""
    by, token = actor_of(request), getattr(request, "api_token", None)
    clinic = Clinic.objects.get(people=by.user_id)
    return {"id": by.user_id, "name": by.name, "roles": sorted(by.roles), "clinic": clinic.name,
            "scopes": token.scopes if token else None}  # fmt: skip


@router.get("/patients", response=PatientPage, tags=["patients"], summary="Patients, by name")
@may("patient.find")
def list_patients(
    request: HttpRequest, after: UUID | None = None, limit: Annotated[int, Field(ge=1, le=MOST)] = 25
) -> search.Found:
    """A page of the clinic's patients, after a patient on."""
    return search.find(actor_of(request), after=after, limit=limit)


@router.post("/patients/search", response=PatientPage, tags=["patients"], summary="Find patients")
@may("patient.find")
def find_patients(request: HttpRequest, asked: Search) -> search.Found:
    """By parts of a name, a number, a date of birth or a phone, which stand in the body and in no address."""
    return search.find(actor_of(request), asked.terms, only_mine=asked.only_mine, after=asked.after)


@router.post("/patients", response={201: PatientOut, 422: Problem}, tags=["patients"], summary="Register a patient")
@may("patient.register")
def register_patient(request: HttpRequest, told: PatientIn) -> Status[Any]:
    """A new patient with a record number of their own."""
    facts = told.dict(exclude={"another_person"}, exclude_none=True)
    return Status(201, patients.register(actor_of(request), facts, another_person=told.another_person))


@router.get("/patients/{uuid:patient_id}", response=PatientOut, tags=["patients"], summary="Who a patient is")
@may("patient.identity.read", patient=True)
def read_patient(request: HttpRequest, patient_id: UUID) -> Patient:
    """Identity and how to reach them."""
    return patient_of(request)


@router.patch("/patients/{uuid:patient_id}", response={200: PatientOut, 409: Problem, 422: Problem}, tags=["patients"],
              summary="Correct who a patient is")  # fmt: skip
@may("patient.identity.edit", patient=True)
def change_patient(request: HttpRequest, patient_id: UUID, told: PatientChange) -> Patient:
    """Only the fields that are sent; 409 where someone else saved meanwhile."""
    facts = told.dict(exclude={"version"}, exclude_unset=True)
    return patients.edit_identity(actor_of(request), patient_of(request), facts, seen_version=told.version)


@router.get("/knowledge/conditions", response=list[ConditionFact], tags=["knowledge"], summary="Conditions")
@may("own.account")
def conditions(request: HttpRequest) -> list[dict[str, Any]]:
    """The conditions that are served, with their tests and red flags."""
    return [{"id": each.id, "name": each.name.en, "tests": list(each.tests), "red_flags": list(each.red_flags),
             "evidence": each.evidence} for each in library().conditions.values()]  # fmt: skip


@router.get("/knowledge/tests", response=list[TestFact], tags=["knowledge"], summary="Tests")
@may("own.account")
def tests(request: HttpRequest) -> list[dict[str, Any]]:
    """The tests that an evaluation may contain."""
    return [{"id": each.id, "name": each.name.en, "kind": each.kind, "minutes": each.minutes, "guard": each.guard,
             "measures": list(each.measures)} for each in library().tests.values()]  # fmt: skip


@router.get("/audit", response=EventPage, tags=["audit"], summary="Who did what")
@may("audit.read")
def audit(request: HttpRequest, asked: Query[Page]) -> dict[str, Any]:
    """The clinic's rows of the audit, newest first."""
    rows = Event.objects.filter(clinic_id=actor_of(request).clinic_id).order_by("-number")
    found = list((rows.filter(number__lt=asked.before) if asked.before else rows)[: asked.limit])
    return {"events": found, "before": found[-1].number if len(found) == asked.limit else None}
