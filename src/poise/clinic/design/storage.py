"""Where static files are found, and how their addresses change with their content, so that browsers may keep them."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class ByContent(StaticFilesStorage):
    """``/static/design/design.css?v=3f2a…``: another content is another address, kept by browsers for a year.

    A page has some forty of them. A server that is not being developed on looks for each file once: whitenoise too
    hands out what was there at the start.
    """

    def url(self, name: str | None) -> str:
        """The address of a static file, with a hash of what is in it."""
        if settings.DEBUG or not name:
            return self._found(name)
        known: dict[str, str] = self.__dict__.setdefault("_known", {})
        if name not in known:
            known[name] = self._found(name)
        return known[name]

    def _found(self, name: str | None) -> str:
        plain = super().url(name)
        found = finders.find(name) if name else None
        path = Path(found) if isinstance(found, str) else None
        if path is None or not path.is_file():
            return plain
        return f"{plain}?v={_hash_of(path, path.stat().st_mtime_ns)}"


@lru_cache(maxsize=512)
def _hash_of(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
