"""The care team of a patient, and charts opened by breaking the glass."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from poise.clinic.people.access import actor_of, requires
from poise.clinic.people.domain import glass, team
from poise.clinic.people.errors import NotPossible
from poise.clinic.people.forms import AddMemberForm, BreakGlassForm
from poise.clinic.people.models import BrokenGlass, Patient
from poise.clinic.people.views.home import safe_next
from poise.clinic.rules import reaches

ON_A_PAGE = 50


@requires("team.read", patient="patient_id")
def care_team(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Who takes part in this patient's care, and who did."""
    by = actor_of(request)
    form = AddMemberForm(people=team.may_join(by, patient)) if reaches(by.roles, "team.edit") else None
    once = Paginator(team.once_on(patient), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"patient": patient, "now": team.now_on(patient), "page": once, "form": form}
    return render(request, "people/team.html", context)


@requires("team.edit", patient="patient_id")
@require_POST
def team_add(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Someone joins."""
    by = actor_of(request)
    form = AddMemberForm(request.POST, people=team.may_join(by, patient))
    if form.is_valid():
        try:
            team.add(by, patient, form.cleaned_data["user"], is_lead=form.cleaned_data["is_lead"])
        except NotPossible as wrong:
            messages.error(request, wrong.problem)
    else:
        messages.error(request, _("Choose someone of this clinic who is not on the team."))
    return redirect("team", patient_id=patient.pk)


@requires("team.edit", patient="patient_id")
@require_POST
def team_change(request: HttpRequest, patient: Patient, member_id: int) -> HttpResponse:
    """Someone leaves, or leads from now on."""
    by = actor_of(request)
    member = get_object_or_404(patient.team.all(), pk=member_id)
    try:
        if request.POST.get("change") == "lead":
            team.lead(by, patient, member)
        else:
            team.end(by, patient, member)
    except NotPossible as wrong:
        messages.error(request, wrong.problem)
    is_out = member.user_id == by.user_id and member.until is not None and not reaches(by.roles, "patient.find")
    return redirect("home") if is_out else redirect("team", patient_id=patient.pk)


@requires("glass.break", patient="patient_id")
@require_POST
def glass_break(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Opens a chart outside one's team, with a reason."""
    form = BreakGlassForm(request.POST)
    if form.is_valid():
        try:
            glass.open_chart(actor_of(request), patient, reason=form.cleaned_data["reason"])
            return redirect(safe_next(request))
        except NotPossible as wrong:
            form.add_error("reason", wrong.problem)
    return render(request, "people/outside_team.html", {"found": patient, "form": form}, status=422)


@requires("glass.break", patient="patient_id")
def glass_end(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Ends the emergency access before its hour is over."""
    if request.method == "POST":
        glass.close_chart(actor_of(request), patient)
        messages.success(request, _("The chart is closed to you again."))
        return redirect("home")
    return render(request, "people/glass_end.html", {"found": patient})


@requires("glass.review")
def glass_uses(request: HttpRequest) -> HttpResponse:
    """Every chart that was opened by breaking the glass."""
    glass.end_those_over()
    page = Paginator(glass.uses(actor_of(request)), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "people/glass_uses.html", {"page": page})


@requires("glass.review")
@require_POST
def glass_review(request: HttpRequest, glass_id: UUID) -> HttpResponse:
    """An administrator has looked at one."""
    by = actor_of(request)
    found = get_object_or_404(BrokenGlass, pk=glass_id, patient__clinic=by.clinic_id)
    glass.review(by, found)
    return redirect("glass-uses")
