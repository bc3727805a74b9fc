"""Long lists that are searched, and warnings that fold, in a real browser."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from clinic.axe import person, tab_to
from poise.clinic.charts.models import Episode, Limit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_condition_is_found_by_any_part_of_its_name(browser: Any, live_server: Any, therapist: Any, ana: Any) -> None:
    with person(browser, live_server, therapist) as page:
        page.goto(f"/patients/{ana.pk}/episodes/new/")
        tab_to(page, "#id_condition-words")
        page.keyboard.type("replacement")
        page.keyboard.press("Tab")  # two conditions hold the word: nothing is guessed
        several = page.input_value("#id_condition")
        page.fill("#id_condition-words", "")
        page.locator("#id_condition-words").press_sequentially("knee repl")
        page.keyboard.press("Tab")
        assert (several, page.input_value("#id_condition"), page.input_value("#id_condition-words")) == (
            "", "c_tka", "Knee replacement",
        )  # fmt: skip
        page.get_by_role("button", name="Save").click()
        page.wait_for_url("**/precautions/")
    assert Episode.objects.get(patient=ana).condition == "c_tka"


def test_many_warnings_fold_on_a_phone(browser: Any, live_server: Any, therapist: Any, ana: Any) -> None:
    episode = Episode.objects.create(patient=ana, title="Knee", started_on=date(2026, 3, 2))
    for words in ("no running", "no kneeling", "no jumping", "no stairs"):
        Limit.objects.create(episode=episode, words=words, ordered_by="Dr. Lee", ordered_on=date(2026, 3, 2))
    with person(browser, live_server, therapist, width=390) as page:
        page.goto(f"/patients/{ana.pk}/")
        folded = page.locator(".alert:visible").count()
        tab_to(page, ".alerts-more > summary")
        page.keyboard.press("Enter")
        assert (folded, page.locator(".alert:visible").count()) == (1, 4)
