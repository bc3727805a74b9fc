"""Invitations: a one-time link to an account, for staff, for a patient, or for someone who lost their way in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from poise.clinic.actor import Actor, system
from poise.clinic.audit.domain import chain
from poise.clinic.people.domain import accounts, sessions
from poise.clinic.people.domain.links import Link, hashed, new_secret
from poise.clinic.people.errors import LinkNotGood, NotPossible
from poise.clinic.people.models import Invitation, Patient, User
from poise.clinic.rules import STAFF, Role

LASTS = timedelta(days=7)
RECOVERY_LASTS = timedelta(hours=24)


@transaction.atomic
def invite_staff(by: Actor, *, email: str, name: str, roles: Iterable[Role]) -> Link:
    """Asks someone to work here, in these roles.

    Raises
    ------
    NotPossible
        The address has an account, or no role of staff is named.
    """
    wanted = frozenset(roles)
    if not wanted or wanted - STAFF:
        raise NotPossible(_("Choose at least one role."))
    if accounts.email_is_taken(email):
        raise NotPossible(_("This address has an account already."))
    _withdraw(_open(by.clinic_id).filter(email__iexact=email.strip(), patient=None, user=None))
    made = Invitation(clinic_id=by.clinic_id, email=email.strip().lower(), name=name.strip(), roles=sorted(wanted))
    return _send(by, made, "people.edit", roles=sorted(wanted))


@transaction.atomic
def invite_patient(by: Actor, patient: Patient, *, email: str = "") -> Link:
    """Asks a patient to make an account, to see their own record and answer ahead of a visit.

    Raises
    ------
    NotPossible
        The patient has an account, no address is known, or the address is someone else's.
    """
    email = (email or patient.email).strip().lower()
    if patient.account_id is not None:
        raise NotPossible(_("This patient has an account already."))
    if not email:
        raise NotPossible(_("An e-mail address is needed: the patient signs in with it."))
    if accounts.email_is_taken(email):
        raise NotPossible(_("This address has an account already."))
    _withdraw(_open(by.clinic_id).filter(patient=patient))
    name = f"{patient.given_name} {patient.family_name}"
    made = Invitation(clinic_id=by.clinic_id, email=email, name=name, roles=[Role.PATIENT], patient=patient)
    return _send(by, made, "patient.invite")


@transaction.atomic
def new_way_in(by: Actor, user: User) -> Link:
    """A link for someone who lost password and factors: a new password, factors set up anew.

    Until the link is used nothing changes, so that nobody is locked out by it.
    """
    _withdraw(_open(by.clinic_id).filter(user=user))
    made = Invitation(clinic_id=by.clinic_id, email=user.email, name=user.name, roles=sorted(user.role_set), user=user)
    return _send(by, made, "people.edit", lasts=RECOVERY_LASTS, way_in=True)


def way_in_from_the_machine(email: str = "") -> Link:
    """A new way in for an administrator, asked for on the machine itself: for a clinic whose only one lost everything.

    Raises
    ------
    NotPossible
        There is no such administrator, or there are several and none is named.
    """
    found = User.objects.filter(is_active=True, grants__role=Role.ADMINISTRATOR.value).order_by("email")
    named = found.filter(email__iexact=email.strip()) if email else found
    if len(named) != 1:
        known = ", ".join(found.values_list("email", flat=True)) or _("none")
        raise NotPossible(
            _("Name one administrator's address."),
            found=_("Administrators: %(known)s.") % {"known": known}, do="poise admin-link --email ADDRESS",
        )  # fmt: skip
    user = named.get()
    return new_way_in(system("admin-link", user.clinic_id), user)


@transaction.atomic
def resend(by: Actor, invitation: Invitation) -> Link:
    """A fresh link for the same invitation; the earlier link is dead from now on."""
    if invitation.used_at is not None:
        raise NotPossible(_("This invitation was used."))
    invitation.withdrawn_at = None
    return _send(by, invitation, _action(invitation), again=True)


@transaction.atomic
def withdraw(by: Actor, invitation: Invitation) -> None:
    """Puts an invitation's link out of use."""
    _withdraw(_open(by.clinic_id).filter(pk=invitation.pk))
    chain.record(by, _action(invitation), patient_id=invitation.patient_id, what="invitation", what_id=invitation.pk,
                 detail={"withdrawn": True})  # fmt: skip


