"""The file of numerical test vectors, and how a computed value is held against one."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

PATH = Path(
    os.environ.get(
        "POISE_TEST_VECTORS", Path(__file__).resolve().parents[2] / "shared" / "reference" / "test-vectors.json"
    )
)


class Vector:
    """One vector: its inputs, what is expected, and within what."""

    def __init__(self, entry: Mapping[str, Any]) -> None:
        self.id: str = entry["id"]
        self.inputs: Mapping[str, Any] = entry["inputs"]
        self.expected: Mapping[str, Any] = entry["expected"]
        self.tolerance: float | str = entry["tolerance"]

    def holds(self, *, atol: float | None = None, rtol: float = 0.0, **computed: Any) -> None:
        """Every computed value is the expected one of that name, and none is a value that a common mistake gives.

        `atol` is needed where the file's tolerance is said in words.
        """
        within = self._within(atol, rtol)
        for name, value in computed.items():
            wanted = self.expected[name]
            if isinstance(wanted, bool | str) or (isinstance(wanted, list) and isinstance(wanted[0], str)):
                assert value == wanted, f"{self.id}: {name} is {value}, expected {wanted}"
                continue
            np.testing.assert_allclose(value, wanted, atol=within, rtol=rtol, err_msg=f"{self.id}: {name}")
            self._is_no_mistake(name, value, wanted, within)

    def _within(self, atol: float | None, rtol: float) -> float:
        if isinstance(self.tolerance, str):
            assert atol is not None or rtol, f"{self.id}: say what '{self.tolerance}' means"
            return atol or 0.0
        # The expected numbers are rounded to eight decimals in the file.
        return max(float(self.tolerance), 1e-8)

    def _is_no_mistake(self, name: str, value: Any, wanted: Any, within: float) -> None:
        for wrong, mistaken in self.expected.items():
            if wrong.startswith("WRONG_") and np.ndim(value) == 0:
                far = abs(float(value) - float(mistaken)) > max(within, 1e-9)
                assert far, f"{self.id}: {name} is {wrong}"


def vectors() -> dict[str, Vector]:
    """All vectors of the file, by id; empty where there is no file."""
    if not PATH.is_file():
        return {}
    return {entry["id"]: Vector(entry) for entry in json.loads(PATH.read_text(encoding="utf-8"))["vectors"]}
