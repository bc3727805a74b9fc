"""The doors in a real browser: an app's code, and a passkey (Chromium's virtual authenticator)."""

from __future__ import annotations

from typing import Any

import pytest

from clinic.people import doors
from poise.clinic.rules import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_one_signs_in_with_a_code_adds_a_passkey_and_signs_in_with_it_alone(
    live_server: Any, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs a loop in this thread; the ORM is not in it
    from clinic import made

    rosa = doors.with_password(Role.PHYSICAL_THERAPIST, made.clinic())
    seed = doors.with_app(rosa)
    page = browser.new_page()
    errors: list[str] = []
    page.on("console", lambda told: errors.append(told.text) if told.type == "error" else None)
    keys = page.context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True}})  # fmt: skip

    page.goto(f"{live_server.url}/account/sign-in/")
    page.get_by_label("Email").fill(rosa.email)
    page.get_by_label("Password").fill(doors.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator("input[name=code]").fill(doors.code(seed))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{live_server.url}/")

    page.goto(f"{live_server.url}/account/factors/keys/add/")
    page.locator("input[name=password]").fill(doors.PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Sign in with it alone").check()
    page.get_by_role("button", name="Add it").click()
    page.wait_for_url("**/account/factors/codes/")

    page.get_by_role("link", name="Poise").first.click()
    page.locator(".account-menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{live_server.url}/")
    assert f"Hello, {rosa.name}" in page.content()
    assert errors == []
    page.close()
