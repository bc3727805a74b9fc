"""Every part of the design system stands up to WCAG 2.2 AA, light and dark, on a phone and on a desk."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from clinic.axe import faults, person, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shown(settings: Any, harbor: Any) -> None:
    settings.POISE = replace(settings.POISE, debug=True)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_every_part_is_sound(browser: Any, live_server: Any, shown: None, width: int, theme: str) -> None:
    with person(browser, live_server, width=width, theme=theme) as page:
        assert faults(page, "/design") == []


def test_menus_and_dialogs_work_by_keyboard(browser: Any, live_server: Any, shown: None) -> None:
    with person(browser, live_server) as page:
        page.goto("/design")
        tab_to(page, ".skip-link")  # not the first: the focus begins at the summary of what is wrong
        tab_to(page, "[data-opens=d1]")
        page.keyboard.press("Enter")
        assert page.locator("#d1").is_visible()
        assert faults(page) == []
        page.keyboard.press("Escape")
        assert not page.locator("#d1").is_visible()
        tab_to(page, "main details.menu > summary")
        page.keyboard.press("Enter")
        assert page.locator("main .menu-panel").is_visible()
        page.keyboard.press("Escape")
        assert not page.locator("main .menu-panel").is_visible()
