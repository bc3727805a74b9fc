"""The demo clinic as a stranger meets it: `poise demo` in processes of its own. It is made once for all tests."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinic import axe
from clinic.operations import running

MAKE = """
import sys
from pathlib import Path
from poise.clinic.operations.domain import serving
how = serving.Serving(data=Path(sys.argv[1]), demo=True)
serving.prepare(how)
from poise.clinic.demo.domain import build
build.build_demo()
"""


@dataclass(frozen=True, kw_only=True)
class Demo:
    """A demo that answers at `url`."""

    url: str
    data: Path

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What stands in its database."""
        with contextlib.closing(sqlite3.connect(f"file:{self.data / 'poise.sqlite3'}?mode=ro", uri=True)) as database:
            return database.execute(query, values).fetchall()

    def patient(self, given_name: str) -> str:
        """The id of a patient, as it stands in addresses."""
        return address_id(self.rows("SELECT id FROM people_patient WHERE given_name = ?", given_name)[0][0])


def address_id(stored: str) -> str:
    """An id of the database as addresses have it."""
    return f"{stored[:8]}-{stored[8:12]}-{stored[12:16]}-{stored[16:20]}-{stored[20:]}"


def made_once(shared: Path) -> Path:
    """The folder of a demo that was made and never served; the first process that asks makes it."""
    folder, ready = shared / "demo-made", shared / "demo-made.ready"
    with (shared / "demo-made.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run(
                [sys.executable, "-c", MAKE, str(folder)], env=running.environment(), check=True, timeout=280
            )
            ready.touch()
    return folder


@contextlib.contextmanager
def served(data: Path) -> Iterator[Demo]:
    """`poise demo` on this folder."""
    with running.served(data, verb="demo", within_s=120.0) as server:
        yield Demo(url=f"http://localhost:{server.port}", data=data)


@contextlib.contextmanager
def visitor(browser: Any, demo: Demo, key: str, **look: Any) -> Iterator[Any]:
    """A browser's page of someone who came through the door as this person. `look`: width, theme, language."""
    with axe.opened(browser, demo, {"poise-language": look.get("language", "en")}, **look) as page:
        become(page, key)
        yield page


def become(page: Any, key: str) -> None:
    """Through the door, as this person."""
    page.goto("/demo/")
    page.locator(f"form[action='/demo/{key}/'] button").click()
    page.wait_for_url("**/")
