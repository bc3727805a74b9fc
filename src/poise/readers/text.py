"""Text files of numbers: decode them, and parse blocks of numbers fast (numpy's own parser, not a loop over cells)."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poise.errors import UnreadableFile
from poise.model import Problem

Array = NDArray[np.float64]

# More broken lines than this, and the file is not the table it seems to be.
MOST_BROKEN_LINES = 0.05
MOST_MISSING_CELLS = 200_000
PIECE_BYTES = 2_000_000
# What software writes where a value is missing.
MISSING = (
    rb"(?:[-+]?nan|na|n/a|#n/a|null|none|missing|-|--|\.|\*+"
    rb"|-?1\.#(?:qnan|ind|inf)[0-9]*|-?nan\(ind\)|#value!|#div/0!)"
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Numbers:
    """A table of numbers: shape (rows, columns), NaN where a cell is empty or no number; what was doubtful."""

    values: Array
    problems: tuple[Problem, ...] = ()


def read_bytes(path: Path) -> bytes:
    """A text file's bytes as UTF-8 (or an 8-bit encoding) without a mark and with plain newlines.

    Raises
    ------
    UnreadableFile
        The file holds binary data.
    """
    raw = path.read_bytes()
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            raw = raw.decode(encoding, "replace").encode("utf-8")
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if b"\0" in raw:
        raise UnreadableFile(
            f"'{path.name}' should be text, but holds binary data.",
            found="It may be damaged, or a binary file under a text file's name.",
            do="Export it again from the software that made it.",
        )
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in raw else raw


def decoded(raw: bytes) -> str:
    """Text from bytes: UTF-8, or else Windows' Western encoding (which also reads Latin-1)."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def sayable(words: str) -> str:
    """Words out of a file as a page, a terminal and a database can hold them.

    A control character, half a letter, or one that turns the direction of writing becomes ``?``; any white space a
    space.
    """
    if words.isprintable():
        return words
    return "".join(each if each.isprintable() else " " if each.isspace() else "?" for each in words)


def head_lines(raw: bytes, count: int) -> list[str]:
    """The first lines, decoded, without splitting the whole file."""
    end = 0
    for _ in range(count):
        found = raw.find(b"\n", end)
        if found < 0:
            return decoded(raw).split("\n")
        end = found + 1
    return decoded(raw[: end - 1]).split("\n")


def after_lines(raw: bytes, count: int) -> bytes:
    """What follows the first `count` lines."""
    end = 0
    for _ in range(count):
        found = raw.find(b"\n", end)
        if found < 0:
            return b""
        end = found + 1
    return raw[end:]


def numbers(
    block: bytes,
    columns: int | Sequence[int],
    *,
    delimiter: str | None,
    where: str,
    decimal_comma: bool = False,
    ends_trimmed: bool = False,
) -> Numbers:
    """Lines of numbers as a table.

    Parameters
    ----------
    block
        The lines, without any header.
    columns
        How many numbers a line should hold, further ones (as from a trailing delimiter) being left out; or which cells
        of each line to read, counted from 0, the others being no numbers or of no interest.
    delimiter
        One character, or None for any white space.
    where
        The file's name, for messages.
    decimal_comma
        Whether 1,5 means one and a half.
    ends_trimmed
        Whether a line may end early because the empty cells at its end were left out; else such a line is broken.

    Returns
    -------
    numbers
        One row a line, blank lines left out. A line with too few cells is kept as a row of NaN, so that the rows after
        it keep their place in time, and told as a problem.

    Raises
    ------
    UnreadableFile
        No line is whole, or too many are broken.
    """
    if decimal_comma and delimiter != ",":
        block = block.replace(b",", b".")
    if b'"' in block:
        block = block.replace(b'"', b"")
    if not block.strip():
        raise UnreadableFile(f"'{where}' has a header but no data under it.", do="Export it again with its data.")
    use = tuple(range(columns)) if isinstance(columns, int) else tuple(columns)
    whole = isinstance(columns, int)
    try:
        return Numbers(values=_finite(_load(block, use, delimiter, whole=whole)))
    except ValueError:
        return _in_pieces(block, use, delimiter, where, _Tally(whole=whole, ends_trimmed=ends_trimmed))


