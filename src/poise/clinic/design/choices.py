"""Light or dark: kept in a cookie of this browser, which tells nothing about anyone."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

THEME_COOKIE = "poise-theme"
AUTO, LIGHT, DARK = "auto", "light", "dark"
THEMES = (AUTO, LIGHT, DARK)
KEPT_FOR = timedelta(days=365)


def theme(request: HttpRequest | None) -> str:
    """What the person chose; ``auto`` follows the screen."""
    chosen = request.COOKIES.get(THEME_COOKIE, AUTO) if request is not None else AUTO
    return chosen if chosen in THEMES else AUTO


def remember(response: HttpResponse, cookie: str, value: str) -> None:
    """Keeps a choice in this browser for a year."""
    response.set_cookie(
        cookie, value, max_age=KEPT_FOR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )
