"""The --map file: what the columns of a table are, in the user's words. Built-in layouts are written in the same words.

See docs/mapping.md for the words and for examples.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np

from poise.errors import BadMapping
from poise.model import Kind
from poise.model.conditions import faults

Column = str | int
"""A column by its name, or by its number counted from 1; 0 stands for an axis that is zero throughout."""

# Unit as people write it → the unit Poise keeps, and the factor to it.
UNITS: Mapping[str, tuple[str, float]] = {
    "m": ("m", 1.0), "cm": ("m", 0.01), "mm": ("m", 0.001), "in": ("m", 0.0254), "ft": ("m", 0.3048),
    "m/s2": ("m/s²", 1.0), "m/s^2": ("m/s²", 1.0), "m/s²": ("m/s²", 1.0), "m.s-2": ("m/s²", 1.0),
    "mm/s2": ("m/s²", 0.001), "mm/s²": ("m/s²", 0.001), "g": ("m/s²", 9.80665), "mg": ("m/s²", 0.00980665),
    "rad/s": ("rad/s", 1.0), "deg/s": ("rad/s", np.pi / 180.0), "°/s": ("rad/s", np.pi / 180.0),
    "dps": ("rad/s", np.pi / 180.0), "mdps": ("rad/s", np.pi / 180e3),
    "n": ("N", 1.0), "kn": ("N", 1000.0), "lbf": ("N", 4.4482216152605), "kgf": ("N", 9.80665),
    "nm": ("N·m", 1.0), "n.m": ("N·m", 1.0), "n·m": ("N·m", 1.0), "n m": ("N·m", 1.0), "n*m": ("N·m", 1.0),
    "nmm": ("N·m", 0.001), "n.mm": ("N·m", 0.001), "n·mm": ("N·m", 0.001),
    "v": ("V", 1.0), "volts": ("V", 1.0), "mv": ("V", 1e-3), "uv": ("V", 1e-6), "µv": ("V", 1e-6), "μv": ("V", 1e-6),
    "deg": ("deg", 1.0), "degrees": ("deg", 1.0), "°": ("deg", 1.0), "rad": ("deg", 180.0 / np.pi),
    "ut": ("µT", 1.0), "µt": ("µT", 1.0), "mt": ("µT", 1000.0), "gauss": ("µT", 100.0), "mgauss": ("µT", 0.1),
    "w": ("W", 1.0), "px": ("px", 1.0), "pixel": ("px", 1.0), "1": ("1", 1.0), "%": ("1", 0.01),
    "count": ("count", 1.0),
    "s": ("s", 1.0), "sec": ("s", 1.0), "ms": ("s", 1e-3), "us": ("s", 1e-6), "µs": ("s", 1e-6), "ns": ("s", 1e-9),
    "min": ("s", 60.0),
}  # fmt: skip
DELIMITERS: Mapping[str, str | None] = {
    "tab": "\t", "comma": ",", "semicolon": ";", "space": None, "white space": None, "\t": "\t", ",": ",", ";": ";",
    "|": "|", " ": None,
}  # fmt: skip
WORDS = {
    "name", "about", "task", "delimiter", "decimal", "header_row", "header_rows", "data_row", "rate_hz",
    "assume_rate_hz", "time", "time_unit", "frame", "up", "view", "ap_axis", "ml_axis", "signal", "landmarks",
    "person", "sensors", "conditions", "recognise", "refuse", "do", "find", "problem", "width_px", "height_px",
    "follow", "pose_model",
}  # fmt: skip
SIGNAL_WORDS = {
    "kind",
    "stream",
    "unit",
    "channels",
    "columns",
    "pattern",
    "names",
    "axes",
    "frame",
    "up",
    "optional",
    "first_only",
}


@dataclass(frozen=True, kw_only=True)
class Signals:
    """Columns of one kind: either `channels` (channel → its columns, one an axis), or a `pattern` over column names.

    A pattern has the group ``channel``, and ``axis`` where a channel has several columns; its axes come in the order
    of `axes`, and the letter ``v`` among them is the confidence. `names` are the channels of a table without header,
    in order, `axes` columns each. With `first_only`, a column whose name stood before is left out.
    """

    kind: Kind
    stream: str = ""
    unit: str = ""
    channels: tuple[tuple[str, tuple[Column, ...]], ...] = ()
    pattern: str = ""
    names: tuple[str, ...] = ()
    axes: str = "xyz"
    frame: str = ""
    up: str | None = None
    optional: bool = False
    first_only: bool = False


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How a table is laid out; every field may be left to be found out from the file."""

    name: str = "text table"
    task: str = "unknown"
    delimiter: str | None = ""
    decimal_comma: bool | None = None
    header_row: int | None = None
    header_rows: int = 1
    data_row: int | None = None
    rate_hz: float | None = None
    assumed_rate_hz: float | None = None
    time: Column | None = None
    time_unit: str = ""
    frame: str = "laboratory"
    up: str | None = None
    view: str = "3d"
    axes: tuple[tuple[str, str], ...] = ()
    signals: tuple[Signals, ...] = ()
    find: Mapping[str, str] = field(default_factory=dict)
    recognise: Mapping[str, Any] = field(default_factory=dict)
    refuse: str = ""
    do: str = ""
    problem: str = ""

    @property
    def shape_words(self) -> tuple[object, ...]:
        """What is said of how the table looks; two layouts that say the same see the same table."""
        return (
            self.delimiter, self.decimal_comma, self.header_row, self.header_rows, self.data_row,
        )  # fmt: skip


