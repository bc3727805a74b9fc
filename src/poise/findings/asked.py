"""What an exercise asked for, as the reference of its repetitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite

from poise.model.finding import Reference, References
from poise.model.measurement import Measurement
from poise.model.repetition import Part, Repetition

MEASURE_OF: Mapping[str, str] = {"range": "rep.rom", "time_out": "rep.time_out", "time_back": "rep.time_back"}
"""The measure that says the same as a part of the quality."""
OF_THE_EXERCISE = "the exercise's"
"""Begins the source of a part that the exercise asked for; what comes from the person's own best moves with it."""


def asked(references: References, measurements: Sequence[Measurement], repetitions: Sequence[Repetition]) -> References:
    """The references with the bands that the exercise asked of its repetitions.

    Nothing is added where the repetitions were not all asked for the same.
    """
    units = {each.measure: each.unit for each in measurements}
    found = dict(references.by_measure)
    for name, measure in MEASURE_OF.items():
        bands = [_band(each, part) for each in repetitions for part in each.parts if _asked_by_exercise(part, name)]
        if bands and units.get(measure) == bands[0].unit and _alike(bands):
            found[measure] = (*found.get(measure, ()), _reference(measure, bands[0]))
    return replace(references, by_measure=found)


def _asked_by_exercise(part: Part, name: str) -> bool:
    return part.name == name and part.source.startswith(OF_THE_EXERCISE)


def _band(repetition: Repetition, part: Part) -> Part:
    """The band of the part as a band of its measure: a target of the far point is one of the range from the start."""
    if part.name != "range":
        return part
    ends = (part.low - repetition.start, part.high - repetition.start)
    low, high = ends if repetition.apex >= repetition.start else (-ends[1], -ends[0])
    return replace(part, value=repetition.range, low=low, high=high)


def _alike(bands: Sequence[Part]) -> bool:
    """Whether they differ by no more than the measuring error, as where the start posture differs a little."""
    lows = [band.low for band in bands]
    if not all(isfinite(low) for low in lows):
        return len(set(lows)) == 1
    return max(lows) - min(lows) <= max(band.error for band in bands) + 1e-9


def _reference(measure: str, part: Part) -> Reference:
    low, high = (value if isfinite(value) else None for value in (part.low, part.high))
    return Reference(
        measure=measure, population="what the exercise asks for", unit=part.unit, citation=part.source, low=low,
        high=high, evidence="design", basis="asked", who="the exercise asks for",
    )  # fmt: skip
