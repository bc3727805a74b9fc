"""A therapist's browser, every factor given."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from clinic import made
from poise.clinic.rules import Role


def signed_in(user: Any, client: Client | None = None) -> Client:
    client = made.sign_in(client or Client(raise_request_exception=False), user)
    session = client.session
    session["factor_seen"] = str(user.pk)
    session.save()
    return client


@pytest.fixture
def hers(therapist: Any) -> Client:
    return signed_in(therapist)


@pytest.fixture
def administrators(harbor: Any) -> Client:
    return signed_in(made.person(Role.ADMINISTRATOR, harbor))
