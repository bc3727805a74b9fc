"""What a C3D file says of the person's body. Names and codes of the person are never read."""

from __future__ import annotations

from poise.model import Person
from poise.readers._c3d_parameters import Parameters

GROUPS = ("PROCESSING", "SUBJECTS", "SUBJECT", "SUBJECT_PARAMETERS", "ANTHROPOMETRY")
MASS = ("BODYMASS", "BODY_MASS", "MASS", "WEIGHT", "BODYWEIGHT")
HEIGHT = ("HEIGHT", "BODYHEIGHT", "BODY_HEIGHT", "STATURE")
LEGS = ("LLEGLENGTH", "RLEGLENGTH", "LEFTLEGLENGTH", "RIGHTLEGLENGTH", "LEGLENGTH")


def person_of(parameters: Parameters) -> Person:
    """Mass, height and leg length (the mean of both), where they are stated and those of a human being."""
    legs = [length for name in LEGS if (length := _length_m(parameters, name, 0.15, 1.5)) is not None]
    return Person(
        mass_kg=next((mass for name in MASS if (mass := _within(_stated(parameters, name), 2.0, 400.0))), None),
        height_m=next((height for name in HEIGHT if (height := _length_m(parameters, name, 0.4, 2.6))), None),
        leg_length_m=sum(legs) / len(legs) if legs else None,
    )


def _stated(parameters: Parameters, name: str) -> float | None:
    found = (parameters.number(group, name) for group in GROUPS)
    return next((value for value in found if value), None)


def _length_m(parameters: Parameters, name: str, least_m: float, most_m: float) -> float | None:
    """A length in m, cm or mm, told apart by what a body can measure."""
    stated = _stated(parameters, name)
    if stated is None:
        return None
    return next((m for unit in (1.0, 1e-2, 1e-3) if (m := _within(stated * unit, least_m, most_m)) is not None), None)


def _within(value: float | None, least: float, most: float) -> float | None:
    return value if value is not None and least <= value <= most else None
