"""Takes the pictures of the README from the running system: `make pictures`. Needs Chromium and ../shared/data."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

import poise
from poise.documents.report import write_html
from poise.model import Assessment, Person

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
SHARED = ROOT.parent / "shared" / "data"


def main() -> None:
    """A report on a wide screen and on a phone, of the simulated limp and of a real treadmill walk."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as running:
        browser = running.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        limp = _report(Path(folder), "limp", _simulated(Path(folder)), Person(age_years=45, sex="f"))
        _shoot(browser, limp, "report.png", width=1000, height=1330)
        _shoot(browser, limp, "report-phone.png", width=390, height=844)
        walk = SHARED / "gaitalytics-treadmill-c3d" / "treadmill_events.c3d"
        curves = _report(Path(folder), "walk", walk, Person())
        _shoot(browser, curves, "curves.png", width=1000, height=1000, at="Through the stride")
        browser.close()


def _simulated(folder: Path) -> Path:
    import runpy

    path: Path = runpy.run_path(str(ROOT / "examples" / "simulated_visit.py"))["write_walk"](folder)
    return path


def _report(folder: Path, name: str, recording: Path, person: Person) -> str:
    assessments: tuple[Assessment, ...] = poise.analyze(recording, person=person)
    write_html(assessments, folder / f"{name}.html")
    return (folder / f"{name}.html").as_uri()


def _shoot(browser: Browser, address: str, name: str, *, width: int, height: int, at: str = "") -> None:
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light")
    page.goto(address)
    if at:
        page.get_by_role("heading", name=at).scroll_into_view_if_needed()
        page.evaluate(
            "title => [...document.querySelectorAll('h2')].find(h => h.innerText == title).scrollIntoView()", at
        )
    page.screenshot(path=PICTURES / name)
    page.close()


if __name__ == "__main__":
    main()
