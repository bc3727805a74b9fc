"""Position judgements that were typed: a table of targets and answers, or the text of the hand-position experiments.

Each recording has one stream of kind ``analog`` filed as ``judgements``: one channel a series of judgements (or the
channels ``target`` and ``response``), one sample a trial; `time_s` is the trial's number, for nobody wrote down when.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poise.errors import UnreadableFile
from poise.model import Frame, Kind, Problem, Recording, Step, Stream

Array = NDArray[np.float64]

FILED = "judgements"
_TARGET = re.compile(r"^(target|shown|reference)(?:[_ (]*(deg|cm|mm|m)\)?)?$", re.IGNORECASE)
_RESPONSE = re.compile(r"^(response|answer|found|reproduced|reproduction|judg(?:e)?ment)(?:[_ (]*(deg|cm|mm|m)\)?)?$",
                       re.IGNORECASE)  # fmt: skip
_BLOCK = re.compile(r"^BLOCK:\s*(?P<what>.+)$")
_MEASURE = re.compile(r"^MEASURE_(?P<what>[A-Z_]+):\s*(?P<value>-?\d+(?:\.\d+)?)\s*$")


@dataclass(frozen=True, kw_only=True)
class Judgements:
    """Reads two formats: a CSV with a target and a response column, and blocks of numbered judgements.

    The columns may carry their unit (``target_deg``, ``response (cm)``); deg where none is said. Further columns
    ``side`` and ``movement`` part the rows into recordings, and say their conditions.
    """

    name: str = "judgements"
    suffixes: tuple[str, ...] = (".csv", ".txt", ".tsv")

    def sniff(self, path: Path, head: bytes) -> bool:
        """By the header's two columns, or by blocks of ``MEASURE_`` lines."""
        text = head.decode("utf-8", errors="replace")
        if text.startswith("BLOCK:"):
            return any(_MEASURE.match(line) for line in text.splitlines()[:6])
        columns = _cells(text.splitlines()[0]) if text.strip() else []
        return any(map(_TARGET.match, columns)) and any(map(_RESPONSE.match, columns))

    def read(self, path: Path, mapping: Mapping[str, object]) -> Sequence[Recording]:
        """One recording of all blocks; of a table one for each side and movement."""
        try:
            text = path.read_text(encoding="utf-8-sig", errors="replace")
        except OSError as error:
            raise UnreadableFile(f"'{path.name}' cannot be read.", found=str(error)) from error
        found = [_blocks(path, text)] if text.startswith("BLOCK:") else list(_table(path, text))
        if not found:
            raise UnreadableFile(
                f"'{path.name}' has a header of judgements, but no trial.",
                do="Write one row a trial: target, response.",
            )
        return found


def _cells(line: str) -> list[str]:
    mark = max(",;\t", key=line.count)
    return [cell.strip().strip('"') for cell in line.split(mark)]


def _blocks(path: Path, text: str) -> Recording:
    """The experiment's text: each block is a channel named for what it says."""
    series: dict[str, list[float]] = {}
    name, broken = "", 0
    for line in text.splitlines():
        if block := _BLOCK.match(line):
            name = re.sub(r"[^a-z0-9]+", "_", block["what"].lower()).strip("_")
            series.setdefault(name, [])
        elif measure := _MEASURE.match(line):
            series[name].append(float(measure["value"]))
        elif line.startswith("MEASURE_"):
            series[name].append(float("nan"))
            broken += 1
    held = {key: values for key, values in series.items() if values}
    if not held:
        raise UnreadableFile(f"'{path.name}' holds blocks without any judgement.", do="Export the experiment again.")
    problems = (_unread(path, broken),) if broken else ()
    details = {"format": "hand-position judgements", "blocks": ", ".join(held)}
    return _recording(path.stem, path, held, "cm", problems=problems, details=details)


def _table(path: Path, text: str) -> Iterator[Recording]:
    lines = [line for line in text.splitlines() if line.strip()]
    header = _cells(lines[0])
    mark = max(",;\t", key=lines[0].count)
    rows = [
        dict(zip(header, (cell.strip() for cell in row), strict=False)) for row in csv.reader(lines[1:], delimiter=mark)
    ]
    target, response = (next(cell for cell in header if pattern.match(cell)) for pattern in (_TARGET, _RESPONSE))
    parts = [cell for cell in header if cell.lower() in ("side", "movement", "eyes")]
    groups: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for row in rows:
        groups.setdefault(tuple(row.get(cell, "").lower() for cell in parts), []).append(row)
    for key, group in groups.items():
        conditions = {cell.lower(): value for cell, value in zip(parts, key, strict=True) if value}
        held = {"target": [_number(row.get(target, "")) for row in group],
                "response": [_number(row.get(response, "")) for row in group]}  # fmt: skip
        broken = int(np.sum(~np.isfinite(np.array(held["target"]) + np.array(held["response"]))))
        yield _recording(
            "_".join((path.stem, *conditions.values())), path, held, _unit(target, response), conditions=conditions,
            problems=(_unread(path, broken),) if broken else (), details={"format": "table of judgements"},
        )  # fmt: skip


def _unit(*columns: str) -> str:
    told = [found[2].lower() for column in columns for pattern in (_TARGET, _RESPONSE)
            if (found := pattern.match(column)) and found[2]]  # fmt: skip
    return told[0] if told else "deg"


def _number(cell: str) -> float:
    try:
        return float(cell.replace(",", ".")) if cell.count(",") == 1 and "." not in cell else float(cell)
    except ValueError:
        return float("nan")


def _recording(
    name: str,
    path: Path,
    held: Mapping[str, Sequence[float]],
    unit: str,
    *,
    conditions: Mapping[str, str] | None = None,
    problems: tuple[Problem, ...] = (),
    details: Mapping[str, str] | None = None,
) -> Recording:
    trials = max(len(values) for values in held.values())
    values = np.full((trials, len(held), 1), np.nan)
    for i, series in enumerate(held.values()):
        values[: len(series), i, 0] = series
    stream = Stream(
        kind=Kind.ANALOG, channels=tuple(held), time_s=np.arange(float(trials)), values=values, unit=unit,
        frame=Frame(name="judged position"),
    )  # fmt: skip
    return Recording(
        id=name, source=str(path), streams={FILED: stream}, task="jps", problems=problems, details=details or {},
        conditions=conditions or {}, history=(Step(what="read", settings={"format": "judgements"}),),
    )  # fmt: skip


def _unread(path: Path, count: int) -> Problem:
    return Problem(
        what=f"{count} trial{'s' if count != 1 else ''} could not be read as numbers and were left out.",
        where=path.name, do="Write a number in both columns of every trial.",
    )  # fmt: skip


READER = Judgements()
