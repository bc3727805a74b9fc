"""Parts of addresses that are about people."""

from __future__ import annotations

import os
from datetime import timedelta
from functools import cache
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.usersessions.models import UserSession
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from clinic import made
from clinic.people import doors
from clinic.routes.world import alike, of_clinic, of_patient, of_person, secret
from poise.clinic.people.domain import invitations
from poise.clinic.people.models import BrokenGlass, Clinic, Patient, TeamMember, User
from poise.clinic.rules import Role

alike(secret="never-made", uidb36="1", key="never-made", name="walk.csv")


@of_clinic("invitation_id")
def invitation(clinic: Clinic, admin: User) -> object:
    email = f"guest-{clinic.pk}@example.org"
    return invitations.invite_staff(made.actor(admin), email=email, name="G", roles=[Role.BILLER]).invitation.pk


@of_clinic("user_id")
def user(clinic: Clinic, admin: User) -> object:
    return made.person(Role.ASSISTANT, clinic).pk


@of_clinic("glass_id")
def glass(clinic: Clinic, admin: User) -> object:
    user, patient = made.person(Role.PHYSICAL_THERAPIST, clinic), made.patient(clinic)
    ends = timezone.now() + timedelta(hours=1)
    return BrokenGlass.objects.create(user=user, patient=patient, reason=secret("glass", patient), ends_at=ends).pk


@of_patient("member_id")
def member(patient: Patient, by: User) -> object:
    return TeamMember.objects.create(patient=patient, user=made.person(Role.ASSISTANT, patient.clinic)).pk


@of_person("session_id")
def session(user: User) -> object:
    return UserSession.objects.create(user=user, ip="192.0.2.1", session_key=f"{user.pk}"[:40], user_agent="made").pk


@of_person("pk")
def key(user: User) -> object:
    """A passkey; with it an authenticator app and recovery codes, so that each page about factors has its own."""
    doors.with_app(user)
    RecoveryCodes.activate(user)
    told = {"name": "made", "credential": _credential()}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=told).pk


@cache
def _credential() -> dict[str, Any]:
    """What a browser hands in when a passkey is added, as allauth keeps it."""
    public = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    name = os.urandom(16)
    kept = AuthenticatorData.create(os.urandom(32), 0x45, 0, AttestedCredentialData.create(Aaguid.NONE, name, public))
    client = CollectedClientData.create(type="webauthn.create", challenge=os.urandom(32), origin="https://clinic.test")
    answer = {
        "clientDataJSON": websafe_encode(client),
        "attestationObject": websafe_encode(AttestationObject.create("none", kept, {})),
    }
    return {"id": websafe_encode(name), "rawId": websafe_encode(name), "type": "public-key", "response": answer}
