"""The people who work here, invitations, and the clinic itself: mostly an administrator's pages."""

from __future__ import annotations

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from poise.clinic.drafts.conflicts import conflict
from poise.clinic.drafts.domain.versions import ChangedMeanwhile
from poise.clinic.drafts.forms import opened, saving
from poise.clinic.people.access import View, actor_of, requires
from poise.clinic.people.domain import accounts, clinic, invitations, letters
from poise.clinic.people.domain.links import Link
from poise.clinic.people.errors import NotPossible
from poise.clinic.people.forms import ClinicForm, InvitePatientForm, InviteStaffForm, RolesForm
from poise.clinic.people.models import Clinic, Invitation, Patient, User
from poise.clinic.rules import STAFF, Role, reaches

ON_A_PAGE = 50


def sure(view: View) -> View:
    """A page that asks for a factor, where none was given in the last five minutes."""
    asking: View = reauthentication_required(allow_get=True)(view)
    return asking


@requires("people.read")
def people(request: HttpRequest) -> HttpResponse:
    """Who works here."""
    by = actor_of(request)
    staff = User.objects.filter(clinic=by.clinic_id).exclude(grants__role=Role.PATIENT).prefetch_related("grants")
    page = Paginator(staff.order_by("-is_active", "name", "pk"), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "people/people.html", {"page": page, "may_edit": reaches(by.roles, "people.edit")})


@requires("people.edit")
@sure
def person(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """One who works here: their roles."""
    by, user = actor_of(request), _staff(request, user_id)
    form = RolesForm(request.POST or None, initial={"roles": sorted(user.role_set)})
    if request.method == "POST" and form.is_valid():
        try:
            accounts.set_roles(by, user, [Role(each) for each in form.cleaned_data["roles"]])
            messages.success(request, _("Saved."))
            return redirect("person", user_id=user.pk)
        except NotPossible as wrong:
            form.add_error(None, wrong.problem)
    return render(request, "people/person.html", {"person": user, "form": form})


@requires("people.edit")
@require_POST
@sure
def person_activity(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Stops an account, or takes it up again."""
    by, user = actor_of(request), _staff(request, user_id)
    try:
        if request.POST.get("active") == "yes":
            accounts.reactivate(by, user)
        else:
            accounts.deactivate(by, user)
    except NotPossible as wrong:
        messages.error(request, wrong.problem)
    return redirect("person", user_id=user.pk)


@requires("people.edit")
@require_POST
@sure
def person_way_in(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """A new way in for someone who lost password or factors."""
    link = invitations.new_way_in(actor_of(request), _staff(request, user_id))
    return _show(request, link, back="people")


@requires("people.edit")
def invite(request: HttpRequest) -> HttpResponse:
    """Invites someone to work here."""
    form = InviteStaffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            roles = [Role(each) for each in told["roles"]]
            link = invitations.invite_staff(actor_of(request), email=told["email"], name=told["name"], roles=roles)
            return _show(request, link, back="invitations")
        except NotPossible as wrong:
            form.add_error(None, wrong.problem)
    return render(request, "people/invite.html", {"form": form})


@requires("patient.invite", patient="patient_id")
def patient_invite(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Invites a patient to an account of their own."""
    form = InvitePatientForm(request.POST or None, initial={"email": patient.email})
    if request.method == "POST" and form.is_valid():
        try:
            link = invitations.invite_patient(actor_of(request), patient, email=form.cleaned_data["email"])
            return _show(request, link, patient=patient)
        except NotPossible as wrong:
            form.add_error(None, wrong.problem)
    return render(request, "people/patient_invite.html", {"form": form, "patient": patient})


@requires("people.edit")
def invitation_list(request: HttpRequest) -> HttpResponse:
    """Invitations that nobody has taken up."""
    waiting = invitations.waiting(actor_of(request)).select_related("made_by", "patient")
    page = Paginator(waiting, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "people/invitations.html", {"page": page})


@requires("people.edit")
@require_POST
def invitation_change(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Withdraws an invitation, or makes it a fresh link."""
    by = actor_of(request)
    invitation = get_object_or_404(Invitation, pk=invitation_id, clinic=by.clinic_id)
    if request.POST.get("change") != "resend":
        invitations.withdraw(by, invitation)
        messages.success(request, _("The invitation is withdrawn: its link no longer works."))
        return redirect("invitations")
    try:
        return _show(request, invitations.resend(by, invitation), back="invitations")
    except NotPossible as wrong:
        messages.error(request, wrong.problem)
        return redirect("invitations")


@requires("clinic.edit")
def clinic_settings(request: HttpRequest) -> HttpResponse:
    """The clinic's name, clock, language and lock."""
    by = actor_of(request)
    row = get_object_or_404(Clinic, pk=by.clinic_id)
    form = opened(request, ClinicForm, "clinic", row.pk, version=row.version, instance=row)
    if request.method == "POST" and form.is_valid():
        try:
            with saving(form):
                clinic.edit(by, form.instance, seen_version=form.draft.seen_version)  # type: ignore[attr-defined]
            messages.success(request, _("Saved."))
            return redirect("clinic-settings")
        except ChangedMeanwhile as changed:
            return conflict(request, form, changed)
    return render(request, "design/form.html", {"form": form, "heading": _("The clinic")})


def _show(request: HttpRequest, link: Link, *, back: str = "", patient: Patient | None = None) -> HttpResponse:
    """The link, once: to be copied, or already on its way by mail. It is not shown again."""
    sent = letters.send_invitation(request, link)
    address = request.build_absolute_uri(link.path)
    context = {"address": address, "sent": sent, "invitation": link.invitation, "back": back, "patient": patient}
    return render(request, "people/invited.html", context)


def _staff(request: HttpRequest, user_id: UUID) -> User:
    of_clinic = User.objects.filter(clinic=actor_of(request).clinic_id, grants__role__in=STAFF).distinct()
    return get_object_or_404(of_clinic, pk=user_id)
