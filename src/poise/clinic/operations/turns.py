"""Whose turn it is: a web process works on one page at a time, in the order in which they were asked for.

Python runs one thread at a time. Ten pages side by side each wait for the other nine after every question to the
database, and one of them holds its write lock meanwhile; one after the other, all are answered sooner
(docs/decisions/0011-serving.md has the figures). Something long, an export or a report, must hold nobody up: who has
waited for some time goes on beside it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

AT_ONCE, PATIENCE_S = 1, 0.3


class Turns:
    """Turns of one process, to be taken in its event loop."""

    def __init__(self, *, at_once: int = AT_ONCE, patience_s: float = PATIENCE_S) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._patience_s = patience_s

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Waits for a turn, no longer than is bearable, and gives it to the next one at the end."""
        is_mine = await self._wait()
        try:
            yield
        finally:
            if is_mine:
                self._free.release()

    async def _wait(self) -> bool:
        try:
            async with asyncio.timeout(self._patience_s):
                return await self._free.acquire()
        except TimeoutError:
            return False
