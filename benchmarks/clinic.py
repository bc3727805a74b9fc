"""The clinic under load: 20 people at once on a database of 20,000 patients and 500,000 measurements.

Each person asks for a page, reads it for a while (one second on average), and asks again; then once more without
reading, which no clinic does. Times are what a person waits: from the request to the last byte. SQLite in a folder, and
PostgreSQL where the tests' server can be started.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from urllib.parse import urlencode

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
PEOPLE, SECONDS, READS_S, WORKERS = 20, 20.0, 1.0, 2
SIZE = {"patients": 20_000, "measurements": 500_000, "visits": 2_000}
BARS = {"patient page": 150.0, "patient page, 2,000 visits": 150.0, "list": 100.0, "search": 100.0}


def rows() -> list[dict[str, object]]:
    """The table's lines."""
    return [line for name in DATABASES for line in _rows_on(name, keep=None, workers=WORKERS)]


def _rows_on(name: str, *, keep: Path | None, workers: int) -> list[dict[str, object]]:
    with _folder(keep) as folder, DATABASES[name]() as url:
        if url is None:
            return [{"benchmark": f"clinic on {name}", "ours": "not there", "unit": ""}]
        return _measured(name, folder, url, workers)


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """A folder of this run alone, or one that stays, so that the clinic in it is made once."""
    if keep is not None:
        keep.mkdir(exist_ok=True, parents=True)
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="poise-load-") as made:
        yield Path(made)


@contextmanager
def _no_server() -> Iterator[str | None]:
    yield ""


@contextmanager
def _postgres() -> Iterator[str | None]:
    """The tests' own server, but waiting for the disk at every commit as a clinic's does."""
    if os.environ.get("POISE_LOAD_POSTGRES"):
        yield os.environ["POISE_LOAD_POSTGRES"]
        return
    server = _tests_own_server()
    try:
        with server.private_server(fsync="on", synchronous_commit="on", full_page_writes="on") as url:
            yield url
    except server.NoServer:
        yield None


def _tests_own_server() -> ModuleType:
    """``tests/clinic/postgres.py``, by its place: its package has this file's name."""
    found = spec_from_file_location("own_server", HERE.parent / "tests" / "clinic" / "postgres.py")
    assert found is not None
    assert found.loader is not None
    made = module_from_spec(found)
    found.loader.exec_module(made)
    return made


DATABASES: dict[str, Callable[[], AbstractContextManager[str | None]]] = {"SQLite": _no_server, "PostgreSQL": _postgres}


def _measured(name: str, folder: Path, url: str, workers: int) -> list[dict[str, object]]:
    environment = os.environ | {
        "POISE_DATA": str(folder),
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "poise.clinic.settings",
    }
    made = json.loads(_run(["-c", "import clinic; clinic.prepare()"], environment).splitlines()[-1])
    port = _free_port()
    server = subprocess.Popen(
        [Path(sys.executable).parent / "poise", "serve", "--port", str(port), "--workers", str(workers), "--jobs", "0"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        _ask_all(port, made, seconds=5.0, reads_s=READS_S)  # warm
        calm = _ask_all(port, made, seconds=SECONDS, reads_s=READS_S)
        rush = _ask_all(port, made, seconds=SECONDS / 2, reads_s=0.0)
    finally:
        server.terminate()
        server.wait(20)
    return _lines(name, calm, rush)


def prepare() -> None:
    """In a process of its own: the database, its people signed in; their cookies on standard output."""
    from poise.clinic.operations.domain import folder

    folder.prepare(Path(os.environ["POISE_DATA"]), demo=False)
    import django

    django.setup()
    from django.core.management import call_command

    import clinic_data
    from poise.clinic.people.models import Clinic

    call_command("migrate", verbosity=0)
    if not Clinic.objects.exists():
        clinic_data.build(**SIZE)
    sys.stdout.write(json.dumps(clinic_data.who_asks()))


def _ask_all(port: int, made: dict, *, seconds: float, reads_s: float) -> dict[str, list[float]]:
    with ThreadPoolExecutor(PEOPLE) as people:
        asked = [people.submit(_ask, port, made, who, seconds, reads_s) for who in range(PEOPLE)]
        told: dict[str, list[float]] = {}
        for each in asked:
            for page, took_ms in each.result():
                told.setdefault(page, []).append(took_ms)
    return told


def _ask(port: int, made: dict, who: int, seconds: float, reads_s: float) -> list[tuple[str, float]]:
    chance, told = random.Random(who), []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        page, method, path, body = _next(made, who, chance)
        headers = {
            "Cookie": made["cookies"][who]["cookie"],
            "X-CSRFToken": made["cookies"][who]["csrf"],
            "Content-Type": "application/x-www-form-urlencoded",
            **({"HX-Request": "true"} if page == "search" else {}),  # as the page's own script asks
            "Referer": f"http://127.0.0.1:{port}/",
        }
        began = time.perf_counter()
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        answer.read()
        took_ms = (time.perf_counter() - began) * 1000
        if answer.status != 200:
            raise RuntimeError(f"{page}: {answer.status} {answer.getheader('Location')}")
        told.append((page, took_ms))
        if reads_s:
            time.sleep(chance.expovariate(1 / reads_s))
    connection.close()
    return told


def _next(made: dict, who: int, chance: random.Random) -> tuple[str, str, str, str | None]:
    page = chance.choice(list(BARS))
    if page == "list":
        return page, "GET", "/patients/", None
    if page == "search":
        return (
            page,
            "POST",
            "/patients/",
            urlencode({"terms": f"{chance.choice(made['names'])} {chance.choice('abcdefghijkl')}", "of": "all"}),
        )
    patient = made["busy"] if "visits" in page else chance.choice(made["own"][who])
    return page, "GET", f"/patients/{patient}/", None


def _lines(name: str, calm: dict[str, list[float]], rush: dict[str, list[float]]) -> list[dict[str, object]]:
    lines: list[dict[str, object]] = []
    for page, bar in BARS.items():
        p95 = statistics.quantiles(calm[page], n=20)[-1]
        lines.append(
            {
                "benchmark": f"clinic on {name}, 20 people, {page}: p95 beside its bar",
                "ours": p95,
                "peer": bar,
                "ratio": bar / p95,
                "bar": f"< {bar:.0f} ms",
                "unit": "ms",
            }
        )
    every = sorted(took for page in rush.values() for took in page)
    lines.append(
        {
            "benchmark": f"clinic on {name}, the same without a pause: p95; pages a second",
            "ours": statistics.quantiles(every, n=20)[-1],
            "peer": len(every) / (SECONDS / 2),
            "unit": "ms; 1/s",
        }
    )
    return lines


def _run(arguments: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        env=environment | {"PYTHONPATH": str(HERE)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return done.stdout


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError("the server did not start")
