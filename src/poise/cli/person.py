"""``birth_year=1950,sex=f,height_m=1.70`` → Person."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

from poise.errors import BadSetting
from poise.model import Person

NUMBERS = {
    "birth_year": (1900, 2030),
    "age_years": (0, 120),
    "height_m": (0.4, 2.5),
    "mass_kg": (2, 400),
    "leg_length_m": (0.2, 1.4),
    "lumbar_sensor_height_m": (0.2, 1.6),
}
WORDS = {"sex": ("f", "m"), "affected": ("left", "right", "both")}


def parse_person(facts: str) -> Person:
    """The person described on the command line; all faults are told at once.

    Raises
    ------
    BadSetting
        A fact that is unknown, not a number, or outside what people are (a height of 170 is in centimetres); one told
        twice; an age that the birth year does not allow.
    """
    values: dict[str, object] = {}
    faults: list[str] = []
    for fact in filter(None, (part.strip() for part in facts.split(","))):
        name, _, value = (part.strip() for part in fact.partition("="))
        fault = _fault(name, value)
        if fault or name in values:
            faults.append(fault or f"{name} is told twice")
        elif name in WORDS:
            values[name] = value.lower()
        else:
            values[name] = int(value) if name == "birth_year" else float(value)
    person = Person(**values)  # type: ignore[arg-type]
    if _age_off(person):
        faults.append(f"age_years={person.age_years:g} does not fit birth_year={person.birth_year}: give one of them")
    if faults:
        raise BadSetting(
            "--person cannot be used: " + "; ".join(faults) + ".",
            found=f"It said '{facts}'.",
            do="Write it like birth_year=1950 (or age_years=75),sex=f,height_m=1.70,mass_kg=70; any part may stay out.",
        )
    return person


def _age_off(person: Person) -> bool:
    if person.birth_year is None or person.age_years is None:
        return False
    return abs(date.today().year - person.birth_year - person.age_years) > 1


def _fault(name: str, value: str) -> str:
    if name not in {field.name for field in fields(Person)}:
        return f"'{name}' is not a fact it knows"
    if name in WORDS:
        return "" if value.lower() in WORDS[name] else f"{name} is one of {', '.join(WORDS[name])}"
    low, high = NUMBERS[name]
    try:
        number = int(value) if name == "birth_year" else float(value)
    except ValueError:
        return f"{name} is not a number"
    return "" if low <= number <= high else f"{name} lies between {low} and {high}"
