"""Every page that links lead to: WCAG 2.2 AA, nothing in the console, nothing leaves the clinic, both languages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from clinic import made
from clinic.axe import faults, person
from clinic.walk import busy, reachable
from poise.clinic.rules import Role

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SCREENS = [("en", "light", 1440), ("es", "dark", 390)]


@pytest.fixture
def owner(harbor: Any) -> Any:
    """A therapist who is the administrator too: sees all pages of the staff."""
    return made.person(Role.PHYSICAL_THERAPIST, harbor, Role.ADMINISTRATOR)


@pytest.fixture
def chart(harbor: Any, owner: Any) -> Any:
    ana = made.patient(harbor, team=(owner,), given_name="Ana", family_name="Rivera")
    busy(owner, ana)
    return ana


def seen_by(
    user: Any, starts: list[str], screen: tuple[str, str, int], browser: Any, server: Any
) -> dict[str, list[str]]:
    """Page → what is wrong with it; only those with which something is."""
    pages = reachable(made.sign_in(Client(), user), starts)
    language, theme, width = screen
    with person(browser, server, user, language=language, theme=theme, width=width) as page:
        told = {name: faults(page, path, picture=name) for name, path in pages.items()}
    return {name: found for name, found in told.items() if found}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("screen", SCREENS)
def test_every_page_of_the_staff(browser: Any, live_server: Any, owner: Any, chart: Any, screen: Any) -> None:
    assert seen_by(owner, ["/", f"/patients/{chart.pk}/"], screen, browser, live_server) == {}


@pytest.mark.parametrize("screen", SCREENS)
def test_every_page_of_a_patient(browser: Any, live_server: Any, chart: Any, screen: Any) -> None:
    assert seen_by(chart.account, ["/"], screen, browser, live_server) == {}


@pytest.mark.parametrize("path", ["/account/sign-in/", "/account/password/lost/"])
@pytest.mark.parametrize("screen", SCREENS)
def test_the_doors(browser: Any, live_server: Any, harbor: Any, path: str, screen: Any) -> None:
    language, theme, width = screen
    with person(browser, live_server, language=language, theme=theme, width=width) as page:
        assert faults(page, path) == []
