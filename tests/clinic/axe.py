"""Opens pages in a real browser as a person would, and says what is wrong with them.

    with person(browser, live_server, therapist, width=390, theme="dark", language="es") as page:
        assert faults(page, "/patients/") == []

A fault is: a violation of WCAG 2.2 AA (axe-core), words in the console, a refusal of the CSP, a request to another
origin, content wider than the screen, a failed answer. Pictures go to the folder POISE_PICTURES, where it is set.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from django.test import Client

from clinic import made
from poise.clinic.people.models import User

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (tags) => (await axe.run(document, {
    runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'],
})).violations"""
HEIGHTS = {390: 844, 1440: 900}


@contextmanager
def person(
    browser: Any,
    server: Any,
    user: User | None = None,
    *,
    width: int = 1440,
    theme: str = "light",
    language: str = "en",
) -> Iterator[Any]:
    """A browser's page, signed in as this person (nobody where None), whose first address is still empty."""
    cookies = {"poise-language": language}
    if user is not None:
        User.objects.filter(pk=user.pk).update(language=language)
        cookies |= {name: each.value for name, each in made.sign_in(Client(), user).cookies.items()}
    with opened(browser, server, cookies, width=width, theme=theme, language=language) as page:
        yield page


@contextmanager
def opened(
    browser: Any, server: Any, cookies: dict[str, str], *, width: int = 1440, theme: str = "light", language: str = "en"
) -> Iterator[Any]:
    """A browser's page with these cookies, which tells what goes wrong (`told`)."""
    context = browser.new_context(
        base_url=server.url, viewport={"width": width, "height": HEIGHTS.get(width, 900)}, color_scheme=theme,
        locale=language, reduced_motion="reduce", has_touch=width < 600,
    )  # fmt: skip
    context.add_cookies([{"name": name, "value": value, "url": server.url} for name, value in cookies.items()])
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.told = []
    page.on(
        "console", lambda said: page.told.append(f"console: {said.text}") if said.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: page.told.append(f"script: {error}"))
    page.on(
        "request",
        lambda sent: page.told.append(f"leaves the clinic: {sent.url}") if _is_away(sent.url, server) else None,
    )
    try:
        yield page
    finally:
        context.close()


def faults(page: Any, path: str | None = None, *, status: int = 200, picture: str = "") -> list[str]:
    """What is wrong with a page (opened first, where a path is given); empty where all is well."""
    page.told.clear()
    told = []
    if path is not None:
        answer = page.goto(path)
        if answer.status != status:
            told.append(f"status {answer.status}, not {status}")
        if status >= 400:
            page.told[:] = [each for each in page.told if "Failed to load resource" not in each]
    told += violations(page)
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    told += [f"{wider} px wider than the screen"] if wider > 1 else []
    _take(page, picture or (path or "page"), told + page.told)
    return told + page.told


def violations(page: Any) -> list[str]:
    """What axe-core finds. Its script comes in through the debugger, so that the page's CSP stays as it is."""
    page.evaluate(AXE_SCRIPT)
    return [
        f"{found['id']} ({found['impact']}): {found['help']}: {node['html'][:160]}" + _contrast(node)
        for found in page.evaluate(RUN, RULES)
        for node in found["nodes"]
    ]


def tab_to(page: Any, selector: str, *, most: int = 80) -> None:
    """Presses Tab until the element has the focus, as someone without a mouse does; the focus must be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            seen = page.evaluate(
                "() => { const s = getComputedStyle(document.activeElement.closest('label') ?? document.activeElement);"
                " const e = getComputedStyle(document.activeElement);"
                " return s.outlineStyle !== 'none' || e.outlineStyle !== 'none'; }"
            )
            assert seen, f"{selector} has the focus, and nobody sees it"
            return
    raise AssertionError(f"{selector} is not reached by {most} presses of Tab")


def _contrast(node: dict[str, Any]) -> str:
    for check in node.get("any", []):
        data = check.get("data") or {}
        if isinstance(data, dict) and "contrastRatio" in data:
            return f" [{data.get('contrastRatio')}: {data.get('fgColor')} on {data.get('bgColor')}]"
    return ""


def _is_away(address: str, server: Any) -> bool:
    return not address.startswith((server.url, "data:", "blob:", "about:"))


def _take(page: Any, name: str, told: list[str]) -> None:
    """The picture, and in words beside it what is wrong."""
    folder = os.environ.get("POISE_PICTURES")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        plain = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "id", name)
        plain = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "home"
        size, language = page.viewport_size["width"], page.evaluate("document.documentElement.lang")
        dark = "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
        picture = Path(folder) / f"{plain}-{size}-{dark}-{language}.png"
        page.screenshot(path=str(picture), full_page=True)
        if told:
            picture.with_suffix(".txt").write_text("\n".join(told), encoding="utf-8")
