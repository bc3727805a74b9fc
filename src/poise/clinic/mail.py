"""Where letters are handed in: ``POISE_EMAIL=smtp://user:password@host:587``. Without it, none is sent."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from poise.errors import BadSetting


def mail_settings(url: str) -> dict[str, Any]:
    """Django's settings for sending mail. A letter holds a one-time link, so nothing is ever printed or logged.

    Raises
    ------
    BadSetting
        The address is none of a mail server.
    """
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    told = urlsplit(url)
    if told.scheme not in {"smtp", "smtps"} or not told.hostname:
        raise BadSetting("POISE_EMAIL names no mail server.", do="Write smtp://user:password@host:587, or smtps://…")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": told.hostname,
        "EMAIL_PORT": told.port or (465 if told.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(told.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(told.password or ""),
        "EMAIL_USE_SSL": told.scheme == "smtps",
        "EMAIL_USE_TLS": told.scheme == "smtp" and told.hostname not in {"localhost", "127.0.0.1"},
        "EMAIL_TIMEOUT": 10,
    }
