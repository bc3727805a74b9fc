"""A phone that opens an intake's link."""

from __future__ import annotations

from typing import Any


def opened(client: Any, secret: str, birth_date: str = "1960-02-03") -> Any:
    client.get(f"/i/{secret}/")
    client.post("/intake/", {"birth_date": birth_date})
    return client
