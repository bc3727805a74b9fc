"""Sessions: where a person is signed in, and ending that."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.utils import timezone

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.people.address import address_of
from poise.clinic.people.models import User


def of(user: User) -> list[UserSession]:
    """The person's live sessions, the latest first; what has run out is cleared away."""
    return sorted(UserSession.objects.purge_and_list(user), key=lambda session: session.last_seen_at, reverse=True)


@transaction.atomic
def end(by: Actor, session: UserSession) -> None:
    """Ends one session."""
    key = session.pk
    session.end()
    chain.record(by, "own.account", what="session", what_id=key, detail={"ended": 1})


@transaction.atomic
def end_others(by: Actor, user: User, *, but: str | None) -> int:
    """Ends all sessions of a person but the one with this key; how many."""
    others = UserSession.objects.filter(user=user).exclude(session_key=but or "")
    ended = _end(others)
    if ended:
        chain.record(by, "own.account", what="session", detail={"ended": ended})
    return ended


def end_all(user: User) -> int:
    """Ends every session of a person; the verb that asked writes the audit."""
    return _end(UserSession.objects.filter(user=user))


def touch(request: HttpRequest, user: User) -> None:
    """Notes that a session was just used, for the list of sessions."""
    seen = UserSession.objects.filter(session_key=request.session.session_key or "", user=user)
    try:
        if not seen.update(last_seen_at=timezone.now(), ip=address_of(request)):
            UserSession.objects.create_from_request(request)
    except DatabaseError as error:
        if not chain.is_full(error):  # on a full disk charts can be read all the same
            raise


def _end(sessions) -> int:  # type: ignore[no-untyped-def]  # allauth's model has no types
    ended = 0
    for session in list(sessions):
        session.end()
        ended += 1
    return ended
