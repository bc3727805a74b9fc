"""What tests of the chart may ask for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from clinic import made
from poise.clinic.charts.domain import episodes
from poise.clinic.charts.models import Episode
from poise.clinic.rules import Role


@pytest.fixture
def knee(ana: Any, therapist: Any) -> Episode:
    """Ana's knee replacement, three weeks and a half ago."""
    facts = {"condition": "c_tka", "side": "right", "surgery_on": timezone.localdate() - timedelta(days=25),
             "surgeon": "Dr Ortiz", "icd10": ["Z47.1"], "goal": "Walk to church"}  # fmt: skip
    return episodes.open_episode(made.actor(therapist), ana, facts)


@pytest.fixture
def assistant(harbor: Any, ana: Any) -> Any:
    """A physical therapist assistant of Ana's team."""
    person = made.person(Role.ASSISTANT, harbor)
    ana.team.create(user=person)
    return person


@pytest.fixture
def biller(harbor: Any) -> Any:
    return made.person(Role.BILLER, harbor)
