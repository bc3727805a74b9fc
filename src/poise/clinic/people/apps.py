"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Who works here and who is treated here: accounts, roles, invitations, sessions, breaking the glass."""

    name = "poise.clinic.people"
    label = "people"
