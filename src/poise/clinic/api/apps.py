"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """The same things for programs, under /api/v1."""

    name = "poise.clinic.api"
    label = "api"

    def ready(self) -> None:
        """Puts the tokens into the account's menu."""
        from poise.clinic.design import navigation

        navigation.register(
            navigation.Item(
                name="tokens", label=_("Tokens for programs"), icon="key", action="token.own",
                place=navigation.ACCOUNT, order=60, covers=("token-", "api-"),
            )
        )  # fmt: skip
