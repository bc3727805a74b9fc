"""Weeks and days between clinical dates."""

from __future__ import annotations

from datetime import date


def weeks_since(start: date | None, today: date) -> float | None:
    """Weeks from a day, with fractions; None where the day is not known."""
    return (today - start).days / 7 if start else None


def whole_weeks_since(start: date | None, today: date) -> int | None:
    """Completed weeks from a day; None where the day is not known or lies ahead."""
    return (today - start).days // 7 if start and start <= today else None
