"""Poise as whoever runs it meets it: its commands in processes of their own, on folders of their own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

KEY, OTHER_KEY = "5e" * 32, "7a" * 32
NAME = "Quetzalcoatlina"  # a patient's name that stands nowhere by chance

FILL = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "poise.clinic.settings")
import django
django.setup()
from clinic import made
from poise.clinic.audit.domain import chain
from poise.clinic.objects import object_store
from poise.clinic.recordings.models import StoredRecording
from poise.clinic.rules import Role
harbor = made.clinic()
ana = made.person(Role.PHYSICAL_THERAPIST, harbor)
for number in range(20):
    patient = made.patient(harbor, team=(ana,), given_name="{name}")
    held = object_store().put([b"name,{name}\\n" * 5000])
    StoredRecording.objects.create(patient=patient, name="walk.csv", size=held.size, sha256=held.sha256, object_key=held.key)
    chain.record(made.actor(ana), "patient.register", patient_id=patient.pk, what="patient", what_id=patient.pk)
print("filled")
"""


def environment(**more: str) -> dict[str, str]:
    """The tests' own, without what would point at another installation."""
    told = {
        name: value for name, value in os.environ.items() if not name.startswith("POISE_") and name != "DATABASE_URL"
    }
    told["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    return {**told, "PYTHONUNBUFFERED": "1", **more}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from poise.cli.main import main; main()", *arguments]


def poise(*arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end."""
    return subprocess.run(
        command(*map(str, arguments)), env=environment(**more), capture_output=True, text=True, timeout=120, check=False
    )


def fill(data: Path, **more: str) -> None:
    """Puts a clinic with twenty patients, their recordings and the audit of it into an installation."""
    done = subprocess.run(
        [sys.executable, "-c", FILL.format(name=NAME)], env=environment(POISE_DATA=str(data), **more),
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.stdout.endswith("filled\n"), done.stderr


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    """A server that runs."""

    def __init__(self, process: subprocess.Popen[str], port: int, told: Path, trust: ssl.SSLContext | None) -> None:
        self.process, self.port, self.told, self.trust = process, port, told, trust

    @property
    def address(self) -> str:
        return f"https://localhost:{self.port}" if self.trust else f"http://127.0.0.1:{self.port}"

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        request = urllib.request.Request(f"{self.address}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10, context=self.trust) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def answers(self, within_s: float = 90.0) -> bool:
        until = time.monotonic() + within_s
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(OSError):
                if self.get("/health")[0] == 200:
                    return True
            time.sleep(0.1)
        return False

    def children(self) -> list[int]:
        """The numbers of its processes."""
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        return [int(each) for each in listed.stdout.split()]


@contextlib.contextmanager
def served(
    data: Path,
    *arguments: object,
    verb: str = "serve",
    trust: ssl.SSLContext | None = None,
    within_s: float = 90.0,
    **more: str,
) -> Iterator[Served]:
    """`poise serve`, or another command that serves, when it answers; stopped at the end as a person would."""
    port, told = free_port(), data.parent / f"{data.name}.told"
    with told.open("w") as out:
        process: Any = subprocess.Popen(
            command(verb, "--data", str(data), "--port", str(port), *map(str, arguments)), env=environment(**more),
            stdout=out, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
    running = Served(process, port, told, trust)
    try:
        assert running.answers(within_s), told.read_text()
        yield running
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return "Z" not in subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False).stdout  # fmt: skip
