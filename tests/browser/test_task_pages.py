"""The pages of other tasks than walking in a real browser: they fit a phone, nothing reaches out, words can be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import made_tasks as made
from browser.test_report_page import CONTRAST
from poise.documents.report import write_html

pytestmark = pytest.mark.browser


@pytest.fixture
def pages(tmp_path: Path) -> str:
    both = [*(make() for make in made.EVERY), made.standing("closed", 20.0)]
    write_html(both, tmp_path / "tasks.html", [made.romberg()])
    return (tmp_path / "tasks.html").as_uri()


@pytest.mark.parametrize("width", [360, 390, 820, 1280])
def test_the_pages_fit_their_window_and_ask_the_network_for_nothing(browser: Any, pages: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    troubles: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(pages)
    assert troubles == []
    assert requests == [pages]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(browser: Any, pages: str, scheme: str) -> None:
    page = browser.new_page(color_scheme=scheme)
    page.goto(pages)
    contrast = page.evaluate(CONTRAST, [".card p", ".card li", ".note", ".score", "summary", "td", "th", "small"])
    assert {name: ratio for name, ratio in contrast.items() if ratio < 4.5} == {}
    page.close()


def test_no_words_of_a_picture_leave_it(browser: Any, pages: str) -> None:
    page = browser.new_page(viewport={"width": 1000, "height": 900})
    page.goto(pages)
    outside = page.evaluate(
        """() => [...document.querySelectorAll('svg')].flatMap(svg => {
             const box = svg.getBoundingClientRect();
             return [...svg.querySelectorAll('text')].filter(t => { const b = t.getBoundingClientRect();
               return b.left < box.left - 1 || b.right > box.right + 1 || b.top < box.top - 3 || b.bottom > box.bottom + 3; })
               .map(t => t.textContent); })"""
    )
    assert outside == []
    page.close()
