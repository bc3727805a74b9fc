"""The locked screen: lock it, see it, open it with a factor, go on where one was."""

from __future__ import annotations

import json

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from poise.clinic.audit.domain import chain
from poise.clinic.people.access import actor_of, requires
from poise.clinic.people.domain import screen
from poise.clinic.people.forms import UnlockForm
from poise.clinic.people.models import User
from poise.clinic.people.sign_in import OnceAgain
from poise.clinic.people.views.home import safe_next


@requires("own.account")
@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """Locks the screen now."""
    screen.lock(request.session)
    chain.record(actor_of(request), "screen.lock", detail={"why": "by hand"})
    return redirect("unlock")


@requires("own.account", audited=False)  # a script asks for it; it tells seconds only, and is no activity
@require_GET
def state(request: HttpRequest) -> JsonResponse:
    """How long until the lock: the script warns, and pages in other tabs notice that one was locked."""
    user = _user(request)
    left = screen.seconds_left(request.session, user.clinic.idle_minutes)
    return JsonResponse({"locked": screen.is_locked(request.session), "seconds_left": left})


@requires("own.account")
@require_POST
def awake(request: HttpRequest) -> HttpResponse:
    """The script saw keys or clicks since the last word: the person is there, though nothing was asked of us."""
    return HttpResponse(status=204)


@requires("own.account", audited=False)  # shows nothing of anyone; the opening itself is recorded
@sensitive_post_parameters("password", "code")
def unlock(request: HttpRequest) -> HttpResponse:
    """The lock's page. A right factor opens it."""
    if not screen.is_locked(request.session):
        return redirect(safe_next(request))
    if request.method != "POST":
        return lock_page(request)
    form = UnlockForm(request.POST)
    wrong = _what_is_wrong(request, form)
    if wrong is not None:
        form.add_error(None, wrong)
        return lock_page(request, form=form, status=200)
    screen.unlock(request.session)
    chain.record(actor_of(request), "screen.unlock")
    if screen.held(request.session) is not None:
        return redirect("held")
    return redirect(safe_next(request))


@requires("own.account")
def held(request: HttpRequest) -> HttpResponse:
    """What was handed in while the screen was locked: the person hands it in again, or lets it go."""
    kept = screen.held(request.session)
    if kept is None:
        return redirect("home")
    if request.method == "POST":
        screen.take_held(request.session)
        return redirect("home")
    pairs = [(name, value) for name, values in QueryDict(kept.fields).lists() for value in values]
    return render(request, "people/held.html", {"path": kept.path, "pairs": pairs})


def lock_page(
    request: HttpRequest, *, come_back: str = "", form: UnlockForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of a locked screen. It shows nothing but whose screen it is."""
    user = _user(request)
    kinds = set(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))
    form = form or UnlockForm(initial={"next": come_back})
    if Authenticator.Type.TOTP not in kinds:
        form.fields.pop("code", None)
    context = {"form": form, "has_kept": screen.held(request.session) is not None}
    if Authenticator.Type.WEBAUTHN in kinds:
        context["passkey"] = {"request_options": begin_authentication(user)}
    return render(request, "people/locked.html", context, status=status)


def _what_is_wrong(request: HttpRequest, form: UnlockForm) -> str | None:
    """None where a factor was right; failed attempts are counted as at sign-in, and slow the next down."""
    user, told = _user(request), (form.cleaned_data if form.is_valid() else {})
    if not ratelimit.consume(request, action="reauthenticate", user=user):
        return _("Too many attempts. Wait a minute, then try again.")
    try:
        if told.get("password"):
            return None if get_adapter().reauthenticate(user, told["password"]) else _("That password is not right.")
        if told.get("code"):
            return _first_error(OnceAgain(data={"code": told["code"]}, user=user))
        if told.get("credential"):
            return _first_error(ReauthenticateWebAuthnForm(data={"credential": told["credential"]}, user=user))
    except (forms.ValidationError, json.JSONDecodeError):
        return _("Too many attempts. Wait a few minutes, then try again.")
    return _("Give your password or a code.")


def _first_error(form: forms.Form) -> str | None:
    if form.is_valid():
        return None
    return str(next(iter(form.errors.values()))[0])


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
