"""The people who are treated, and who takes part in their care."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from poise.clinic.people.folding import folded, phone_words
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

    LONGEST_SEARCH_TEXT = 400

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
    archived_because = models.CharField(_("why archived"), max_length=300, blank=True)
    # The folded name first: lists follow it.
    search_text = models.CharField(max_length=LONGEST_SEARCH_TEXT, editable=False, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clinic", "record_number"], name="one_patient_a_record_number")
        ]
        indexes: ClassVar = [
            models.Index(fields=["clinic", "family_name", "given_name"], name="patient_by_name"),
            models.Index(fields=["clinic", "birth_date"], name="patient_by_birth"),
            models.Index(fields=["clinic", "search_text", "id"], name="patient_by_search_text"),
        ]

    def __str__(self) -> str:
        return f"{self.family_name}, {self.given_name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves, and keeps what finds the patient in step: `search_text` and the words of the index."""
        known, told = self.search_text, _search_text(self)
        self.search_text = told
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_text"}
        with transaction.atomic():
            super().save(*args, **kwargs)
            if told != known:
                index_words([self])

    def refresh_words(self) -> None:
        """Puts `search_text` and the index's words in step, where the row was changed past `save`."""
        told = _search_text(self)
        if told != self.search_text:
            self.search_text = told
            Patient.objects.filter(pk=self.pk).update(search_text=told)
            index_words([self])


class PatientWord(models.Model):
    """A word that finds a patient: a part of a name, the record number, the birth date or the phone, folded.

    One row a word, so that parts of a name are found in any order by an index, on SQLite and PostgreSQL alike.
    """

    class Kind(models.TextChoices):
        """What the word is."""

        NAME = "name"
        NUMBER = "number"
        BIRTH = "birth"
        PHONE = "phone"

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="words", db_index=True)
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    word = models.CharField(max_length=100)

    class Meta:
        indexes: ClassVar = [
            # The operator class lets PostgreSQL use the index for a prefix whatever its collation; SQLite needs none.
            # The patient stands in it too, so that a search reads the index alone: a common beginning finds thousands.
            models.Index(
                fields=["clinic", "word", "patient"],
                name="patient_word",
                opclasses=["uuid_ops", "varchar_pattern_ops", "uuid_ops"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.patient_id}"


class RecordCounter(models.Model):
    """The last record number that the clinic gave, locked while the next one is given."""

    clinic = models.OneToOneField(Clinic, on_delete=models.CASCADE, primary_key=True, related_name="+")
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"last number {self.last}"


def words_of(patient: Patient) -> dict[str, set[str]]:
    """The words that find a patient, by their kind."""
    names = (patient.family_name, patient.given_name, patient.preferred_name)
    return {
        PatientWord.Kind.NAME: {word for name in names for word in folded(name)},
        PatientWord.Kind.NUMBER: set(folded(patient.record_number)) | {"".join(folded(patient.record_number))} - {""},
        PatientWord.Kind.BIRTH: {f"{patient.birth_date:%Y%m%d}"},
        PatientWord.Kind.PHONE: phone_words(patient.phone),
    }


def index_words(patients: Iterable[Patient]) -> None:
    """Writes the index's words anew: after `bulk_create`, which does not call `save`, call this."""
    patients = list(patients)
    PatientWord.objects.filter(patient__in=[patient.pk for patient in patients]).delete()
    rows = (
        PatientWord(patient=patient, clinic_id=patient.clinic_id, kind=kind, word=word[:100])
        for patient in patients for kind, words in words_of(patient).items() for word in sorted(words)
    )  # fmt: skip
    PatientWord.objects.bulk_create(rows, batch_size=2000)


def set_search_text(patients: Iterable[Patient]) -> None:
    """Sets `search_text` on rows that are about to be made in bulk."""
    for patient in patients:
        patient.search_text = _search_text(patient)


def _search_text(patient: Patient) -> str:
    """The folded name as lists sort it, then all that finds the patient: it changes whenever the words do."""
    names = [" ".join(folded(name)) for name in (patient.family_name, patient.given_name)]
    others = {word for words in words_of(patient).values() for word in words}
    return " ".join([*names, "|", *sorted(others)])[: Patient.LONGEST_SEARCH_TEXT]


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
