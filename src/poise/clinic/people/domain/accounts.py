"""Accounts: made through a link, given roles, stopped, taken up again. A stop ends every session at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.people.domain import sessions
from poise.clinic.people.errors import NotPossible
from poise.clinic.people.models import Clinic, RoleGrant, User
from poise.clinic.rules import STAFF, Role

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def make(clinic: Clinic, *, email: str, name: str, password: str, roles: Iterable[Role], language: str = "",
         credentials: str = "") -> User:  # fmt: skip
    """The rows of an account. Called by the verbs that opened a link, in their transaction; they write the audit."""
    user = User(clinic=clinic, email=email.strip().lower(), name=name.strip(), language=language,
                credentials=credentials)  # fmt: skip
    user.set_password(password)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role.value) for role in sorted(set(roles)))
    return user


def acting(by: Actor, user: User) -> Actor:
    """The person who has just come in, from where the link was opened."""
    return replace(by, user_id=user.pk, name=user.name, roles=user.role_set, clinic_id=user.clinic_id)


def email_is_taken(email: str) -> bool:
    """Whether some account, of whatever clinic, signs in with this address."""
    return User.objects.filter(email__iexact=email.strip()).exists()


@transaction.atomic
def edit_own(by: Actor, user: User, *, name: str, credentials: str, language: str) -> User:
    """A person changes what is known of their own account."""
    user.name, user.credentials, user.language = name.strip(), credentials.strip(), language
    user.version += 1
    user.save(update_fields=["name", "credentials", "language", "version"])
    chain.record(by, "own.account", what="account", what_id=user.pk,
                 detail={"fields": ["name", "credentials", "language"]})  # fmt: skip
    return user


@transaction.atomic
def set_roles(by: Actor, user: User, roles: Sequence[Role]) -> User:
    """Gives a member of staff these roles, and no others.

    Raises
    ------
    NotPossible
        The account is a patient's, no role is left, or the clinic would be left without an administrator.
    """
    wanted = frozenset(roles)
    if Role.PATIENT in user.role_set | wanted:
        raise NotPossible(_("A patient's account has no other role."))
    if not wanted:
        raise NotPossible(_("Choose at least one role, or deactivate the account."))
    _keep_an_administrator(user, is_one=Role.ADMINISTRATOR in wanted)
    before = user.role_set
    user.grants.exclude(role__in=wanted).delete()
    RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role.value) for role in sorted(wanted - before))
    user.__dict__.pop("_role_set", None)
    chain.record(by, "people.edit", what="account", what_id=user.pk,
                 detail={"before": sorted(before), "after": sorted(wanted)})  # fmt: skip
    return user


@transaction.atomic
def deactivate(by: Actor, user: User) -> User:
    """Stops an account: nobody signs in with it, and who is signed in is out with the next click.

    Raises
    ------
    NotPossible
        It is one's own, or the clinic would be left without an administrator.
    """
    if user.pk == by.user_id:
        raise NotPossible(_("You cannot deactivate your own account."))
    _keep_an_administrator(user, is_one=False)
    user.is_active = False
    user.version += 1
    user.save(update_fields=["is_active", "version"])
    ended = sessions.end_all(user)
    chain.record(by, "people.edit", what="account", what_id=user.pk, detail={"active": False, "sessions": ended})
    return user


@transaction.atomic
def reactivate(by: Actor, user: User) -> User:
    """Takes a stopped account up again, with the roles it had."""
    user.is_active = True
    user.version += 1
    user.save(update_fields=["is_active", "version"])
    chain.record(by, "people.edit", what="account", what_id=user.pk, detail={"active": True})
    return user


def has_second_factor(user: User) -> bool:
    """Whether the account has an authenticator app or a passkey (recovery codes alone do not count)."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists())


def needs_second_factor(user: User) -> bool:
    """Whether the rules ask this person for one: staff, always; patients may have one."""
    return bool(user.role_set & STAFF)


def _keep_an_administrator(user: User, *, is_one: bool) -> None:
    if is_one or Role.ADMINISTRATOR not in user.role_set:
        return
    # The clinic's row is held, so that two administrators cannot remove one another at the same moment.
    Clinic.objects.select_for_update().get(pk=user.clinic_id)
    others = RoleGrant.objects.filter(role=Role.ADMINISTRATOR.value, user__clinic=user.clinic_id, user__is_active=True)
    if not others.exclude(user=user).exists():
        raise NotPossible(_("This is the clinic's only administrator. Make someone else an administrator first."))
