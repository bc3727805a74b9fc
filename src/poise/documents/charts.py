"""The pictures of a report, as SVG: sharp at any size, coloured by the page, readable without colour.

Colours come from classes (``left``, ``right``, ``norm`` …), which the page styles for light, dark and print;
`standalone` gives a picture its own style for places that have no page, such as the PDF.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.documents.markup import Markup, join, tag
from poise.documents.words import figure

Array = NDArray[np.float64]

PRINT_STYLE = """
text{font-family:'DejaVu Sans','Liberation Sans',Arial,sans-serif;font-size:11px;fill:#333}
.axis,.tick{stroke:#999;stroke-width:1;fill:none}.grid{stroke:#e4e4e4;stroke-width:1}
.norm{fill:#d5d9dd}.normline{stroke:#8a9299;stroke-width:1.2;stroke-dasharray:4 3;fill:none}
.left{stroke:#0b6fa4;fill:none;stroke-width:2}.right{stroke:#c2571a;fill:none;stroke-width:2;stroke-dasharray:7 2}
.both{stroke:#444;fill:none;stroke-width:2}
.leftfill{fill:#0b6fa4;fill-opacity:.16}.rightfill{fill:#c2571a;fill-opacity:.16}.bothfill{fill:#444;fill-opacity:.14}
.leftdot{fill:#0b6fa4}.rightdot{fill:#c2571a}.bothdot{fill:#444}.signal{stroke:#555;stroke-width:1.2;fill:none}
.bone{stroke:#555;stroke-width:3;stroke-linecap:round}.boneleft{stroke:#0b6fa4;stroke-width:3;stroke-linecap:round}
.boneright{stroke:#c2571a;stroke-width:3;stroke-linecap:round}.floor{stroke:#999;stroke-width:1}
.error{stroke:#333;stroke-width:1.4}.title{font-weight:bold}.small{font-size:10px;fill:#555}
.sway{fill:none;stroke:#0b6fa4;stroke-width:.8;stroke-opacity:.75}.ellipse{fill:#c2571a;fill-opacity:.08;stroke:#c2571a;stroke-width:1.8}
.cross{stroke:#333;stroke-width:1.5;fill:none}.sideways{fill:none;stroke:#0b6fa4;stroke-width:1.3}
.forward{fill:none;stroke:#c2571a;stroke-width:1.3;stroke-dasharray:6 2}
.envelope{fill:#8a9299;fill-opacity:.35}.burst{fill:#0b6fa4;fill-opacity:.55}.burstright{fill:#c2571a;fill-opacity:.5}
.onset{stroke:#1d2529;stroke-width:2}.unsure{fill:#fff;stroke:#1d2529;stroke-width:1.5}.sure{fill:#1d2529}
.part0{fill:#1c6b43}.part1{fill:#8a6100}.part2{fill:#a3261d}.lost{fill:#e4e4e4}.ontext{fill:#fff;font-size:10px}
.plumb{stroke:#1c6b43;stroke-width:1.5;stroke-dasharray:5 4}.angle{stroke:#a3261d;stroke-width:1.5;fill:none}
.phase0{fill:#0b6fa4}.phase1{fill:#5c8fae}.phase2{fill:#c2571a}.phase3{fill:#8aa9bb}.phase4{fill:#44606f}.apex{fill:#c2571a}
.shade{fill:#eceff1}.shade2{fill:#f6f7f8}.bar{fill:#0b6fa4}.bar1{fill:#c2571a}
"""


def standalone(picture: Markup) -> str:
    """The picture as a file of its own, with colours that print."""
    head, _, rest = picture.partition(">")
    return f'{head} xmlns="http://www.w3.org/2000/svg"><style>{PRINT_STYLE}</style>{rest}'


@dataclass(frozen=True, kw_only=True)
class Scale:
    """A straight map from numbers to pixels; a span of nothing is widened so that it can be drawn."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Where a value lies, in pixels."""
        span = self.high - self.low or 1.0
        return round(self.start + (value - self.low) / span * (self.end - self.start), 2)

    def ticks(self, count: int = 4) -> list[float]:
        """Round numbers inside the span, about `count` of them."""
        span = self.high - self.low
        if span <= 0:
            return [self.low]
        raw = span / count
        power = 10.0 ** np.floor(np.log10(raw))
        step = float(next(power * size for size in (1, 2, 2.5, 5, 10) if power * size >= raw * 0.999))
        first = np.ceil(self.low / step - 1e-9) * step
        return [float(round(first + k * step, 10)) for k in range(int((self.high - first) / step + 1e-9) + 1)]


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A drawing area inside its margins, px."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int

    @property
    def end(self) -> int:
        """Where the drawing area ends on the right."""
        return self.width - self.right

    @property
    def floor(self) -> int:
        """Where it ends at the bottom."""
        return self.height - self.bottom

    def across(self, low: float, high: float) -> Scale:
        """The horizontal scale."""
        return Scale(low=low, high=high, start=self.left, end=self.end)

    def upward(self, low: float, high: float) -> Scale:
        """The vertical scale: up is more."""
        return Scale(low=low, high=high, start=self.floor, end=self.top)

    @property
    def middle(self) -> float:
        """The middle of the horizontal axis, where its title stands."""
        return (self.left + self.end) / 2


LEAST_SPAN = {"deg": 10.0}
"""A curve that hardly moves is drawn flat: noise is not blown up to fill its panel."""
CYCLE_PANEL = Panel(width=300, height=210, left=40, right=10, top=26, bottom=30)
TIME_PANEL = Panel(width=860, height=190, left=46, right=10, top=30, bottom=32)


@dataclass(frozen=True, kw_only=True, eq=False)
class Line:
    """One line of a chart: its class (``left``, ``right``, ``both``), points, and the band around it."""

    style: str
    y: Array
    spread: Array | None = None


def cycle_chart(
    title: str,
    unit: str,
    lines: Sequence[Line],
    *,
    norm: tuple[Array, Array] | None = None,
    toe_off_percent: Sequence[tuple[str, float]] = (),
    note: str = "",
) -> Markup:
    """A curve over the gait cycle: left and right with ± 1 SD, the norm's ± 1 SD behind them, toe-off as ticks."""
    panel = CYCLE_PANEL
    drawn = [line.y for line in lines]
    drawn += [line.y + sign * line.spread for line in lines if line.spread is not None for sign in (-1, 1)]
    if norm is not None:
        drawn += [norm[0] - norm[1], norm[0] + norm[1]]
    low, high = _extent(drawn, least=LEAST_SPAN.get(unit, 0.0))
    x, y = panel.across(0, 100), panel.upward(low, high)
    parts: list[Markup] = [_axes(panel, x, y)]
    if norm is not None:
        parts.append(_band(x, y, norm[0] - norm[1], norm[0] + norm[1], "norm"))
    for line in lines:
        if line.spread is not None and np.isfinite(line.spread).any():
            parts.append(_band(x, y, line.y - line.spread, line.y + line.spread, f"{line.style}fill"))
    parts += [_path(x, y, line.y, line.style) for line in lines]
    parts += [
        tag(
            "line", x1=x(percent), x2=x(percent), y1=panel.top, y2=panel.floor, class_=side, stroke_width=1, opacity=0.6
        )
        for side, percent in toe_off_percent
        if np.isfinite(percent)
    ]
    unit_said = "°" if unit == "deg" else unit
    parts += [
        tag("text", f"{title} ({unit_said})", x=panel.left, y=15, class_="title"),
        tag("text", "% of the stride", x=panel.left, y=panel.height - 3, class_="small"),
        tag("text", note, x=panel.end, y=panel.height - 3, text_anchor="end", class_="small"),
    ]
    return svg(panel.width, panel.height, title, parts)


def bullet_chart(
    value: float,
    unit: str,
    *,
    style: str = "both",
    low: float | None = None,
    high: float | None = None,
    error: float = float("nan"),
    other: tuple[str, float] | None = None,
) -> Markup:
    """One number on its axis: the reference band grey, the value a dot with its error bar, the other side hollow."""
    width, height, left, right, axis = 420, 64, 12, 12, 34
    points = [each for each in (value, low, high, other[1] if other else None) if each is not None]
    if np.isfinite(error):
        points += [value - error, value + error]
    span = (max(points) - min(points)) or abs(value) or 1.0
    x = Scale(low=min(points) - 0.25 * span, high=max(points) + 0.25 * span, start=left, end=width - right)
    band_start = x(low) if low is not None else left
    band_end = x(high) if high is not None else width - right
    parts = [tag("line", x1=left, x2=width - right, y1=axis, y2=axis, class_="axis")]
    if low is not None or high is not None:
        parts.append(
            tag("rect", x=band_start, y=axis - 9, width=round(band_end - band_start, 2), height=18, class_="norm")
        )
    for tick in x.ticks(5):
        parts.append(tag("line", x1=x(tick), x2=x(tick), y1=axis + 9, y2=axis + 13, class_="tick"))
        parts.append(
            tag("text", f"{tick:g}".replace("-", "−"), x=x(tick), y=axis + 25, text_anchor="middle", class_="small")
        )
    if other is not None:
        parts.append(tag("circle", cx=x(other[1]), cy=axis, r=5, class_=other[0]))
    if np.isfinite(error) and error > 0:
        parts.append(tag("line", x1=x(value - error), x2=x(value + error), y1=axis, y2=axis, class_="error"))
    parts.append(tag("circle", cx=x(value), cy=axis, r=6, class_=f"{style}dot"))
    shown = figure(value, unit)
    parts.append(tag("text", shown, x=x(value), y=axis - 15, text_anchor="middle", class_="title"))
    return svg(width, height, f"{shown} beside its reference", parts)


def event_chart(
    title: str,
    unit: str,
    time_s: Array,
    lines: Sequence[Line],
    events: Sequence[tuple[str, str, float]],
) -> Markup:
    """Signals over time with the events on them: initial contact a full tick, toe-off a short one, coloured by side."""
    panel = TIME_PANEL
    low, high = _extent([line.y for line in lines])
    x, y = panel.across(float(time_s[0]), float(time_s[-1])), panel.upward(low, high)
    parts = [_axes(panel, x, y)]
    parts += [_path_over(x, y, time_s, line.y, line.style) for line in lines]
    for event, side, when_s in events:
        if not time_s[0] <= when_s <= time_s[-1]:
            continue
        full = event == "initial_contact"
        parts.append(
            tag(
                "line",
                x1=x(when_s),
                x2=x(when_s),
                y1=panel.top if full else panel.floor - 22,
                y2=panel.floor,
                class_=side,
            )
        )
        mark = "●" if full else "○"
        parts.append(
            tag(
                "text",
                mark,
                x=x(when_s),
                y=panel.top - 2 if full else panel.floor - 24,
                text_anchor="middle",
                class_="small",
            )
        )
    parts += [
        tag("text", f"{title} ({unit})", x=panel.left, y=14, class_="title"),
        tag("text", "● foot lands   ○ foot leaves", x=panel.end, y=14, text_anchor="end", class_="small"),
        tag("text", "time (s)", x=panel.middle, y=panel.height - 4, text_anchor="middle", class_="small"),
    ]
    return svg(panel.width, panel.height, title, parts)


SideRow = tuple[str, str, float, float, float | None, float | None]


def side_chart(rows: Sequence[SideRow]) -> Markup:
    """Left beside right as bars from zero, so that a small difference looks small; the reference band grey behind.

    A row is (label, unit, left, right, reference low, reference high); each has its own scale.
    """
    width, row_height, room = 520, 66, 90
    height = row_height * len(rows) + 4
    parts: list[Markup] = []
    for index, (label, unit, value_left, value_right, low, high) in enumerate(rows):
        top = row_height * index + 22
        points = [0.0, *(value for value in (value_left, value_right, low, high) if value is not None)]
        x = Scale(low=min(points), high=1.05 * max(points) or 1.0, start=0, end=width - room)
        parts.append(tag("text", label, x=0, y=top - 7))
        if low is not None and high is not None:
            parts.append(tag("rect", x=x(low), y=top - 2, width=round(x(high) - x(low), 2), height=38, class_="norm"))
        for row, (style, value) in enumerate((("left", value_left), ("right", value_right))):
            start, end = sorted((x(0.0), x(value)))
            y = top + 2 + 16 * row
            parts.append(tag("rect", x=start, y=y, width=round(end - start, 2), height=12, class_=f"{style}dot"))
            parts.append(tag("text", figure(value, unit), x=end + 5, y=y + 10, class_="small"))
        parts.append(tag("line", x1=x(0.0), x2=x(0.0), y1=top - 2, y2=top + 36, class_="axis"))
    return svg(width, height, "Left beside right", parts)


def _extent(arrays: Sequence[Array], *, least: float = 0.0) -> tuple[float, float]:
    values = np.concatenate([np.ravel(array) for array in arrays]) if arrays else np.array([0.0])
    values = values[np.isfinite(values)]
    if not len(values):
        return -1.0, 1.0
    low, high = float(values.min()), float(values.max())
    short = max(0.0, least - (high - low)) / 2
    low, high = low - short, high + short
    margin = 0.06 * (high - low) or abs(high) * 0.1 or 1.0
    return low - margin, high + margin


def _axes(panel: Panel, x: Scale, y: Scale) -> Markup:
    lines = []
    for tick in y.ticks():
        lines.append(tag("line", x1=panel.left, x2=panel.end, y1=y(tick), y2=y(tick), class_="grid"))
        lines.append(_tick_text(f"{tick:g}", panel.left - 5, y(tick) + 4, "end"))
    if y.low < 0 < y.high:
        lines.append(tag("line", x1=panel.left, x2=panel.end, y1=y(0), y2=y(0), class_="axis"))
    lines += [_tick_text(f"{tick:g}", x(tick), panel.floor + 14, "middle") for tick in x.ticks(5)]
    lines.append(tag("line", x1=panel.left, x2=panel.end, y1=panel.floor, y2=panel.floor, class_="axis"))
    return join(lines)


def _tick_text(text: str, x: float, y: float, anchor: str) -> Markup:
    return tag("text", text.replace("-", "−"), x=x, y=y, text_anchor=anchor, class_="small")


def _band(x: Scale, y: Scale, low: Array, high: Array, style: str) -> Markup:
    seen = np.flatnonzero(np.isfinite(low) & np.isfinite(high))
    if not len(seen):
        return Markup("")
    percent = 100.0 * seen / (len(low) - 1)
    upper = [f"{x(p)},{y(float(high[i]))}" for p, i in zip(percent, seen, strict=True)]
    lower = [f"{x(p)},{y(float(low[i]))}" for p, i in zip(percent[::-1], seen[::-1], strict=True)]
    return tag("polygon", points=" ".join(upper + lower), class_=style)


def _path(x: Scale, y: Scale, values: Array, style: str) -> Markup:
    return _path_over(x, y, np.linspace(0, 100, len(values)), values, style)


def _path_over(x: Scale, y: Scale, where: Array, values: Array, style: str) -> Markup:
    commands: list[str] = []
    pen_down = False
    for position, value in zip(where.tolist(), values.tolist(), strict=True):
        if math.isnan(value):  # a gap in the data stays a gap in the line
            pen_down = False
            continue
        commands.append(f"{'L' if pen_down else 'M'}{x(position)},{y(value)}")
        pen_down = True
    return tag("path", d="".join(commands), class_=style)


def svg(width: int, height: int, label: str, parts: Sequence[Markup]) -> Markup:
    """A picture of this size, px, with its text alternative."""
    return tag(
        "svg", tag("title", label), *parts, viewBox=f"0 0 {width} {height}", role="img", aria_label=label, width=width,
        height=height,
    )  # fmt: skip
