"""The parameters of a C3D file: groups of named values, found first, decoded only when asked for.

Nothing in the file is believed before it is held against the file's size: a count, a dimension or an offset that
points outside it is passed over, and what is decoded can never be larger than the bytes that stand there.

References
----------
.. [1] Motion Lab Systems 2008, The C3D File Format: User Guide (c3d.org), "Header section" and
   "Parameter section".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Literal

import numpy as np
from numpy.typing import NDArray

BLOCK = 512
KEY = 0x50
MOST_ENTRIES = 5_000
MOST_DIMENSIONS = 7
MOST_CONTINUATIONS = 300

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """How a processor wrote its numbers. DEC floats are VAX F: their 16-bit halves swapped, four times as large."""

    name: Literal["intel", "dec", "sgi"]

    @classmethod
    def of(cls, processor: int) -> Encoding | None:
        """The encoding for the processor byte of the parameter section; None for a byte that means nothing."""
        names: dict[int, Literal["intel", "dec", "sgi"]] = {84: "intel", 85: "dec", 86: "sgi"}
        return cls(name=names[processor]) if processor in names else None

    @property
    def order(self) -> str:
        """Numpy's sign for the order of the bytes in a 16-bit word."""
        return ">" if self.name == "sgi" else "<"

    def int16(self, raw: bytes | memoryview, count: int, offset: int, *, unsigned: bool = False) -> NDArray[np.int16]:
        """Integers as they stand in the file: a view, nothing copied."""
        return np.frombuffer(raw, f"{self.order}{'u' if unsigned else 'i'}2", count, offset)

    def float32(self, raw: bytes | memoryview, count: int, offset: int) -> NDArray[np.float32]:
        """Floats: a view, but for DEC, whose numbers have to be rewritten."""
        if self.name != "dec":
            return np.frombuffer(raw, f"{self.order}f4", count, offset)
        words = np.frombuffer(raw, "<u4", count, offset)
        swapped = words << np.uint32(16)
        swapped |= words >> np.uint32(16)
        values = swapped.view("<f4")
        values *= np.float32(0.25)
        return values


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where one parameter's values lie: bytes an item (−1 text, 1, 2, 4), dimensions, first byte."""

    kind: int
    shape: tuple[int, ...]
    start: int


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """All parameters by (GROUP, NAME), in capitals.

    Where a file gives a parameter twice, the first that is not empty counts.
    """

    raw: bytes
    encoding: Encoding
    entries: dict[tuple[str, str], _Entry]
    sound: bool

    def __contains__(self, key: tuple[str, str]) -> bool:
        return key in self.entries

    @cached_property
    def groups(self) -> frozenset[str]:
        """The groups that hold something."""
        return frozenset(group for group, _ in self.entries)

    def names(self, group: str) -> tuple[str, ...]:
        """The parameters of a group."""
        return tuple(name for of, name in self.entries if of == group)

    def shape(self, group: str, name: str) -> tuple[int, ...]:
        """Its dimensions, the fastest first; empty where there is no such parameter."""
        entry = self.entries.get((group, name))
        return entry.shape if entry else ()

    def numbers(self, group: str, name: str, *, unsigned: bool = False) -> Floats:
        """Its values in the order of the file; empty where it is absent or text. Text that spells a number is read."""
        entry = self.entries.get((group, name))
        if entry is None:
            return np.empty(0)
        if entry.kind == -1:
            return _spelled(self.texts(group, name))
        count = prod(entry.shape)
        if entry.kind == 1:
            return np.frombuffer(self.raw, "u1", count, entry.start).astype(np.float64)
        if entry.kind == 2:
            return self.encoding.int16(self.raw, count, entry.start, unsigned=unsigned).astype(np.float64)
        return self.encoding.float32(self.raw, count, entry.start).astype(np.float64)

    def number(self, group: str, name: str, *, unsigned: bool = False) -> float | None:
        """Its first value; None where there is none or where it is not finite."""
        values = self.numbers(group, name, unsigned=unsigned)
        return float(values[0]) if len(values) and np.isfinite(values[0]) else None

    def texts(self, group: str, name: str) -> list[str]:
        """Its texts, blanks cut off; a one-dimensional text is one; empty where it is absent or a number."""
        entry = self.entries.get((group, name))
        if entry is None or entry.kind != -1:
            return []
        width, count = (entry.shape[0], prod(entry.shape[1:])) if entry.shape else (1, 1)
        return _texts(self.raw[entry.start : entry.start + width * count], width) if width else []

    def text(self, group: str, name: str) -> str:
        """Its first text, or nothing."""
        return next(iter(self.texts(group, name)), "")

    def all_texts(self, group: str, name: str, wanted: int) -> list[str]:
        """The texts of LABELS, then LABELS2, LABELS3 …, until `wanted` of them are found."""
        found: list[str] = []
        for part in self._parts(group, name):
            if len(found) >= wanted:
                break
            found += self.texts(group, part)
        return found[:wanted]

    def all_numbers(self, group: str, name: str, wanted: int, *, unsigned: bool = False) -> Floats:
        """The numbers of a parameter and of those that continue it, at most `wanted`."""
        found: list[Floats] = []
        for part in self._parts(group, name):
            if sum(map(len, found)) >= wanted:
                break
            found.append(self.numbers(group, part, unsigned=unsigned))
        return np.concatenate(found)[:wanted] if found else np.empty(0)

    def _parts(self, group: str, name: str) -> Iterator[str]:
        if (group, name) in self.entries:
            yield name
        for number in range(2, MOST_CONTINUATIONS):
            if (group, f"{name}{number}") not in self.entries:
                return
            yield f"{name}{number}"


