"""Delimited text of any layout: known ones by data (`layouts/*.toml`), clear ones by their headers, others by --map."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np

from poise.errors import BadMapping, UnknownFormat
from poise.model import Frame, Kind, Person, Problem, Recording, Stream
from poise.readers import clock, imu, looks, mapping, text
from poise.readers.mapping import UNITS, Layout, Signals
from poise.readers.shape import Shape, holds_table, shape

LAYOUTS = Path(__file__).parent / "layouts"
TIME_NAME = re.compile(
    r"(abs[_ ]?)?(time|t|zeit|tiempo|temps|tempo|timestamp|time[_ ]?stamp|time[_ ]?s|seconds|sec)", re.IGNORECASE
)
MOST_RAD_S = (8.0, 60.0)
"""Below, a rate is believed to be in rad/s; above, no sensor reads so much; between, nobody can know by size."""
INERTIAL = (Kind.ACCELERATION, Kind.ANGULAR_VELOCITY, Kind.MAGNETIC_FIELD)


class Delimited:
    """One line a sample, one column a signal; delimiter, decimal sign, header, units, time and rate are found out.

    What a file does not say is told as a problem where it has to be supposed (a unit by the size of its numbers, the
    rate of a layout that has none), and asked for where it cannot be.
    """

    name = "text table"
    suffixes = (".csv", ".txt", ".tsv", ".dat", ".asc")
    last_resort = True
    follows_mapping = True

    def sniff(self, path: Path, head: bytes) -> bool:
        """Text with lines of numbers in it."""
        if not looks.is_text(head) or head.lstrip()[:1] in (b"{", b"[", b"<"):
            return False
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            head = head.decode("utf-16", "replace").encode()
        last = head.rfind(b"\n")
        whole = head[:last] if len(head) >= 4096 and last > 0 else head
        return holds_table(text.decoded(whole.replace(b"\r\n", b"\n").replace(b"\r", b"\n")))

    def read(self, path: Path, mapping: Mapping[str, object]) -> Sequence[Recording]:
        """One recording; `mapping` goes before what the file seems to be."""
        raw = text.read_bytes(path)
        layout, form = _layout(path, raw, mapping)
        if layout.refuse:
            raise UnknownFormat(f"'{path.name}' is {layout.refuse}, not a recording.", do=layout.do)
        table = _Table(path=path, layout=layout, form=form, names=_names(layout, form), raw=raw)
        streams, problems, first_s = _streams(table)
        if not streams:
            raise _nothing(table)
        if layout.problem:
            problems = [Problem(what=layout.problem, where=path.name), *problems]
        return (
            Recording(
                id=path.stem,
                source=str(path),
                task=layout.task,
                streams=streams,
                person=_person(mapping),
                problems=tuple(problems),
                details={"format": layout.name, "first_time_s": f"{first_s:g}", **dict(layout.axes)},
            ),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Table:
    """A file, how it is laid out, and what its columns are called."""

    path: Path
    layout: Layout
    form: Shape
    names: tuple[str, ...]
    raw: bytes

    def column(self, wanted: mapping.Column) -> int | None:
        """The place of a column given by name or by number from 1."""
        if isinstance(wanted, int):
            return wanted - 1 if 1 <= wanted <= self.form.columns else None
        return self.names.index(wanted) if wanted in self.names else None


# ── which layout ──────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def _known_layouts() -> tuple[Mapping[str, Any], ...]:
    """The built-in layouts, the most particular first; `generic.toml` is for all others."""
    words = [
        tomllib.loads(file.read_text("utf-8")) for file in sorted(LAYOUTS.glob("*.toml")) if file.stem != "generic"
    ]
    flat = [one for file in words for one in file.get("layout", [file])]
    return tuple(sorted(flat, key=lambda one: -len(str(one["recognise"]))))


@cache
def _generic() -> Mapping[str, Any]:
    return tomllib.loads((LAYOUTS / "generic.toml").read_text("utf-8"))


def _layout(path: Path, raw: bytes, told: Mapping[str, Any]) -> tuple[Layout, Shape]:
    """The layout and the shape it gives the table: the user's, else the first known one, else what the header says."""
    if "signal" in told:
        own = mapping.layout(told, where="--map")
        return own, shape(raw, own, path.name)
    plain = mapping.layout(told, where="--map")
    form = shape(raw, plain, path.name)
    for words in _known_layouts():
        if _recognised(words["recognise"], path, form):
            known = mapping.layout({**words, **told}, where=str(words["name"]))
            return known, form if known.shape_words == plain.shape_words else shape(raw, known, path.name)
    return mapping.layout({**_generic(), **told}, where="generic"), form


