"""The strip of repetitions: the movement over time with its turning points, and a card for each repetition."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from poise.documents.charts import Panel, Scale, svg
from poise.documents.markup import Markup, tag
from poise.documents.section import Picture, Section, Table
from poise.documents.words import counted, figure, reading_words
from poise.model import Assessment, Fault, Part, Repetition, Series

MOST_CARDS = 12
MOST_ROWS = 60
MOST_POINTS = 1600
TRACE = Panel(width=860, height=240, left=52, right=12, top=44, bottom=34)
GOOD, FAIR = 0.8, 0.5
"""From here on a part of the quality is drawn as good, or as fair; the number stands beside it (design)."""
NEARLY_WHOLE = 0.95
"""A part above this held nothing back worth telling (design)."""
LEAST_APART = 18.0
"""Numbers nearer than this, px, would lie on each other."""
BAR_WIDTH = 230


def repetitions(assessment: Assessment) -> Section | None:
    """The section of the repetitions; None where none was found."""
    found = assessment.repetitions
    if not found:
        return None
    trace = [Picture(alternative=said, drawing=drawn, layout="wide") for said, drawn in _traces(assessment)]
    shown = found[:MOST_CARDS]
    return Section(
        title="Each repetition",
        lead=_lead(found),
        pictures=tuple(trace),
        cards=tuple(_card(each) for each in shown),
        table=Table(
            head=("Repetition", "Range", "Time", "Quality", "Held back by", "Seen"),
            rows=tuple(_row(each) for each in found[:MOST_ROWS]), numeric=frozenset({1, 2, 3}),
        ),
        notes=tuple(filter(None, (
            "The quality is never more than 20 points above its weakest part. It compares repetitions of one exercise "
            "of one person; it is no grade of the person." if any(each.quality is not None for each in found) else "",
            f"{len(found) - MOST_ROWS} more repetitions are in the JSON." if len(found) > MOST_ROWS else "",
        ))),
    )  # fmt: skip


def _lead(found: Sequence[Repetition]) -> str:
    whole = [each for each in found if each.complete]
    judged = [each for each in found if each.clean is not None]
    told = counted(len(found), "repetition", "repetitions")
    if len(found) == 1 and not whole:
        told += ", cut off by the end of the recording"
    elif len(whole) < len(found):
        told += f", {len(found) - len(whole)} of them cut off by the end of the recording"
    if judged:
        told += f"; {sum(bool(each.clean) for each in judged)} of {len(judged)} without a grave fault"
    scores = [each.quality for each in found if each.quality is not None]
    if scores:
        told += f"; quality {np.median(scores):.0f} of 100 in the middle"
    return f"{told}."


def _row(each: Repetition) -> tuple[str, ...]:
    quality = f"{each.quality:.0f}" if each.quality is not None else "not judged"
    return (
        _named(each), figure(each.range, each.unit), figure(each.duration_s, "s"), quality, _limiting(each),
        "; ".join(_fault(fault) for fault in _others(each)),
    )  # fmt: skip


def _named(each: Repetition) -> str:
    return f"{each.number}{f' {each.side}' if each.side else ''}"


def _limiting(each: Repetition) -> str:
    """What held it back most; with the exercise's limit where that is what it broke."""
    part = next((part for part in each.parts if part.name == each.limiting), None)
    if part is None or part.score >= NEARLY_WHOLE:
        return ""
    broken = next((fault for fault in each.faults if _is_told_by(fault, part)), None)
    return _fault(broken) if broken is not None else _part(part)


def _is_told_by(fault: Fault, part: Part) -> bool:
    return fault.reading == part.name or fault.label == part.label


def _others(each: Repetition) -> tuple[Fault, ...]:
    """The faults that what held it back does not tell already."""
    part = next((part for part in each.parts if part.name == each.limiting and part.score < NEARLY_WHOLE), None)
    return each.faults if part is None else tuple(fault for fault in each.faults if not _is_told_by(fault, part))


def _part(part: Part) -> str:
    return f"{part.label} {figure(part.value, part.unit)}"


def _fault(fault: Fault) -> str:
    return f"{fault.label} {figure(fault.value, fault.unit)} (limit {figure(fault.limit, fault.unit)})"


