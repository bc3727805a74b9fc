"""A server to be ill-treated."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest


@dataclass
class Running:
    """The server, what it was told, and how a browser with a session talks to it."""

    process: Any
    port: int
    folder: Path
    session: str
    csrf: str = field(default_factory=lambda: uuid.uuid4().hex)

    def order(self, word: str) -> None:
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline().strip() == "DONE"

    def post(self, path: str, body: str, **headers: str) -> tuple[int, str]:
        """What the server answered; raises OSError or HTTPException where it did not."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("POST", path, body, {
                "Cookie": f"poise={self.session}; poise-csrf={self.csrf}", "X-CSRFToken": self.csrf,
                "Content-Type": "application/x-www-form-urlencoded", **headers,
            })  # fmt: skip
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """A clinic on its own data folder, served on a port of its own."""
    folder, port = tmp_path / "data", free_port()
    environment = {**os.environ, "POISE_DATA": str(folder), "DATABASE_URL": "", "POISE_LOG": "json"}
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "server.py"), str(port)], env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
        )  # fmt: skip
        try:
            assert process.stdout
            line = process.stdout.readline()
            assert line.startswith("READY"), (tmp_path / "log").read_text()[-3000:]
            yield Running(process, port, folder, json.loads(line[6:])["session"])
        finally:
            with __import__("contextlib").suppress(Exception):
                process.stdin.write("STOP\n")  # type: ignore[union-attr]
                process.stdin.close()  # type: ignore[union-attr]
                time.sleep(0.1)
            process.kill()
            process.wait()
