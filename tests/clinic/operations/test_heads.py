"""The head of a request: whoever does not end it is hung up on, and holds nobody up."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn

from poise.clinic.operations import heads
from poise.clinic.operations.heads import MOST_BYTES, BoundedHeads

Call = Callable[..., bytes]
ASKED = b"GET / HTTP/1.1\r\nHost: clinic\r\n"


async def _page(scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Iterator[Call]:
    """Sends pieces, one after the other, and gives all that is answered until the server hangs up (or 2 s)."""
    monkeypatch.setattr(heads, "WITHIN_S", 0.4)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(_page, http=BoundedHeads, lifespan="off", log_config=None))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()

    def called(*pieces: bytes, pause_s: float = 0.0) -> bytes:
        with socket.create_connection(listening.getsockname(), timeout=2) as raw:
            told = b""
            try:
                for piece in pieces:
                    raw.sendall(piece)
                    time.sleep(pause_s)
                while answered := raw.recv(65536):
                    told += answered
            except ConnectionError:
                pass
            except TimeoutError:
                return told + b" (still open)"
            return told

    yield called
    server.should_exit = True
    thread.join(10)
    listening.close()


def test_a_request_is_answered_and_the_next_one_on_the_same_line_too(call: Call) -> None:
    told = call(ASKED + b"\r\n", ASKED + b"\r\n", pause_s=0.5)
    assert told.count(b"HTTP/1.1 200 OK") == 2
    assert told.endswith(b"(still open)")  # for as long as uvicorn keeps a line that is idle


@pytest.mark.parametrize(
    "pieces",
    [(), (b"GET / HT",), (ASKED, b"X-One: 1\r\n", b"X-Two: 2\r\n"), (ASKED + b"\r\n", b"\r\n"), (ASKED + b"\r\n", b"GET")],
    ids=["nothing", "half a line", "a line now and then", "an empty line after", "half a line after"],
)  # fmt: skip
def test_a_head_that_does_not_end_is_hung_up_on(call: Call, pieces: tuple[bytes, ...]) -> None:
    told = call(*pieces, pause_s=0.1)
    assert told.count(b"HTTP/1.1 ") == len([piece for piece in pieces if piece.endswith(b"\r\n\r\n")])
    assert not told.endswith(b"(still open)")


@pytest.mark.parametrize("ends", [b"", b"\r\n\r\n"], ids=["without end", "with an end"])
@pytest.mark.parametrize("size", [MOST_BYTES, 30 * MOST_BYTES])
def test_a_head_that_is_too_large_is_refused(call: Call, size: int, ends: bytes) -> None:
    told = call(ASKED + b"X-Long: " + b"a" * size + ends)
    assert b"200 OK" not in told
    assert not told.endswith(b"(still open)")


@pytest.mark.parametrize(
    "line", [b"X-Long: " + b"a" * 1000 + b"\r\n", b"a" * 1000], ids=["many lines", "one without end"]
)
def test_lines_after_a_body_are_bounded_too(call: Call, line: bytes) -> None:
    head = ASKED.replace(b"GET", b"POST") + b"Transfer-Encoding: chunked\r\n\r\n"
    told = call(head, b"1\r\na\r\n0\r\n", b"X-One: 1\r\n", line * 600, line * 600)
    assert b"200 OK" not in told
    assert not told.endswith(b"(still open)")
    assert b"200 OK" in call(head, b"1\r\na\r\n0\r\n", b"X-One: 1\r\n\r\n")


def test_a_head_as_large_as_any_browsers_and_a_slow_body_are_waited_for(call: Call) -> None:
    head = ASKED.replace(b"GET", b"POST") + b"X-Long: " + b"a" * 32_000 + b"\r\nContent-Length: 8\r\n\r\n"
    assert b"200 OK" in call(head, b"1234", b"5678", pause_s=0.6)
