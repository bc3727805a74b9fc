"""What tests of the doors share: passwords, codes of an app, people who can really sign in."""

from __future__ import annotations

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import encrypt
from django.test import Client

from clinic import made
from poise.clinic.people.models import Clinic, User
from poise.clinic.rules import Role

PASSWORD = "seven herons over the weir"


def with_password(role: Role, at: Clinic, *more: Role, **facts: Any) -> User:
    user = made.person(role, at, *more, **facts)
    user.set_password(PASSWORD)
    user.save()
    return user


def with_app(user: User) -> str:
    """Gives the account an authenticator app; its seed."""
    seed = generate_totp_secret()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(seed)})
    return seed


def code(seed: str, *, steps: int = 0) -> str:
    """What the app shows now, or some half minutes away."""
    return format_hotp_value(hotp_value(seed, int(time.time()) // 30 + steps))


def type_password(client: Client, email: str, password: str = PASSWORD, **headers: Any) -> Any:
    return client.post("/account/sign-in/", {"login": email, "password": password}, headers=headers or None)


def sign_in(client: Client, user: User, seed: str = "") -> Any:
    answer = type_password(client, user.email)
    if seed:
        answer = client.post("/account/sign-in/code/", {"code": code(seed)})
    return answer


def rewind(client: Client, **seconds: float) -> None:
    """Makes the session as if it had last been used, or begun, so many seconds earlier."""
    session = client.session
    for name, many in seconds.items():
        session[name] -= many
    session.save()
