"""Jobs: long work, waiting, running or done."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a job stands."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Job(models.Model):
    """One piece of work. A worker holds it by a lease; what it finishes counts only while the lease is its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey("people.Clinic", on_delete=models.CASCADE, null=True, related_name="+")
    patient = models.ForeignKey("people.Patient", on_delete=models.CASCADE, null=True, related_name="jobs")
    kind = models.CharField(max_length=40)
    about_id = models.UUIDField(null=True)  # what it works on: a recording, an upload
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    progress = models.FloatField(default=0.0)
    message = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    cancel_asked_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "asked_at"], name="job_next"),
            models.Index(fields=["kind", "about_id"], name="job_about"),
            models.Index(fields=["asked_by", "started_at"], name="job_served"),
            models.Index(fields=["patient", "-asked_at"], name="job_of_patient"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
