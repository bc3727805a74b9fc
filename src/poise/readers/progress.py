"""How far a long reading is: a reader tells it, whoever wants to know listens; nobody has to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str, float], None]
"""Is called with the file's name and the share that is done, 0 to 1."""

_listener: ContextVar[Listener | None] = ContextVar("poise_reading_progress", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """While it lasts, what is read in this thread tells the listener how far it is."""
    before = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(before)


def tell(name: str, share: float) -> None:
    """Tell whoever listens how far the reading of a file is."""
    listener = _listener.get()
    if listener is not None:
        listener(name, min(max(share, 0.0), 1.0))
