"""Conditions of a recording that a data set keeps outside of it: in the file's name, or in a table beside it.

Which data sets, and how, is data (`facts.toml`). Only conditions are read, and the code by which a set tells its people
apart: recordings of one code are of one person.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import lzma
import re
import tomllib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TextIO

from poise.model import Recording
from poise.model.conditions import faults

KNOWN = Path(__file__).with_suffix(".toml")
MOST_LINES = 200_000
_OPENERS = {".gz": gzip.open, ".xz": lzma.open, ".bz2": bz2.open}


def with_facts(
    recordings: Sequence[Recording], path: Path, told: Mapping[str, object] | None = None
) -> tuple[Recording, ...]:
    """The recordings of a file with the conditions that its data set says; what they hold already wins.

    The user's word on which axis points forward and which sideways (``ap_axis``, ``ml_axis`` of the mapping) goes into
    the details whatever the format.
    """
    axes = {word: str(told[word]) for word in ("ap_axis", "ml_axis") if told and word in told}
    return tuple(_informed(_with_axes(recording, axes), path) for recording in recordings)


def _with_axes(recording: Recording, axes: Mapping[str, str]) -> Recording:
    return replace(recording, details={**recording.details, **axes}) if axes else recording


def _informed(recording: Recording, path: Path) -> Recording:
    told: dict[str, str] = {}
    for facts in _facts():
        if recording.details.get("format") in facts["format"]:
            told |= _from_name(facts, recording.id) if "name" in facts else _from_table(facts, recording.id, path)
    subject = recording.subject or told.pop("subject", "")
    task = told.pop("task", "unknown") if recording.task == "unknown" else recording.task
    good = {name: value for name, value in told.items() if not any(faults({name: value}))}
    return replace(recording, conditions={**good, **recording.conditions}, subject=subject, task=task)


@cache
def _facts() -> tuple[Mapping[str, Any], ...]:
    told = tomllib.loads(KNOWN.read_text("utf-8"))
    return tuple({**each, "words": told["words"]} for each in told["facts"])


def _from_name(facts: Mapping[str, Any], name: str) -> dict[str, str]:
    found = re.fullmatch(facts["name"], name)
    return _worded(facts, found.groupdict()) if found else {}


def _from_table(facts: Mapping[str, Any], name: str, path: Path) -> dict[str, str]:
    """The line of the recording in the set's table, which lies beside the file or one folder above."""
    for folder in (path.absolute().parent, path.absolute().parent.parent):
        for table in sorted(folder.glob(f"{facts['table']}.*")):
            lines = _lines(table, facts["key"], tuple(facts["columns"].items()))
            if name in lines:
                return _worded(facts, lines[name])
    return {}


def _worded(facts: Mapping[str, Any], raw: Mapping[str, str | None]) -> dict[str, str]:
    told = {name: facts["words"].get(value, value) for name, value in raw.items() if value}
    if "movement" in told:
        told |= facts["movements"].get(told.pop("movement"), {})
    if "subject" in told:
        told["subject"] = facts.get("code", "{}").format(told["subject"])
    return told


@lru_cache(maxsize=4)
def _lines(table: Path, key: str, columns: tuple[tuple[str, str], ...]) -> Mapping[str, Mapping[str, str]]:
    """Of every recording its conditions; empty where the table cannot be read or has other columns."""
    try:
        with _opened(table) as text:
            rows = csv.DictReader(text, delimiter="\t" if ".tsv" in table.name or ".txt" in table.name else ",")
            return {
                row[key]: {name: row[column] for name, column in columns}
                for row, _ in zip(rows, range(MOST_LINES), strict=False)
            }
    except (OSError, EOFError, UnicodeError, KeyError, TypeError, csv.Error, lzma.LZMAError, zlib.error):
        return {}


def _opened(table: Path) -> TextIO:
    opener = _OPENERS.get(table.suffix.lower(), open)
    return opener(table, "rt", encoding="utf-8", newline="")  # type: ignore[operator, no-any-return]
