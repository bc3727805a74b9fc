"""A server to be ill-treated."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from clinic.operations.running import free_port


@dataclass
class Running:
    """The server, what it was told, and how a browser with a session talks to it."""

    process: Any
    port: int
    folder: Path
    database: str
    session: str
    csrf: str = field(default_factory=lambda: uuid.uuid4().hex)

    def order(self, word: str) -> None:
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline().strip() == "DONE"

    def post(self, path: str, body: str, **headers: str) -> tuple[int, str]:
        """What the server answered; raises OSError or HTTPException where it did not."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", path, body, {
                "Cookie": f"poise={self.session}; poise-csrf={self.csrf}", "X-CSRFToken": self.csrf,
                "Content-Type": "application/x-www-form-urlencoded", **headers,
            })  # fmt: skip
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def audit(self) -> dict[str, Any]:
        """What `poise audit verify` finds."""
        told = subprocess.run(
            [sys.executable, "-c", "from poise.cli.main import main; main()", "audit", "verify", "--json", "--data", str(self.folder)],
            env={**os.environ, "DATABASE_URL": self.database}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert told.returncode == 0, told.stdout + told.stderr
        answer: dict[str, Any] = json.loads(told.stdout)
        return answer


class Writers:
    """People who write, each again with the same key until it is answered."""

    def __init__(self, server: Running, how_many: int) -> None:
        self.server = server
        self.acknowledged: list[str] = []
        self.told: list[tuple[float, int]] = []  # when, and with which status or 0 for none
        self._over = threading.Event()
        self._people = [threading.Thread(target=self._write) for _ in range(how_many)]
        self._chance = random.Random(4)

    def __enter__(self) -> Writers:
        for person in self._people:
            person.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for person in self._people:
            person.join(timeout=60)

    def go_on(self, at_least: int = 4, *, patience_s: float = 1.0) -> None:
        """Until a few more were acknowledged, and then a moment: what comes next falls into the midst of a write."""
        enough = len(self.acknowledged) + self._chance.randint(1, at_least)
        until = time.monotonic() + patience_s
        while len(self.acknowledged) < enough and time.monotonic() < until:
            time.sleep(0.002)
        time.sleep(self._chance.uniform(0, 0.02))

    def _write(self) -> None:
        while not self._over.is_set():
            what = uuid.uuid4().hex
            while not self._is_kept(what):
                time.sleep(0.01)

    def _is_kept(self, what: str) -> bool:
        try:
            status, _ = self.server.post("/written", urlencode({"what": what}), **{"Idempotency-Key": what})
        except (OSError, http.client.HTTPException):
            status = 0
        self.told.append((time.monotonic(), status))
        if status == 201:
            self.acknowledged.append(what)
        return status == 201


@pytest.fixture
def server_on(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """A clinic on its own data folder and a database (SQLite where none is named), served on a port of its own."""
    with contextlib.ExitStack() as ends:
        yield lambda database="": ends.enter_context(_running(tmp_path, database))


@contextlib.contextmanager
def _running(made: Path, database: str) -> Iterator[Running]:
    folder, port = made / "data", free_port()
    environment = {**os.environ, "POISE_DATA": str(folder), "DATABASE_URL": database, "POISE_LOG": "json"}
    with (made / "log").open("w") as log:
        process: Any = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "server.py"), str(port)], env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
        )  # fmt: skip
        try:
            line = process.stdout.readline()
            assert line.startswith("READY"), (made / "log").read_text()[-3000:]
            yield Running(process, port, folder, database, json.loads(line[6:])["session"])
        finally:
            with contextlib.suppress(OSError):
                process.stdin.write("STOP\n")
                process.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            process.wait()
