"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Who works here and who is treated here: accounts, roles, invitations, sessions, breaking the glass."""

    name = "poise.clinic.people"
    label = "people"

    def ready(self) -> None:
        """Listens at the doors, and adds what this app shows in the common places."""
        from poise.clinic.people import happenings, places

        happenings.listen()
        places.add()
