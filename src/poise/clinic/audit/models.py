"""The audit's rows. They are only ever added; nothing in Poise changes or deletes one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Event(models.Model):
    """Something that someone did, saw, or was refused."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    clinic_id = models.UUIDField(null=True)
    actor_id = models.UUIDField(null=True)
    actor = models.CharField(max_length=200)
    roles = models.CharField(max_length=100, blank=True)
    action = models.CharField(max_length=60)
    outcome = models.CharField(max_length=10)
    patient_id = models.UUIDField(null=True)
    what = models.CharField(max_length=60, blank=True)
    what_id = models.CharField(max_length=64, blank=True)
    route = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=64, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    detail = models.JSONField(default=dict)
    seal = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["clinic_id", "-number"], name="audit_clinic"),
            models.Index(fields=["patient_id", "-number"], name="audit_patient"),
            models.Index(fields=["actor_id", "-number"], name="audit_actor"),
            models.Index(fields=["action", "-number"], name="audit_action"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.action}"


class Head(models.Model):
    """The chain's last row, locked while the next one is added: one row, number 1."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)
    seal = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return f"head at {self.number}"
