"""Made-up content for the gallery: one of everything."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def specimen(request: HttpRequest) -> dict[str, Any]:
    """What the gallery shows."""
    return {}
