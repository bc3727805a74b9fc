"""The desk registers someone and sends the form; it is filled on a phone; the therapist goes on to the findings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clinic import axe
from clinic.axe import faults
from clinic.demo_clinic import Demo, become, visitor
from clinic.flows.hands import Hands, Keys

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
BORN = "1980-05-06"
MOST_STEPS = 25


def test_a_new_patient_comes_from_the_desk_to_the_findings(
    browser: Any, demo: Demo, hands: Hands, tmp_path: Path
) -> None:
    given_name = "Nina" if isinstance(hands, Keys) else "Otto"
    walk = tmp_path / "limping_walk.c3d"
    with visitor(browser, demo, "desk") as page:
        patient, link = registered(page, hands, given_name)
        with axe.opened(browser, demo, {}, width=390) as phone:
            filled_on_a_phone(phone, hands, link)
        become(page, "pt")
        walk.write_bytes(page.request.get("/demo/files/limping_walk.c3d").body())
        confirmed(page, hands, patient)
        episode_opened(page, hands, patient)
        screened(page, hands)
        evaluation_started(page, hands, patient)
        recording_sent(page, hands, walk)
        a_finding_judged(page, hands)
    assert demo.rows(
        "SELECT state FROM charts_intake i JOIN people_patient p ON p.id = i.patient_id WHERE p.given_name = ?",
        given_name,
    ) == [("confirmed",)]


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
    for _ in range(MOST_STEPS):
        phone.wait_for_url("**/intake/**")
        if "/step/" not in phone.url:
            break
        step = phone.url
        _answer(phone, hands, step.rstrip("/").rsplit("/", 1)[-1])
        hands.press(phone.locator("[name=go][value=next]"))
        phone.wait_for_timeout(300)
        phone.wait_for_load_state()
        assert phone.url != step, phone.locator("main").inner_text()[:800]
    assert faults(phone) == []
    hands.press(phone.get_by_role("button", name="Hand it in"))
    phone.wait_for_url("**/intake/done/")
    assert faults(phone) == []


def _answer(phone: Any, hands: Hands, step: str) -> None:
    if step in {"problem", "hope"}:
        hands.write(phone.locator("main textarea").first, "My knee hurts on the stairs")
    if step.startswith("safety"):
        for value in dict.fromkeys(
            each.get_attribute("name") for each in phone.locator("main input[type=radio]").all()
        ):
            hands.tick(phone.locator(f"input[name={value}][value=no]"))
    if step.startswith("health"):
        hands.tick(phone.locator("input[name=has][value=none]"))
    if phone.locator("[data-place]").count():
        _mark_the_knee(phone, hands)


def _mark_the_knee(phone: Any, hands: Hands) -> None:
    if isinstance(hands, Keys):
        hands.reach(phone.locator('svg[data-panel="front"] .body-place[tabindex="0"]'))
        phone.keyboard.press("ArrowDown")
        phone.keyboard.press("Space")
    else:
        phone.locator('svg [data-place="br_knee.left.front"]').click()
    phone.locator(".mark-row").first.wait_for()


def confirmed(page: Any, hands: Hands, patient: str) -> None:
    """The therapist goes through the form."""
    page.goto(f"/patients/{patient}/intake/")
    hands.press(page.locator("main table").get_by_role("link", name="Open").first)
    page.locator("main form[action$='/confirm/'] button.primary").wait_for()
    assert faults(page) == []
    hands.press(page.locator("main form[action$='/confirm/'] button.primary"))
    page.wait_for_load_state()


def episode_opened(page: Any, hands: Hands, patient: str) -> None:
    """An episode for the knee."""
    page.goto(f"/patients/{patient}/episodes/new/")
    hands.write(page.locator("[name=title]"), "Left knee pain")
    hands.choose(page.locator("[name=condition]"), "Knee replacement")
    hands.choose(page.locator("[name=side]"), "Left")
    hands.press(page.locator("main form button.primary").last)
    page.wait_for_url("**/episodes/*-*/")
    assert faults(page) == []


def screened(page: Any, hands: Hands) -> None:
    """The red flags are asked."""
    hands.press(page.locator("main a[href$='/red-flags/']").first)
    names = [each.get_attribute("name") for each in page.locator("main input[type=radio]").all()]
    for name in dict.fromkeys(names):
        hands.tick(page.locator(f"input[name={name}][value=no]"))
    hands.press(page.locator("main form button.primary").last)
    page.wait_for_load_state()


def evaluation_started(page: Any, hands: Hands, patient: str) -> None:
    """The tests for a knee are proposed."""
    page.goto(f"/patients/{patient}/evaluations/")
    hands.press(page.locator("main a[href*='/evaluations/']").first)
    hands.press(page.locator("main form button.primary").last)
    page.wait_for_url("**/evaluations/*-*/")
    assert faults(page) == []


def recording_sent(page: Any, hands: Hands, file: Path) -> None:
    """A walk is sent, and analysed while one looks on."""
    hands.press(page.get_by_role("link", name="Gait walk"))
    hands.send(page.locator("input[type=file]").first, file)
    hands.press(page.get_by_role("button", name="Send"))
    page.get_by_text("Analysed", exact=True).first.wait_for(timeout=90_000)
    assert faults(page) == []


def a_finding_judged(page: Any, hands: Hands) -> None:
    """The first finding is accepted, with a reason."""
    hands.press(page.locator("main a[href$='/findings/']").first)
    page.locator("[data-finding]").first.wait_for()
    first = page.locator("[data-finding]").first
    hands.press(first.locator("[data-judge=accepted] summary"))
    hands.press(first.locator("[data-judge=accepted] button").first)
    page.get_by_text("Take back").first.wait_for()
    assert faults(page) == []
