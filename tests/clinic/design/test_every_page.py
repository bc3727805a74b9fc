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

    def walk(self, who: str, pages: dict[str, str], user: Any, screen: tuple[str, str, int]) -> None:
        """Opens these pages as this person, but for what was read in this language and is the same for everyone."""
        language, theme, width = screen
        with person(self.browser, self.server, user, language=language, theme=theme, width=width) as page:
            for name, path in pages.items():
                if (name, language) in self.read and name not in DIFFERENT_FOR_EACH:
                    continue
                self.read.add((name, language))
                if told := faults(page, path, picture=f"{who}-{name}"):
                    self.wrong[f"{who} {name} {language} {width}"] = told


def reached(user: Any, *starts: str) -> dict[str, str]:
    """Every page that links lead this person to, by name."""
    return reachable(made.sign_in(Client(), user), list(starts))


@pytest.fixture
def owner(harbor: Any) -> Any:
    return made.person(Role.PHYSICAL_THERAPIST, harbor, Role.ADMINISTRATOR)


@pytest.fixture
def others(harbor: Any) -> dict[Role, Any]:
    return {role: made.person(role, harbor) for role in OTHERS}


@pytest.fixture
def ana(harbor: Any, owner: Any, others: dict[Role, Any]) -> Any:
    """A patient of whom there is something of everything."""
    ana = made.patient(harbor, team=(owner, *others.values()), given_name="Ana", family_name="Rivera")
    busy(owner, ana)
    return ana


@pytest.fixture
def walker(browser: Any, live_server: Any) -> Walker:
    return Walker(browser, live_server)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_of_the_owner(walker: Walker, owner: Any, ana: Any, screen: Any) -> None:
    pages = reached(owner, "/", f"/patients/{ana.pk}/")
    assert len(pages) >= 60
    walker.walk("owner", pages, owner, screen)
    assert walker.wrong == {}


@pytest.mark.timeout(900)
def test_every_page_of_the_others(walker: Walker, owner: Any, others: dict[Role, Any], ana: Any) -> None:
    chart, language = f"/patients/{ana.pk}/", PHONE[0]
    walker.read = {(name, language) for name in reached(owner, "/", chart)}  # the owner's test reads them
    for role, least in zip(OTHERS, (12, 8, 35, 45), strict=True):
        pages = reached(others[role], "/", chart)
        assert len(pages) >= least, role
        walker.walk(role.value, pages, others[role], PHONE)
    pages = reached(ana.account, "/")
    assert len(pages) >= 8
    for screen in (DESK, PHONE):
        walker.walk("patient", pages, ana.account, screen)
    assert walker.wrong == {}


@pytest.mark.parametrize("path", ["/account/sign-in/", "/account/password/lost/"])
@pytest.mark.parametrize("screen", [DESK, PHONE])
def test_the_doors(browser: Any, live_server: Any, harbor: Any, path: str, screen: Any) -> None:
    language, theme, width = screen
    with person(browser, live_server, language=language, theme=theme, width=width) as page:
        assert faults(page, path) == []
