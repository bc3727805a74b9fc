"""What an ASGI server runs: ``poise.clinic.asgi:application``.

Every page is synchronous, so all of it is worked on in one thread a request, from the first middleware to the end of
the request: each change between that thread and the event loop waits for others (docs/decisions/0011-serving.md).

Django reads a request's body before any page sees it, and puts a large one into a temporary file as it comes. Here the
body is counted while it arrives, and the file is encrypted with a key that lives as long as the request.
"""

from __future__ import annotations

import asyncio
import io
import os
from contextlib import suppress
from typing import Any, BinaryIO, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "poise.clinic.settings")

import django
from asgiref.sync import sync_to_async
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

from poise.clinic.operations.bodies import IN_MEMORY, LARGEST_BODY, SealedFile
from poise.clinic.operations.turns import Turns


class Handler(ASGIHandler):
    """Django's handler, with bodies that are bounded and never readable on the disk."""

    def __init__(self) -> None:
        super().__init__()
        self._turns = Turns()

    def load_middleware(self, is_async: bool = False) -> None:
        """The chain, synchronous from end to end."""
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers a request; one that says it is too large is not read at all."""
        if scope["type"] == "http" and _said_length(scope) > LARGEST_BODY:
            await _too_large(send)
            return
        await super().__call__(scope, receive, send)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers a request whose body is read first; nothing more is sent to who has left meanwhile."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        answering, leaving = asyncio.create_task(self._answer(scope, body, send)), asyncio.create_task(receive())
        try:
            await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not answering.done():
                answering.cancel()
            leaving.cancel()
            with suppress(asyncio.CancelledError):
                await answering
            body.close()

    async def _answer(self, scope: Any, body: BinaryIO, send: Any) -> None:
        """Django changes to the request's thread and back four times a page, and waits for other threads each time."""
        async with self._turns.taken():
            try:
                response = await sync_to_async(self._page, thread_sensitive=True)(scope, body)
            except asyncio.CancelledError:
                await signals.request_finished.asend(sender=type(self))
                raise
        try:
            await self.send_response(response, send)
        finally:
            if response.streaming:
                await sync_to_async(response.close, thread_sensitive=True)()

    def _page(self, scope: Any, body: BinaryIO) -> HttpResponseBase:
        """In the request's own thread: the page, and the end of its request unless it is sent piece by piece."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=type(self), scope=scope)
        request, refused = self.create_request(scope, body)
        response: Any = self.get_response(request) if request is not None else refused
        response._handler_class = type(self)  # the sender of `request_finished`
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        if not response.streaming:
            response.close()
        return cast(HttpResponseBase, response)

    async def read_body(self, receive: Any) -> BinaryIO:
        """The whole body: in memory where it is small, in a sealed temporary file where it is not."""
        body, length, sealed = cast(Any, io.BytesIO()), 0, False
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                body.close()
                raise RequestAborted
            piece = message.get("body", b"")
            length += len(piece)
            if length > LARGEST_BODY:
                body.close()
                raise RequestAborted
            if not sealed and length > IN_MEMORY:
                body, sealed = SealedFile.going_on_from(body), True
            body.write(piece)
            if not message.get("more_body", False):
                break
        body.seek(0)
        return cast(BinaryIO, body)


def _said_length(scope: Any) -> int:
    told = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(told) if told.isdigit() else 0


async def _too_large(send: Any) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": b"The request is too large.\n"})


django.setup(set_prefix=False)
application = Handler()
