"""MATLAB 5 to 7 files, read by ourselves: nothing is believed that the bytes do not back, so no file can fill memory.

Numbers come out as numpy arrays with single dimensions left out, text as `str`, a struct as a dict, an array of structs
as a list of dicts, a cell array as a list. Sparse matrices, objects and functions are passed over (None).

References
----------
.. [1] MathWorks 2019, MAT-File Format (R2019b), chapter 1, "Level 5 MAT-File Format".
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from poise.errors import UnreadableFile

# What a file may unpack to: sensor data packs 1.2 to 5 times, long stretches of one value more.
LARGEST_RATIO = 30
ALWAYS_ALLOWED_BYTES = 32_000_000
DEEPEST = 24
_MATRIX, _COMPRESSED = 14, 15
_NUMBER_TYPES = {
    1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8",
    16: "u1", 17: "u2", 18: "u4",
}  # fmt: skip
_TEXT_ENCODINGS = {1: "latin-1", 2: "latin-1", 16: "utf-8", 17: "utf-16", 4: "utf-16", 3: "utf-16", 18: "utf-32"}
_CELL, _STRUCT, _OBJECT, _CHAR, _SPARSE, _FIRST_NUMBER, _LAST_NUMBER = 1, 2, 3, 4, 5, 6, 15


class _Broken(Exception):
    """The bytes contradict the format."""


def is_matlab(head: bytes) -> bool:
    """Whether the first bytes are those of a MATLAB 5 to 7 file."""
    return len(head) >= 128 and head[126:128] in (b"IM", b"MI") and head.startswith(b"MATLAB")


def load(path: Path) -> dict[str, Any]:
    """All variables of the file by name.

    Raises
    ------
    UnreadableFile
        The file is not a MATLAB 5 to 7 file, is damaged, or unpacks to far more than its size.
    """
    raw = path.read_bytes()
    if not is_matlab(raw[:128]):
        raise UnreadableFile(
            f"'{path.name}' is not a MATLAB file of version 5 to 7.",
            do="In MATLAB, save it again with save(…, '-v7').",
        )
    try:
        return dict(_variables(raw))
    except (_Broken, zlib.error, struct.error, ValueError) as error:
        raise UnreadableFile(
            f"'{path.name}' is a MATLAB file, but damaged or cut off.", found=str(error)[:200], do="Copy it again."
        ) from error


def _variables(raw: bytes) -> Iterator[tuple[str, Any]]:
    order = "<" if raw[126:128] == b"IM" else ">"
    allowed = ALWAYS_ALLOWED_BYTES + LARGEST_RATIO * len(raw)
    at = 128
    while at + 8 <= len(raw):
        kind, size = struct.unpack_from(order + "II", raw, at)
        if at + 8 + size > len(raw):
            raise _Broken(f"A variable of {size} bytes begins {len(raw) - at} bytes before the end.")
        body = memoryview(raw)[at + 8 : at + 8 + size]
        at += 8 + size
        if kind == _COMPRESSED:
            unpacker = zlib.decompressobj()
            unpacked = unpacker.decompress(body, allowed)
            if unpacker.unconsumed_tail:
                raise _Broken("A variable unpacks to far more than a recording of this size holds.")
            allowed -= len(unpacked)
            if len(unpacked) < 8:
                raise _Broken("A packed variable is empty.")
            kind, size = struct.unpack_from(order + "II", unpacked, 0)
            body = memoryview(unpacked)[8 : 8 + size]
        if kind == _MATRIX:
            name, value = _Elements(body, order).matrix()
            if name:
                yield name, value


class _Elements:
    """A run of data elements, read one after the other."""

    def __init__(self, body: memoryview, order: str, depth: int = 0) -> None:
        self.body, self.order, self.depth, self.at = body, order, depth, 0
        if depth > DEEPEST:
            raise _Broken("Structures are nested too deeply.")

    def next(self) -> tuple[int, memoryview]:
        """The type and the bytes of the next element."""
        if self.at + 8 > len(self.body):
            raise _Broken("The data end in the middle of a variable.")
        kind, size = struct.unpack_from(self.order + "II", self.body, self.at)
        if kind >> 16:  # the short form: size and type share four bytes, the data follow in the other four
            kind, size = kind & 0xFFFF, kind >> 16
            start, step = self.at + 4, 8
            if size > 4:
                raise _Broken("A short element is longer than four bytes.")
        else:
            start, step = self.at + 8, 8 + size + (-size) % 8
        if start + size > len(self.body):
            raise _Broken("An element is longer than what holds it.")
        self.at += step
        return kind, self.body[start : start + size]

    def matrix(self) -> tuple[str, Any]:
        """Name and value of the matrix whose elements these are."""
        if len(self.body) == 0:
            return "", np.empty(0)
        _, flags = self.next()
        _, shape_bytes = self.next()
        _, name = self.next()
        if len(flags) < 4:
            raise _Broken("A matrix has no flags.")
        word = struct.unpack_from(self.order + "I", flags)[0]
        shape = tuple(int(n) for n in np.frombuffer(shape_bytes, self.order + "i4"))
        if len(shape) < 2 or len(shape) > 8 or min(shape) < 0:
            raise _Broken(f"A matrix has the impossible shape {shape[:8]}.")
        return bytes(name).decode("latin-1"), self._value(word & 0xFF, shape)

    def _value(self, kind: int, shape: tuple[int, ...]) -> Any:
        if _FIRST_NUMBER <= kind <= _LAST_NUMBER:
            return self._numbers(shape)
        if kind == _CHAR:
            return self._text(shape)
        if kind == _CELL:
            return [self._child() for _ in range(self._count(shape, 1))]
        if kind in (_STRUCT, _OBJECT):
            return self._structs(kind, shape)
        return None

    def _numbers(self, shape: tuple[int, ...]) -> Any:
        kind, data = self.next()
        if kind not in _NUMBER_TYPES:
            raise _Broken(f"Numbers of the unknown type {kind}.")
        dtype = np.dtype(self.order + _NUMBER_TYPES[kind])
        if len(data) != math.prod(shape) * dtype.itemsize:
            raise _Broken(f"{len(data)} bytes of data for a matrix of {' × '.join(map(str, shape))}.")
        return np.frombuffer(data, dtype).reshape(shape, order="F").squeeze()

    def _text(self, shape: tuple[int, ...]) -> str:
        kind, data = self.next()
        encoding = _TEXT_ENCODINGS.get(kind, "latin-1")
        if encoding.startswith(("utf-16", "utf-32")):
            encoding += "-le" if self.order == "<" else "-be"
        letters = bytes(data).decode(encoding, "replace")
        if shape[0] > 1 and len(letters) == math.prod(shape):
            return "\n".join(letters[row :: shape[0]].rstrip() for row in range(shape[0]))
        return letters

    def _structs(self, kind: int, shape: tuple[int, ...]) -> Any:
        if kind == _OBJECT:
            self.next()  # the name of its class
        _, length_bytes = self.next()
        _, names_bytes = self.next()
        length = struct.unpack_from(self.order + "i", length_bytes)[0] if len(length_bytes) >= 4 else 0
        if length <= 0:
            raise _Broken("A struct has no length for its field names.")
        packed = bytes(names_bytes)
        names = [
            packed[i : i + length].split(b"\0")[0].decode("latin-1") for i in range(0, len(packed) - length + 1, length)
        ]
        count = self._count(shape, max(1, len(names)))
        found = [{name: self._child() for name in names} for _ in range(count)]
        return found[0] if count == 1 else found

    def _count(self, shape: tuple[int, ...], each: int) -> int:
        # Every child takes at least the eight bytes of its tag: a count that the bytes cannot hold is a lie.
        count = math.prod(shape)
        if count * each * 8 > len(self.body) - self.at:
            raise _Broken(f"{count} elements are promised, more than the bytes can hold.")
        return count

    def _child(self) -> Any:
        kind, body = self.next()
        if kind != _MATRIX:
            raise _Broken("A field holds something that is no matrix.")
        return _Elements(body, self.order, self.depth + 1).matrix()[1]
