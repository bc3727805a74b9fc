"""A real recording through the real analysis."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clinic import made
from clinic.evaluations.conftest import do_next
from poise.clinic.evaluations.domain import analysis
from poise.clinic.evaluations.models import Measurement

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
pytestmark = [pytest.mark.data, pytest.mark.django_db(transaction=True)]


@pytest.mark.skipif(not DATA.exists(), reason="the shared recordings are not here")
def test_standing_on_a_real_plate_gives_its_sway(therapist: Any, planned: Any, stored: Any) -> None:
    trial = DATA / "balance-bds" / "trials" / "BDS00001.txt.xz"
    row = stored(trial.read_bytes(), trial.name, task="stand", conditions={"eyes": "open", "surface": "firm"})
    analysis.request(made.actor(therapist), row, planned("test_mctsib"))
    assert do_next().state == "done"
    sway = Measurement.objects.get(measure="balance.sway_velocity", corrected_at=None)
    assert (sway.unit, sway.conditions["eyes"]) == ("mm/s", "open")
    assert 2.0 < sway.value < 40.0
