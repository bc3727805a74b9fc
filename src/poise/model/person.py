"""What is known of the person who moves, as far as measuring needs it. No name, no identifier."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Person:
    """Facts that change how a movement is measured or judged; None where nobody said."""

    birth_year: int | None = None
    age_years: float | None = None
    sex: Literal["f", "m"] | None = None
    height_m: float | None = None
    mass_kg: float | None = None
    leg_length_m: float | None = None
    lumbar_sensor_height_m: float | None = None
    affected: Literal["left", "right", "both"] | None = None

    def age_on(self, day: date) -> float | None:
        """Age on a day, from `age_years` or else the birth year (to within a year); None if neither is known."""
        if self.age_years is not None:
            return self.age_years
        return None if self.birth_year is None else float(day.year - self.birth_year)

    def updated(self, other: Person) -> Person:
        """The person with every fact that `other` knows put over it."""
        known = {f.name: value for f in fields(other) if (value := getattr(other, f.name)) is not None}
        return replace(self, **known)
