"""The raster of muscle activity: a row a muscle in order of firing, its envelope, its bursts, and when each began."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from poise.documents.charts import Scale, svg
from poise.documents.markup import Markup, tag
from poise.documents.section import Picture, Section, Table
from poise.documents.words import counted, figure, muscle_words
from poise.model import Assessment, Burst, Measurement, Series, Side

ENVELOPE = "emg.envelope."
SHOWN_S = 6.0
BEFORE_S = 0.3
MOST_POINTS = 500
MOST_ROWS = 16
WIDTH, LEFT, RIGHT, TOP, ROW = 860, 176, 76, 40, 40
WITHOUT_ORDER = frozenset({"walk"})
TOGETHER_S = 1.0
"""Onsets of one movement lie this near to each other; what begins later belongs to the next (design)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Row:
    """One muscle of one side: its activity, and its first onset in the shown stretch (NaN where it had none)."""

    muscle: str
    side: Side | None
    bursts: tuple[Burst, ...]
    envelope: Series | None
    first_s: float
    unsure: bool


def muscles(assessment: Assessment) -> Section | None:
    """The section of the muscles; None where no muscle was measured."""
    if not assessment.bursts and not any(each.series.startswith(ENVELOPE) for each in assessment.series):
        return None
    start_s, end_s = _window(assessment)
    rows = _rows(assessment, start_s, end_s)
    if assessment.task in WITHOUT_ORDER:
        # A walk has no first muscle: where each works in the stride is told by its curve.
        rows = [replace(row, first_s=math.nan, unsure=False) for row in sorted(rows, key=_by_name)]
    zero_s = min((row.first_s for row in rows if math.isfinite(row.first_s)), default=math.nan)
    said = _said(rows, zero_s) if assessment.task not in WITHOUT_ORDER else (
        f"{counted(len(rows), 'muscle', 'muscles')} over some seconds of the walk."
    )  # fmt: skip
    unsure = any(row.unsure for row in rows)
    fired = sum(math.isfinite(row.first_s) for row in rows)
    left_out = len(_every(assessment)) - len(rows)
    return Section(
        title="Which muscle works when",
        lead=said,
        pictures=(
            Picture(alternative=said, drawing=_raster(rows, start_s, end_s, zero_s, said), layout="wide"),
        ),
        table=_table(assessment),
        notes=tuple(filter(None, (
            "Grey: how strongly each muscle works, by its own largest. Bars: when it is on. "
            + ("The first to begin is on top; a dot marks where each begins, in thousandths of a second (ms) after the "
               "first." if math.isfinite(zero_s) else ""),
            "A hollow dot is uncertain: two ways of finding it differ by more than 0.03 s." if unsure else "",
            "Another order than a textbook's is no fault by itself: healthy people differ." if fired > 1 else "",
            f"{left_out} more are in the table of measures." if left_out > 0 else "",
        ))),
    )  # fmt: skip


COLUMNS: tuple[tuple[str, str], ...] = (
    ("Begins", "onset"), ("Times on", "burst_count"), ("Time on", "active_share"), ("Level", "amplitude"),
    ("Over rest", "snr"), ("Place in the order", "order"),
)  # fmt: skip


def _table(assessment: Assessment) -> Table | None:
    """A line for each muscle with what people ask of it; columns that hold nothing are left out."""
    held = {(each.measure, each.side): each for each in assessment.measurements if each.measure.startswith("emg.")}
    every = _every(assessment)
    lines = [
        tuple(_cell(held.get((f"emg.{name}.{_spelled(muscle)}", side))) for _, name in COLUMNS)
        for muscle, side in every
    ]
    shown = [k for k in range(len(COLUMNS)) if any(line[k] for line in lines)]
    if not shown:
        return None
    return Table(
        head=("Muscle", *(COLUMNS[k][0] for k in shown)),
        rows=tuple(
            (f"{muscle_words(muscle)}{f' ({side})' if side else ''}", *(line[k] for k in shown))
            for (muscle, side), line in zip(every, lines, strict=True)
        ),
        numeric=frozenset(range(1, len(shown) + 1)),
    )


