"""One-time links: the first start, and invitations."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from django import forms
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.debug import sensitive_post_parameters

from poise.clinic.people.access import actor_of, public
from poise.clinic.people.domain import first_start, invitations
from poise.clinic.people.errors import LinkNotGood, NotPossible
from poise.clinic.people.forms import AcceptForm, NewPasswordForm, RenewForm, SetUpForm
from poise.clinic.people.models import Invitation, User
from poise.clinic.people.sign_in import remember_device
from poise.clinic.rules import Role

SECRET = "entrance_secret"


@public("A one-time link is the proof itself; opening it tells nothing and changes nothing.")
def entrance(request: HttpRequest, secret: str) -> HttpResponse:
    """Puts the link's secret away in the session, so that it stands in no address, history or referrer from here on."""
    if request.user.is_authenticated:
        logout(request)
    request.session[SECRET] = secret
    return redirect("entrance-open")


@public("The page behind a one-time link, for those who have no account yet.")
@sensitive_post_parameters("password", "again")
def entrance_open(request: HttpRequest) -> HttpResponse:
    """The form that sets up the clinic, or makes an account, or a new password."""
    try:
        invitation = invitations.find(str(request.session.get(SECRET, "")))
        if invitation.patient and not request.POST:
            translation.activate(invitation.patient.language)
        form = _form(request, invitation)
        if request.method == "POST" and form.is_valid():
            user = _take_up(request, invitation, form)
            return _come_in(request, user)
    except LinkNotGood as wrong:
        return render(request, "people/link_not_good.html", {"wrong": wrong}, status=410)
    except NotPossible as wrong:
        form.add_error(None, wrong.problem)
    context = {"form": form, "invitation": invitation, "is_first": invitation.clinic_id is None}
    return render(request, "people/entrance.html", context)


def _form(request: HttpRequest, invitation: Invitation) -> NewPasswordForm:
    data = request.POST or None
    if invitation.clinic is None:
        return SetUpForm(data)
    if invitation.user is not None:
        return RenewForm(data, email=invitation.email)
    language = invitation.patient.language if invitation.patient else invitation.clinic.language
    return AcceptForm(data, email=invitation.email, initial={"name": invitation.name, "language": language})


def _take_up(request: HttpRequest, invitation: Invitation, form: forms.Form) -> User:
    by, told = actor_of(request), form.cleaned_data
    if invitation.clinic_id is not None:
        return invitations.accept(by, invitation, password=told["password"], name=told.get("name", ""),
                                  language=told.get("language", ""))  # fmt: skip
    new = first_start.NewClinic(
        name=told["name"], time_zone=told["time_zone"], language=told["language"], email=told["email"],
        person=told["person"], password=told["password"], credentials=told["credentials"],
        further_roles=[Role(each) for each in told["further_roles"]],
    )  # fmt: skip
    return first_start.set_up(by, invitation, new)


def _come_in(request: HttpRequest, user: User) -> HttpResponse:
    """Signs in, in a fresh session; the password was typed just now, so that a factor can be set up at once."""
    request.session.flush()
    get_adapter().login(request, user)
    reauthenticate_by_password(request)
    response = redirect("home")
    remember_device(response, user)
    return response
