"""Which workers are there: each says so every half minute, and is forgotten when it has been silent for two."""

from __future__ import annotations

import os
import platform
import time

from django.core.cache import cache
from django.utils import timezone

from poise.clinic.people.models import CacheEntry

SAYS_SO_EVERY_S, FORGOTTEN_AFTER_S = 30.0, 120
PREFIX = "worker:"


class Presence:
    """One worker's."""

    def __init__(self) -> None:
        self._key = f"{PREFIX}{platform.node().replace(' ', '-')}:{os.getpid()}"
        self._said = -SAYS_SO_EVERY_S

    def say(self) -> None:
        """Says that it is there, if it has not done so just now."""
        if time.monotonic() - self._said >= SAYS_SO_EVERY_S:
            self._said = time.monotonic()
            cache.set(self._key, True, FORGOTTEN_AFTER_S)

    def leave(self) -> None:
        """Says that it goes."""
        cache.delete(self._key)


def workers() -> int:
    """How many there are now, idle or at work."""
    return CacheEntry.objects.filter(cache_key__startswith=f":1:{PREFIX}", expires__gt=timezone.now()).count()