def _cell(measured: Measurement | None) -> str:
    return figure(measured.value, measured.unit) if measured is not None else ""


def _by_name(row: _Row) -> tuple[int, str, str]:
    """Channels that are numbers in their order, muscles by name."""
    number = int(row.muscle) if row.muscle.isdigit() else 0
    return (number, row.muscle, row.side or "")


def _every(assessment: Assessment) -> list[tuple[str, Side | None]]:
    """Every muscle of every side once; a channel nobody knows is the same however its label is spelled."""
    held = {(_spelled(each.muscle), each.side): each.muscle for each in assessment.bursts}
    for each in assessment.series:
        if each.series.startswith(ENVELOPE):
            muscle = each.series.removeprefix(ENVELOPE)
            held.setdefault((_spelled(muscle), each.side), muscle)
    return [(muscle, side) for (_, side), muscle in held.items()]


def _spelled(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _window(assessment: Assessment) -> tuple[float, float]:
    """From just before the first movement that most muscles took part in."""
    onsets = sorted(burst.onset_s for burst in assessment.bursts)
    if not onsets:
        envelope = next(each for each in assessment.series if each.series.startswith(ENVELOPE))
        return envelope.start_s, envelope.start_s + min(SHOWN_S, len(envelope.values) / envelope.rate_hz)
    counts = [len({b.muscle for b in assessment.bursts if at <= b.onset_s < at + TOGETHER_S}) for at in onsets]
    start_s = onsets[int(np.argmax(counts))] - BEFORE_S
    last_s = max([burst.offset_s for burst in assessment.bursts if math.isfinite(burst.offset_s)], default=start_s)
    return start_s, min(start_s + SHOWN_S, max(last_s + BEFORE_S, start_s + 1.0))


def _rows(assessment: Assessment, start_s: float, end_s: float) -> list[_Row]:
    rows = [_row(assessment, muscle, side, start_s, end_s) for muscle, side in _every(assessment)]
    rows.sort(key=lambda row: (not math.isfinite(row.first_s), row.first_s))
    return rows[:MOST_ROWS]


def _row(assessment: Assessment, muscle: str, side: Side | None, start_s: float, end_s: float) -> _Row:
    own = [burst for burst in assessment.bursts if burst.muscle == muscle and burst.side == side]
    inside = tuple(b for b in own if b.onset_s < end_s and not b.offset_s < start_s)
    envelope = next((e for e in assessment.series if _is_of(e, muscle, side)), None)
    # A muscle that was on when the recording began has no onset there.
    earliest_s = max(start_s, envelope.start_s + 0.5 / envelope.rate_hz if envelope is not None else start_s)
    begun = [b for b in inside if earliest_s < b.onset_s < start_s + BEFORE_S + TOGETHER_S]
    first = min(begun, key=lambda b: b.onset_s, default=None)
    return _Row(
        muscle=muscle, side=side, bursts=inside, envelope=envelope, first_s=first.onset_s if first else math.nan,
        unsure=first.uncertain if first else False,
    )  # fmt: skip


def _is_of(series: Series, muscle: str, side: Side | None) -> bool:
    named = series.series.removeprefix(ENVELOPE)
    return named != series.series and series.side == side and _spelled(named) == _spelled(muscle)


def _said(rows: Sequence[_Row], zero_s: float) -> str:
    fired = [row for row in rows if math.isfinite(row.first_s)]
    if not fired:
        return "No muscle was found to begin in the part that is shown."
    told = [f"{_name(row)} {_later(row, zero_s)}{' (uncertain)' if row.unsure else ''}" for row in fired[1:]]
    first = f"{_name(fired[0])} begins"
    return f"{first}; then {', '.join(told)}." if told else f"{first} at {fired[0].first_s:.2f} s."


def _name(row: _Row) -> str:
    return f"{muscle_words(row.muscle)}{f' ({row.side})' if row.side else ''}"


def _later(row: _Row, zero_s: float) -> str:
    return _milliseconds(row, zero_s) if row.first_s > zero_s + 0.0005 else "at the same time"


def _milliseconds(row: _Row, zero_s: float) -> str:
    after = 1000 * (row.first_s - zero_s)
    return f"+{after:.0f} ms" if after > 0 else "first"


def _raster(rows: Sequence[_Row], start_s: float, end_s: float, zero_s: float, said: str) -> Markup:
    height = TOP + ROW * len(rows) + 30
    x = Scale(low=start_s, high=end_s, start=LEFT, end=WIDTH - RIGHT)
    parts: list[Markup] = []
    for tick in x.ticks(8):
        parts.append(tag("line", x1=x(tick), x2=x(tick), y1=TOP, y2=TOP + ROW * len(rows), class_="grid"))
        parts.append(
            tag("text", f"{tick:g}", x=x(tick), y=TOP + ROW * len(rows) + 14, text_anchor="middle", class_="small")
        )
    for index, row in enumerate(rows):
        parts += _drawn(row, TOP + ROW * index, x, zero_s)
    parts += [
        tag("text", "Muscle", x=0, y=18, class_="title"),
        *([
            tag("text", "begins after", x=WIDTH, y=12, text_anchor="end", class_="small"),
            tag("text", "the first", x=WIDTH, y=26, text_anchor="end", class_="small"),
        ] if math.isfinite(zero_s) else []),
        tag("text", "time (s)", x=(LEFT + WIDTH - RIGHT) / 2, y=height - 3, text_anchor="middle", class_="small"),
    ]  # fmt: skip
    return svg(WIDTH, height, said, parts)


def _drawn(row: _Row, top: int, x: Scale, zero_s: float) -> Iterator[Markup]:
    floor = top + ROW - 6
    words = muscle_words(row.muscle)
    yield tag("text", words if len(words) < 27 else f"{words[:25]}…", x=0, y=floor - (12 if row.side else 6))
    if row.side:
        yield tag("text", row.side, x=0, y=floor + 1, class_="small")
    yield tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=floor, y2=floor, class_="axis")
    if row.envelope is not None and (area := _area(row.envelope, x, floor, ROW - 12)):
        yield tag("polygon", points=area, class_="envelope")
    style = {"right": "burstright"}.get(row.side or "", "burst")
    for burst in row.bursts:
        start = x(max(burst.onset_s, x.low))
        end = x(min(burst.offset_s if math.isfinite(burst.offset_s) else x.high, x.high))
        yield tag("rect", x=start, y=floor - 9, width=round(max(end - start, 1.0), 2), height=9, class_=style)
    if math.isfinite(row.first_s):
        yield tag("line", x1=x(row.first_s), x2=x(row.first_s), y1=top + 4, y2=floor, class_="onset")
        yield tag("circle", cx=x(row.first_s), cy=top + 6, r=4.5, class_="unsure" if row.unsure else "sure")
        yield tag("text", _milliseconds(row, zero_s), x=WIDTH, y=floor - 6, text_anchor="end")


def _area(envelope: Series, x: Scale, floor: int, height: int) -> str:
    time_s = envelope.start_s + np.arange(len(envelope.values)) / envelope.rate_hz
    shown = np.flatnonzero((time_s >= x.low) & (time_s <= x.high) & np.isfinite(envelope.values))
    shown = shown[:: max(1, len(shown) // MOST_POINTS)]
    if len(shown) < 2:
        return ""
    top = float(np.max(envelope.values[shown])) or 1.0
    points = [
        f"{x(float(time_s[k]))},{round(floor - height * max(float(envelope.values[k]), 0.0) / top, 2)}" for k in shown
    ]
    return " ".join([f"{x(float(time_s[shown[0]]))},{floor}", *points, f"{x(float(time_s[shown[-1]]))},{floor}"])