def load(path: Path) -> Mapping[str, object]:
    """The words of a --map file, checked.

    Raises
    ------
    BadMapping
        The file is not there, is no TOML, or says something that cannot be used; all faults at once.
    """
    try:
        told = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise BadMapping(f"The mapping '{path}' cannot be opened.", found=str(error)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadMapping(f"The mapping '{path.name}' is not valid TOML.", found=str(error), do=_SEE) from error
    layout(told, where=path.name)
    return told


_SEE = "The words and examples stand in docs/mapping.md."


def landmarks(told: Mapping[str, object]) -> dict[str, str]:
    """The file's own point labels → the body's points of `poise.model.body`, from ``[landmarks]``."""
    names = told.get("landmarks")
    return {str(own): str(point) for own, point in names.items()} if isinstance(names, Mapping) else {}


def conditions(told: Mapping[str, object], *names: str) -> dict[str, str]:
    """The conditions that ``[conditions]`` gives a recording known by these names (its id, its file's name).

    What stands there by itself is said of every file; a table inside is said of those that its pattern names:
    ``[conditions."*_closed*"]``. The later and narrower word wins.
    """
    given = told.get("conditions")
    if not isinstance(given, Mapping):
        return {}
    said = {str(name): str(value) for name, value in given.items() if not isinstance(value, Mapping)}
    for pattern, narrower in given.items():
        if isinstance(narrower, Mapping) and any(fnmatchcase(name, str(pattern)) for name in names):
            said |= {str(name): str(value) for name, value in narrower.items()}
    return said


def _condition_faults(told: Mapping[str, Any]) -> list[str]:
    given = told.get("conditions", {})
    if not isinstance(given, Mapping):
        return ["conditions is no table: write [conditions]"]
    tables = [each for each in given.values() if isinstance(each, Mapping)]
    flat = {name: value for name, value in given.items() if not isinstance(value, Mapping)}
    return [f"conditions: {fault}" for one in (flat, *tables) for fault in faults({k: str(v) for k, v in one.items()})]


def rate_hz(told: Mapping[str, object]) -> float | None:
    """The sampling rate that the mapping gives; None where it gives none."""
    rate = told.get("rate_hz")
    return float(rate) if isinstance(rate, int | float) and 0 < rate < 1e6 else None


def layout(told: Mapping[str, Any], *, where: str) -> Layout:
    """A layout from the words of a mapping.

    Raises
    ------
    BadMapping
        With all faults of the mapping.
    """
    wrong = [f"'{word}' is no word of a mapping" for word in told if word not in WORDS] + _condition_faults(told)
    given = told.get("signal", [])
    listed = given if isinstance(given, list) else [given]
    signals = [found for number, one in enumerate(listed, 1) if (found := _signals(one, number, wrong))]
    rate = told.get("rate_hz")
    if rate is not None and rate_hz(told) is None:
        wrong.append(f"rate_hz is {rate!r}, not a rate above 0")
    delimiter = told.get("delimiter", "")
    if delimiter and delimiter not in DELIMITERS:
        wrong.append(f"delimiter is {delimiter!r}, not tab, comma, semicolon or space")
    if told.get("time_unit", "s") not in (*UNITS, "samples", "minutes and milliseconds"):
        wrong.append(f"time_unit is {told.get('time_unit')!r}, not s, ms, us or samples")
    for word in ("up",):
        if told.get(word) is not None and not re.fullmatch(r"[-+][xyz]", str(told[word])):
            wrong.append(f"{word} is {told[word]!r}, not one of +x -x +y -y +z -z")
    if wrong:
        raise BadMapping(f"The mapping '{where}' cannot be used.", found="; ".join(wrong) + ".", do=_SEE)
    return Layout(
        name=str(told.get("name", "text table")),
        task=str(told.get("task", "unknown")),
        delimiter=DELIMITERS[delimiter] if delimiter else "",
        decimal_comma=None if "decimal" not in told else told["decimal"] == ",",
        header_row=told.get("header_row"),
        header_rows=int(told.get("header_rows", 1)),
        data_row=told.get("data_row"),
        rate_hz=rate_hz(told),
        assumed_rate_hz=told.get("assume_rate_hz"),
        time=told.get("time"),
        time_unit=str(told.get("time_unit", "")),
        frame=str(told.get("frame", "laboratory")),
        up=told.get("up"),
        view=str(told.get("view", "3d")),
        axes=tuple((word, str(told[word])) for word in ("ap_axis", "ml_axis") if word in told),
        signals=tuple(signals),
        find=told.get("find", {}),
        recognise=told.get("recognise", {}),
        refuse=str(told.get("refuse", "")),
        do=str(told.get("do", "")),
        problem=str(told.get("problem", "")),
    )


def _signals(told: Any, number: int, wrong: list[str]) -> Signals | None:
    where = f"signal {number}"
    if not isinstance(told, Mapping):
        wrong.append(f"{where} is no table: write [[signal]]")
        return None
    wrong += [f"{where}: '{word}' is no word of a signal" for word in told if word not in SIGNAL_WORDS]
    try:
        kind = Kind(told.get("kind", ""))
    except ValueError:
        wrong.append(f"{where}: kind is {told.get('kind')!r}, not one of {', '.join(Kind)}")
        return None
    unit = str(told.get("unit", ""))
    if unit and unit.lower() not in UNITS:
        wrong.append(f"{where}: unit {unit!r} is not known (known: {', '.join(UNITS)})")
    pattern = str(told.get("pattern", ""))
    if pattern and (fault := _pattern_fault(pattern)):
        wrong.append(f"{where}: pattern {fault}")
    if not (pattern or told.get("channels") or told.get("columns") or told.get("names")):
        wrong.append(f"{where} names no columns: give channels, columns or pattern")
    return Signals(
        kind=kind,
        stream=str(told.get("stream", "")),
        unit=unit,
        channels=_channels(told, where, wrong),
        pattern=pattern,
        names=tuple(str(name) for name in told.get("names", ())),
        axes=str(told.get("axes", "xyz")),
        frame=str(told.get("frame", "")),
        up=told.get("up"),
        optional=bool(told.get("optional", False)),
        first_only=bool(told.get("first_only", False)),
    )


def _channels(told: Mapping[str, Any], where: str, wrong: list[str]) -> tuple[tuple[str, tuple[Column, ...]], ...]:
    """`channels.left_foot = ["ax", "ay", "az"]`, or `columns = ["RF", "BF"]` for one column a channel."""
    columns = told.get("columns", [])
    channels: dict[str, Any] = {str(name): name for name in columns} if isinstance(columns, Sequence) else {}
    given = told.get("channels", {})
    channels |= given if isinstance(given, Mapping) else {}
    found = []
    for channel, one in channels.items():
        several = one if isinstance(one, list) else [one]
        if not all(isinstance(column, str | int) for column in several) or not several:
            wrong.append(f"{where}: the columns of {channel} are neither names nor numbers")
            continue
        found.append((str(channel), tuple(several)))
    return tuple(found)


def _pattern_fault(pattern: str) -> str:
    try:
        groups = re.compile(pattern).groupindex
    except re.error as error:
        return f"{pattern!r} is no regular expression ({error})"
    return "" if "channel" in groups else f"{pattern!r} has no group (?P<channel>…)"
