"""What every test may ask for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# The processes of `-n 2` share the cores already: with threads of BLAS besides, which wait for one another spinning, sums
# took four times as long. They inherit this, as do processes that tests start; this one has loaded NumPy with Django.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

# Speed is measured in benchmarks/, never by a test: these machines are noisy.
settings.register_profile("poise", deadline=None)
settings.load_profile("poise")

SHARED_DATA = Path(os.environ.get("POISE_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
IN_CI = os.environ.get("CI") == "true"


def missing(what: str, *, always_in_ci: bool) -> None:
    """Skip, naming what is missing; in CI, where it must be there, fail."""
    if IN_CI and always_in_ci:
        pytest.fail(f"CI must have {what}", pytrace=False)
    pytest.skip(f"no {what}")


def pytest_configure(config: pytest.Config) -> None:
    """SQLite's test database lies in memory, one a process; pytest-django would take our engine for a server."""
    from django.conf import settings as django_settings

    database = django_settings.DATABASES["default"]
    if database["ENGINE"] == "poise.clinic.sqlcipher":
        database.setdefault("TEST", {})["NAME"] = ":memory:"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real recordings; the test is skipped, saying so, where it is absent."""
    if not SHARED_DATA.is_dir():
        missing(f"real recordings at {SHARED_DATA}", always_in_ci=False)
    return SHARED_DATA


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium: the system's, or Playwright's own."""
    playwright = pytest.importorskip("playwright.sync_api")
    system = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with playwright.sync_playwright() as running:
        try:
            opened = running.chromium.launch(executable_path=system, args=flags)
        except playwright.Error as error:
            missing(f"Chromium ({str(error).splitlines()[0]})", always_in_ci=True)
        yield opened
        opened.close()
