"""What is typed is kept until it is saved, and no longer."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from clinic import made
from poise.clinic.drafts.domain import keeping

pytestmark = pytest.mark.django_db


def typed(client: Any, key: str, opening: str = "a", **fields: str) -> Any:
    return client.post(reverse("draft"), {"draft-key": key, "draft-opening": opening, "draft-version": "3", **fields})


def test_what_is_typed_is_kept_and_said_so(client: Any, therapist: Any) -> None:
    made.sign_in(client, therapist)
    answer = typed(client, "episode:1", condition="Total knee")
    kept = keeping.kept(made.actor(therapist), "episode:1")
    assert kept is not None
    assert (kept.fields, kept.version) == ({"condition": ["Total knee"]}, 3)
    assert answer.content.decode().startswith("Saved as draft ")


def test_passwords_are_never_kept(client: Any, therapist: Any) -> None:
    made.sign_in(client, therapist)
    typed(client, "account", password="a secret", name="Ana")
    assert keeping.kept(made.actor(therapist), "account").fields == {"name": ["Ana"]}  # type: ignore[union-attr]


def test_nobody_reads_the_draft_of_another(client: Any, therapist: Any, desk: Any) -> None:
    made.sign_in(client, therapist)
    typed(client, "episode:1", condition="Total knee")
    assert keeping.kept(made.actor(desk), "episode:1") is None


def test_an_autosave_that_comes_after_saving_brings_nothing_back(client: Any, therapist: Any) -> None:
    made.sign_in(client, therapist)
    typed(client, "episode:1", opening="first", condition="Total")
    keeping.forget(made.actor(therapist), "episode:1", opening="first")
    late = typed(client, "episode:1", opening="first", condition="Total knee")
    assert (late.status_code, keeping.kept(made.actor(therapist), "episode:1")) == (204, None)
    typed(client, "episode:1", opening="second", condition="Hip")
    assert keeping.kept(made.actor(therapist), "episode:1") is not None


def test_too_much_is_refused_in_words(client: Any, therapist: Any) -> None:
    made.sign_in(client, therapist)
    answer = typed(client, "episode:1", words="x" * 300_000)
    assert "too long" in answer.content.decode().lower()
