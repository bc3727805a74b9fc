"""How a text table is laid out: its delimiter, its decimal sign, its header, its units, where its numbers begin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from poise.errors import UnknownFormat
from poise.readers import text
from poise.readers.mapping import UNITS, Layout

HEADER_LINES = 80
SAMPLE_LINES = 7
MOST_COLUMNS = 20_000
LONGEST_NAME = 120
LONGEST_LINE = 400_000
CANDIDATES: tuple[str | None, ...] = ("\t", ";", ",", "|", None)

_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$")
_COMMA_NUMBER = re.compile(r"[-+]?\d+(,\d+)?([eE][-+]?\d+)?$")
_MISSING = frozenset(("", "nan", "na", "n/a", "null", "none", "-", "inf", "-inf"))
_UNIT_IN_NAME = re.compile(r"^(?P<name>.*?)[\s_]*[\[\(](?P<unit>[^\[\]()]{1,12})[\]\)]\s*$")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A table's layout; `names` and `units` are empty where it has no header, `head` is the text above its data."""

    delimiter: str | None
    decimal_comma: bool
    names: tuple[str, ...]
    units: tuple[str, ...]
    columns: int
    data_line: int
    head: str
    numeric: tuple[bool, ...]


def shape(raw: bytes, layout: Layout, where: str) -> Shape:
    """The layout of a table, as far as `layout` does not say it.

    Raises
    ------
    UnknownFormat
        No lines of numbers are found.
    """
    lines = text.head_lines(raw, HEADER_LINES)
    if (longest := max(map(len, lines))) > LONGEST_LINE:
        found = f"A line has {longest} characters."
        raise UnknownFormat(f"'{where}' has longer lines than any table of signals.", found=found)
    delimiter, decimal_comma = _delimiter(lines) if layout.delimiter == "" else (layout.delimiter, False)
    if layout.decimal_comma is not None:
        decimal_comma = layout.decimal_comma
    first = layout.data_row - 1 if layout.data_row else _first_data_line(lines, delimiter, comma=decimal_comma)
    if first is None or not 0 <= first < len(lines):
        if (wide := _names_only(lines[0])) is not None:
            return wide
        raise UnknownFormat(
            f"'{where}' is text, but holds no table of numbers.",
            found=f"It starts with {lines[0].strip()[:60]!r}.",
            do="If it is a recording, export it as a table: one line a sample, one column a signal.",
        )
    cells = split(lines[first], delimiter)
    if len(cells) > MOST_COLUMNS:
        raise UnknownFormat(f"'{where}' has {len(cells)} columns, more than any recording.")
    names, units = _header(lines[:first], delimiter, len(cells), layout)
    numeric = tuple(_is_number(cell, comma=decimal_comma) or cell.lower() in _MISSING for cell in cells)
    return Shape(
        delimiter=delimiter,
        decimal_comma=decimal_comma,
        names=names,
        units=units,
        columns=len(cells),
        data_line=first,
        head="\n".join(lines[:first]),
        numeric=numeric,
    )


def _names_only(line: str) -> Shape | None:
    """The shape of a table of words: its names, so that it can be told what it is; None where there are none."""
    delimiter = max("\t;,", key=line.count)
    names, units = _named(split(line, delimiter))
    if len(names) < 5:
        return None
    return Shape(
        delimiter=delimiter,
        decimal_comma=False,
        names=names,
        units=units,
        columns=len(names),
        data_line=1,
        head=line,
        numeric=(False,) * len(names),
    )


def split(line: str, delimiter: str | None) -> list[str]:
    """The cells of a line, without blanks and quotes around them."""
    return [cell.strip().strip('"').strip() for cell in line.rstrip("\n").split(delimiter)] or [""]


def holds_table(head: str) -> bool:
    """Whether the beginning of a text holds a line of data, or else a header so wide that the data come later."""
    lines = head.split("\n")[:HEADER_LINES]
    if any(lines[0].count(cell) >= 5 for cell in "\t;,"):
        return True
    delimiter, comma = _delimiter(lines)
    return _first_data_line(lines, delimiter, comma=comma) is not None


