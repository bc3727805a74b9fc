"""Numbers over time: what may not be compared is not joined."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format

from poise.clinic.evaluations.bands import Point, over_time

FIRST = datetime(2026, 3, 2, 3, 30, tzinfo=UTC)


def points(*likes: str) -> list[Point]:
    return [
        Point(at=FIRST + timedelta(days=number), value=10.0 + number, side="", like=like)
        for number, like in enumerate(likes)
    ]


def test_numbers_that_may_be_compared_are_one_line_and_others_are_not_joined_to_them() -> None:
    assert over_time(points("open", "open", "open"), "s").count("<polyline") == 1
    apart = over_time(points("open", "closed", "open", "closed"), "s")
    assert apart.count("<polyline") == 2
    assert apart.count("<circle") == 4


def test_the_day_is_the_clinics_own() -> None:
    with timezone.override("America/Chicago"):  # there it is still the first of March
        assert date_format(date(2026, 3, 1), "SHORT_DATE_FORMAT") in over_time(points("open"), "s")