def without_cut_row(found: Numbers, raw: bytes, promised: float | None, where: str) -> Numbers:
    """The table but for its last row, where the file ends in the middle of a line before all promised rows are there.

    The last number of such a row may be the beginning of a longer one.
    """
    rows = len(found.values)
    if raw.endswith(b"\n") or promised is None or rows >= promised or rows < 2:
        return found
    what = f"The file is cut off: it holds {rows - 1} whole lines of the {promised:g} that its header promises."
    problem = Problem(what=what, where=where, do="Copy or export it again.")
    return Numbers(values=found.values[:-1], problems=(*found.problems, problem))


def _load(block: bytes, use: tuple[int, ...], delimiter: str | None, *, whole: bool) -> Array:
    # Asking numpy for some columns would let lines of any length pass: a whole table is loaded whole and cut then.
    loaded: Array = np.loadtxt(
        io.BytesIO(block),
        delimiter=delimiter,
        comments=None,
        ndmin=2,
        dtype=np.float64,
        encoding="latin1",
        usecols=None if whole else use,
    )
    if loaded.shape[1] < len(use):
        raise ValueError("fewer columns than the header promises")
    return loaded[:, : len(use)] if loaded.shape[1] > len(use) else loaded


def _finite(values: Array) -> Array:
    values[~np.isfinite(values)] = np.nan
    return values


@dataclass(kw_only=True)
class _Tally:
    """How a table is to be read, and what was odd in its pieces."""

    whole: bool
    ends_trimmed: bool
    lines: int = 0
    short: int = 0
    cut: bool = False
    odd: Counter[str] = field(default_factory=Counter)


def _in_pieces(block: bytes, use: tuple[int, ...], delimiter: str | None, where: str, tally: _Tally) -> Numbers:
    """A table with gaps, words or broken lines: each piece of it in the fastest way that can read it."""
    if not tally.ends_trimmed:
        block = _without_cut_line(block, max(use) + 1, delimiter, tally)
    values = np.concatenate([_piece(piece, use, delimiter, where, tally) for piece in _pieces(block)])
    if tally.short > max(1, MOST_BROKEN_LINES * tally.lines) or not len(values) or np.isnan(values).all():
        raise _not_a_table(block[:PIECE_BYTES], delimiter, max(use) + 1, where)
    return Numbers(values=_finite(values), problems=tuple(_doubts(tally, len(values), where)))


def _without_cut_line(block: bytes, needed: int, delimiter: str | None, tally: _Tally) -> bytes:
    """The lines but for the last, if a file that was cut off ends in the middle of it; nobody misses that one."""
    kept, newline, last = block.rstrip(b"\n").rpartition(b"\n")
    cell = None if delimiter is None else delimiter.encode()
    if not newline or len(last.split(cell)) >= needed:
        return block
    tally.cut = True
    return kept


