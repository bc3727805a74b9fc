"""Finding, registering and correcting patients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.charts.domain import patients as registry
from poise.clinic.charts.domain import search
from poise.clinic.charts.forms.patients import IdentityForm, ReasonForm, RegisterForm
from poise.clinic.charts.views.saving import PARENT, saved
from poise.clinic.drafts.forms import opened, seen_version
from poise.clinic.people.access import actor_of, requires
from poise.clinic.people.domain import team
from poise.clinic.people.models import Patient
from poise.clinic.rules import CLINICIANS, reaches


@requires("patient.find")
def patient_list(request: HttpRequest) -> HttpResponse:
    """The list, by name; what is looked for comes by POST, so that no name stands in an address or a log."""
    by = actor_of(request)
    told = request.POST if request.method == "POST" else request.GET
    terms = request.POST.get("terms", "") if request.method == "POST" else ""
    scope = told.get("of") or ("mine" if by.is_a(*CLINICIANS) else "all")
    found = search.find(
        by, terms, only_mine=scope == "mine", archived=scope == "archived", after=_id(told.get("after", ""))
    )
    if request.method == "POST":
        chain.record(by, "patient.find", detail={"searched": bool(terms.strip()), "shown": len(found.lines)})
    context: dict[str, Any] = {"found": found, "terms": terms, "scope": scope, "is_later": bool(told.get("after")),
                               "is_clinician": by.is_a(*CLINICIANS),
                               "may_register": bool(reaches(by.roles, "patient.register"))}  # fmt: skip
    if request.headers.get("HX-Request"):
        return render(request, "charts/patients_found.html", context)
    recent = [] if terms or context["is_later"] else search.recently_opened(by)
    return render(request, "charts/patients.html", {**context, "recent": recent})


@requires("patient.register")
@require_http_methods(["GET", "POST"])
def patient_new(request: HttpRequest) -> HttpResponse:
    """Registers a patient; shows who is very like this before a second record of one person is made."""
    by = actor_of(request)
    form = opened(request, RegisterForm, "patient", people=team.clinicians(by))
    alike: list[registry.Alike] = []
    try:
        made = saved(request, form, lambda: _register(by, form.cleaned_data))
    except registry.AlreadyHere as error:
        made, alike = None, error.alike
        form = opened(request, RegisterForm, "patient", people=team.clinicians(by), alike=True)
    if isinstance(made, HttpResponse):
        return made
    if made is not None:
        messages.success(request, _("Registered as %(number)s.") % {"number": made.record_number})
        return redirect("patient", made.pk)
    return render(request, "charts/patient_new.html", {"form": form, "alike": alike})


def _register(by: Actor, told: Mapping[str, Any]) -> Patient:
    facts = {name: value for name, value in told.items() if name in registry.IDENTITY}
    lead = told.get("lead")
    return registry.register(
        by, facts, team=(lead.pk,) if lead else (), another_person=bool(told.get("another_person"))
    )


@requires("patient.identity.edit", patient="patient_id")
@require_http_methods(["GET", "POST"])
def patient_identity(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Corrects who the patient is."""
    by = actor_of(request)
    now = {name: getattr(patient, name) for name in registry.IDENTITY}
    form = opened(request, IdentityForm, "identity", patient.pk, version=patient.version, initial=now)
    made = saved(
        request, form,
        lambda: registry.edit_identity(by, patient, form.cleaned_data, seen_version=seen_version(form)),
        parent=PARENT, patient=patient,
    )  # fmt: skip
    if isinstance(made, HttpResponse):
        return made
    if made is not None:
        messages.success(request, _("Saved."))
        return redirect("patient", patient.pk)
    return render(request, "charts/patient_identity.html", {"form": form, "patient": patient})


@requires("patient.archive", patient="patient_id")
@require_http_methods(["GET", "POST"])
def patient_archive(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Takes the patient out of the lists, or back into them."""
    by = actor_of(request)
    if patient.archived_at and request.method == "POST":
        registry.take_back(by, patient, seen_version=patient.version)
        messages.success(request, _("Back in the lists."))
        return redirect("patient", patient.pk)
    form = opened(request, ReasonForm, "archive", patient.pk, version=patient.version)
    made = saved(
        request, form,
        lambda: registry.archive(by, patient, because=form.cleaned_data["because"], seen_version=seen_version(form)),
        parent=PARENT, patient=patient,
    )  # fmt: skip
    if isinstance(made, HttpResponse):
        return made
    if made is not None:
        messages.success(request, _("Archived."))
        return redirect("patient", patient.pk)
    return render(request, "charts/patient_archive.html", {"form": form, "patient": patient})


def _id(words: str) -> UUID | None:
    try:
        return UUID(words)
    except ValueError:
        return None
