"""Handing out bytes a little at a time, under ASGI as under WSGI (the tests)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header

SANDBOX = "default-src 'none'; sandbox"


def attachment(request: HttpRequest, chunks: Iterator[bytes], *, name: str, media_type: str) -> StreamingHttpResponse:
    """A download that a browser keeps and never opens as a page of ours."""
    content = _asynchronous(chunks) if isinstance(request, ASGIRequest) else chunks
    response = StreamingHttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = _disposition(name)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


def _disposition(name: str) -> str:
    return content_disposition_header(True, name) or "attachment"


async def _asynchronous(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each piece is read in a thread, so that a slow disk holds up nobody else."""
    following = sync_to_async(lambda: next(chunks, None), thread_sensitive=False)
    while (piece := await following()) is not None:
        yield piece
