"""The lock: after minutes without a person at the screen a session answers nothing until a factor is given.

The state lies in the session, on the server: when the person was last active, whether the screen is locked, and what
was being handed in when it was found locked. What counts as active is decided in `people.middleware.ScreenLock`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.contrib.sessions.backends.base import SessionBase

ACTIVE, BEGAN, LOCKED, HELD, LISTED, TRIED = "active_at", "began_at", "locked_at", "held", "listed", "tried"
LONGEST_S = 12 * 3600.0
FINENESS_S = 20.0  # how exactly the last activity is kept: a row less is written with most clicks
MOST_HELD = 200_000  # characters
MOST_TRIED = 40  # addresses


@dataclass(frozen=True, kw_only=True)
class Held:
    """A form that was handed in while the screen was locked: kept, and handed in again by the person."""

    path: str
    fields: str  # as they were sent, form-encoded


def begin(session: SessionBase) -> None:
    """The person has just signed in."""
    session[BEGAN] = session[ACTIVE] = time.time()
    session.pop(LOCKED, None)


def is_locked(session: SessionBase) -> bool:
    """Whether a factor must be given first."""
    return LOCKED in session


def is_over(session: SessionBase) -> bool:
    """Whether the session has lasted so long that the person must sign in anew."""
    return time.time() - float(session.get(BEGAN, time.time())) > LONGEST_S


def has_idled(session: SessionBase, idle_minutes: int) -> bool:
    """Whether nobody was active for as long as the clinic allows."""
    return time.time() - float(session.get(ACTIVE, time.time())) > idle_minutes * 60


def seconds_left(session: SessionBase, idle_minutes: int) -> int:
    """Until the lock, if nobody does anything."""
    return max(0, round(idle_minutes * 60 - (time.time() - float(session.get(ACTIVE, time.time())))))


def lock(session: SessionBase) -> None:
    """Locks."""
    session[LOCKED] = time.time()


def unlock(session: SessionBase) -> None:
    """A factor was given: the person is at the screen again."""
    session.pop(LOCKED, None)
    session.pop(TRIED, None)
    session[ACTIVE] = time.time()


def is_tried_anew(session: SessionBase, address: str) -> bool:
    """Whether this address is asked for the first time since the lock; a page that polls asks many times."""
    tried: list[str] = session.get(TRIED, [])
    if address in tried:
        return False
    session[TRIED] = [*tried, address][-MOST_TRIED:]
    return True


def note_activity(session: SessionBase) -> bool:
    """The person did something; whether that was worth writing down."""
    if BEGAN not in session:
        begin(session)
    if LISTED not in session:  # the first page after signing in: the session comes into its person's list
        session[LISTED] = True
        return True
    if time.time() - float(session.get(ACTIVE, 0.0)) < FINENESS_S:
        return False
    session[ACTIVE] = time.time()
    return True


def hold(session: SessionBase, held: Held) -> None:
    """Keeps a form that came too late, unless it is too large to be typed by hand."""
    if len(held.fields) <= MOST_HELD:
        session[HELD] = {"path": held.path, "fields": held.fields}


def held(session: SessionBase) -> Held | None:
    """The form that is kept."""
    found = session.get(HELD)
    return Held(**found) if found else None


def take_held(session: SessionBase) -> Held | None:
    """The form that was kept, which is then no longer kept."""
    found = held(session)
    session.pop(HELD, None)
    return found
