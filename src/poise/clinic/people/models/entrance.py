"""Ways in: invitations to an account, and charts opened in an emergency."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from poise.clinic.people.models.account import Clinic, User
from poise.clinic.people.models.patient import Patient


class Invitation(models.Model):
    """A one-time link to make an account. Only a hash of the link's secret is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, null=True)  # none: the first start's own link
    email = models.EmailField(_("e-mail"), blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    roles = models.JSONField(default=list)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, null=True, related_name="invitations")
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")  # whose way in is made anew
    secret_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"invitation {self.id}"


class BrokenGlass(models.Model):
    """A chart opened by someone outside its care team: with a reason, and an end."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="broken_glasses")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="broken_glasses")
    reason = models.TextField(_("reason"))
    started_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"glass {self.id}"


class CacheEntry(models.Model):
    """Where failed attempts are counted and used codes remembered, for all processes alike.

    Django's database cache reads and writes it (see CACHES in `settings`); as a model it comes with the migrations.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "poise_cache"

    def __str__(self) -> str:
        return self.cache_key
