"""What django-allauth asks us: nobody signs up by themselves, who may try again how soon, what is kept secret how."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from poise.clinic.people.address import address_of
from poise.clinic.people.domain import accounts
from poise.clinic.people.happenings import sign_in_failed
from poise.clinic.people.models import User

DEVICE_COOKIE = "poise-device"
DEVICE_SALT = "poise.people.device"
DEVICE_DAYS = 180
CODE_LASTS_S = 150  # longer than any code is good for


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Passwords and sign-in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an account is made through an invitation."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """As the audit has it."""
        return address_of(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sends beside the request, so that its time does not tell whether the address has an account."""
        message = self.render_mail(template_prefix, email, {"email": email, **context})
        threading.Thread(target=message.send, kwargs={"fail_silently": True}, daemon=True).start()

    def format_email_subject(self, subject: str) -> str:
        """Without a site's name in brackets."""
        return str(subject)

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether this is the person's password; failed attempts are counted as at sign-in."""
        again = self.authenticate(self.request, email=user.email, password=password)
        return again is not None and again.pk == user.pk

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Writes it down, without the word that was typed."""
        sign_in_failed(request, str(credentials.get("email", "")), why="password")

    def post_login(self, request: HttpRequest, user: User, **told: Any) -> HttpResponse:
        """Remembers the device, so that others' failed attempts cannot lock its owner out."""
        response: HttpResponse = super().post_login(request, user, **told)
        remember_device(response, user)
        return response

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failed attempts are counted per account and known device; all unknown devices count as one.

        Whoever guesses from elsewhere uses up the attempts of strangers, and the owner still gets in from the device
        that was used before, or with a passkey.
        """
        email = str(credentials.get("email", "")).lower()
        return f"{email}:{known_device(request, email) or 'stranger'}"


class Factors(DefaultMFAAdapter):  # type: ignore[misc]
    """Authenticator apps, passkeys, recovery codes."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("Staff need a second factor. Add another one before you remove this one."),
    }

    def encrypt(self, text: str) -> str:
        """Seeds are encrypted with a key that is not in the database."""
        return _seed_box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Back."""
        return _seed_box().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one of someone who needs one."""
        user = User.objects.get(pk=authenticator.user_id)
        if authenticator.type not in accounts.FACTORS or not accounts.needs_second_factor(user):
            return True
        others = Authenticator.objects.filter(user_id=user.pk, type__in=accounts.FACTORS).exclude(pk=authenticator.pk)
        return bool(others.exists())

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys are shown under our name."""
        return {**super().get_public_key_credential_rp_entity(), "name": "Poise"}


class _Once:
    """A code from the app opens once, though it would be good for a minute and a half."""

    def clean_code(self) -> str:
        """The code, if it is right and was not used."""
        code: str = super().clean_code()  # type: ignore[misc]
        used_by = self.authenticator  # type: ignore[attr-defined]
        if used_by.type == Authenticator.Type.TOTP and not use_code(used_by.user_id, code):
            raise Factors().validation_error("incorrect_code")
        return code


class OnceAtSignIn(_Once, AuthenticateForm):  # type: ignore[misc]
    """The code at sign-in."""


class OnceAgain(_Once, ReauthenticateForm):  # type: ignore[misc]
    """The code before something sensitive."""


class OnceToBegin(ActivateTOTPForm):  # type: ignore[misc]
    """The code that proves that the app was set up: it does not open anything afterwards."""

    def clean_code(self) -> str:
        """The code, used up."""
        code: str = super().clean_code()
        use_code(self.user.pk, code)
        return code


def use_code(user_id: object, code: str) -> bool:
    """Marks an app's code as used; False where it was used before."""
    told = hashlib.sha256(f"{user_id}:{''.join(code.split())}".encode()).hexdigest()
    return cache.add(f"people.code.{told}", "used", timeout=CODE_LASTS_S)


def remember_device(response: HttpResponse, user: User) -> None:
    """A signed cookie that says only: someone signed in to this account here before. It opens nothing."""
    told = signing.dumps({"of": _of(user.email), "id": secrets.token_hex(8)}, salt=DEVICE_SALT)
    response.set_cookie(
        DEVICE_COOKIE, told, max_age=DEVICE_DAYS * 24 * 3600, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def known_device(request: HttpRequest, email: str) -> str:
    """The device's name, if someone signed in to this account on it before."""
    try:
        told = signing.loads(request.COOKIES.get(DEVICE_COOKIE, ""), salt=DEVICE_SALT, max_age=DEVICE_DAYS * 24 * 3600)
    except signing.BadSignature:
        return ""
    return str(told["id"]) if told["of"] == _of(email) else ""


def _of(email: str) -> str:
    return hashlib.sha256(email.lower().encode()).hexdigest()[:24]


def _seed_box() -> Fernet:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"poise.people.factor-seeds")
    return Fernet(base64.urlsafe_b64encode(derived.derive(settings.SECRET_KEY.encode())))
