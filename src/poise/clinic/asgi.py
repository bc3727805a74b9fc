"""What an ASGI server runs: ``poise.clinic.asgi:application``.

Every page is synchronous, so the whole chain of middleware is too, in one thread a request: each change from one kind
to the other would wait for a thread's turn.

Django reads a request's body before any page sees it, and puts a large one into a temporary file as it comes. Here the
body is counted while it arrives, and the file is encrypted with a key that lives as long as the request.
"""

from __future__ import annotations

import io
import os
from typing import Any, BinaryIO, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "poise.clinic.settings")

import django
from asgiref.sync import sync_to_async
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

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

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """The page, when it is its turn."""
        async with self._turns.taken():
            return await sync_to_async(self.get_response, thread_sensitive=True)(request)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers a request; one that says it is too large is not read at all."""
        if scope["type"] == "http" and _said_length(scope) > LARGEST_BODY:
            await _too_large(send)
            return
        await super().__call__(scope, receive, send)

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