def _recognised(signs: Mapping[str, Any], path: Path, form: Shape) -> bool:
    named = all(any(re.fullmatch(sign, name) for name in form.names) for sign in signs.get("header", ()))
    return (
        named
        and signs.get("columns", form.columns) == form.columns
        and (not signs.get("only") or len(signs["header"]) == len(form.names))
        and re.search(signs.get("path", ""), path.as_posix()) is not None
        and re.search(signs.get("head", ""), form.head[:20_000]) is not None
    )


def _names(layout: Layout, form: Shape) -> tuple[str, ...]:
    """Column names: those found in the text above the table where the layout says how, else the header's."""
    pattern = layout.find.get("names")
    found = re.findall(pattern, form.head) if pattern else []
    if len(found) == 1 and "\t" in found[0]:
        found = found[0].split("\t")
    names = [str(name).strip() for name in found] or list(form.names)
    return tuple(names[: form.columns])


# ── streams ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class _Part:
    """The columns of one channel: None for an axis that was not measured, −1 for one that is zero."""

    channel: str
    columns: tuple[int | None, ...]
    confidence: int | None = None


@dataclass(frozen=True, kw_only=True)
class _Group:
    """The channels of one stream, the columns its clock stands in, and the unit that other signals show it to have."""

    signals: Signals
    parts: tuple[_Part, ...]
    time: int | None
    shown_unit: str | None = None

    @property
    def columns(self) -> set[int]:
        """All columns that have to be read for it."""
        used = {column for part in self.parts for column in (*part.columns, part.confidence)}
        return {column for column in (*used, self.time) if column is not None and column >= 0}


def _streams(table: _Table) -> tuple[dict[str, Stream], list[Problem], float]:
    groups = list(_groups(table))
    if not groups:
        return {}, [], 0.0
    use = sorted(set().union(*(group.columns for group in groups)))
    found = text.numbers(
        text.after_lines(table.raw, table.form.data_line),
        use,
        delimiter=table.form.delimiter,
        where=table.path.name,
        decimal_comma=table.form.decimal_comma,
    )
    place = {column: i for i, column in enumerate(use)}
    problems = list(found.problems)
    made: dict[str, Stream] = {}
    clocks: dict[int | None, clock.Clock] = {}
    for group in groups:
        if group.time not in clocks:
            clocks[group.time] = _clock(table, found.values, group.time, place)
            problems += [p for p in clocks[group.time].problems if p not in problems]
        ticks = clocks[group.time]
        samples = ticks.samples(found.values)
        by_column = {c: samples[:, i] for c, i in place.items()}
        known = _with_rate_unit(group, groups, by_column, ticks.time_s)
        stream = _stream(table, known, by_column, ticks.time_s, problems)
        if stream is not None:
            _put(made, group.signals.stream or stream.kind, stream)
    return _oriented(made), problems, min((c.first_s for c in clocks.values()), default=0.0)


def _groups(table: _Table) -> Iterator[_Group]:
    """Every stream that the layout finds in the columns; a file with several time columns is read block by block."""
    times = _time_columns(table)
    borders = [*times, table.form.columns] if len(times) > 1 else [0, table.form.columns]
    taken: set[int] = set(times)
    for start, stop in pairwise(borders):
        time = start if len(times) > 1 else (times[0] if times else None)
        for signals in table.layout.signals:
            free = [i for i in range(start, stop) if i not in taken and table.form.numeric[i]]
            if signals.first_only:
                first = {name: i for i, name in reversed(list(enumerate(table.names)))}
                free = [i for i in free if i >= len(table.names) or first[table.names[i]] == i]
            if parts := tuple(_parts(table, signals, free)):
                group = _Group(signals=signals, parts=parts, time=time)
                taken |= group.columns
                yield group
    # A layout that says what each column is leaves the others out on purpose; else they are kept, unnamed.
    if table.layout.name == _generic()["name"] and times and len(times) == 1:
        rest = [
            i for i in range(table.form.columns) if i not in taken and table.form.numeric[i] and i < len(table.names)
        ]
        if rest:
            named = tuple(_Part(channel=table.names[i] or str(i + 1), columns=(i,)) for i in rest)
            yield _Group(signals=Signals(kind=Kind.ANALOG), parts=named, time=times[0])


