"""Keeps processes running: starts them, restarts what dies, stops all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event

import structlog

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
SOUND_AFTER_S = 60.0  # a process that has lived so long is started again at once when it dies


@dataclass(kw_only=True)
class Child:
    """One process to keep running."""

    name: str
    command: Sequence[str]
    files: tuple[int, ...] = ()  # descriptors it inherits
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    wait_s: float = FIRST_WAIT_S
    due_at: float = 0.0

    @property
    def alive(self) -> bool:
        """Whether it runs now."""
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Runs its children until it is told to stop, or until one cannot be started at all.

    Each child gets the reading end of a pipe as its standard input: when this process dies, however it dies, the pipe
    closes and the child stops by itself (`poise.clinic.operations.lifeline`).
    """

    def __init__(self, children: Sequence[Child], *, grace_s: float = 20.0) -> None:
        self.children = list(children)
        self.grace_s = grace_s
        self.stopping = Event()

    def run(self, when_up: Callable[[], None] | None = None) -> int:
        """Starts all and keeps them running; returns 0 when stopped on purpose."""
        earlier = {sig: signal.signal(sig, self._asked_to_stop) for sig in (signal.SIGTERM, signal.SIGINT)}
        try:
            for child in self.children:
                self._start(child)
            if when_up:
                when_up()
            while not self.stopping.wait(0.2):
                self._look_after()
        finally:
            self.stop()
            for sig, handler in earlier.items():
                signal.signal(sig, handler)
        return 0

    def _asked_to_stop(self, _number: int, _frame: object) -> None:
        self.stopping.set()

    def _start(self, child: Child) -> None:
        keyword: dict[str, object] = {"pass_fds": child.files} if os.name == "posix" else {"close_fds": False}
        child.process = subprocess.Popen(
            child.command, stdin=subprocess.PIPE,
            start_new_session=os.name == "posix", **keyword,  # type: ignore[call-overload]
        )  # fmt: skip
        child.started_at, child.due_at = time.monotonic(), 0.0

    def _look_after(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.alive:
                continue
            if not child.due_at:
                self._mourn(child, now)
            elif now >= child.due_at:
                self._start(child)

    def _mourn(self, child: Child, now: float) -> None:
        """One that falls at once, again and again, is started ever later."""
        lived_s = now - child.started_at
        child.wait_s = FIRST_WAIT_S if lived_s > SOUND_AFTER_S else min(child.wait_s * 2, LONGEST_WAIT_S)
        child.due_at = now + child.wait_s
        status = child.process.returncode if child.process else None
        structlog.get_logger("poise.supervisor").error(
            "a process ended and is started again",
            worker=child.name.replace(" ", "-"),
            status=status,
            seconds=child.wait_s,
        )

    def stop(self) -> None:
        """Asks every child to finish what it is doing; ends those that do not in time."""
        for child in self.children:
            if child.alive and child.process:
                child.process.terminate()
        end = time.monotonic() + self.grace_s
        for child in self.children:
            if child.process is None:
                continue
            try:
                child.process.wait(timeout=max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()


def python(module: str, *arguments: str) -> list[str]:
    """The command that runs one of our modules in a process of its own."""
    return [sys.executable, "-m", module, *arguments]
