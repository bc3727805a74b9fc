"""What an ASGI server runs: ``poise.clinic.asgi:application``.

Django reads a request's body before any page sees it, and puts a large one into a temporary file as it comes. Here the
body is counted while it arrives, and the file is encrypted with a key that lives as long as the request.
"""

from __future__ import annotations

import io
import os
from typing import Any, BinaryIO, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "poise.clinic.settings")

import django
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler

from poise.clinic.operations.bodies import IN_MEMORY, LARGEST_BODY, SealedFile


class Handler(ASGIHandler):
    """Django's handler, with bodies that are bounded and never readable on the disk."""

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
