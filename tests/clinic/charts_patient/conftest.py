"""What these tests may ask for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from clinic import made
from clinic.charts_patient.phones import opened
from poise.clinic.charts.domain import intake as verbs
from poise.clinic.charts.models import Episode
from poise.clinic.rules import Role


@pytest.fixture
def whiplash(ana: Any) -> Episode:
    """Ana's open episode."""
    return Episode.objects.create(
        patient=ana, title="Neck after the crash", condition="c_whiplash", started_on=date(2026, 11, 2)
    )


@pytest.fixture
def ana_herself(ana: Any) -> Any:
    """Ana with an account of her own."""
    ana.account = made.person(Role.PATIENT, ana.clinic)
    ana.save(update_fields=["account"])
    return ana.account


@pytest.fixture
def sent(ana: Any, whiplash: Any, therapist: Any) -> Any:
    """A form that was sent, with the secret of its link."""
    return verbs.send(made.actor(therapist), ana)


@pytest.fixture
def phone(client: Any, sent: Any) -> Any:
    """A phone that opened the link and gave the date of birth."""
    return opened(client, sent[1])
