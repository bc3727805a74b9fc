"""What the workers clear away by themselves, now and then. Nothing of a chart is among it, and nothing of the audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog
from django.db import connection
from django.utils import timezone

from poise.clinic.actor import system
from poise.clinic.drafts.domain import once
from poise.clinic.people.domain import expiry
from poise.clinic.recordings.domain import housekeeping as stored
from poise.clinic.recordings.domain import uploads
from poise.clinic.sqlcipher.base import learn_sizes
from poise.errors import PoiseError

ASKED_AGAIN_WITHIN = timedelta(days=30)  # a phone that was off for weeks may still send its last request again


def tidy() -> dict[str, int]:
    """Does all of it; how many of each were cleared away.

    A store that cannot be reached now keeps nothing else from being tidied.
    """
    done: dict[str, int] = {}
    for what, clear in _parts().items():
        try:
            done[what] = clear()
        except (PoiseError, OSError):
            structlog.get_logger("poise.jobs").warning("not_tidied", kind=what)
    learn_sizes(connection)  # what has grown is found by its index from now on
    return done


def _parts() -> Mapping[str, Callable[[], int]]:
    return {
        "sessions": expiry.clear_sessions,
        "invitations": expiry.clear_invitations,
        "counts": expiry.clear_counts,
        "answers": lambda: once.forget_before(timezone.now() - ASKED_AGAIN_WITHIN),
        "uploads": lambda: uploads.expire(system("housekeeping")),
        "objects": stored.sweep,
    }