def _is_number(cell: str, *, comma: bool) -> bool:
    return (_COMMA_NUMBER if comma else _NUMBER).match(cell) is not None


def _delimiter(lines: Sequence[str]) -> tuple[str | None, bool]:
    """The delimiter under which the later lines hold the most numbers, and whether those have decimal commas."""
    sample = [line for line in lines if line.strip()][-SAMPLE_LINES:]
    best: tuple[float, str | None, bool] = (0.0, None, False)
    for delimiter in CANDIDATES:
        rows = [split(line, delimiter) for line in sample]
        for comma in (False, True) if delimiter != "," else (False,):
            counts = [_count_numbers(row, comma=comma) for row in rows]
            score = median(counts) if counts else 0.0
            if score > best[0]:
                best = (score, delimiter, comma)
    return best[1], best[2]


def _count_numbers(cells: Sequence[str], *, comma: bool) -> int:
    found = sum(_is_number(cell, comma=comma) for cell in cells)
    filled = sum(bool(cell) for cell in cells)
    return found if found >= 0.5 * filled else 0


def _first_data_line(lines: Sequence[str], delimiter: str | None, *, comma: bool) -> int | None:
    """The first line that begins with a number (or holds little else, as under a column of labels)."""
    widths = sorted(len(split(line, delimiter)) for line in lines[-SAMPLE_LINES:] if line.strip())
    least = 0.8 * widths[len(widths) // 2] if widths else 1
    labelled = None
    for i, line in enumerate(lines):
        row = split(line, delimiter)
        if len(row) < least:
            continue
        if _is_number(row[0], comma=comma) and _count_numbers(row, comma=comma):
            return i
        if labelled is None and _count_numbers(row[1:], comma=comma) >= max(1, 0.8 * (len(row) - 2)):
            labelled = i
    return labelled


def _header(
    above: Sequence[str], delimiter: str | None, columns: int, layout: Layout
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Column names and their units from the lines above the data; empty where there are none."""
    if layout.header_row == 0:
        return (), ()
    rows = [split(line.lstrip("#%/ "), delimiter) for line in above if line.strip()]
    if layout.header_row:
        rows = [split(line.lstrip("#%/ "), delimiter) for line in above[: layout.header_row]][-layout.header_rows :]
        return _named(_joined(rows, columns))
    if not rows or not 0.5 * columns <= len(rows[-1]) <= columns + 2:
        return (), ()
    if len(rows) > 1 and _all_units(rows[-1]) and len(rows[-2]) >= 0.5 * columns:
        names, _ = _named(_joined([rows[-2]], columns))
        return names, tuple(rows[-1][:columns])
    # Two rows of names, as pandas writes them: sensor or marker above, axis below.
    two = layout.header_rows == 2 or (len(rows) > 1 and len(rows[-2]) == len(rows[-1]) and _repeats(rows[-2], rows[-1]))
    return _named(_joined(rows[-2:] if two else rows[-1:], columns))


def _repeats(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether two rows are a name and an axis: only together do they tell all columns apart."""
    pairs = list(zip(upper[1:], lower[1:], strict=False))
    return len(set(pairs)) == len(pairs) > len(set(lower[1:])) and all(upper[1:]) and len(set(upper[1:])) > 1


def _joined(rows: Sequence[Sequence[str]], columns: int) -> list[str]:
    padded = [[*row, *[""] * columns][:columns] for row in rows]
    return [".".join(part for part in column if part)[:LONGEST_NAME] for column in zip(*padded, strict=True)]


def _named(cells: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    parts = [_UNIT_IN_NAME.match(cell) for cell in cells]
    names = tuple(
        part["name"].strip() if part and part["name"] else cell for part, cell in zip(parts, cells, strict=True)
    )
    units = tuple(part["unit"].strip() if part and part["name"] else "" for part in parts)
    return names, units


def _all_units(row: Sequence[str]) -> bool:
    filled = [cell for cell in row if cell]
    return bool(filled) and sum(cell.strip("[]()").lower() in UNITS for cell in filled) >= 0.8 * len(filled)
