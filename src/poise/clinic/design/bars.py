"""A value on its reference band, laid out for a picture: everything in percent of its width."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from django.utils.translation import gettext as _

from poise.clinic.design.numbers import said

MARGIN = 0.12


@dataclass(frozen=True, kw_only=True)
class Band:
    """Where the usual range begins and ends, and where the value and its measurement error lie, 0 to 100."""

    usual_from: float
    usual_width: float
    value_at: float
    error_from: float | None
    error_to: float | None
    least: str
    most: str
    words: str
    verdict: str


def band(value: float, low: float | None, high: float | None, *, unit: str = "", error: float | None = None,
         scale: tuple[float, float] | None = None) -> Band | None:  # fmt: skip
    """The picture of a value; None where it cannot be drawn.

    Parameters
    ----------
    low, high
        The usual range; None for an open end.
    error
        Half the width of the measurement error, in the same unit: drawn as a line on both sides.
    scale
        The ends of the picture; by default what holds everything, with a margin.
    """
    known = [each for each in (value, low, high) if each is not None]
    if not all(map(isfinite, known)) or (low is None and high is None):
        return None
    least, most = scale or _ends(known, error or 0.0)
    width = most - least

    def at(each: float) -> float:
        return round(min(max((each - least) / width, 0.0), 1.0) * 100, 2)

    start, end = at(least if low is None else low), at(most if high is None else high)
    return Band(
        usual_from=start, usual_width=round(end - start, 2), value_at=at(value),
        error_from=at(value - error) if error else None, error_to=at(value + error) if error else None,
        least=said(least), most=said(most), words=_words(low, high, unit), verdict=_verdict(value, low, high),
    )  # fmt: skip


def _ends(known: list[float], error: float) -> tuple[float, float]:
    least, most = min(known) - error, max(known) + error
    room = (most - least or abs(most) or 1.0) * MARGIN
    return (max(least - room, 0.0) if least >= 0 else least - room), most + room


def _words(low: float | None, high: float | None, unit: str) -> str:
    numbers = {"low": said(low), "high": said(high), "unit": unit}
    if low is None:
        return _("Usual: up to %(high)s %(unit)s") % numbers
    if high is None:
        return _("Usual: %(low)s %(unit)s or more") % numbers
    return _("Usual: %(low)s to %(high)s %(unit)s") % numbers


def _verdict(value: float, low: float | None, high: float | None) -> str:
    if low is not None and value < low:
        return _("below the usual range")
    if high is not None and value > high:
        return _("above the usual range")
    return _("within the usual range")
