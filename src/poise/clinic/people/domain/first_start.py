"""The first start: an installation without a clinic, and the one link that makes the clinic and its administrator.

There is no default account and no default password. `poise serve` asks for a link at each start until a clinic stands;
each new link puts the earlier ones out of use.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from poise.clinic.actor import Actor
from poise.clinic.audit.domain import chain
from poise.clinic.people.domain import accounts
from poise.clinic.people.domain.links import Link, hashed, new_secret
from poise.clinic.people.errors import LinkNotGood, NotPossible
from poise.clinic.people.models import Clinic, Invitation, User
from poise.clinic.rules import Role

LASTS = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class NewClinic:
    """What the first page asks for."""

    name: str
    time_zone: str
    language: str
    email: str
    person: str
    password: str = field(repr=False)
    credentials: str = ""
    further_roles: Iterable[Role] = ()


def is_set_up() -> bool:
    """Whether a clinic stands."""
    return Clinic.objects.exists()


@transaction.atomic
def make_link() -> Link | None:
    """A fresh one-time link to set the clinic up, good for a day; None where a clinic stands already."""
    _one_at_a_time()
    if is_set_up():
        return None
    _waiting().update(withdrawn_at=timezone.now())
    secret = new_secret()
    invitation = Invitation.objects.create(secret_hash=hashed(secret), expires_at=timezone.now() + LASTS)
    return Link(invitation=invitation, secret=secret)


def set_up(by: Actor, invitation: Invitation, told: NewClinic) -> User:
    """Makes the clinic and its administrator. Of two pages that hand in at once, one makes the clinic.

    Raises
    ------
    LinkNotGood
        The link was used, replaced or is too old.
    NotPossible
        A clinic stands already.
    """
    with transaction.atomic():
        now = timezone.now()
        _one_at_a_time()
        taken = _waiting().filter(pk=invitation.pk, expires_at__gt=now).update(used_at=now)
        if not taken:
            raise LinkNotGood(_("This link is no longer good."), do=_("Start Poise again: it shows a new link."))
        if is_set_up():
            raise NotPossible(_("The clinic is set up already."))
        clinic = Clinic.objects.create(name=told.name.strip(), time_zone=told.time_zone, language=told.language)
        roles = {Role.ADMINISTRATOR, *told.further_roles} - {Role.PATIENT}
        user = accounts.make(clinic, email=told.email, name=told.person, password=told.password, roles=roles,
                             language=told.language, credentials=told.credentials)  # fmt: skip
        chain.record(accounts.acting(by, user), "clinic.make", what="clinic", what_id=clinic.pk,
                     detail={"roles": sorted(roles)})  # fmt: skip
    return user


def _one_at_a_time() -> None:
    """A second page, with this link or with another, waits here; then it finds the link used or the clinic made.

    On SQLite whoever writes has waited already.
    """
    list(Invitation.objects.select_for_update().filter(clinic=None).order_by("pk"))


def _waiting() -> QuerySet[Invitation]:
    return Invitation.objects.filter(clinic=None, used_at=None, withdrawn_at=None)
