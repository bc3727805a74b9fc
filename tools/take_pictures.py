"""Takes the pictures of the README from the running system: `make pictures`. Needs Chromium and ../shared/data."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

import poise
from poise.documents.report import write_html
from poise.model import Assessment, Person
from poise.testing.visit import write_visit
from poise.workflows.compare import compare_all

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
SHARED = ROOT.parent / "shared" / "data"


def main() -> None:
    """Pages of the simulated visit, wide and on a phone, of a real chair test and of a real treadmill walk."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as running:
        browser = running.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        visit = _simulated(Path(folder))
        someone = Person(age_years=45, sex="f")
        limp = _report(Path(folder), "limp", visit[:1], someone)
        _shoot(browser, limp, "report.png", width=1000, height=1330)
        _shoot(browser, limp, "report-phone.png", width=390, height=844)
        whole = _report(Path(folder), "visit", visit, someone)
        _shoot(browser, whole, "comparison.png", width=1000, height=900, at="Compared with each other")
        _shoot(browser, whole, "muscles.png", width=1000, height=800, at="Which muscle works when")
        chair = [SHARED / "opencap-lab-tasks" / "Subject4" / "STS1.trc"]
        repetitions = _report(Path(folder), "chair", chair, Person())
        _shoot(browser, repetitions, "repetitions.png", width=1000, height=1100, at="Each repetition")
        walk = [SHARED / "gaitalytics-treadmill-c3d" / "treadmill_events.c3d"]
        curves = _report(Path(folder), "walk", walk, Person())
        _shoot(browser, curves, "curves.png", width=1000, height=1000, at="Through the stride")
        browser.close()


def _simulated(folder: Path) -> Sequence[Path]:
    paths: Sequence[Path] = write_visit(folder)
    return paths


def _report(folder: Path, name: str, recordings: Sequence[Path], person: Person) -> str:
    assessments: tuple[Assessment, ...] = poise.analyze(*recordings, person=person)
    write_html(assessments, folder / f"{name}.html", compare_all(assessments, same_person=True))
    return (folder / f"{name}.html").as_uri()


def _shoot(browser: Browser, address: str, name: str, *, width: int, height: int, at: str = "") -> None:
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light")
    page.goto(address)
    if at:
        page.get_by_role("heading", name=at, exact=True).first.scroll_into_view_if_needed()
        page.evaluate(
            "title => [...document.querySelectorAll('h1, h2')].find(h => h.innerText == title).scrollIntoView()", at
        )
    page.screenshot(path=PICTURES / name)
    page.close()


if __name__ == "__main__":
    main()
