"""One's own account: name and language, ways to sign in, sessions."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from poise.clinic.people.access import actor_of, requires
from poise.clinic.people.domain import accounts, sessions
from poise.clinic.people.forms import OwnAccountForm
from poise.clinic.people.models import User


@requires("own.account")
def account(request: HttpRequest) -> HttpResponse:
    """The account's page."""
    user = _user(request)
    form = OwnAccountForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        accounts.edit_own(actor_of(request), user, name=told["name"], credentials=told["credentials"],
                          language=told["language"])  # fmt: skip
        messages.success(request, _("Saved."))
        return redirect("account")
    kinds = list(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))
    context = {
        "form": form, "has_app": Authenticator.Type.TOTP in kinds,
        "has_codes": Authenticator.Type.RECOVERY_CODES in kinds,
        "passkeys": kinds.count(Authenticator.Type.WEBAUTHN),
    }  # fmt: skip
    return render(request, "people/account.html", context)


@requires("own.account")
def second_factor(request: HttpRequest) -> HttpResponse:
    """Before anything else: an authenticator app or a passkey."""
    if accounts.has_second_factor(_user(request)):
        return redirect("home")
    return render(request, "people/second_factor.html")


@requires("own.account")
def session_list(request: HttpRequest) -> HttpResponse:
    """Where the person is signed in."""
    live = sessions.of(_user(request))
    return render(request, "people/sessions.html", {"sessions": live, "here": request.session.session_key})


@requires("own.account")
@require_POST
def session_end(request: HttpRequest, session_id: int) -> HttpResponse:
    """Ends one session."""
    session = get_object_or_404(UserSession, pk=session_id, user=_user(request))
    sessions.end(actor_of(request), session)
    messages.success(request, _("That session is over."))
    return redirect("sessions")


@requires("own.account")
@require_POST
def sessions_end(request: HttpRequest) -> HttpResponse:
    """Ends all sessions but this one."""
    sessions.end_others(actor_of(request), _user(request), but=request.session.session_key)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("sessions")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
