"""Drafts: what was typed into a form and not yet saved."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class Draft(models.Model):
    """One person's unsaved typing in one form; `key` names the form and what it is about."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    key = models.CharField(max_length=200)
    fields = models.JSONField(default=dict)
    version = models.PositiveIntegerField(null=True)  # of the row the form was opened with
    saved_at = models.DateTimeField(default=timezone.now)
    opening = models.CharField(max_length=32, blank=True)  # which opening of the form the typing came from
    closed_opening = models.CharField(max_length=32, blank=True)  # the last one saved or thrown away: it writes no more

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="one_draft_a_form")]

    def __str__(self) -> str:
        return self.key


class Once(models.Model):
    """A request that was answered: asked again with the same key, it is answered again and not done again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)  # of method, address and body: a key serves one request only
    status = models.PositiveSmallIntegerField(default=0)
    location = models.CharField(max_length=400, blank=True)
    content = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="one_answer_a_key")]

    def __str__(self) -> str:
        return self.key