def _pieces(block: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(block):
        end = block.find(b"\n", start + PIECE_BYTES) + 1 or len(block)
        yield block[start:end]
        start = end


def _piece(piece: bytes, use: tuple[int, ...], delimiter: str | None, where: str, tally: _Tally) -> Array:
    if not piece.strip():
        return np.empty((0, len(use)))
    for mend in (_as_it_is, _filled, _mended):
        try:
            values = _load(mend(piece, delimiter), use, delimiter, whole=tally.whole)
        except ValueError:
            continue
        tally.lines += len(values)
        return values
    return _line_by_line(_mended(piece, delimiter), use, delimiter, where, tally)


def _as_it_is(block: bytes, _: str | None) -> bytes:
    return block


def _filled(block: bytes, delimiter: str | None) -> bytes:
    """Empty cells written as nan."""
    if delimiter is None:
        return block
    cell = delimiter.encode()
    block = block.strip(b"\n") + b"\n"
    for _ in range(2):
        block = block.replace(cell + cell, cell + b"nan" + cell)
    block = block.replace(b"\n" + cell, b"\nnan" + cell).replace(cell + b"\n", cell + b"nan\n")
    return b"nan" + block if block.startswith(cell) else block


def _mended(block: bytes, delimiter: str | None) -> bytes:
    """Empty cells and words for missing values written as nan."""
    if delimiter is None:
        edge, end = rb"(?<![^\s])", rb"(?![^\s])"
        return re.sub(edge + MISSING + end, b"nan", block, flags=re.IGNORECASE)
    cell = delimiter.encode()
    if b" " in block and cell != b" ":
        block = re.sub(rb" *" + re.escape(cell) + rb" *", cell, block)
    block = re.sub(rb"[ \t]+\n" if cell != b"\t" else rb" +\n", b"\n", block.strip(b"\n ") + b"\n")
    edge, end = rb"(?<![^\n" + re.escape(cell) + rb"])", rb"(?=[\n" + re.escape(cell) + rb"])"
    return _filled(re.sub(edge + MISSING + end, b"nan", block, flags=re.IGNORECASE), delimiter)


def _line_by_line(block: bytes, use: tuple[int, ...], delimiter: str | None, where: str, tally: _Tally) -> Array:
    """The slow way, for pieces with broken lines: each line by itself."""
    cell = None if delimiter is None else delimiter.encode()
    needed = max(use) + 1
    lines = [line for line in block.split(b"\n") if line.strip()]
    held = [len(line.split()) if cell is None else line.count(cell) + 1 for line in lines]
    missing = sum(max(0, needed - count) for count in held)
    short = 0 if tally.ends_trimmed else sum(count < needed for count in held)
    # Lines far too short for their table would fill memory with nothing.
    if missing > MOST_MISSING_CELLS + MOST_BROKEN_LINES * needed * len(lines):
        raise _not_a_table(block, delimiter, needed, where)
    values = np.full((len(lines), len(use)), np.nan)
    for row, line in enumerate(lines):
        cells = line.split(cell)
        if len(cells) >= needed:
            values[row] = _row([cells[i] for i in use], tally.odd)
        elif tally.ends_trimmed:
            values[row, : len(cells)] = _row(cells, tally.odd)
    tally.lines += len(lines)
    tally.short += short
    return values


def _row(cells: list[bytes], odd: Counter[str]) -> list[float]:
    found: list[float] = []
    for text in cells:
        try:
            found.append(float(text))
        except ValueError:
            found.append(np.nan)
            if text.strip():
                odd[decoded(text.strip())[:20]] += 1
    return found


def _doubts(tally: _Tally, rows: int, where: str) -> Iterator[Problem]:
    if tally.short:
        what = f"{tally.short} of {rows} lines have too few cells; their samples are missing."
        yield Problem(what=what, where=where, do="Look at the file near those lines, or export it again.")
    if tally.odd:
        listed = ", ".join(repr(word) for word, _ in tally.odd.most_common(3))
        what = f"{tally.odd.total()} cells are not numbers ({listed}); they count as missing."
        yield Problem(what=what, where=where, do="Say what they mean, or export the file again.")
    if tally.cut:
        yield Problem(what="The last line is not whole.", where=where, do="The file may be cut off: check its length.")


def _not_a_table(block: bytes, delimiter: str | None, columns: int, where: str) -> UnreadableFile:
    cell = None if delimiter is None else delimiter.encode()
    lines = [line for line in block.split(b"\n")[:2000] if line.strip()]
    usual, _ = Counter(len(line.split(cell)) for line in lines).most_common(1)[0]
    return UnreadableFile(
        f"'{where}' does not hold the table that its header promises.",
        found=f"Its lines should hold {columns} cells of numbers; most hold {usual} cells, or no numbers.",
        do="The file may be cut off or edited by hand: export it again.",
    )
