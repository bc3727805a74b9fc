"""A therapist follows a finding to the moment in the recording at which it is seen."""

from __future__ import annotations

from typing import Any

import pytest

from clinic.axe import faults
from clinic.demo_clinic import Demo, visitor
from clinic.flows.hands import Hands, Keys

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CLOCK = "parseFloat(document.querySelector('[data-clock]').textContent.replace(',', '.'))"


def seconds(page: Any) -> float:
    return float(page.locator("[data-clock]").inner_text().split()[0].replace(",", "."))


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_finding_is_followed_to_the_moving_figure(browser: Any, demo: Demo, hands: Hands, language: str) -> None:
    with visitor(browser, demo, "pt", language=language) as page:
        assert faults(page) == []
        hands.press(page.locator("main a[href*='/evaluations/']", has_text="Rivera, Ana").first)
        page.wait_for_url("**/evaluations/*/")
        hands.press(page.locator("main nav a[href$='/findings/']").first)
        page.wait_for_url("**/findings/")
        assert faults(page) == []
        hands.press(page.locator("[data-finding] a[href*='/replay/']").first)
        page.wait_for_url("**/replay/**")
        page.locator("[data-findings] button").first.wait_for()
        started = seconds(page)
        hands.press(page.locator("[data-toggle]"))
        page.wait_for_function(f"() => {CLOCK} > {started} + 0.3")
        hands.press(page.locator("[data-toggle]"))
        slider = page.locator("[data-time]")
        if isinstance(hands, Keys):
            hands.reach(slider)
            page.keyboard.press("Home")
        else:
            slider.fill("0")
        assert seconds(page) == 0.0
        hands.press(page.locator("[data-findings] button").nth(1))
        page.wait_for_function(f"() => {CLOCK} > 0")
        assert faults(page) == []
