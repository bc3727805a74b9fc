"""Clearing away what has run out and lets nobody in any more."""

from __future__ import annotations

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from poise.clinic.people.models import CacheEntry, Invitation

SHOWN_AFTERWARDS = timedelta(days=90)  # an invitation that nobody took up can be seen, and sent again, for so long


def clear_sessions() -> int:
    """Sessions that have run out; how many."""
    cleared, _by_model = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return cleared


def clear_invitations() -> int:
    """Invitations that nobody took up: a name and an address that we have no reason to keep. How many."""
    long_over = Invitation.objects.filter(used_at=None, expires_at__lt=timezone.now() - SHOWN_AFTERWARDS)
    return long_over.delete()[0]


def clear_counts() -> int:
    """Failed attempts and used codes that count no more; how many."""
    return CacheEntry.objects.filter(expires__lt=timezone.now()).delete()[0]
