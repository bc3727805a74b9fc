"""Bodies of requests: bounded, and never readable on the disk."""

from __future__ import annotations

import asyncio
import io
import os
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import RequestAborted

from poise.clinic.operations import bodies
from poise.clinic.operations.bodies import IN_MEMORY, SealedFile

NAME = b"Quetzalcoatlina"


def in_a_loop(work: Any) -> Any:
    """Runs it in a loop of its own, in a thread of its own: a browser's test may have left one in this thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def test_what_is_written_in_any_pieces_is_read_in_any_pieces() -> None:
    chance = random.Random(7)
    content = bytes(chance.randrange(256) for _ in range(100_003))
    file, at = SealedFile(), 0
    while at < len(content):
        size = chance.choice([1, 15, 16, 17, 4096, 9999])
        file.write(content[at : at + size])
        at += size
    for _ in range(200):
        start, size = chance.randrange(len(content)), chance.choice([0, 1, 15, 33, 5000])
        file.seek(start)
        assert file.read(size) == content[start : start + size]
    file.seek(0)
    assert file.read() == content
    file.close()


def test_nothing_of_it_can_be_read_from_the_disk() -> None:
    file = SealedFile()
    file.write(NAME * 1000)
    on_disk = os.pread(file._file.fileno(), 100_000, 0)
    assert len(on_disk) == 15_000
    assert NAME not in on_disk
    file.close()


def handler() -> Any:
    from poise.clinic.asgi import application

    return application


def arriving(*pieces: bytes) -> Any:
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages[-1]["more_body"] = False

    async def receive() -> dict[str, object]:
        return messages.pop(0)

    return receive


def test_a_large_body_goes_to_a_sealed_file_and_a_small_one_stays_in_memory() -> None:
    large = [NAME * 10_000] * 10
    held = in_a_loop(handler().read_body(arriving(*large)))
    assert isinstance(held, SealedFile)
    assert held.read() == b"".join(large)
    assert len(held.read()) == 0
    small = in_a_loop(handler().read_body(arriving(b"name=", NAME)))
    assert isinstance(small, io.BytesIO)
    assert small.read() == b"name=" + NAME
    assert sum(map(len, large)) > IN_MEMORY


def test_a_body_without_end_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("poise.clinic.asgi.LARGEST_BODY", 1000)
    with pytest.raises(RequestAborted):
        in_a_loop(handler().read_body(arriving(b"x" * 600, b"x" * 600)))


def test_one_that_says_that_it_is_too_large_is_not_read() -> None:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "headers": [(b"content-length", str(bodies.LARGEST_BODY + 1).encode())]}
    in_a_loop(handler()(scope, None, send))
    assert sent[0]["status"] == 413