def read_parameters(raw: bytes, start: int, stop: int, encoding: Encoding) -> Parameters:
    """All parameters between two bytes of the file.

    The section's own count of blocks is not used, since files hold more than it can say. `sound` is False where the
    chain of entries breaks off, runs out of the section or holds values that do.
    """
    group_names: dict[int, str] = {}
    found: list[tuple[int, str, _Entry]] = []
    sound = True
    for identity, name, body in _chain(raw, start + 4, stop):
        if identity < 0:
            group_names.setdefault(-identity, name)
        elif (entry := _entry(raw, body, stop)) is None:
            sound = False
        else:
            found.append((identity, name, entry))
    entries: dict[tuple[str, str], _Entry] = {}
    for identity, name, entry in found:
        key = (group_names.get(identity, f"GROUP {identity}"), name)
        if key not in entries or not prod(entries[key].shape):
            entries[key] = entry
    return Parameters(raw=raw, encoding=encoding, entries=entries, sound=sound and bool(entries))


def _chain(raw: bytes, at: int, stop: int) -> Iterator[tuple[int, str, int]]:
    """Identity (negative for a group), name and first byte of the body of every entry, in the order of the file."""
    order: Literal["little", "big"] = "little"  # the offset is little-endian but on SGI, where it is tried first
    if raw[at - 1 : at] == b"\x56":
        order = "big"
    for _ in range(MOST_ENTRIES):
        if at + 2 > stop:
            return
        length, identity = raw[at], raw[at + 1]
        length = min(length, 256 - length)  # a negative length locks the parameter
        identity = identity if identity < 128 else identity - 256
        body = at + 2 + length
        if length == 0 or body + 2 > stop:
            return
        step = int.from_bytes(raw[body : body + 2], order)
        if identity:
            yield identity, _text(raw[at + 2 : body]).upper(), body + 2
        if step < 2:
            return
        at = body + step


def _entry(raw: bytes, at: int, stop: int) -> _Entry | None:
    if at + 2 > stop:
        return None
    kind, dimensions = raw[at], raw[at + 1]
    kind = kind if kind < 128 else kind - 256
    if kind not in (-1, 1, 2, 4) or dimensions > MOST_DIMENSIONS:
        return None
    start = at + 2 + dimensions
    shape = tuple(raw[at + 2 : start])
    return _Entry(kind, shape, start) if start + abs(kind) * prod(shape) <= stop else None


def _texts(raw: bytes, width: int) -> list[str]:
    """Texts of `width` bytes each; decoded together where all is plain, which most is."""
    starts = range(0, len(raw), width)
    if raw.isascii() and (plain := raw.decode("ascii")).isprintable():
        return [plain[at : at + width].strip(" ") for at in starts]
    return [_text(raw[at : at + width]) for at in starts]


def _text(raw: bytes) -> str:
    """Printable text of any old code page, without the blanks and zeros it was padded with."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    text = text.strip(" \0\t\r\n")
    return text if text.isprintable() else "".join(c for c in text.split("\0", 1)[0] if c.isprintable()).strip()


def _spelled(texts: list[str]) -> Floats:
    try:
        return np.array([float(text) for text in texts])
    except ValueError:
        return np.empty(0)
