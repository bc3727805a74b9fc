"""The screen locks in the middle of a form; what was typed is there again."""

from __future__ import annotations

from typing import Any

import pytest

from clinic.axe import faults, person
from clinic.flows.hands import Hands
from clinic.people import doors
from poise.clinic.drafts.models import Draft
from poise.clinic.people.models import Clinic
from poise.clinic.rules import Role

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_lock_in_the_middle_of_a_form_loses_nothing(
    browser: Any, live_server: Any, harbor: Clinic, hands: Hands
) -> None:
    maya = doors.with_password(Role.FRONT_DESK, harbor)
    with person(browser, live_server, maya) as page:
        page.goto("/patients/new/")
        hands.write(page.locator("[name=family_name]"), "Villanueva")
        hands.write(page.locator("[name=given_name]"), "Celia")
        page.locator("[name=given_name]").blur()
        page.get_by_text("Saved as draft").first.wait_for()
        other = page.context.new_page()
        other.goto("/")  # meanwhile the screen is locked, as it would be by itself after the clinic's minutes
        other.evaluate(
            "() => fetch('/screen/lock/', {method: 'POST', headers: "
            "{'X-CSRFToken': JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken']}})"
        )
        other.close()
        page.reload()
        assert "Villanueva" not in page.content()
        assert [each for each in faults(page) if "423" not in each] == []
        hands.write(page.locator("[name=password]"), doors.PASSWORD)
        hands.press(page.get_by_role("button", name="Open"))
        page.wait_for_url("**/patients/new/")
        assert page.locator("[name=family_name]").input_value() == "Villanueva"
        assert page.locator("[name=given_name]").input_value() == "Celia"
        assert faults(page) == []
    assert Draft.objects.count() == 1