def _parts(table: _Table, signals: Signals, free: Sequence[int]) -> Iterator[_Part]:
    for channel, wanted in signals.channels:
        columns = tuple(-1 if one == 0 else table.column(one) for one in wanted)
        if any(column is not None and column >= 0 for column in columns):
            yield _Part(channel=_place(channel, table.path), columns=columns)
        elif not signals.optional and not signals.pattern:
            raise BadMapping(
                f"'{table.path.name}' has no columns {', '.join(map(str, wanted))} for {signals.kind} of {channel}.",
                found=f"Its columns are {', '.join(table.names[:40]) or f'numbered 1 to {table.form.columns}'}.",
                do="Correct the names in the mapping; a column can be given by its number too.",
            )
    if signals.names:
        width = len(signals.axes)
        for i, name in enumerate(signals.names):
            columns = tuple(free[i * width : (i + 1) * width])
            if len(columns) == width:
                yield _Part(channel=name, columns=columns)
    if signals.pattern:
        yield from _matching(table, signals, free)


def _matching(table: _Table, signals: Signals, free: Sequence[int]) -> Iterator[_Part]:
    pattern = re.compile(signals.pattern)
    by_channel: dict[str, dict[str, int]] = {}
    for i in free:
        match = pattern.fullmatch(table.names[i]) if i < len(table.names) else None
        if match:
            axis = (match["axis"] or "").lower() if "axis" in pattern.groupindex else signals.axes[0]
            by_channel.setdefault(match["channel"] or "", {}).setdefault(axis, i)
    several = "axis" in pattern.groupindex
    for channel, axes in by_channel.items():
        columns = tuple(axes.get(axis) for axis in (signals.axes if several else signals.axes[0]))
        enough = sum(column is not None for column in columns) >= min(2, len(columns))
        if enough:
            yield _Part(channel=_place(channel or "sensor", table.path), columns=columns, confidence=axes.get("v"))


def _place(channel: str, path: Path) -> str:
    return channel.replace("{folder}", path.parent.name).replace("{file}", path.stem)


def _stream(
    table: _Table, group: _Group, samples: Mapping[int, text.Array], time_s: text.Array, problems: list[Problem]
) -> Stream | None:
    """The stream of a group from the samples of each column; None where nothing was recorded."""
    values = _values(group, samples, len(time_s))
    if not np.isfinite(values).any():
        return None
    unit, factor = _unit(table, group, values, problems)
    signals = group.signals
    inertial = signals.kind in INERTIAL
    return Stream(
        kind=signals.kind,
        channels=_unique([imu.place(p.channel) if inertial else p.channel for p in group.parts]),
        time_s=time_s,
        values=values if factor == 1.0 else values * factor,
        unit=unit,
        frame=_frame(signals, table.layout),
        confidence=_confidence(group, samples, len(time_s)),
    )


def _values(group: _Group, samples: Mapping[int, text.Array], count: int) -> text.Array:
    width = max(len(part.columns) for part in group.parts)
    values = np.full((count, len(group.parts), width), np.nan)
    for i, part in enumerate(group.parts):
        for axis, column in enumerate(part.columns):
            if column is not None:
                values[:, i, axis] = samples[column] if column >= 0 else 0.0
    return values


def _with_rate_unit(
    group: _Group, groups: Sequence[_Group], samples: Mapping[int, text.Array], time_s: text.Array
) -> _Group:
    """A gyroscope's columns with the unit that its accelerometer shows, where there is one and it shows it."""
    channels = [part.channel for part in group.parts]
    beside = (
        one for one in groups
        if one.signals.kind == Kind.ACCELERATION and one.time == group.time
        and [part.channel for part in one.parts] == channels
    )  # fmt: skip
    felt = next(beside, None)
    if group.signals.kind != Kind.ANGULAR_VELOCITY or group.signals.unit or felt is None or len(time_s) < 2:
        return group
    turning, pushing = _values(group, samples, len(time_s)), _values(felt, samples, len(time_s))
    if turning.shape[2] != 3 or pushing.shape[2] != 3:
        return group
    rate_hz = 1.0 / float(np.median(np.diff(time_s)))
    shown = {imu.rate_unit(pushing[:, i], turning[:, i], rate_hz) for i in range(len(channels))} - {None}
    return replace(group, shown_unit=shown.pop()) if len(shown) == 1 else group


def _frame(signals: Signals, layout: Layout) -> Frame:
    if signals.kind in INERTIAL:
        return Frame(name=signals.frame or "sensor", up=signals.up or (layout.up if layout.frame == "sensor" else None))
    view = cast("Literal['3d', 'sagittal', 'frontal', 'unknown']", layout.view)
    return Frame(name=signals.frame or layout.frame, up=signals.up or layout.up, view=view)


def _confidence(group: _Group, samples: Mapping[int, text.Array], count: int) -> text.Array | None:
    if all(part.confidence is None for part in group.parts):
        return None
    absent = np.full(count, np.nan)
    columns = [absent if part.confidence is None else samples[part.confidence] for part in group.parts]
    clipped: text.Array = np.clip(np.stack(columns, axis=1), 0.0, 1.0)
    return clipped


