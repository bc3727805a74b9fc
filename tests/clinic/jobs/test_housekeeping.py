"""What workers clear away by themselves, and what they leave."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.utils import timezone

from clinic import made
from poise.clinic.audit.models import Event
from poise.clinic.drafts.models import Draft, Once
from poise.clinic.jobs.domain import housekeeping, presence
from poise.clinic.objects import MissingObject, object_store
from poise.clinic.people.models import CacheEntry, Invitation
from poise.clinic.recordings.models import Upload

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=120)


def test_what_has_run_out_is_cleared_away_and_nothing_else(client: Any, therapist: Any, ana: Any) -> None:
    made.sign_in(client, therapist)
    for number, at in enumerate((timezone.now(), LONG_AGO)):
        Once.objects.create(user=therapist, key=f"{number}", fingerprint="x", at=at)
        Draft.objects.create(user=therapist, key=f"{number}", fields={"goal": "walk"}, saved_at=at)
        Session.objects.create(session_key=f"k{number}", session_data="x", expire_date=at + timedelta(days=1))
        UserSession.objects.create(user=therapist, session_key=f"k{number}", ip="192.0.2.1", user_agent="made")
        Invitation.objects.create(secret_hash=f"{number}", email="guest@example.org", expires_at=at)
        Upload.objects.create(patient=ana, by=therapist, name=f"{number}.csv", size=9, touched_at=at)
    cache.set("count", 5, 3600)
    CacheEntry.objects.create(cache_key="old", value="x", expires=LONG_AGO)

    done = housekeeping.tidy()

    assert done == {"sessions": 1, "invitations": 1, "counts": 1, "answers": 1, "uploads": 1, "objects": 0}
    assert [row.key for row in Once.objects.all()] == ["0"]
    assert [row.secret_hash for row in Invitation.objects.all()] == ["0"]
    assert [row.name for row in Upload.objects.all()] == ["0.csv"]
    assert sorted(UserSession.objects.values_list("session_key", flat=True)) == ["k0"]
    assert client.get("/").status_code == 200  # who is signed in stays so
    assert Draft.objects.count() == 2  # what somebody typed is never cleared away
    assert cache.get("count") == 5
    assert Event.objects.filter(action="upload.discard").count() == 1


def test_a_store_that_is_away_keeps_nothing_else_from_being_tidied(therapist: Any, monkeypatch: Any) -> None:
    def away() -> int:
        raise MissingObject("The store cannot be reached.")

    monkeypatch.setattr(housekeeping.stored, "sweep", away)
    Once.objects.create(user=therapist, key="1", fingerprint="x", at=LONG_AGO)
    assert housekeeping.tidy()["answers"] == 1


def test_parts_of_an_upload_under_way_are_named_and_can_be_sealed_anew(therapist: Any, ana: Any) -> None:
    from poise.clinic.objects.named import named_objects, rename

    kept = object_store().put(io.BytesIO(b"half a walk"))
    upload = Upload.objects.create(
        patient=ana, by=therapist, name="walk.csv", size=22, offset=11, parts=[[kept.key, kept.size, kept.sha256]]
    )
    (named,) = [each for each in named_objects() if each.key == kept.key]
    assert (named.size, named.sha256) == (11, kept.sha256)
    other = object_store().put(io.BytesIO(b"half a walk"))
    rename(named, other.key)
    upload.refresh_from_db()
    assert upload.parts == [[other.key, 11, kept.sha256]]


def test_a_worker_says_that_it_is_there_and_when_it_goes(db: None) -> None:
    here = presence.Presence()
    assert presence.workers() == 0
    here.say()
    here.say()
    assert presence.workers() == 1
    here.leave()
    assert presence.workers() == 0
