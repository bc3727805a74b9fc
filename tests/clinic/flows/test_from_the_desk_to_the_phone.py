"""The desk registers someone and makes a link; the form is filled on a phone, with the drawing, and handed in."""

from __future__ import annotations

from typing import Any

import pytest

from clinic import axe
from clinic.axe import faults
from clinic.demo_clinic import Demo, visitor
from clinic.flows.hands import Hands, Keys

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
BORN = "1980-05-06"
MOST_STEPS = 25


def test_a_new_patient_fills_the_form_on_a_phone(browser: Any, demo: Demo, hands: Hands) -> None:
    given_name = "Nina" if isinstance(hands, Keys) else "Otto"
    with visitor(browser, demo, "desk") as page:
        _patient, link = registered(page, hands, given_name)
        with axe.opened(browser, demo, {}, width=390) as phone:
            filled_on_a_phone(phone, hands, link)
    assert demo.rows(
        "SELECT state FROM charts_intake i JOIN people_patient p ON p.id = i.patient_id WHERE p.given_name = ?",
        given_name,
    ) == [("submitted",)]


def registered(page: Any, hands: Hands, given_name: str) -> tuple[str, str]:
    """At the desk: the patient's id, and the link to give away."""
    page.goto("/patients/")
    hands.press(page.get_by_role("link", name="New patient"))
    hands.write(page.locator("[name=family_name]"), "Flow")
    hands.write(page.locator("[name=given_name]"), given_name)
    hands.write(page.locator("[name=birth_date]"), BORN)
    hands.choose(page.locator("[name=lead]"), "Elena Park")
    assert faults(page) == []
    hands.press(page.get_by_role("button", name="Register"))
    page.locator(".sub-nav").wait_for()
    patient = page.url.rstrip("/").rsplit("/", 1)[-1]
    hands.press(page.locator(".sub-nav").get_by_role("link", name="Intake"))
    hands.press(page.get_by_role("button", name="Make a link"))
    return patient, page.locator("#link").input_value()


def filled_on_a_phone(phone: Any, hands: Hands, link: str) -> None:
    """The patient, at home: every step, the drawing, and in."""
    phone.goto(link)
    hands.write(phone.locator("[name=birth_date]"), BORN)
    hands.press(phone.locator("[name=go][value=next]"))
    phone.wait_for_url("**/intake/step/**")
    for _ in range(MOST_STEPS):
        phone.wait_for_url("**/intake/**")
        if "/step/" not in phone.url:
            break
        step = phone.url
        _answer(phone, hands, step.rstrip("/").rsplit("/", 1)[-1])
        with phone.expect_navigation(timeout=30_000):
            hands.press(phone.locator("[name=go][value=next]"))
        assert phone.url != step, phone.locator("main").inner_text()[:800]
    phone.wait_for_load_state("networkidle")
    assert "/review/" in phone.url, phone.locator("main").inner_text()[:800]
    assert faults(phone) == []
    hands.press(phone.get_by_role("button", name="Hand it in"))
    phone.wait_for_url("**/intake/done/")
    phone.wait_for_load_state("networkidle")
    assert faults(phone) == []


def _answer(phone: Any, hands: Hands, step: str) -> None:
    if step in {"problem", "hope"}:
        hands.write(phone.locator("main textarea").first, "My knee hurts on the stairs")
    if step.startswith("safety"):
        for value in dict.fromkeys(
            each.get_attribute("name") for each in phone.locator("main input[type=radio]").all()
        ):
            hands.tick(phone.locator(f"input[name={value}][value=no]"))
    if step == "falls":
        hands.tick(phone.locator("input[name=falls]").first)
    if step.startswith("health"):
        hands.tick(phone.locator("input[name=has][value=none]"))
    if phone.locator("[data-place]").count():
        _mark_a_place(phone, hands)


def _mark_a_place(phone: Any, hands: Hands) -> None:
    first = phone.locator('svg[data-panel="front"] .body-place[tabindex="0"]')
    hands.reach(first) if isinstance(hands, Keys) else first.focus()
    phone.keyboard.press("ArrowDown")
    phone.keyboard.press("Space")
    phone.locator(".mark-row").first.wait_for()