def _oriented(made: dict[str, Stream]) -> dict[str, Stream]:
    """Inertial streams whose up axis nobody gave, with the one that the mean acceleration shows."""
    acceleration = made.get(Kind.ACCELERATION)
    if acceleration is None:
        return made
    up = acceleration.frame.up
    if up is None and acceleration.values.shape[2] == 3:
        found = {imu.up_axis(acceleration.values[:, i]) for i in range(len(acceleration.channels))}
        up = found.pop() if len(found) == 1 else None
    return {
        key: replace(s, frame=replace(s.frame, up=up)) if s.kind in INERTIAL and s.frame.up is None else s
        for key, s in made.items()
    }


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    seen: Counter[str] = Counter()
    made = []
    for name in names:
        seen[name] += 1
        made.append(name if seen[name] == 1 else f"{name}.{seen[name]}")
    return tuple(made)


def _put(made: dict[str, Stream], key: str, stream: Stream) -> None:
    """File a stream under its key; one of the same kind on the same clock is widened by its channels."""
    there = made.get(key)
    same = there is not None and _alike(there, stream)
    if there is None or not same:
        made[_free_key(made, key)] = stream
        return
    values = np.concatenate([there.values, stream.values], axis=1)
    made[key] = replace(there, channels=(*there.channels, *stream.channels), values=values)


def _alike(one: Stream, other: Stream) -> bool:
    return (
        (one.unit, one.frame, one.values.shape[2]) == (other.unit, other.frame, other.values.shape[2])
        and one.confidence is None
        and other.confidence is None
        and not set(one.channels) & set(other.channels)
        and np.array_equal(one.time_s, other.time_s)
    )


def _free_key(taken: Mapping[str, Stream], key: str) -> str:
    return key if key not in taken else next(k for n in range(2, len(taken) + 3) if (k := f"{key}.{n}") not in taken)


# ── time ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _time_columns(table: _Table) -> list[int]:
    if table.layout.time is not None:
        column = table.column(table.layout.time)
        if column is None:
            raise BadMapping(
                f"'{table.path.name}' has no column {table.layout.time!r} for the time.",
                found=f"Its columns are {', '.join(table.names[:40]) or f'numbered 1 to {table.form.columns}'}.",
            )
        same = [i for i, name in enumerate(table.names) if name == table.layout.time]
        return same or [column]
    named = [i for i, name in enumerate(table.names) if TIME_NAME.fullmatch(name) and table.form.numeric[i]]
    return [i for i in named if table.names[i] == table.names[named[0]]]


def _clock(table: _Table, values: text.Array, column: int | None, place: Mapping[int, int]) -> clock.Clock:
    layout, where = table.layout, table.path.name
    declared_hz = layout.rate_hz or _found_number(table, "rate")
    # A rate that somebody gave counts the samples, unless the times are told to be used as well.
    if declared_hz and (column is None or layout.time_unit == "samples" or (layout.rate_hz and layout.time is None)):
        return clock.from_rate(len(values), declared_hz)
    if column is not None and layout.time_unit != "samples":
        times, doubt = _seconds(table, values[:, place[column]], column)
        if times is not None:
            ticks = clock.from_times(times, where=where, declared_hz=declared_hz)
            return replace(ticks, problems=(*ticks.problems, *doubt))
    if layout.assumed_rate_hz:
        supposed = f"{layout.assumed_rate_hz:g} Hz was supposed, the rate of {layout.name}"
        what = f"The file holds neither times nor a rate; {supposed}."
        doubt = [Problem(what=what, where=where, do="If its rate is another, say so with --map: rate_hz = …")]
        return replace(clock.from_rate(len(values), layout.assumed_rate_hz), problems=tuple(doubt))
    raise UnknownFormat(
        f"'{where}' is a table of numbers without a time in seconds or a sampling rate, so nothing can be timed in it.",
        found=f"Its columns are {', '.join(name for name in table.names[:12] if name) or 'not named'}"
        + (" …" if len(table.names) > 12 else "")
        + ".",
        do="If it is a recording, give its rate with --map (rate_hz = 100). A table of results cannot be analysed.",
    )


def _found_number(table: _Table, what: str) -> float | None:
    match = re.search(table.layout.find[what], table.form.head) if what in table.layout.find else None
    try:
        return float(match.group(1).replace(",", ".")) if match else None
    except ValueError:
        return None


