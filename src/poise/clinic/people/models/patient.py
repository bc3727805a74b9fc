"""The people who are treated, and who takes part in their care."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from poise.clinic.people.models.account import LANGUAGES, Clinic, User


class Sex(models.TextChoices):
    """As the norms ask for it; `unknown` finds no sex-specific norm."""

    FEMALE = "f", _("Female")
    MALE = "m", _("Male")
    OTHER = "x", _("Another")
    UNKNOWN = "u", _("Not stated")


class Side(models.TextChoices):
    """A side of the body."""

    LEFT = "left", _("Left")
    RIGHT = "right", _("Right")
    BOTH = "both", _("Both")
    NONE = "none", _("No side")


class Row(models.Model):
    """What rows of the chart share. `version` grows with each save, so that two people's edits cannot overwrite."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


class Patient(Row):
    """A person who is treated."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="patients")
    account = models.OneToOneField(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="patient")
    record_number = models.CharField(_("record number"), max_length=20)
    family_name = models.CharField(_("family name"), max_length=100)
    given_name = models.CharField(_("given name"), max_length=100)
    preferred_name = models.CharField(_("wants to be called"), max_length=100, blank=True)
    birth_date = models.DateField(_("date of birth"))
    sex = models.CharField(_("sex"), max_length=1, choices=Sex.choices, default=Sex.UNKNOWN)
    pronouns = models.CharField(_("pronouns"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=LANGUAGES, default="en")
    needs_interpreter = models.BooleanField(_("needs an interpreter"), default=False)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    street = models.CharField(_("street"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    region = models.CharField(_("state or region"), max_length=60, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    emergency_contact = models.CharField(_("emergency contact"), max_length=200, blank=True)
    emergency_phone = models.CharField(_("emergency phone"), max_length=40, blank=True)
    height_m = models.FloatField(_("height (m)"), null=True, blank=True)
    mass_kg = models.FloatField(_("body mass (kg)"), null=True, blank=True)
    is_simulated = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True, blank=True)
    search_text = models.CharField(max_length=400, editable=False, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clinic", "record_number"], name="one_patient_a_record_number")
        ]
        indexes: ClassVar = [
            models.Index(fields=["clinic", "family_name", "given_name"], name="patient_by_name"),
            models.Index(fields=["clinic", "birth_date"], name="patient_by_birth"),
        ]

    def __str__(self) -> str:
        return f"{self.family_name}, {self.given_name}"


class TeamMember(models.Model):
    """Someone who takes part in a patient's care, from a day, perhaps until a day."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="team")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="care_teams")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)
    is_lead = models.BooleanField(default=False)
    added_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "patient"], name="team_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id} for {self.patient_id}"
