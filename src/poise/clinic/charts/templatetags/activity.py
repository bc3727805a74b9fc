"""``{% load activity %}``: the small trend of an activity, and a change in words."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from poise.clinic.charts.domain.activities import Change, Line

register = template.Library()
WIDTH, HEIGHT, EDGE = 220, 48, 6


@register.inclusion_tag("charts/activity/trend.html")
def trend(line: Line) -> dict[str, Any]:
    """The ratings as a line from 0 (below) to 10 (above), by day; nothing where there is only one."""
    ratings = line.ratings
    if len(ratings) < 2:
        return {"points": []}
    first = ratings[0].rated_on
    days = max(1, (ratings[-1].rated_on - first).days)
    points = [
        (
            round(EDGE + (WIDTH - 2 * EDGE) * (each.rated_on - first).days / days, 1),
            round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * each.score / 10, 1),
        )
        for each in ratings
    ]
    said = ", ".join(f"{date_format(each.rated_on, 'SHORT_DATE_FORMAT')}: {each.score}" for each in ratings)
    return {
        "points": points,
        "line": " ".join(f"{x},{y}" for x, y in points),
        "label": _("Numbers by day: %(said)s") % {"said": said},
        "width": WIDTH,
        "height": HEIGHT,
    }


@register.simple_tag
def change_words(change: Change) -> str:
    """A change beside what measurement error allows to see."""
    told = {
        "by": f"{'+' if change.by > 0 else ''}{number_format(change.by, 1)}",
        "limit": number_format(change.smallest_real, 0),
    }
    if not change.is_real:
        return _("%(by)s since the start: within measurement error (%(limit)s)") % told
    return (_("%(by)s since the start: better") if change.by > 0 else _("%(by)s since the start: worse")) % told