def _seconds(table: _Table, times: text.Array, column: int) -> tuple[text.Array | None, list[Problem]]:
    """A time column in seconds; None where it only counts samples."""
    unit = (table.layout.time_unit or (table.form.units[column] if column < len(table.form.units) else "")).lower()
    if unit in UNITS and UNITS[unit][0] == "s":
        return times * UNITS[unit][1], []
    known = times[np.isfinite(times)]
    steps = np.diff(known)
    if len(steps) == 0:
        return times, []
    typical = float(np.median(steps))
    if len(known) > 2 and bool((known == np.rint(known)).all()) and typical == 1.0:
        return None, []
    # Nobody samples movement at less than 2 Hz or more than 100 kHz.
    factor, told = (
        (1.0, "")
        if typical <= 0.5
        else (1e-3, "ms")
        if typical < 500
        else (1e-6, "µs")
        if typical < 5e5
        else (1e-9, "ns")
    )
    if not told:
        return times, []
    what = f"The times were taken for {told} by the size of their steps ({typical:g})."
    return times * factor, [Problem(what=what, where=table.path.name, do="Say so with --map: time_unit = …")]


# ── units ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _unit(table: _Table, group: _Group, values: text.Array, problems: list[Problem]) -> tuple[str, float]:
    """The unit that Poise keeps and the factor to it: as told, as the header says, or by the size of the numbers."""
    kind, said = group.signals.kind, group.signals.unit
    columns = [c for part in group.parts for c in part.columns if c is not None and c >= 0]
    heads = {table.form.units[c].lower() for c in columns if c < len(table.form.units)} - {""}
    if not said and len(heads) == 1 and (head := heads.pop()) in UNITS:
        said = head
    if said:
        return UNITS[said.lower()]
    if kind in (Kind.LANDMARKS, Kind.EMG, Kind.ANALOG, Kind.MAGNETIC_FIELD):
        return "unknown", 1.0
    guess = group.shown_unit or _guess(kind, values, table.path.name)
    by = "how gravity turns with it" if group.shown_unit else "its size"
    what = f"The file does not say the unit of its {kind.replace('_', ' ')}; it was taken for {guess} by {by}."
    problems.append(Problem(what=what, where=table.path.name, do="Check it, or say so with --map: unit = …"))
    return UNITS[guess.lower()]


def _guess(kind: Kind, values: text.Array, where: str) -> str:
    size = np.abs(values[np.isfinite(values)])
    high = float(np.percentile(size, 99)) if size.size else 0.0
    if kind == Kind.ACCELERATION:
        # At rest, and on average in movement, an accelerometer reads one gravity.
        length = float(np.nanmedian(np.sqrt(np.nansum(values**2, axis=2))))
        return "g" if length < 3.0 else "m/s2" if length < 100.0 else "mg"
    if kind == Kind.ANGULAR_VELOCITY:
        # 70 rad/s is what the fastest sensors can read at all (4000 deg/s); people turn a foot at some 8 rad/s.
        if MOST_RAD_S[0] < high < MOST_RAD_S[1]:
            raise BadMapping(
                f"'{where}' does not say whether its angular velocity is in rad/s or deg/s, and it could be either.",
                found=f"Its numbers go up to {high:.3g}, and gravity does not show how far the sensor turned.",
                do='Say so with --map: unit = "deg/s" (or "rad/s") in its [[signal]] (docs/mapping.md).',
            )
        return "deg/s" if high >= MOST_RAD_S[1] else "rad/s"
    if kind in (Kind.MARKERS, Kind.CENTRE_OF_PRESSURE, Kind.MODEL_POINTS):
        return "m" if high < 5.0 else "cm" if high < 100.0 and kind == Kind.CENTRE_OF_PRESSURE else "mm"
    return {
        Kind.FORCE: "N",
        Kind.MOMENT: "Nm",
        Kind.JOINT_MOMENTS: "Nm",
        Kind.JOINT_POWERS: "W",
        Kind.ORIENTATION: "1",
    }.get(kind, "deg" if high > 2 * np.pi else "rad")


def _person(told: Mapping[str, Any]) -> Person:
    facts = told.get("person", {})
    try:
        return Person(**facts)
    except TypeError as error:
        raise BadMapping("The table [person] of the mapping cannot be used.", found=str(error)) from error


def _nothing(table: _Table) -> UnknownFormat:
    listed = ", ".join(name for name in table.names[:12] if name)
    return UnknownFormat(
        f"'{table.path.name}' is a table of numbers, but none of its columns is a signal that Poise knows.",
        found=f"Its columns are {listed or f'{table.form.columns} without names'}.",
        do="If it is a recording, say with --map FILE.toml which column is what (docs/mapping.md).",
    )


READER = Delimited()
