"""Takes the pictures of the README from the running system: `make pictures`. Needs Chromium and ../shared/data.

python tools/take_pictures.py            all of them
python tools/take_pictures.py clinic     the clinic's alone, from a demo that is made for it
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

import poise
from poise.documents.report import write_html
from poise.model import Assessment, Person
from poise.testing.visit import write_visit
from poise.workflows.compare import compare_all

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
SHARED = ROOT.parent / "shared" / "data"
PORT = 8791


def main() -> None:
    """All pictures, or the clinic's alone."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as running:
        browser = running.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        if sys.argv[1:] != ["clinic"]:
            _reports(browser, Path(folder))
        with _demo(Path(folder) / "demo") as address:
            _clinic(browser, address)
        browser.close()


def _reports(browser: Browser, folder: Path) -> None:
    """Pages of the simulated visit, wide and on a phone, of a real chair test and of a real treadmill walk."""
    visit = _simulated(folder)
    someone = Person(age_years=45, sex="f")
    limp = _report(folder, "limp", visit[:1], someone)
    _shoot(browser, limp, "report.png", width=1000, height=1330)
    _shoot(browser, limp, "report-phone.png", width=390, height=844)
    whole = _report(folder, "visit", visit, someone)
    _shoot(browser, whole, "comparison.png", width=1000, height=900, at="Compared with each other")
    _shoot(browser, whole, "muscles.png", width=1000, height=800, at="Which muscle works when")
    chair = [SHARED / "opencap-lab-tasks" / "Subject4" / "STS1.trc"]
    repetitions = _report(folder, "chair", chair, Person())
    _shoot(browser, repetitions, "repetitions.png", width=1000, height=1100, at="Each repetition")
    walk = [SHARED / "gaitalytics-treadmill-c3d" / "treadmill_events.c3d"]
    curves = _report(folder, "walk", walk, Person())
    _shoot(browser, curves, "curves.png", width=1000, height=1000, at="Through the stride")


@contextmanager
def _demo(data: Path) -> Iterator[str]:
    """A demo clinic that answers; its address."""
    command = [sys.executable, "-c", "from poise.cli.main import main; main()", "demo", "--data", str(data)]
    process = subprocess.Popen([*command, "--port", str(PORT)])
    address = f"http://localhost:{PORT}"
    try:
        _wait(address)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _wait(address: str, within_s: float = 600.0) -> None:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        with suppress(OSError):
            urllib.request.urlopen(f"{address}/health", timeout=5)
            return
        time.sleep(1.0)
    raise SystemExit(f"The demo does not answer at {address}.")


def _clinic(browser: Browser, address: str) -> None:
    """The door; a chart, its findings, the replay and a pain map as a therapist sees them; a patient's phone."""
    page = browser.new_page(base_url=address, viewport={"width": 1280, "height": 860}, color_scheme="light")
    page.goto("/demo/")
    page.screenshot(path=PICTURES / "clinic-door.png")
    _become(page, "pt")
    evaluation = str(page.locator("main a[href*='/evaluations/']", has_text="Rivera, Ana").get_attribute("href"))
    _keep(page, evaluation.split("evaluations/", maxsplit=1)[0], "clinic-patient.png")
    _keep(page, f"{evaluation}findings/", "clinic-findings.png", at="[data-finding]")
    page.locator("[data-finding] a[href*='/replay/']").nth(1).click()
    page.locator("[data-findings] button").first.wait_for()
    page.wait_for_timeout(1_000)
    page.screenshot(path=PICTURES / "clinic-replay.png")
    page.goto("/patients/")
    page.get_by_role("link", name="Bell, Marcus").first.click()
    page.locator(".sub-nav").get_by_role("link", name="Body map").click()
    page.locator("main a[href*='/pain/']:not([href$='/new/'])").first.click()
    page.wait_for_timeout(500)
    page.screenshot(path=PICTURES / "clinic-pain-map.png")
    page.set_viewport_size({"width": 390, "height": 844})
    _become(page, "patient")
    page.screenshot(path=PICTURES / "clinic-own-phone.png")
    page.close()


def _become(page: Page, key: str) -> None:
    page.goto("/demo/")
    page.locator(f"form[action='/demo/{key}/'] button").click()
    page.wait_for_url("**/")


def _keep(page: Page, path: str, name: str, *, at: str = "") -> None:
    page.goto(path)
    if at:
        page.locator(at).first.evaluate("each => { each.scrollIntoView(); scrollBy(0, -40); }")
    page.wait_for_timeout(500)
    page.screenshot(path=PICTURES / name)


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
