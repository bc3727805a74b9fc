"""A clinic, the people who sign in to it, and what they may do there."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from poise.clinic.rules import Role

ROLE_NAMES = {
    Role.PHYSICAL_THERAPIST: _("Physical therapist"),
    Role.ASSISTANT: _("Physical therapist assistant"),
    Role.CHIROPRACTOR: _("Chiropractor"),
    Role.FRONT_DESK: _("Front desk"),
    Role.BILLER: _("Biller"),
    Role.ADMINISTRATOR: _("Administrator"),
    Role.PATIENT: _("Patient"),
}
LANGUAGES = [("en", "English"), ("es", "Español")]


class Clinic(models.Model):
    """A practice. Nothing of one clinic is ever seen from another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200)
    time_zone = models.CharField(_("time zone"), max_length=64, default="America/New_York")
    language = models.CharField(_("language"), max_length=5, choices=LANGUAGES, default="en")
    idle_minutes = models.PositiveSmallIntegerField(_("minutes until the screen locks"), default=15)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


# In the order of the model, as `from_db` takes them; what is left out is fetched where somebody asks for it.
_CLINIC = ("name", "time_zone", "language", "idle_minutes", "is_demo", "version")
_WHO_ASKS = f"""
    SELECT person.*, held.role AS granted, {", ".join(f"clinic.{name} AS clinic_{name}" for name in _CLINIC)}
    FROM people_user AS person
    JOIN people_clinic AS clinic ON clinic.id = person.clinic_id
    LEFT JOIN people_rolegrant AS held ON held.user_id = person.id
    WHERE person.id = %s
"""


class UserManager(BaseUserManager["User"]):
    """Finds people by their e-mail address, whatever its capitals; each with the clinic, for which every page asks."""

    def get_queryset(self) -> models.QuerySet[User]:
        """All, with their clinics."""
        return super().get_queryset().select_related("clinic")

    def get_by_natural_key(self, username: str | None) -> User:
        """The person with this address."""
        return self.get(email__iexact=username)

    def who_asks(self, user_id: uuid.UUID) -> User | None:
        """The person with clinic and roles, in one statement as it stands: every page begins with it."""
        rows: list[Any] = list(self.raw(_WHO_ASKS, [User._meta.pk.get_db_prep_value(user_id, connection)]))
        if not rows:
            return None
        user: User = rows[0]
        known = {"id": user.clinic_id} | {name: getattr(user, f"clinic_{name}") for name in _CLINIC}
        user.clinic = Clinic.from_db(self.db, list(known), list(known.values()))
        user.__dict__["_role_set"] = frozenset(Role(row.granted) for row in rows if row.granted)
        return user


class User(AbstractBaseUser):
    """A person with an account: staff or patient. There is no superuser; what one may do stands in `rules`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="people")
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    credentials = models.CharField(_("licence and title"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=LANGUAGES, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def role_set(self) -> frozenset[Role]:
        """The person's roles, asked once a request."""
        known: frozenset[Role] | None = self.__dict__.get("_role_set")
        if known is None:
            known = frozenset(Role(grant.role) for grant in self.grants.all())
            self.__dict__["_role_set"] = known
        return known


class RoleGrant(models.Model):
    """One role of one person."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=10, choices=[(role.value, name) for role, name in ROLE_NAMES.items()])

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "role"], name="one_grant_a_role")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}"
