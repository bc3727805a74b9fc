"""The report in a real browser: it opens, fits a phone, asks the network for nothing, and can be read by a screen reader."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from poise.documents.report import write_html
from poise.model import Assessment

pytestmark = pytest.mark.browser


@pytest.fixture
def report(assessment: Assessment, tmp_path: Path) -> str:
    write_html([assessment], tmp_path / "report.html")
    return (tmp_path / "report.html").as_uri()


@pytest.mark.parametrize("width", [360, 820, 1280])
def test_the_page_fits_its_window_and_nothing_goes_wrong(browser: Any, report: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    troubles: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(report)
    assert troubles == []
    assert requests == [report]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").inner_text() == "limping walk"
    page.close()


def test_the_style_is_applied_under_the_strict_policy(browser: Any, report: str) -> None:
    page = browser.new_page()
    page.goto(report)
    assert page.evaluate("getComputedStyle(document.querySelector('.finding')).borderLeftWidth") == "6px"
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(browser: Any, report: str, scheme: str) -> None:
    page = browser.new_page(color_scheme=scheme)
    page.goto(report)
    contrast = page.evaluate(
        CONTRAST, ["p", "h1", "h2", "h3", ".note", ".badge", "td", "th", "dt", "dd", "small", "footer p"]
    )
    assert {name: ratio for name, ratio in contrast.items() if ratio < 4.5} == {}
    page.close()


def test_a_screen_reader_finds_headings_in_order_and_a_name_for_every_picture(browser: Any, report: str) -> None:
    page = browser.new_page()
    page.goto(report)
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    unnamed = page.evaluate("[...document.querySelectorAll('svg')].filter(s => !s.getAttribute('aria-label')).length")
    assert unnamed == 0
    assert page.evaluate("document.documentElement.lang") == "en"
    page.close()


CONTRAST = """
selectors => {
  const parse = c => { const n = c.match(/[\\d.]+/g).map(Number); return {rgb: n.slice(0, 3), a: n.length > 3 ? n[3] : 1}; };
  const lum = rgb => { const [r, g, b] = rgb.map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
    return .2126 * r + .7152 * g + .0722 * b; };
  const ground = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.a > 0) return c.rgb; }
    return [255, 255, 255]; };
  const out = {};
  for (const s of selectors) for (const e of document.querySelectorAll(s)) {
    const a = lum(parse(getComputedStyle(e).color).rgb), b = lum(ground(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    out[s] = Math.min(out[s] ?? 99, ratio);
  }
  return out;
}
"""
