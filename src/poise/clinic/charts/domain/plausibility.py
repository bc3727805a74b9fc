"""Whether what was typed can be true of a person; units as people say them, stored in SI."""

from __future__ import annotations

import re
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from poise.clinic.people.folding import digits
from poise.errors import PoiseError

OLDEST_YEARS = 130
HEIGHT_M, MASS_KG = (0.3, 2.6), (0.5, 500.0)
USUAL_BODY_MASS_INDEX = (9.0, 75.0)
INCH_M, POUND_KG = 0.0254, 0.45359237
_FEET = re.compile(r"^(\d)\s*(?:'|’|ft|feet|pies)\s*(\d{1,2}(?:[.,]\d+)?)?\s*(?:\"|''|”|in|inches|pulgadas|pulg)?$")
_NUMBER = re.compile(r"^(\d{1,4}(?:[.,]\d{1,3})?)\s*([a-zA-Z]*)$")


class Implausible(PoiseError):
    """Something typed cannot be so; `faults` says what is wrong with which field, in the reader's language."""

    def __init__(self, faults: dict[str, str | Promise]) -> None:
        self.faults = faults
        super().__init__("Something typed cannot be so.", found="; ".join(str(fault) for fault in faults.values()))


def check_birth_date(born: date, today: date) -> str | Promise:
    """What is wrong with a date of birth; empty where nothing is."""
    if born > today:
        return _("This date is in the future.")
    if today.year - born.year > OLDEST_YEARS:
        return _("This would make the person more than 130 years old. Check the year.")
    return ""


def check_phone(phone: str) -> str | Promise:
    """What is wrong with a phone number: only that it has no number in it. How it is written is free."""
    count = len(digits(phone))
    return _("A phone number has 6 to 20 digits.") if phone and not 6 <= count <= 20 else ""


def check_email(email: str) -> str | Promise:
    """What is wrong with an e-mail address: only what could never arrive."""
    fine = re.fullmatch(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]{2,}", email)
    return "" if not email or fine else _("An e-mail address looks like name@example.org.")


def check_body(height_m: float | None, mass_kg: float | None) -> dict[str, str | Promise]:
    """What is wrong with height and mass, each by itself."""
    faults: dict[str, str | Promise] = {}
    if height_m is not None and not HEIGHT_M[0] <= height_m <= HEIGHT_M[1]:
        faults["height_m"] = _("A height is between 0.3 m and 2.6 m. Was it in another unit?")
    if mass_kg is not None and not MASS_KG[0] <= mass_kg <= MASS_KG[1]:
        faults["mass_kg"] = _("A body mass is between 0.5 kg and 500 kg. Was it in another unit?")
    return faults


def is_unusual(height_m: float | None, mass_kg: float | None) -> bool:
    """Whether height and mass hardly belong together: one of them was perhaps typed in another unit."""
    if not height_m or not mass_kg:
        return False
    return not USUAL_BODY_MASS_INDEX[0] <= mass_kg / height_m**2 <= USUAL_BODY_MASS_INDEX[1]


def height_m(words: str) -> float | None:
    """A height as typed, in metres: "172 cm", "1.72", "5'8"", "5 ft 8", "68 in"; None where the unit is not clear."""
    plain = words.strip().lower()
    if feet := _FEET.match(plain):
        return round((int(feet[1]) * 12 + _float(feet[2] or "0")) * INCH_M, 4)
    match = _NUMBER.match(plain)
    if not match:
        return None
    value, unit = _float(match[1]), match[2] or _unit_of_height(_float(match[1]))
    factors = {"cm": 0.01, "m": 1.0, "in": INCH_M}
    return round(value * factors[unit], 4) if unit in factors else None


def mass_kg(words: str) -> float | None:
    """A body mass as typed, in kilograms: "70 kg", "154 lb"; None without a unit: 150 may be either."""
    match = _NUMBER.match(words.strip().lower())
    factors = {"kg": 1.0, "lb": POUND_KG, "lbs": POUND_KG}
    return round(_float(match[1]) * factors[match[2]], 3) if match and match[2] in factors else None


def _unit_of_height(value: float) -> str:
    """The unit of a bare number, where only one can be meant."""
    if value <= HEIGHT_M[1]:
        return "m"
    return "cm" if value >= 100 else ""


def _float(words: str) -> float:
    return float(words.replace(",", "."))
