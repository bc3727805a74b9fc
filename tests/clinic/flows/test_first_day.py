"""The first day: the one-time link makes the clinic; its administrator lets a therapist in, who signs in with two factors."""

from __future__ import annotations

import re
from typing import Any

import pytest

from clinic import axe
from clinic.axe import faults
from clinic.flows.hands import Hands
from clinic.people import doors
from poise.clinic.people.domain import first_start
from poise.clinic.people.models import Clinic, User

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_from_the_first_link_to_a_therapist_who_signs_in(browser: Any, live_server: Any, hands: Hands) -> None:
    link = first_start.make_link()
    assert link is not None
    with axe.opened(browser, live_server, {}) as page:
        page.goto(link.path)
        assert faults(page) == []
        for name, words in (("name", "Harbor Rehab"), ("person", "Rosa Lind"), ("email", "rosa@example.org")):
            hands.write(page.locator(f"[name={name}]"), words)
        _choose_password(page, hands)
        hands.press(page.get_by_role("button", name="Make the clinic"))
        _set_up_the_app(page, hands)
        page.goto("/people/invite/")
        hands.write(page.locator("[name=name]"), "Tom Byrne")
        hands.write(page.locator("[name=email]"), "tom@example.org")
        hands.tick(page.locator("[name=roles][value=pt]"))
        hands.press(page.get_by_role("button", name="Make the invitation"))
        invitation = page.locator("#link").input_value()
    with axe.opened(browser, live_server, {}) as page:
        page.goto(invitation)
        assert faults(page) == []
        _choose_password(page, hands)
        hands.press(page.get_by_role("button", name="Make my account"))
        seed = _set_up_the_app(page, hands)
        page.goto("/")
        hands.press(page.locator(".account-menu summary"))
        hands.press(page.get_by_role("button", name="Sign out"))
        page.wait_for_url("**/account/sign-in/")
        hands.write(page.locator("[name=login]"), "tom@example.org")
        hands.write(page.locator("[name=password]"), doors.PASSWORD)
        hands.press(page.get_by_role("button", name="Sign in", exact=True))
        hands.write(page.locator("input[name=code]"), doors.code(seed, steps=1))
        hands.press(page.get_by_role("button", name="Sign in", exact=True))
        page.wait_for_url(f"{live_server.url}/")
        assert faults(page) == []
    assert Clinic.objects.get().name == "Harbor Rehab"
    assert {user.email for user in User.objects.all()} == {"rosa@example.org", "tom@example.org"}


def _choose_password(page: Any, hands: Hands) -> None:
    hands.write(page.locator("[name=password]"), doors.PASSWORD)
    hands.write(page.locator("[name=again]"), doors.PASSWORD)


def _set_up_the_app(page: Any, hands: Hands) -> str:
    """Gives the seed that the app would have read."""
    page.wait_for_url("**/account/second-factor/")
    assert faults(page) == []
    hands.press(page.locator("main a[href*='/account/factors/app/']").first)
    page.wait_for_url("**/account/factors/app/**")
    found = re.search(r"\b[A-Z2-7]{32}\b", page.content())
    assert found is not None
    hands.write(page.locator("input[name=code]"), doors.code(found[0]))
    hands.press(page.locator("main form button.primary").last)
    page.wait_for_url("**/account/factors/codes/**")
    return str(found[0])