def _card(each: Repetition) -> Markup:
    """One repetition: its numbers, its quality as a bar of its parts, what held it back, what went wrong."""
    quality = f"{each.quality:.0f}" if each.quality is not None else "–"
    doubts = [] if each.complete else ["cut off by the end"]
    doubts += [f"only {100 * each.valid_fraction:.0f} % seen"] if each.valid_fraction < 0.95 else []
    return tag(
        "li",
        tag(
            "p",
            tag("b", _named(each)),
            tag("span", quality, class_="score", title="quality, 0 to 100"),
            class_="repetition",
        ),
        tag("p", f"{figure(each.range, each.unit)} in {figure(each.duration_s, 's')}", class_="numbers"),
        _bar(each.parts) if each.parts else None,
        tag("p", "Held back by: ", _limiting(each), class_="note") if _limiting(each) else None,
        _faults(others) if (others := _others(each)) else None,
        tag("p", "; ".join(doubts), class_="note") if doubts else None,
        _listed(each.parts) if each.parts else None,
        class_=f"card {'clean' if each.clean else 'unclean' if each.clean is False else 'unjudged'}",
    )


def _faults(faults: Sequence[Fault]) -> Markup:
    """What went wrong, in words; what matters less is not in red."""
    grave = {"major", "stop"}
    lines = [tag("li", _fault(each), class_=None if each.severity in grave else "mild") for each in faults]
    return tag("ul", lines, class_="faults")


def _listed(parts: Sequence[Part]) -> Markup:
    """Every part with what was measured and how much of its weight is left, to be opened."""
    lines = [tag("li", f"{_part(part)}: {100 * part.score:.0f} %") for part in sorted(parts, key=lambda p: p.score)]
    return tag("details", tag("summary", "What it is made of"), tag("ul", lines, class_="faults plainlist"))


def _bar(parts: Sequence[Part]) -> Markup:
    """Each part as wide as its weight, filled as far as its score; its name is in the text alternative and below."""
    whole = math.fsum(part.weight for part in parts) or 1.0
    said = "Quality: " + ", ".join(f"{part.label} {100 * part.score:.0f} %" for part in parts)
    drawn: list[Markup] = []
    at = 0.0
    for part in sorted(parts, key=lambda each: -each.weight):
        width = BAR_WIDTH * part.weight / whole
        style = "part0" if part.score >= GOOD else "part1" if part.score >= FAIR else "part2"
        height = round(22 * part.score, 2)
        drawn.append(tag("rect", x=round(at, 2), y=0, width=round(max(width - 1.5, 0.5), 2), height=22, class_="lost"))
        drawn.append(
            tag(
                "rect", tag("title", f"{part.label}: {100 * part.score:.0f} %"), x=round(at, 2),
                y=round(22 - height, 2),
                width=round(max(width - 1.5, 0.5), 2), height=height, class_=style,
            )
        )  # fmt: skip
        at += width
    return svg(BAR_WIDTH, 22, said, drawn)


def _traces(assessment: Assessment) -> Iterator[tuple[str, Markup]]:
    """The primary reading over time, a picture for each reading and side that repetitions were counted by."""
    by_reading: dict[tuple[str, str], list[Repetition]] = {}
    for each in assessment.repetitions:
        by_reading.setdefault((each.reading, each.side or ""), []).append(each)
    for (reading, side), found in by_reading.items():
        series = _series_of(assessment, reading, side)
        title = f"{reading_words(reading)}{f', {side}' if side else ''}"
        yield f"{title}: {counted(len(found), 'repetition', 'repetitions')} over time", _trace(title, found, series)


def _series_of(assessment: Assessment, reading: str, side: str) -> Series | None:
    plain = reading.partition(".")[0]
    names = (f"rep.{reading}", f"rep.{plain}", f"rep.{plain.removeprefix('m_')}", reading, plain, "rep.primary")
    for name in names:
        held = [each for each in assessment.series if each.series == name]
        matching = next((each for each in held if (each.side or "") == side), None)
        if matching is not None or held:
            return matching or held[0]
    return None


