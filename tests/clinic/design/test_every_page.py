"""Every page that links lead to, as each role: WCAG 2.2 AA, nothing in the console, nothing leaves the clinic.

One clinic is made, and one browser looks at it. The owner (therapist and administrator) opens every page of the staff in
English on a desk and in Spanish on a dark phone. Of the others' pages, found by their own links, the browser opens what
the owner could not, and what stands there with other things on it for each role.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from clinic import made
from clinic.axe import faults, person
from clinic.walk import busy, reachable
from poise.clinic.rules import Role

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DESK, PHONE = ("en", "light", 1440), ("es", "dark", 390)
OTHERS = [Role.FRONT_DESK, Role.BILLER, Role.ASSISTANT, Role.CHIROPRACTOR]
DIFFERENT_FOR_EACH = {"home", "patient", "patients", "evaluation-findings", "intakes", "team"}


class Walker:
    """Opens pages as one person after another, and remembers what is wrong with which."""

    def __init__(self, browser: Any, server: Any) -> None:
        self.browser, self.server = browser, server
        self.wrong: dict[str, list[str]] = {}
        self.read: set[tuple[str, str]] = set()

    def walk(self, who: str, user: Any, starts: list[str], *screens: tuple[str, str, int]) -> set[str]:
        """Every page this person reaches, on each screen; the pages' names."""
        pages = reachable(made.sign_in(Client(), user), starts)
        for language, theme, width in screens:
            with person(self.browser, self.server, user, language=language, theme=theme, width=width) as page:
                for name, path in pages.items():
                    if (name, language) in self.read and name not in DIFFERENT_FOR_EACH:
                        continue
                    self.read.add((name, language))
                    if told := faults(page, path, picture=f"{who}-{name}"):
                        self.wrong[f"{who} {name} {language} {width}"] = told
        return set(pages)


@pytest.mark.timeout(900)
def test_every_page_of_every_role(browser: Any, live_server: Any, harbor: Any) -> None:
    owner = made.person(Role.PHYSICAL_THERAPIST, harbor, Role.ADMINISTRATOR)
    others = {role: made.person(role, harbor) for role in OTHERS}
    ana = made.patient(harbor, team=(owner, *others.values()), given_name="Ana", family_name="Rivera")
    busy(owner, ana)
    chart, walker = [f"/patients/{ana.pk}/"], Walker(browser, live_server)
    seen = {"owner": walker.walk("owner", owner, ["/", *chart], DESK, PHONE)}
    for role, user in others.items():
        seen[role.value] = walker.walk(role.value, user, ["/", *chart], PHONE)
    seen["patient"] = walker.walk("patient", ana.account, ["/"], DESK, PHONE)
    assert walker.wrong == {}
    assert {who: len(pages) >= least for who, (pages, least) in zip(
        seen, zip(seen.values(), (60, 12, 8, 35, 45, 8), strict=True), strict=True)} == dict.fromkeys(seen, True)  # fmt: skip


@pytest.mark.parametrize("path", ["/account/sign-in/", "/account/password/lost/"])
@pytest.mark.parametrize("screen", [DESK, PHONE])
def test_the_doors(browser: Any, live_server: Any, harbor: Any, path: str, screen: Any) -> None:
    language, theme, width = screen
    with person(browser, live_server, language=language, theme=theme, width=width) as page:
        assert faults(page, path) == []
