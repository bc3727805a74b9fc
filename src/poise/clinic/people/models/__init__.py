"""The rows of the people of a clinic."""

from poise.clinic.people.models.account import LANGUAGES, ROLE_NAMES, Clinic, RoleGrant, User
from poise.clinic.people.models.entrance import BrokenGlass, CacheEntry, Invitation
from poise.clinic.people.models.patient import Patient, PatientWord, RecordCounter, Row, Sex, Side, TeamMember

__all__ = [
    "LANGUAGES", "ROLE_NAMES", "BrokenGlass", "CacheEntry", "Clinic", "Invitation", "Patient", "PatientWord",
    "RecordCounter", "RoleGrant", "Row", "Sex", "Side", "TeamMember", "User",
]  # fmt: skip