def _trace(title: str, found: Sequence[Repetition], series: Series | None) -> Markup:
    panel = TRACE
    start_s, end_s = found[0].start_s, found[-1].end_s
    room = 0.03 * (end_s - start_s) + 0.5
    time_s, values = _course(found, series, start_s - room, end_s + room)
    turning = [value for each in found for value in (each.start, each.apex)]
    seen = np.concatenate([values[np.isfinite(values)], turning])
    low, high = float(np.min(seen)), float(np.max(seen))
    margin = 0.12 * (high - low) or 1.0
    x, y = panel.across(float(time_s[0]), float(time_s[-1])), panel.upward(low - margin, high + margin)
    parts = [*_shades(found, panel, x), *_scales(panel, x, y), _line(time_s, values, x, y)]
    for each in found:
        parts += _turning_points(each, panel, x, y)
    unit = {"deg": "°"}.get(found[0].unit, found[0].unit)
    parts += [
        tag("text", f"{title} ({unit})", x=panel.left, y=14, class_="title"),
        tag("text", "● far point   │ start and end", x=panel.end, y=14, text_anchor="end", class_="small"),
        tag("text", "time (s)", x=panel.middle, y=panel.height - 3, text_anchor="middle", class_="small"),
    ]
    return svg(
        panel.width, panel.height, f"{title}: {counted(len(found), 'repetition', 'repetitions')} over time", parts
    )


def _course(
    found: Sequence[Repetition], series: Series | None, start_s: float, end_s: float
) -> tuple[np.ndarray, np.ndarray]:
    """The reading over time; without its series, straight lines between the points that were measured."""
    if series is not None and len(series.values) > 1:
        time_s = series.start_s + np.arange(len(series.values)) / series.rate_hz
        shown = np.flatnonzero((time_s >= start_s) & (time_s <= end_s))
        shown = shown[:: max(1, len(shown) // MOST_POINTS)]
        if len(shown) > 1:
            return time_s[shown], series.values[shown]
    points = [(each.start_s, each.start) for each in found] + [(each.apex_s, each.apex) for each in found]
    points += [(each.end_s, each.start) for each in found]
    points.sort()
    return np.array([t for t, _ in points]), np.array([v for _, v in points])


def _shades(found: Sequence[Repetition], panel: Panel, x: Scale) -> Iterator[Markup]:
    last = -LEAST_APART
    for index, each in enumerate(found):
        start, end = max(x(each.start_s), panel.left), min(x(each.end_s), panel.end)
        style = "shade" if index % 2 == 0 else "shade2"
        yield tag(
            "rect",
            x=start,
            y=panel.top,
            width=round(max(end - start, 0.0), 2),
            height=panel.floor - panel.top,
            class_=style,
        )
        if (middle := (start + end) / 2) - last >= LEAST_APART:
            last = middle
            yield tag("text", str(each.number), x=middle, y=panel.top - 6, text_anchor="middle", class_="small")


def _scales(panel: Panel, x: Scale, y: Scale) -> Iterator[Markup]:
    for tick in y.ticks():
        yield tag("line", x1=panel.left, x2=panel.end, y1=y(tick), y2=y(tick), class_="grid")
        yield tag(
            "text", f"{tick:g}".replace("-", "−"), x=panel.left - 5, y=y(tick) + 4, text_anchor="end", class_="small"
        )
    for tick in x.ticks(8):
        yield tag("text", f"{tick:g}", x=x(tick), y=panel.floor + 14, text_anchor="middle", class_="small")
    yield tag("line", x1=panel.left, x2=panel.end, y1=panel.floor, y2=panel.floor, class_="axis")


def _line(time_s: np.ndarray, values: np.ndarray, x: Scale, y: Scale) -> Markup:
    commands: list[str] = []
    down = False
    for moment, value in zip(time_s.tolist(), values.tolist(), strict=True):
        if not math.isfinite(value):
            down = False
            continue
        commands.append(f"{'L' if down else 'M'}{x(moment)},{y(value)}")
        down = True
    return tag("path", d="".join(commands), class_="both")


def _turning_points(each: Repetition, panel: Panel, x: Scale, y: Scale) -> Iterator[Markup]:
    for moment in (each.start_s, each.end_s):
        yield tag("line", x1=x(moment), x2=x(moment), y1=panel.floor - 12, y2=panel.floor, class_="onset")
    yield tag("circle", cx=x(each.apex_s), cy=y(each.apex), r=4, class_="apex")
