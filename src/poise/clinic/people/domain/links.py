"""The secret of a one-time link (or of a token): only who was given it has it; the database keeps its hash."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from django.urls import reverse

from poise.clinic.people.models import Invitation


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link that was just made: the only moment at which its secret is known."""

    invitation: Invitation
    secret: str

    @property
    def path(self) -> str:
        """The link's address on this server."""
        return reverse("entrance", kwargs={"secret": self.secret})


def new_secret() -> str:
    """256 random bits that can stand in an address."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """What the database keeps. The secret is random, so a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()
