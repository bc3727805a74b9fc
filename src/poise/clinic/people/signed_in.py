"""Who comes with a session: the person, the clinic and the roles, asked anew at every page, all at once."""

from __future__ import annotations

from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend

from poise.clinic.people.models import User


class Person(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """allauth's way of signing in, and a leaner way of finding who has signed in."""

    def get_user(self, user_id: UUID) -> User | None:
        """The person, unless the account was closed."""
        user = User.objects.who_asks(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
