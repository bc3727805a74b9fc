"""The body map by finger and by keys, on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from clinic import made

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def page(browser: Any, live_server: Any, ana: Any, ana_herself: Any) -> Any:
    cookies = made.sign_in(Client(), ana_herself).cookies
    context = browser.new_context(**PHONE)
    context.add_cookies([{"name": "poise", "value": cookies["poise"].value, "url": live_server.url}])
    opened = context.new_page()
    opened.faults = []
    opened.on("pageerror", lambda fault: opened.faults.append(str(fault)))
    opened.on("console", lambda said: opened.faults.append(said.text) if said.type == "error" else None)
    opened.goto(f"{live_server.url}/patients/{ana.pk}/pain/new/")
    yield opened
    context.close()


def test_a_finger_marks_the_temple_and_the_sole_and_says_how_bad(page: Any, ana: Any) -> None:
    page.get_by_role("button", name="Head, front").tap()
    page.locator('[data-place="br_temple.left.front"]').tap(position={"x": 12, "y": 30})
    page.get_by_role("button", name="Feet, from below").tap()
    page.get_by_text("It is numb here").first.tap()
    page.locator('[data-place="br_sole.right.back"]').tap()
    assert page.locator(".mark-row").count() == 2
    page.get_by_label("How bad, 0 to 10").first.select_option("6")
    page.get_by_role("button", name="Save").tap()
    page.wait_for_url("**/pain/*-*/")
    marks = [(mark.kind, mark.region, mark.side, mark.intensity) for mark in ana.pain_maps.get().marks.all()]
    assert marks == [("pain", "br_temple", "left", 6), ("numb", "br_sole", "right", None)]
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.faults == []


def test_keys_alone_walk_the_body_and_mark(page: Any, ana: Any) -> None:
    first = page.locator('svg[data-panel="front"] .body-place[tabindex="0"]')
    first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    named = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.getAttribute('aria-checked')") == "true"
    assert page.locator("[data-mark-name]").first.inner_text() == named
    page.keyboard.press("Space")
    assert page.locator(".mark-row").count() == 0
    page.keyboard.press("Space")
    page.get_by_role("button", name="Save").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/pain/*-*/")
    assert ana.pain_maps.get().marks.count() == 1


def test_the_list_and_the_drawing_say_the_same(page: Any) -> None:
    page.get_by_text("Choose from a list").tap()
    page.get_by_role("checkbox", name="knee, left", exact=True).last.check()
    assert page.locator('svg [data-place="br_knee.left.front"]').get_attribute("aria-checked") == "true"
    page.get_by_role("checkbox", name="knee, left", exact=True).last.uncheck()
    assert page.locator(".mark-row").count() == 0
