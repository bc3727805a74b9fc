"""The pictures of standing still: the path of the sway with its 95 % ellipse, its two traces, its spectrum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poise.documents.charts import Panel, Scale, svg
from poise.documents.markup import Markup, join, tag
from poise.documents.section import Picture, Section
from poise.documents.tasks import conditions_line
from poise.documents.words import figure
from poise.model import Assessment, Series
from poise.signals.spectra import welch_offline
from poise.signals.sway import Ellipse, prediction_ellipse

Array = NDArray[np.float64]

MOST_POINTS = 2400
SPECTRUM_HZ = (0.1, 3.0)
AXES = (("ml", "ap"), ("x", "y"))
SOURCES = {
    "pressure": "centre of pressure under the feet", "imu": "acceleration at the lower back",
    "camera": "middle of the hips",
}  # fmt: skip
PLOT = Panel(width=380, height=380, left=52, right=14, top=30, bottom=44)
TRACE = Panel(width=430, height=210, left=52, right=14, top=30, bottom=36)
GAP = 10
SPECTRUM = Panel(width=430, height=200, left=52, right=14, top=30, bottom=40)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Path:
    """Sideways and forward position about their mean; `known` where it is known which way the person faced."""

    points: Array
    rate_hz: float
    start_s: float
    unit: str
    source: str
    known: bool

    @property
    def words(self) -> tuple[str, str]:
        """What the two axes are called."""
        return ("left – right", "back – forward") if self.known else ("one way", "across it")


def sway(assessment: Assessment) -> Section | None:
    """The section of the sway; None where no path was kept."""
    paths = list(_paths(assessment.series))
    if not paths:
        return None
    pictures = [picture for path in paths for picture in _pictures(path)]
    held = conditions_line(assessment.conditions)
    unknown = "" if all(path.known for path in paths) else (
        "Nobody said which way the person faced, so the two directions have no names."
    )  # fmt: skip
    return Section(
        title="How the body swayed",
        lead=f"Standing, {held}." if held else "",
        pictures=tuple(pictures),
        notes=tuple(filter(None, (
            "The ellipse is where 95 of 100 further points would be expected; the cross is the middle. "
            "Numbers of different plates, surfaces and eyes are not compared with each other.", unknown,
        ))),
    )  # fmt: skip


def _paths(series: Sequence[Series]) -> Iterator[_Path]:
    by_name = {each.series: each for each in series if each.series.startswith("balance.")}
    for name, first in by_name.items():
        stem, _, axis = name.rpartition("_")
        for one, other in AXES:
            second = by_name.get(f"{stem}_{other}")
            if axis != one or second is None or len(second.values) != len(first.values):
                continue
            points = np.column_stack([first.values, second.values])
            seen = points[np.isfinite(points).all(axis=1)]
            if len(seen) > 10:
                yield _Path(
                    points=seen - seen.mean(axis=0), rate_hz=first.rate_hz, start_s=first.start_s, unit=first.unit,
                    source=SOURCES.get(stem.removeprefix("balance."), "path of the sway"), known=one == "ml",
                )  # fmt: skip


def _pictures(path: _Path) -> Iterator[Picture]:
    ellipse = prediction_ellipse(path.points)
    span = np.ptp(path.points, axis=0)
    said = (
        f"{path.source}: {figure(float(span[0]), path.unit)} {path.words[0]}, {figure(float(span[1]), path.unit)} "
        f"{path.words[1]}, 95 % ellipse {figure(ellipse.area)} {_squared(path.unit)}"
    )
    yield Picture(alternative=said, drawing=_plot(path, ellipse, said), layout="half")
    beside = f"{path.source} over time, and how often it moves to and fro"
    yield Picture(alternative=beside, drawing=_beside(path, beside), layout="half")


def _beside(path: _Path, said: str) -> Markup:
    """The traces, and under them the spectrum where the recording is long enough for one."""
    spectrum = _spectrum(path)
    parts = [_traces(path)]
    if spectrum is not None:
        parts.append(tag("g", spectrum, transform=f"translate(0 {TRACE.height + GAP})"))
    height = TRACE.height + (GAP + SPECTRUM.height if spectrum is not None else 0)
    return svg(TRACE.width, height, said, parts)


def _squared(unit: str) -> str:
    return {"mm": "mm²", "m": "m²", "m/s²": "m²/s⁴"}.get(unit, f"({unit})²")


def _plot(path: _Path, ellipse: Ellipse, said: str) -> Markup:
    """Seen from above: forward is up, the person's right on the right; one scale for both axes."""
    panel = PLOT
    reach = 1.08 * max(float(np.abs(path.points).max()), ellipse.semi_major)
    x, y = panel.across(-reach, reach), panel.upward(-reach, reach)
    thinned = path.points[:: max(1, len(path.points) // MOST_POINTS)]
    line = " ".join(f"{x(float(a))},{y(float(b))}" for a, b in thinned)
    per_unit = (panel.end - panel.left) / (2 * reach)
    parts = [
        _grid(panel, x, y),
        tag("polyline", points=line, class_="sway"),
        tag(
            "ellipse", cx=x(0), cy=y(0), rx=round(ellipse.semi_major * per_unit, 2),
            ry=round(ellipse.semi_minor * per_unit, 2), transform=f"rotate({-ellipse.angle_deg:.2f} {x(0)} {y(0)})",
            class_="ellipse",
        ),
        tag("path", d=f"M{x(0) - 6},{y(0)}h12M{x(0)},{y(0) - 6}v12", class_="cross"),
        tag("text", path.source[:1].upper() + path.source[1:], x=panel.left, y=15, class_="title"),
        _below(panel, _axis(path.words[0], path.unit)),
        _upright(panel, _axis(path.words[1], path.unit)),
    ]  # fmt: skip
    return svg(panel.width, panel.height, said, parts)


def _axis(words: str, unit: str) -> str:
    return f"{words} ({unit})"


def _below(panel: Panel, words: str) -> Markup:
    return tag("text", words, x=panel.middle, y=panel.height - 6, text_anchor="middle", class_="small")


def _upright(panel: Panel, words: str) -> Markup:
    middle = (panel.top + panel.floor) / 2
    return tag(
        "text", words, x=12, y=middle, text_anchor="middle", class_="small", transform=f"rotate(-90 12 {middle})"
    )


def _grid(panel: Panel, x: Scale, y: Scale) -> Markup:
    lines: list[Markup] = []
    for tick in x.ticks(6):
        lines.append(tag("line", x1=x(tick), x2=x(tick), y1=panel.top, y2=panel.floor, class_="grid"))
        lines.append(_tick(f"{tick:g}", x(tick), panel.floor + 14, "middle"))
    for tick in y.ticks(6):
        lines.append(tag("line", x1=panel.left, x2=panel.end, y1=y(tick), y2=y(tick), class_="grid"))
        lines.append(_tick(f"{tick:g}", panel.left - 5, y(tick) + 4, "end"))
    lines.append(
        tag(
            "rect",
            x=panel.left,
            y=panel.top,
            width=panel.end - panel.left,
            height=panel.floor - panel.top,
            class_="axis",
        )
    )
    return join(lines)


def _tick(text: str, x: float, y: float, anchor: str) -> Markup:
    return tag("text", text.replace("-", "−"), x=x, y=y, text_anchor=anchor, class_="small")


def _traces(path: _Path) -> Markup:
    """Both axes over time, on one scale."""
    panel = TRACE
    step = max(1, len(path.points) // MOST_POINTS)
    points = path.points[::step]
    time_s = path.start_s + np.arange(len(points)) * step / path.rate_hz
    reach = 1.1 * float(np.abs(points).max()) or 1.0
    x, y = panel.across(float(time_s[0]), float(time_s[-1])), panel.upward(-reach, reach)
    parts: list[Markup] = [_grid(panel, x, y)]
    for column, style in ((0, "sideways"), (1, "forward")):
        line = " ".join(f"{x(float(t))},{y(float(v))}" for t, v in zip(time_s, points[:, column], strict=True))
        parts.append(tag("polyline", points=line, class_=style))
    parts += [
        tag("text", f"Over time ({path.unit})", x=panel.left, y=15, class_="title"),
        *_legend(panel, path.words),
        _below(panel, "time (s)"),
    ]
    return join(parts)


def _legend(panel: Panel, words: tuple[str, str]) -> Iterator[Markup]:
    left = panel.end - 222
    for index, (word, style) in enumerate(zip(words, ("sideways", "forward"), strict=True)):
        start = left + 115 * index
        yield tag("line", x1=start, x2=start + 20, y1=11, y2=11, class_=style)
        yield tag("text", word, x=start + 25, y=15, class_="small")


def _spectrum(path: _Path) -> Markup | None:
    """Amplitude over frequency of both axes, as a share of the largest; None for a short recording."""
    if len(path.points) < 8 * path.rate_hz:
        return None
    low, high = SPECTRUM_HZ
    spectrum = welch_offline(path.points, path.rate_hz, len(path.points) // 2)
    shown = (spectrum.frequency_hz >= low) & (spectrum.frequency_hz <= high)
    power = spectrum.power[shown]
    if power.ndim != 2 or len(power) < 4 or not float(power.max()) > 0:
        return None
    frequency, share = spectrum.frequency_hz[shown], np.sqrt(power / power.max())
    panel = SPECTRUM
    x, y = panel.across(0.0, high), panel.upward(0.0, 1.05)
    parts: list[Markup] = [_grid(panel, x, y)]
    for column, style in ((0, "sideways"), (1, "forward")):
        line = " ".join(f"{x(float(f))},{y(float(p))}" for f, p in zip(frequency, share[:, column], strict=True))
        parts.append(tag("polyline", points=line, class_=style))
    parts += [
        tag("text", "How often to and fro", x=panel.left, y=15, class_="title"),
        _below(panel, "times a second (Hz)"),
        _upright(panel, "size, share of the largest"),
    ]
    return join(parts)