def find(secret: str) -> Invitation:
    """The invitation of a link, if the link is good now.

    Raises
    ------
    LinkNotGood
        Unknown, used, withdrawn or too old: the answer does not tell which.
    """
    found = Invitation.objects.select_related("clinic", "patient", "user").filter(
        secret_hash=hashed(secret), used_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
    )
    invitation = found.first()
    if invitation is None:
        raise LinkNotGood(_("This link is no longer good."), do=_("Ask the clinic for a new one."))
    return invitation


def accept(by: Actor, invitation: Invitation, *, password: str, name: str = "", language: str = "") -> User:
    """Takes an invitation up, once: the account, its roles, and for a patient the tie to the record.

    Raises
    ------
    LinkNotGood
        It was used, withdrawn or ran out meanwhile.
    NotPossible
        The address or the patient got an account meanwhile.
    """
    with transaction.atomic():
        now = timezone.now()
        waiting = Invitation.objects.filter(pk=invitation.pk, used_at=None, withdrawn_at=None, expires_at__gt=now)
        if not waiting.update(used_at=now):
            raise LinkNotGood(_("This link is no longer good."), do=_("Ask the clinic for a new one."))
        user = _renewed(invitation, password) if invitation.user else _made(invitation, password, name, language)
        chain.record(accounts.acting(by, user), "invitation.accept", patient_id=invitation.patient_id, what="account",
                     what_id=user.pk, detail={"invitation": str(invitation.pk)})  # fmt: skip
    return user


def waiting(by: Actor) -> QuerySet[Invitation]:
    """The clinic's invitations that nobody has taken up, the latest first; those that ran out too."""
    return _open(by.clinic_id).order_by("-made_at")


def _made(invitation: Invitation, password: str, name: str, language: str) -> User:
    assert invitation.clinic is not None
    if accounts.email_is_taken(invitation.email):
        raise NotPossible(_("This address has an account already."))
    roles = [Role(each) for each in invitation.roles]
    user = accounts.make(invitation.clinic, email=invitation.email, name=name or invitation.name, password=password,
                         roles=roles, language=language)  # fmt: skip
    if invitation.patient_id is not None:
        tied = Patient.objects.filter(pk=invitation.patient_id, account=None).update(account=user)
        if not tied:
            raise NotPossible(_("This patient has an account already."))
    return user


def _renewed(invitation: Invitation, password: str) -> User:
    user = invitation.user
    assert user is not None
    user.set_password(password)
    user.version += 1
    user.save(update_fields=["password", "version"])
    Authenticator.objects.filter(user_id=user.pk).delete()
    sessions.end_all(user)
    return user


def _send(by: Actor, invitation: Invitation, action: str, lasts: timedelta = LASTS, **detail: object) -> Link:
    secret = new_secret()
    invitation.secret_hash, invitation.made_by_id = hashed(secret), by.user_id
    invitation.made_at, invitation.expires_at = timezone.now(), timezone.now() + lasts
    invitation.save()
    chain.record(by, action, patient_id=invitation.patient_id, what="invitation", what_id=invitation.pk, detail=detail)
    return Link(invitation=invitation, secret=secret)


def _open(clinic_id: UUID | None) -> QuerySet[Invitation]:
    return Invitation.objects.filter(clinic=clinic_id, used_at=None, withdrawn_at=None)


def _withdraw(invitations: QuerySet[Invitation]) -> None:
    invitations.update(withdrawn_at=timezone.now())


def _action(invitation: Invitation) -> str:
    return "patient.invite" if invitation.patient_id else "people.edit"
