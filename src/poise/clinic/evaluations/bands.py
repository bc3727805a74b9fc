"""A number beside what is usual, and a number over time, as SVG made here; the words beside them tell the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from poise.clinic.evaluations import words
from poise.documents.markup import Markup, tag

WIDTH, HEIGHT, LEFT, RIGHT = 360, 76, 14, 346


@dataclass(frozen=True, kw_only=True)
class Band:
    """A number, its error, the usual range (one end may be open) and the other side's number."""

    value: float
    unit: str
    low: float | None
    high: float | None
    error: float | None = None
    side: str = ""
    other: float | None = None


def picture(band: Band) -> SafeString:
    """The number on its band: the usual range shaded, the error as a whisker."""
    scale = _Scale.over(_shown(band), LEFT, RIGHT)
    low = LEFT if band.low is None else scale(band.low)
    high = RIGHT if band.high is None else scale(band.high)
    at = scale(band.value)
    style = band.side if band.side in {"left", "right"} else "both"
    drawn: list[Markup | None] = [
        tag("title", said(band)),
        tag("rect", x=round(min(low, high), 1), y=24, width=round(abs(high - low), 1), height=20, class_="band-usual"),
        tag("line", x1=LEFT, x2=RIGHT, y1=44, y2=44, class_="band-axis"),
        *(_tick(scale(end), words.number(end, band.unit)) for end in (band.low, band.high) if end is not None),
        _whisker(band, scale),
        tag("circle", cx=scale(band.other), cy=34, r=5, class_="band-other") if band.other is not None else None,
        tag("path", d=f"M{at} 26 l7 8 l-7 8 l-7 -8 z", class_=f"band-value {style}"),
        tag("text", words.number(band.value, band.unit), x=min(max(at, 30), WIDTH - 30), y=16, text_anchor="middle",
            class_="band-number"),
    ]  # fmt: skip
    made = tag("svg", *drawn, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", class_="band", aria_label=said(band))
    return mark_safe(made)


def said(band: Band) -> str:
    """The picture in words."""
    value = words.number(band.value, band.unit)
    if band.low is not None and band.high is not None:
        usual = _("usual %(low)s to %(high)s") % {
            "low": words.number(band.low), "high": words.number(band.high, band.unit),
        }  # fmt: skip
    elif band.low is not None:
        usual = _("usual %(low)s and more") % {"low": words.number(band.low, band.unit)}
    elif band.high is not None:
        usual = _("usual up to %(high)s") % {"high": words.number(band.high, band.unit)}
    else:
        return value
    return f"{value}; {usual}"


def _shown(band: Band) -> list[float]:
    error = band.error or 0.0
    values = [band.value - error, band.value + error, band.low, band.high, band.other]
    return [each for each in values if each is not None and math.isfinite(each)]


def _whisker(band: Band, scale: _Scale) -> Markup | None:
    if not band.error:
        return None
    return tag("line", x1=scale(band.value - band.error), x2=scale(band.value + band.error), y1=34, y2=34,
               class_="band-error")  # fmt: skip


def _tick(x: float, text: str) -> Markup:
    place = "start" if x < 40 else "end" if x > WIDTH - 40 else "middle"
    return Markup(
        tag("line", x1=x, x2=x, y1=24, y2=48, class_="band-tick")
        + tag("text", text, x=x, y=62, text_anchor=place, class_="band-label")
    )


@dataclass(frozen=True, kw_only=True)
class _Scale:
    first: float
    per_unit: float
    start: float

    @classmethod
    def over(cls, values: Sequence[float], start: float, end: float) -> _Scale:
        low, high = min(values), max(values)
        room = (high - low) or abs(high) or 1.0
        low, high = low - 0.18 * room, high + 0.18 * room
        return cls(first=low, per_unit=(end - start) / (high - low), start=start)

    def __call__(self, value: float) -> float:
        return round(self.start + (value - self.first) * self.per_unit, 1)


@dataclass(frozen=True, kw_only=True)
class Point:
    """A number at a time, of which side, and with which others it may be compared (those of an equal `like`)."""

    at: datetime
    value: float
    side: str
    like: object = None


def over_time(points: Sequence[Point], unit: str, *, low: float | None = None, high: float | None = None) -> SafeString:
    """Numbers over time, the usual range shaded; a line joins only numbers of one side that may be compared."""
    if not points:
        return mark_safe("")
    values = [each.value for each in points] + [each for each in (low, high) if each is not None]
    upright = _Scale.over(values, 0, 150)
    times = [each.at.timestamp() for each in points]
    first, last = min(times), max(times)
    drawn: list[Markup] = [tag("title", _("Over time"))]

    def x(moment: float) -> float:
        return round(50 + (moment - first) / ((last - first) or 1) * 520, 1) if last > first else 310.0

    def y(value: float) -> float:
        return round(180 - upright(value), 1)

    if low is not None or high is not None:
        top = 30.0 if high is None else y(high)
        bottom = 180.0 if low is None else y(low)
        drawn.append(tag("rect", x=50, y=top, width=520, height=round(abs(bottom - top), 1), class_="band-usual"))
    drawn.append(tag("line", x1=50, x2=570, y1=180, y2=180, class_="band-axis"))
    for name, like in dict.fromkeys((each.side, each.like) for each in points):
        line = [each for each in points if (each.side, each.like) == (name, like)]
        style = name if name in {"left", "right"} else "both"
        joined = " ".join(f"{x(each.at.timestamp())},{y(each.value)}" for each in line)
        drawn.append(tag("polyline", points=joined, class_=f"over-time {style}"))
        drawn += [tag("circle", cx=x(each.at.timestamp()), cy=y(each.value), r=4, class_=f"over-time-dot {style}")
                  for each in line]  # fmt: skip
    for value in (min(values), max(values)):
        drawn.append(
            tag("text", words.number(value, unit), x=44, y=y(value) + 4, text_anchor="end", class_="band-label")
        )
    drawn.append(tag("text", _day(points[0].at), x=50, y=198, class_="band-label"))
    if last > first:
        drawn.append(tag("text", _day(points[-1].at), x=570, y=198, text_anchor="end", class_="band-label"))
    made = tag("svg", *drawn, viewBox="0 0 590 206", role="img", class_="series", aria_label=_("Over time"))
    return mark_safe(made)


def _day(moment: datetime) -> str:
    """The day as the clinic has it."""
    return date_format(timezone.localtime(moment), "SHORT_DATE_FORMAT")
