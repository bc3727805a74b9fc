"""Tables of pose landmarks: a column for each coordinate of each point, a line a frame; series or single pictures."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from poise.errors import UnknownFormat
from poise.model import Frame, Kind, Problem, Recording, Stream
from poise.readers import clock, mapping, poses, text
from poise.readers.shape import split

COLUMN = re.compile(r"(?P<point>[A-Za-z]\w*?)[_.](?P<axis>x|y|z|v|c|visibility|score|confidence)", re.IGNORECASE)
TIME = re.compile(r"(time|t|timestamp)(_?(s|ms|sec|seconds))?", re.IGNORECASE)
FRAME = re.compile(r"(frame|frame_?(no|number|index|id)|index)", re.IGNORECASE)
LABEL = re.compile(r"(label|class|target|pose|name)", re.IGNORECASE)
KNOWN = frozenset((*poses.BLAZEPOSE, *poses.COCO, *poses.BODY_25))
LEAST_POINTS = 4


class LandmarkTable:
    """Columns `nose_x, nose_y, nose_z, nose_v, …` with a time, frame number or label; or ML Kit's table of pictures.

    A table whose lines carry a label and no time is a set of single pictures: it is read with all times 0 (so it has no
    rate and no duration), its labels as numbers in ``analog.label`` (their words in `details`), and a problem that says
    it is not a series. Nothing that needs time can be measured in it.
    """

    name = "landmark table"
    suffixes = (".csv", ".tsv", ".txt")

    def sniff(self, path: Path, head: bytes) -> bool:
        """By the names of points in the first line, or by a line of two words and 99 numbers."""
        first = text.decoded(head[:4096]).split("\n", 1)[0].strip()
        if _delimiter(first) is None:
            return False
        return len(_columns(split(first, _delimiter(first)))) >= LEAST_POINTS or _is_ml_kit(first)

    def read(self, path: Path, mapping: Mapping[str, object]) -> Sequence[Recording]:
        """One recording with a `landmarks` stream."""
        raw = text.read_bytes(path)
        first = text.head_lines(raw, 1)[0].strip()
        delimiter = _delimiter(first)
        header = split(first, delimiter)
        if _is_ml_kit(first):
            block, labels = raw, 1
            columns = {name: {a: 2 + 3 * i + k for k, a in enumerate("xyz")} for i, name in enumerate(poses.BLAZEPOSE)}
        else:
            block, columns = text.after_lines(raw, 1), _columns(header)
            labels = next((i for i, name in enumerate(header) if LABEL.fullmatch(name)), -1)
        if len(columns) < LEAST_POINTS:
            raise UnknownFormat(f"'{path.name}' has no columns of landmarks.")
        times = next((i for i, name in enumerate(header) if TIME.fullmatch(name)), -1)
        used = [i for axes in columns.values() for i in axes.values()] + [times] * (times >= 0)
        found = text.numbers(block, used, delimiter=delimiter, where=path.name)
        values = found.values[:, : len(used) - (times >= 0)]
        points, confidence = _points(columns, values)
        given = found.values[:, -1] if times >= 0 else None
        stills = labels >= 0 and not any(FRAME.fullmatch(name) for name in header)
        ticks, told = _clock(path, given, len(values), mapping, stills=stills)
        size_px = poses.size_px(mapping)
        unit = poses.unit_by_size(points, size_px)
        stream, doubts = poses.stream(
            tuple(columns),
            ticks.time_s,
            ticks.samples(points),
            unit=unit,
            size_px=size_px,
            confidence=None if confidence is None else ticks.samples(confidence),
            where=path.name,
        )
        doubts += [poses.guessed_metres(path.name)] if unit == "m" else []
        streams = {Kind.LANDMARKS.value: stream}
        words: dict[str, str] = {}
        if labels >= 0:
            streams["analog.label"], words = _labels(block, delimiter, labels, stream, ticks)
        return (
            Recording(
                id=path.stem,
                source=str(path),
                streams=streams,
                problems=(*found.problems, *ticks.problems, *told, *doubts),
                details={"format": self.name, **poses.details([stream]), **words},
            ),
        )


def _delimiter(line: str) -> str | None:
    return next((cell for cell in (",", ";", "\t") if line.count(cell) >= 2 * LEAST_POINTS), None)


def _columns(header: Sequence[str]) -> dict[str, dict[str, int]]:
    """Point → axis → column, for points that pose models know by name."""
    found: dict[str, dict[str, int]] = {}
    for i, name in enumerate(header):
        match = COLUMN.fullmatch(name)
        if match and match["point"].lower() in KNOWN:
            axis = match["axis"].lower()
            found.setdefault(match["point"].lower(), {})["v" if len(axis) > 1 or axis == "c" else axis] = i
    return {point: axes for point, axes in found.items() if "x" in axes and "y" in axes}


def _is_ml_kit(line: str) -> bool:
    cells = line.split(",")
    return len(cells) == 2 + 99 and not _is_number(cells[0]) and not _is_number(cells[1]) and _is_number(cells[2])


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _points(columns: Mapping[str, Mapping[str, int]], values: text.Array) -> tuple[text.Array, text.Array | None]:
    place = iter(range(values.shape[1]))
    at = [{axis: next(place) for axis in axes} for axes in columns.values()]
    depth = "xyz" if any("z" in axes for axes in at) else "xy"
    absent = np.full(len(values), np.nan)
    points = np.stack(
        [np.stack([values[:, axes[a]] if a in axes else absent for a in depth], axis=1) for axes in at], axis=1
    )
    if not any("v" in axes for axes in at):
        return points, None
    sure = np.stack([values[:, axes["v"]] if "v" in axes else absent for axes in at], axis=1)
    clipped: text.Array = np.clip(sure, 0.0, 1.0)
    return points, clipped


def _clock(
    path: Path, times: text.Array | None, count: int, told: Mapping[str, object], *, stills: bool
) -> tuple[clock.Clock, list[Problem]]:
    rate_hz = mapping.rate_hz(told)
    if rate_hz:
        return clock.from_rate(count, rate_hz), []
    if times is not None:
        steps = np.diff(times[np.isfinite(times)])
        # Frames of video come 2 to 500 ms apart.
        return clock.from_times(times * (1e-3 if len(steps) and np.median(steps) > 1.5 else 1.0), where=path.name), []
    if not stills:
        raise UnknownFormat(
            f"'{path.name}' holds {count} frames of landmarks, but neither times nor a frame rate.",
            do="Give the rate of the video with --map FILE.toml, in which stands one line: rate_hz = 30",
        )
    still = clock.Clock(time_s=np.zeros(count), rows=np.arange(count))
    what = (
        f"Not a time series: the table holds {count} single pictures with a label; nothing that needs time is measured."
    )
    return still, [Problem(what=what, where=path.name, do="If it is a series, give its rate with --map: rate_hz = 30")]


def _labels(
    block: bytes, delimiter: str | None, column: int, landmarks: Stream, ticks: clock.Clock
) -> tuple[Stream, dict[str, str]]:
    """The label of each line as a number, and what the numbers stand for."""
    cell = (delimiter or ",").encode()
    lines = [line for line in block.split(b"\n") if line.strip()]
    found = [
        text.decoded(cells[column]).strip('" ') if len(cells := line.split(cell, column + 1)) > column else ""
        for line in lines
    ]
    words = sorted(set(found))
    codes = {word: float(i) for i, word in enumerate(words)}
    numbers = np.full((len(ticks.rows), 1, 1), np.nan)
    known = (ticks.rows >= 0) & (ticks.rows < len(found))
    numbers[known, 0, 0] = [codes[found[row]] for row in ticks.rows[known]]
    stream = Stream(
        kind=Kind.ANALOG,
        channels=("label",),
        time_s=landmarks.time_s,
        values=numbers,
        unit="1",
        frame=Frame(name="label"),
    )
    return stream, {"labels": ", ".join(f"{i} = {word}" for i, word in enumerate(words))[:500]}


READER = LandmarkTable()
