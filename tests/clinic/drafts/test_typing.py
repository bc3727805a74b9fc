"""In a real browser: what is typed is kept, comes back after the browser is gone, and ends with saving."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from clinic import made
from clinic.axe import person
from poise.clinic.drafts.domain import keeping
from poise.clinic.drafts.models import Draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_typing_outlives_the_browser_and_ends_with_saving(
    browser: Any, live_server: Any, therapist: Any, ana: Any
) -> None:
    address = reverse("patient-identity", args=[ana.pk])
    with person(browser, live_server, therapist) as page:
        page.goto(address)
        page.fill("[name=city]", "Salem")
        page.locator("[data-draft]", has_text="Saved as draft").wait_for()
    key = Draft.objects.get().key
    kept = keeping.kept(made.actor(therapist), key)
    assert kept is not None
    assert kept.fields["city"] == ["Salem"]
    with person(browser, live_server, therapist) as page:
        page.goto(address)
        assert page.input_value("[name=city]") == "Salem"
        assert page.locator(".notice.draft").is_visible()
        page.locator("main form .button.primary").last.click()
        page.wait_for_url(lambda where: not where.endswith(address))
    ana.refresh_from_db()
    assert (ana.city, keeping.kept(made.actor(therapist), key)) == ("Salem", None)
