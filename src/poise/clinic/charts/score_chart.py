"""A small chart of a score over time, drawn by the server: points, and the band in which a change may be chance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from poise.clinic.charts.domain.scores import Series

WIDTH, HEIGHT = 560, 220
LEFT, RIGHT, TOP, BOTTOM = 44, 16, 14, 30


@dataclass(frozen=True, kw_only=True)
class Point:
    """A score where it is drawn."""

    x: float
    y: float
    score: float
    day: date


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A number at the side of the chart."""

    y: float
    value: float


@dataclass(frozen=True, kw_only=True)
class ScoreChart:
    """All that the template draws; `band` is top and height of what the first score ± its error covers."""

    points: list[Point]
    line: str
    ticks: list[Tick]
    band: tuple[float, float] | None
    baseline: float
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    inner: int = WIDTH - LEFT - RIGHT
    bottom: int = HEIGHT - BOTTOM


def score_chart(series: Series) -> ScoreChart:
    """The chart of a series; the scale is the questionnaire's own, so that a small change looks small."""
    low, high = _range(series)
    days = [point.taken_on.toordinal() for point in series.points]
    first, span = days[0], max(days[-1] - days[0], 1)

    def x(day: int) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (day - first) / span, 1)

    def y(score: float) -> float:
        inside = min(max(score, low), high)
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (high - inside) / (high - low), 1)

    points = [Point(x=x(day), y=y(each.score), score=each.score, day=each.taken_on)
              for day, each in zip(days, series.points, strict=True)]  # fmt: skip
    error = series.limits.beyond_error
    band = None
    if error is not None:
        top, bottom = y(series.first.score + error.value), y(series.first.score - error.value)
        band = top, round(bottom - top, 1)
    ticks = [Tick(y=y(value), value=value) for value in (low, (low + high) / 2, high)]
    line = " ".join(f"{point.x},{point.y}" for point in points)
    return ScoreChart(points=points, line=line, ticks=ticks, band=band, baseline=y(series.first.score))


def _range(series: Series) -> tuple[float, float]:
    """The whole scale where it is a scale; for times and distances, what was reached and a little more."""
    low, high = series.outcome.scale
    scores = [point.score for point in series.points]
    if series.outcome.kind != "performance" or high - low <= 60:
        return low, high
    room = max(max(scores) - min(scores), series.limits.beyond_error.value * 2 if series.limits.beyond_error else 1.0)
    return max(low, min(scores) - room / 2), min(high, max(scores) + room / 2)
