"""Sessions in the database, which a full disk does not end: what cannot be saved then is when someone was last active.

Signing in still needs a row of its own, and fails in words.
"""

from __future__ import annotations

from typing import Any

import structlog
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.db import DatabaseError, connection
from django.utils import timezone

from poise.clinic.audit.domain.chain import is_full

_LIVE = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(DatabaseSessions):
    """Django's sessions in the database."""

    def load(self) -> dict[str, Any]:
        """What the session holds, by a statement as it stands: every page begins with it."""
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(_LIVE, [self.session_key, now])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return {}
        held: dict[str, Any] = self.decode(found[0])
        return held

    def save(self, must_create: bool = False) -> None:
        """Saves, or leaves the session as it was where there is no room."""
        try:
            super().save(must_create)
        except DatabaseError as error:
            if must_create or not is_full(error):
                raise
            structlog.get_logger("poise.sessions").warning("session not saved: no room")

    @classmethod
    def get_model_class(cls):  # type: ignore[no-untyped-def]  # as Django's own
        """The rows of the sessions."""
        from django.contrib.sessions.models import Session

        return Session
