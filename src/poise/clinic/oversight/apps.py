"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OversightConfig(AppConfig):
    """Pages over the audit: who did what, who opened this chart, is the chain whole."""

    name = "poise.clinic.oversight"
    label = "oversight"

    def ready(self) -> None:
        """Adds the ways to these pages."""
        from poise.clinic.design import navigation
        from poise.clinic.rules import Role

        navigation.register(navigation.Item(
            name="audit", label=_("Who did what"), icon="eye", action="audit.read", place=navigation.ADMINISTRATION,
            order=60, covers=("audit-", "accesses"),
        ))  # fmt: skip
        navigation.register(navigation.Item(
            name="accesses", label=_("Who opened my record"), icon="eye", action="accesses.read",
            place=navigation.PATIENT, order=90, roles=frozenset({Role.PATIENT}),
        ))  # fmt: skip
