"""Another therapist opens a chart in need; the administrator sees it, reads why, and marks it as reviewed."""

from __future__ import annotations

from typing import Any

import pytest

from clinic.axe import faults
from clinic.demo_clinic import Demo, become, visitor
from clinic.flows.hands import Hands, Keys

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_chart_is_opened_in_need_and_reviewed(browser: Any, demo: Demo, hands: Hands) -> None:
    name = "Ana" if isinstance(hands, Keys) else "Marcus"
    reason = f"Fell in the waiting room, {name}'s therapist is away"
    with visitor(browser, demo, "pt2") as page:
        page.goto(f"/patients/{demo.patient(name)}/")
        assert name in page.locator("main").inner_text()
        assert "Knee" not in page.content()
        hands.write(page.locator("main textarea, main input[name=reason]").first, reason)
        hands.press(page.get_by_role("button", name="Open the chart for 60 minutes"))
        page.locator(".sub-nav").wait_for()
        assert faults(page) == []
        become(page, "admin")
        assert faults(page, "/clinic/opened-charts/") == []
        row = page.locator("tr", has_text=reason)
        hands.press(row.get_by_role("button", name="Mark as reviewed"))
        row.get_by_text("Ruth Klein").wait_for()
        assert faults(page, "/audit") == []
        assert "glass" in page.content()
