"""Parts of addresses that are about people."""

from __future__ import annotations

from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils import timezone

from clinic import made
from clinic.routes.world import alike, of_clinic, of_patient, of_person
from poise.clinic.people.domain import invitations
from poise.clinic.people.models import BrokenGlass, Clinic, Patient, TeamMember, User
from poise.clinic.rules import Role

alike(secret="never-made", uidb36="1", key="never-made")


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
    return BrokenGlass.objects.create(user=user, patient=patient, reason="made", ends_at=ends).pk


@of_patient("member_id")
def member(patient: Patient, by: User) -> object:
    return TeamMember.objects.create(patient=patient, user=made.person(Role.ASSISTANT, patient.clinic)).pk


@of_person("session_id")
def session(user: User) -> object:
    return UserSession.objects.create(user=user, ip="192.0.2.1", session_key=f"{user.pk}"[:40], user_agent="made").pk


@of_person("pk")
def key(user: User) -> object:
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "made"}).pk
