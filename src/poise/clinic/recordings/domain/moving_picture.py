"""The form of a replay: what moves, the curves and what happened, small enough to be sent whole to a browser.

A replay is gzip over: ``PRP1``, the head's length (uint32, little-endian), the head (JSON), padding to 4 bytes, then
blocks of int16. A block holds numbers as steps from one sample to the next (so that gzip finds little in them), each a
whole number of `scale` from `base`; the lowest int16 stands for what was not seen. The head says where each block is.
`frontend/src/replay/bundle.ts` reads the same form.
"""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poise.errors import UnreadableFile

MAGIC = b"PRP1"
NOT_SEEN = -32768
STEPS = 65_000
Array = NDArray[np.float64]


class Blocks:
    """Blocks of numbers, gathered behind a head."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, values: Array, *, finest: float = 0.0) -> dict[str, Any]:
        """Puts a block (samples, columns) in; gives what the head needs to find and read it."""
        table = np.asarray(values, dtype=np.float64).reshape(len(values), -1)
        seen = np.isfinite(table)
        low, high = (float(table[seen].min()), float(table[seen].max())) if seen.any() else (0.0, 0.0)
        scale = max((high - low) / STEPS, finest, 1e-12)
        base = (low + high) / 2
        # The other way round from a cast of NaN, which is undefined: what is not seen is put in last.
        whole = np.where(seen, np.round((np.where(seen, table, base) - base) / scale), NOT_SEEN).astype(np.int64)
        steps = np.diff(whole, axis=0, prepend=0)
        block = (((steps + 32768) & 0xFFFF) - 32768).astype("<i2").T.tobytes()  # column by column
        at, self._size = self._size, self._size + len(block)
        self._parts.append(block)
        return {"at": at, "n": len(table), "columns": table.shape[1], "scale": scale, "base": base}

    def behind(self, head: Mapping[str, Any]) -> bytes:
        """The whole replay."""
        text = json.dumps(head, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        text += b" " * (-(len(text) + 8) % 4)
        return gzip.compress(MAGIC + struct.pack("<I", len(text)) + text + b"".join(self._parts), 6, mtime=0)


@dataclass(frozen=True, kw_only=True)
class Replay:
    """A replay, opened: its head, and its blocks as numbers."""

    head: Mapping[str, Any]
    body: bytes

    def block(self, place: Mapping[str, Any]) -> Array:
        """The numbers of a block, shape (samples, columns); NaN where nothing was seen."""
        count = place["n"] * place["columns"]
        steps = np.frombuffer(self.body, "<i2", count, place["at"]).reshape(place["columns"], place["n"]).T
        whole = (((np.cumsum(steps, axis=0, dtype=np.int64) + 32768) & 0xFFFF) - 32768).astype(np.float64)
        return np.where(whole == NOT_SEEN, np.nan, whole * place["scale"] + place["base"])


def opened(replay: bytes) -> Replay:
    """Reads a replay.

    Raises
    ------
    UnreadableFile
        It is none.
    """
    try:
        plain = gzip.decompress(replay)
        (length,) = struct.unpack_from("<I", plain, 4)
        if not plain.startswith(MAGIC):
            raise ValueError("no replay")
        return Replay(head=json.loads(plain[8 : 8 + length]), body=plain[8 + length :])
    except (OSError, EOFError, ValueError, struct.error) as error:
        raise UnreadableFile("The replay cannot be read.", do="Analyse the recording again.") from error
