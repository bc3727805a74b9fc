"""Recordings as stored, uploads under way, and analyses."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from poise.clinic.people.models import Patient, Row


class Upload(models.Model):
    """A file on its way: bytes arrive in order from `offset` on, and may go on after a break."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="uploads")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=20, default="recording")  # or "file"
    about_id = models.UUIDField(null=True)  # the evaluation's test it was made for
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    offset = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)  # as the sender says
    details = models.JSONField(default=dict)
    started_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    parts = models.JSONField(default=list)  # [object key, bytes, sha256] of each, in order
    made_id = models.UUIDField(null=True)  # the recording or file that it became

    lists_of_objects: ClassVar = ("parts",)  # read by `poise.clinic.objects.named`

    class Meta:
        indexes: ClassVar = [models.Index(fields=["by", "finished_at"], name="upload_open")]

    def __str__(self) -> str:
        return f"upload {self.id}"


class StoredRecording(Row):
    """A recording's file: one person, one task, once. The bytes lie in the object store."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="recordings")
    episode = models.ForeignKey("charts.Episode", on_delete=models.PROTECT, null=True, related_name="recordings")
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    object_key = models.CharField(max_length=200)
    format = models.CharField(max_length=60, blank=True)
    task = models.CharField(max_length=30, default="auto")
    conditions = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(default=timezone.now)
    facts = models.JSONField(default=dict)  # what `poise inspect` says of it
    is_simulated = models.BooleanField(default=False)
    removed_at = models.DateTimeField(null=True)
    removed_because = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["patient", "-recorded_at"], name="recording_series"),
            models.Index(fields=["patient", "sha256"], name="recording_same"),
        ]

    def __str__(self) -> str:
        return self.name


class Analysis(Row):
    """What the science made of a recording: the assessment as JSON and the moving picture, in the object store."""

    recording = models.ForeignKey(StoredRecording, on_delete=models.PROTECT, related_name="analyses")
    job_id = models.UUIDField(unique=True)
    software = models.CharField(max_length=40)
    usable = models.BooleanField(default=True)
    task = models.CharField(max_length=30, blank=True)
    duration_s = models.FloatField(null=True)
    problems = models.JSONField(default=list)
    assessment_key = models.CharField(max_length=200, blank=True)
    replay_key = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"analysis {self.id}"
