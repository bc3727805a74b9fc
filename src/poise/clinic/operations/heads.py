"""The head of a request is bounded in bytes and in time: uvicorn waits for its end for ever, and keeps all of it.

So it does with the lines that may follow a body sent in chunks ("trailers"): they are bounded alike.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_BYTES = 64 * 1024
WITHIN_S = 30.0


class HeadTooLarge(Exception):
    """Its lines together are longer than any browser's."""


class BoundedHeads(HttpToolsProtocol):
    """uvicorn's HTTP, which hangs up on a head that does not end, and refuses one that is too large."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._has_moved_on = False
        self._unfinished_bytes = 0
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody has called, and may say nothing for so long."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """They have gone."""
        self._wait_no_longer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some bytes, of a head or of a body."""
        if getattr(self.cycle, "response_complete", True):  # there is none before the first request
            self._wait()
        self._has_moved_on = False
        super().data_received(data)
        self._unfinished_bytes = 0 if self._has_moved_on else self._unfinished_bytes + len(data)
        if self._unfinished_bytes > MOST_BYTES and not self.transport.is_closing():
            self.send_400_response("The head of the request is too large.")

    def on_headers_complete(self) -> None:
        """A head has ended.

        Raises
        ------
        HeadTooLarge
            It came whole at once, and is too large: the parser makes a 400 of it.
        """
        self._has_moved_on = True
        self._wait_no_longer()
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > MOST_BYTES:
            raise HeadTooLarge
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Some of a body has come: how much of it may come is asked where it is read."""
        self._has_moved_on = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """A request has ended."""
        self._has_moved_on = True
        super().on_message_complete()

    def _wait(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(WITHIN_S, self._hang_up)

    def _wait_no_longer(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _hang_up(self) -> None:
        self._deadline = None
        self.transport.close()
