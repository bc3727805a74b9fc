"""Every flow is done twice: by keys alone, and by mouse or finger."""

from __future__ import annotations

from typing import Any

import pytest

from clinic.flows.hands import Hands, Keys, Mouse


@pytest.fixture(params=[Keys, Mouse], ids=["keys", "mouse"])
def hands(request: Any) -> Hands:
    """The hands of whoever does the flow."""
    made: Hands = request.param()
    return made
