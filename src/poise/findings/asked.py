"""What an exercise asked for, as the reference of its repetitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite

from poise.model.finding import Reference, References
from poise.model.measurement import Measurement
from poise.model.repetition import Part, Repetition

MEASURE_OF: Mapping[str, str] = {
    "range": "rep.rom",
    "tempo": "rep.time",
    "time": "rep.time",
    "smoothness": "rep.sparc",
}
"""The measure that says the same as a part of the quality."""


def asked(references: References, measurements: Sequence[Measurement], repetitions: Sequence[Repetition]) -> References:
    """The references with the bands that the parts of the repetitions' quality were judged by.

    Only bands that all repetitions share become a reference: a band from a person's own best moves with it.
    """
    units = {each.measure: each.unit for each in measurements}
    found = dict(references.by_measure)
    for name, measure in MEASURE_OF.items():
        parts = [part for each in repetitions for part in each.parts if part.name == name]
        band = _band(parts)
        if band is not None and units.get(measure) == band.unit:
            found[measure] = (*found.get(measure, ()), _reference(measure, band))
    return replace(references, by_measure=found)


def _band(parts: Sequence[Part]) -> Part | None:
    bands = {(part.low, part.high) for part in parts}
    return parts[0] if len(bands) == 1 else None


def _reference(measure: str, part: Part) -> Reference:
    return Reference(
        measure=measure, population="what the exercise asks for", unit=part.unit, citation=part.source,
        evidence="design", low=part.low if isfinite(part.low) else None, high=part.high if isfinite(part.high) else None, basis="asked",
        who="the exercise asks for",
    )  # fmt: skip
