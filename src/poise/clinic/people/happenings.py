"""What happens at the doors, written into the audit: sign-in, sign-out, wrong factors, factors added and removed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as factor_signals
from django.contrib.auth import signals as auth_signals
from django.http import HttpRequest

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.people.address import address_of
from poise.clinic.people.domain import screen, sessions
from poise.clinic.people.models import Clinic, User


def listen() -> None:
    """Called once, when the app starts."""
    auth_signals.user_logged_in.connect(_signed_in, dispatch_uid="people.signed_in")
    auth_signals.user_logged_out.connect(_signed_out, dispatch_uid="people.signed_out")
    factor_signals.authentication_failed.connect(_wrong_factor, dispatch_uid="people.wrong_factor")
    factor_signals.authenticator_added.connect(_factor_added, dispatch_uid="people.factor_added")
    factor_signals.authenticator_removed.connect(_factor_removed, dispatch_uid="people.factor_removed")
    factor_signals.authenticator_reset.connect(_factor_reset, dispatch_uid="people.factor_reset")
    account_signals.password_changed.connect(_password_changed, dispatch_uid="people.password_changed")
    account_signals.password_set.connect(_password_changed, dispatch_uid="people.password_set")
    account_signals.password_reset.connect(_password_reset, dispatch_uid="people.password_reset")


def sign_in_failed(request: HttpRequest, email: str, *, why: str) -> None:
    """A failed attempt, told of the account it was aimed at, if there is one; never what was typed."""
    user = User.objects.filter(email__iexact=email).first()
    clinic_id = user.clinic_id if user else _only_clinic()
    by = replace(_caller(request), clinic_id=clinic_id)
    chain.record(by, "sign_in", what="account", what_id=user.pk if user else "", outcome=chain.REFUSED,
                 detail={"why": why})  # fmt: skip


def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    screen.begin(request.session)
    if request.META:  # made by a test's force_login otherwise: nobody came in
        chain.record(_as(request, user), "sign_in", what="account", what_id=user.pk)


def _signed_out(request: HttpRequest | None, user: User | None, **_: Any) -> None:
    if user is not None and request is not None and request.META:
        chain.record(_as(request, user), "sign_out", what="account", what_id=user.pk)


def _wrong_factor(request: HttpRequest, user: User, **_: Any) -> None:
    by = replace(_caller(request), clinic_id=user.clinic_id)
    chain.record(by, "sign_in", what="account", what_id=user.pk, outcome=chain.REFUSED, detail={"why": "second factor"})


def _factor_added(request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    _record_factor(request, user, authenticator, "added")


def _factor_removed(request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    _record_factor(request, user, authenticator, "removed")


def _factor_reset(request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    _record_factor(request, user, authenticator, "made anew")


def _record_factor(request: HttpRequest, user: User, authenticator: Any, change: str) -> None:
    chain.record(_as(request, user), "own.account", what="factor", what_id=authenticator.pk,
                 detail={"factor": str(authenticator.type), "change": change})  # fmt: skip


def _password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    """Django ends the other sessions by itself (their hash no longer fits); their rows go too."""
    ended = sessions.end_others(_as(request, user), user, but=request.session.session_key)
    chain.record(_as(request, user), "own.account", what="password", what_id=user.pk, detail={"sessions": ended})


def _password_reset(request: HttpRequest, user: User, **_: Any) -> None:
    ended = sessions.end_all(user)
    chain.record(_as(request, user), "own.account", what="password", what_id=user.pk,
                 detail={"by": "link", "sessions": ended})  # fmt: skip


def _as(request: HttpRequest, user: User) -> Actor:
    return replace(_caller(request), user_id=user.pk, name=user.name, roles=user.role_set, clinic_id=user.clinic_id)


def _caller(request: HttpRequest) -> Actor:
    known: Actor | None = getattr(request, "actor", None)
    return known or Actor(user_id=None, name="", address=address_of(request))


def _only_clinic() -> Any:
    """Where one clinic lives here, its administrators see attempts on accounts that do not exist, too."""
    ids = list(Clinic.objects.values_list("pk", flat=True)[:2])
    return ids[0] if len(ids) == 1 else None
