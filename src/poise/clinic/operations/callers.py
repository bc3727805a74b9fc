"""uvicorn, but for how it takes callers: fairly, where two processes listen at one door."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

import uvicorn

PAUSE_S_PER_CALLER, LONGEST_PAUSE_S, AFTER_TROUBLE_S = 0.001, 0.05, 1.0


class FairServer(uvicorn.Server):
    """Takes one caller at a time, and looks for the next the later, the more it has.

    asyncio takes all who wait at once. Of two processes one would have had nearly all of a morning's browsers, for as
    long as they stay connected, and the other nothing to do (docs/decisions/0011-serving.md).
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._doors: list[asyncio.Task[None]] = []
        self._greeted: set[asyncio.Task[None]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to take callers."""
        await super().startup([])
        self._doors = [asyncio.create_task(self._open(each)) for each in sockets or ()]

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes none any more, and lets those who are there finish."""
        for door in self._doors:
            door.cancel()
        await super().shutdown(sockets)

    async def _open(self, listening: socket.socket) -> None:
        listening.setblocking(False)
        while True:
            try:
                caller, _ = await asyncio.get_running_loop().sock_accept(listening)
            except OSError:  # most often: too many open files
                await asyncio.sleep(AFTER_TROUBLE_S)
                continue
            greeting = asyncio.create_task(self._greet(caller))
            self._greeted.add(greeting)
            greeting.add_done_callback(self._greeted.discard)
            here = len(self.server_state.connections) + len(self._greeted)
            await asyncio.sleep(min(here * PAUSE_S_PER_CALLER, LONGEST_PAUSE_S))

    async def _greet(self, caller: socket.socket) -> None:
        with suppress(OSError):  # who hung up, or does not speak TLS as we do
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, caller, ssl=self.config.ssl)

    def _protocol(self) -> asyncio.Protocol:
        state, lifespan = self.server_state, self.lifespan.state
        return self.config.http_protocol_class(config=self.config, server_state=state, app_state=lifespan)  # type: ignore[call-arg]
