"""The load of left against right in each repetition, from force plates or insoles under both feet."""

from __future__ import annotations

from collections.abc import Sequence

from poise.measures.task_load import loads_of
from poise.model import Definition, Recording, Repetition

NAN = float("nan")
LOAD = Definition(
    measure="rep.load_asymmetry", unit="%", label="Load, left − right",
    formula="100 (left − right) / (left + right) of the mean vertical forces from start to end of a repetition, median",
    source="measures.md 2.10", better="neither", decimals=0, sided=False,
)  # fmt: skip


def load_asymmetries(recording: Recording, repetitions: Sequence[Repetition]) -> list[float]:
    """For each repetition 100 (left − right) / (left + right), %; NaN where nobody knows whose plate is whose."""
    loads = loads_of(recording)
    if loads is None or not loads.sided:
        return [NAN] * len(repetitions)
    return [loads.asymmetry(each.start_s, each.end_s) for each in repetitions]
