"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who did what, when, to what, from where: a chain of rows that cannot be changed unseen."""

    name = "poise.clinic.audit"
    label = "audit"
