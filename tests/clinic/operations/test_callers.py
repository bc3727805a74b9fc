"""Two servers at one door share those who come, and one who is told to stop lets no one in."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
import uvicorn

from poise.clinic.operations.callers import FairServer

ENOUGH_S = 20.0


async def page(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


def in_a_loop(work: Coroutine[Any, Any, Any]) -> Any:
    """Runs it in a loop of its own, in a thread of its own: a browser's test may have left one in this thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def serving(door: socket.socket) -> tuple[FairServer, asyncio.Task[None]]:
    server = FairServer(uvicorn.Config(page, lifespan="off", log_level="critical", timeout_graceful_shutdown=1))
    task = asyncio.create_task(server.serve(sockets=[socket.socket(fileno=socket.dup(door.fileno()))]))
    async with asyncio.timeout(ENOUGH_S):
        while not server.started:
            await asyncio.sleep(0.01)
    return server, task


async def asked(door: socket.socket) -> tuple[Any, bytes]:
    """A caller who asks once and stays connected, as browsers do."""
    reader, writer = await asyncio.open_connection(*door.getsockname())
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    return writer, await asyncio.wait_for(reader.readuntil(b"ok"), ENOUGH_S)


@pytest.fixture
def door() -> Any:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as opened:
        yield opened


def test_twenty_who_come_at_once_are_shared_by_two(door: socket.socket) -> None:
    async def shared() -> list[int]:
        servers = [await serving(door) for _ in range(2)]
        callers = await asyncio.gather(*(asked(door) for _ in range(20)))
        counts = [len(server.server_state.connections) for server, _ in servers]
        for writer, _ in callers:
            writer.close()
        await stopped(servers)
        return counts

    counts = in_a_loop(shared())
    assert sum(counts) == 20
    assert min(counts) >= 6, counts


def test_who_was_told_to_stop_lets_nobody_in(door: socket.socket) -> None:
    async def stops() -> str:
        servers = [await serving(door)]
        (writer, _) = await asked(door)
        writer.close()
        await stopped(servers)
        with suppress(TimeoutError):  # the kernel still holds the door open; nobody answers there
            async with asyncio.timeout(0.3):
                await asked(door)
                return "let in"
        return "waits"

    assert in_a_loop(stops()) == "waits"


async def stopped(servers: list[tuple[FairServer, asyncio.Task[None]]]) -> None:
    for server, task in servers:
        server.should_exit = True
        await asyncio.wait_for(task, ENOUGH_S)
