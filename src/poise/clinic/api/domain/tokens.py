"""Tokens: made, shown once, used, revoked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from poise.clinic.actor import Actor
from poise.clinic.api.models import ApiToken
from poise.clinic.api.scopes import SCOPES
from poise.clinic.audit.domain import chain
from poise.clinic.people.domain.links import hashed, new_secret
from poise.errors import PoiseError

PREFIX = "poise_"
LONGEST_DAYS = 366
MOST = 20
USE_NOTED_EVERY = timedelta(minutes=5)


class BadToken(PoiseError):
    """A token cannot be made like this."""


def make(by: Actor, *, name: str, scopes: Sequence[str], days: int = 90) -> tuple[ApiToken, str]:
    """A new token of the person who asks, and its secret: the only moment at which that is known.

    Raises
    ------
    BadToken
        No name, no or unknown scopes, a life of less than a day or more than a year, or too many tokens.
    """
    unknown = sorted(set(scopes) - set(SCOPES))
    if not name.strip() or not scopes or unknown:
        raise BadToken(_("A token needs a name and something it may do."), found=", ".join(unknown))
    if not 1 <= days <= LONGEST_DAYS:
        raise BadToken(_("A token lives from 1 to 366 days."), found=str(days))
    assert by.user_id is not None, "the system has no tokens"
    secret = PREFIX + new_secret()
    with transaction.atomic():
        if standing(by).count() >= MOST:
            raise BadToken(_("You have 20 tokens already."), do=_("Revoke one that is no longer used."))
        made = ApiToken.objects.create(
            user_id=by.user_id, name=name.strip()[:100], scopes=sorted(set(scopes)), secret_hash=hashed(secret),
            expires_at=timezone.now() + timedelta(days=days),
        )  # fmt: skip
        chain.record(by, "token.own", what="token", what_id=made.pk, detail={"made": True, "scopes": made.scopes})
    return made, secret


def revoke(by: Actor, token: ApiToken) -> None:
    """Ends a token at once."""
    with transaction.atomic():
        ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
        chain.record(by, "token.own", what="token", what_id=token.pk, detail={"revoked": True})


def standing(by: Actor):  # type: ignore[no-untyped-def]  # a QuerySet
    """The person's tokens that work."""
    return ApiToken.objects.filter(user=by.user_id, revoked_at=None, expires_at__gt=timezone.now()).order_by("-made_at")


def found_by(secret: str) -> ApiToken | None:
    """The token of a secret, if it works and its person may still sign in."""
    now = timezone.now()
    token = (
        ApiToken.objects.select_related("user", "user__clinic")
        .filter(secret_hash=hashed(secret), revoked_at=None, expires_at__gt=now, user__is_active=True)
        .first()
    )
    if token is not None and (token.used_at is None or token.used_at < now - USE_NOTED_EVERY):
        ApiToken.objects.filter(pk=token.pk).update(used_at=now)
    return token
