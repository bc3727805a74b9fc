"""What a verb of this app answers when it cannot be done: a sentence for the person who asked."""

from __future__ import annotations

from poise.errors import PoiseError


class NotPossible(PoiseError):
    """It was asked for by someone who may, but it cannot be done as things stand."""


class LinkNotGood(NotPossible):
    """A one-time link that is unknown, used, withdrawn or too old. The same answer for all four."""
