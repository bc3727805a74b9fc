"""The moving picture: as exact as the sensors, small, and in step when every button is pressed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from django.urls import reverse

from clinic import made
from clinic.axe import faults, person
from clinic.evaluations.files import walk_trc
from poise.clinic.jobs.domain import worker
from poise.clinic.recordings.domain import arrivals
from poise.clinic.recordings.domain.moving_picture import Blocks, opened
from poise.clinic.recordings.models import Analysis
from poise.errors import UnreadableFile


def test_numbers_come_back_within_half_a_step_and_gaps_stay_gaps() -> None:
    values = np.cumsum(np.random.default_rng(1).normal(size=(500, 3)), axis=0)
    values[100:130, 1] = np.nan
    blocks = Blocks()
    place = blocks.add(values)
    again = opened(blocks.behind({"a": place})).block(place)
    assert np.array_equal(np.isnan(again), np.isnan(values))
    assert np.nanmax(np.abs(again - values)) <= place["scale"] / 2 + 1e-12


def test_what_is_no_replay_is_said() -> None:
    with pytest.raises(UnreadableFile):
        opened(b"not a replay")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_every_button_of_the_replay(browser: Any, live_server: Any, therapist: Any, ana: Any) -> None:
    from poise.clinic.objects import object_store

    arrivals.store_now(
        made.actor(therapist), ana, "walk.trc", walk_trc(stride_time_s=1.1, stride_length_m=1.2, duration_s=8.0)
    )
    worker.run_waiting()
    analysis = Analysis.objects.get()
    with object_store().open(analysis.replay_key) as stored:
        moving = opened(stored.read())
    points = moving.head["points"]
    seen = moving.block(points).reshape(points["n"], len(points["names"]), -1)
    assert np.isfinite(seen[round((2.0 - points["start_s"]) * points["rate_hz"])]).all(axis=1).sum() > 10
    with person(browser, live_server, therapist) as page:
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        address = reverse("replay", args=[ana.pk, analysis.recording_id, analysis.pk])
        page.goto(f"{live_server.url}{address}#t=1.50")
        page.wait_for_selector("[data-ready]")
        assert "1.50 s" in page.locator("[data-clock]").inner_text()
        for button in page.locator(".replay-stage button:visible").all():
            if button.is_enabled():
                button.click()
        page.locator("[data-toggle]").click()
        page.select_option("[data-speed]", "2")
        page.check("[data-velocity]")
        page.select_option("[data-curve]", index=1)
        page.locator("summary").last.click()
        for key in (" ", "ArrowRight", ",", ".", "l"):
            page.keyboard.press(key)
        assert wrong == []
        assert faults(page) == []
