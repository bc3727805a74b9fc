"""Numbers as a person reads them: three figures that mean something, in the page's language."""

from __future__ import annotations

from math import floor, isfinite, log10

from django.utils.formats import number_format
from django.utils.translation import gettext as _

FIGURES = 3


def said(value: float | None, *, decimals: int | None = None) -> str:
    """The number in words' place; “–” for none. Three significant figures where no decimals are asked for."""
    if value is None or not isfinite(value):
        return "–"
    if decimals is None:
        size = floor(log10(abs(value))) if value else 0
        decimals = max(0, FIGURES - 1 - size) if abs(value) < 100 else 0
        decimals = 0 if float(value).is_integer() else decimals
    return str(number_format(round(value, decimals), decimal_pos=decimals, use_l10n=True))


def sureness(confidence: float) -> tuple[int, str]:
    """How many of three dots are filled, and the word beside them."""
    if confidence >= 0.8:
        return 3, _("Sure")
    if confidence >= 0.5:
        return 2, _("Fairly sure")
    return 1, _("Unsure")
