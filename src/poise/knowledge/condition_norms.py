"""Norms of measures that depend on what was held fixed: eyes, surface, stance.

A norm fits only a recording whose conditions are known to be the norm's own: sway on foam is never held against sway on
a firm floor, and where nobody said what the person stood on there is no norm, and it says what to tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable

import numpy as np

from poise.knowledge.facts import Facts
from poise.knowledge.reading import Entry, Faults, table_entries
from poise.knowledge.sources import Citation
from poise.model.conditions import WORDS
from poise.model.finding import Reference, Source

CONDITIONS = ("eyes", "surface", "stance")
"""The columns of the table that are conditions; an empty cell asks for nothing."""
ANY_SOURCE = "any"


@dataclass(frozen=True, kw_only=True)
class ConditionRow:
    """Lowest and highest usual value of one measure, of one group of people, in one condition."""

    measure: str
    low: float
    high: float
    n: int
    people: str
    note: str
    citation: str
    source_kind: str
    youngest_years: float = 0.0
    oldest_years: float = 200.0
    conditions: Mapping[str, str] = field(default_factory=dict)


def read_condition_rows(
    folder: Traversable, sources: Mapping[str, Citation], facts: Mapping[str, Facts], faults: Faults
) -> tuple[ConditionRow, ...]:
    """All of by_condition.csv; faults are noted, not raised."""
    return tuple(_row(entry, sources, facts) for entry in table_entries(folder, "by_condition.csv", faults))


def condition_reference(
    rows: Iterable[ConditionRow],
    facts: Facts,
    age_years: float | None,
    conditions: Mapping[str, str],
    source: Source | None = None,
) -> tuple[Reference | None, str]:
    """The norm of a measure in these conditions, and what would have to be known where none fits.

    Returns
    -------
    reference
        Every fitting group together, from the lowest to the highest; None where none fits.
    lacking
        Words for a sentence ("whether the eyes were open"), empty where nothing is lacking.
    """
    held = [row for row in rows if row.measure == facts.measure and _of_source(row, source)]
    unknown = dict.fromkeys(
        name for row in held for name in row.conditions if name not in conditions and _agree(row, conditions)
    )
    fitting = [row for row in held if _fits(row, age_years, conditions)]
    if fitting:
        return _together(fitting, facts, age_years), ""
    return None, " and ".join(_TO_TELL[name] for name in unknown)


_TO_TELL = {
    "eyes": "whether the eyes were open (--conditions eyes=open or eyes=closed)",
    "surface": "what the person stood on (--conditions surface=firm or surface=foam)",
    "stance": "how the person stood (--conditions stance=two_feet)",
}


def _of_source(row: ConditionRow, source: Source | None) -> bool:
    return row.source_kind == ANY_SOURCE or source is None or row.source_kind == source


def _agree(row: ConditionRow, conditions: Mapping[str, str]) -> bool:
    return all(conditions.get(name, word) == word for name, word in row.conditions.items())


def _fits(row: ConditionRow, age_years: float | None, conditions: Mapping[str, str]) -> bool:
    known = all(conditions.get(name) == word for name, word in row.conditions.items())
    right_age = age_years is None or row.youngest_years <= np.floor(age_years) <= row.oldest_years
    return known and bool(right_age)


def _together(rows: Sequence[ConditionRow], facts: Facts, age_years: float | None) -> Reference:
    young, old = min(row.youngest_years for row in rows), max(row.oldest_years for row in rows)
    notes = dict.fromkeys(row.note for row in rows if row.note)
    if age_years is None:
        notes["Age not known: the reference spans all ages."] = None
    people = "; ".join(dict.fromkeys(f"{row.people} (n {row.n})" for row in rows))
    told = "".join(f"; {_said(name, word)}" for name, word in rows[0].conditions.items())
    return Reference(
        measure=facts.measure, unit=facts.unit, low=min(row.low for row in rows), high=max(row.high for row in rows),
        n=min(row.n for row in rows), citation="; ".join(dict.fromkeys(row.citation for row in rows)),
        population=people + told,
        evidence="verified", who=f"people aged {young:.0f} to {old:.0f}", note=" ".join(notes),
        matched=age_years is not None,
    )  # fmt: skip


def _said(name: str, word: str) -> str:
    return {"eyes": f"eyes {word}", "surface": f"on a {word} surface"}.get(name, word.replace("_", " "))


def _row(entry: Entry, sources: Mapping[str, Citation], facts: Mapping[str, Facts]) -> ConditionRow:
    measure = entry.text("measure")
    if measure not in facts:
        entry.fault(f"measure '{measure}' is not in measures.yaml")
    elif entry.text("unit") != facts[measure].unit:
        entry.fault(f"{measure} is given in '{entry.text('unit')}', not in {facts[measure].unit}")
    source = sources.get(entry.text("source"))
    if source is None:
        entry.fault(f"source '{entry.text('source')}' is not in sources.yaml: no number without a citation")
    low, high = entry.number("low"), entry.number("high")
    if not low < high:
        entry.fault("'low' must be below 'high'")
    for name in CONDITIONS:
        if entry.text(name) and entry.text(name) not in WORDS[name]:
            entry.fault(f"'{name}' is {entry.text(name)!r}, not one of {', '.join(WORDS[name])}")
    return ConditionRow(
        measure=measure, low=low, high=high, n=int(entry.number("n", 0)), people=entry.text("people"),
        note=entry.text("note"), citation=source.title if source else "", source_kind=entry.text("by") or ANY_SOURCE,
        youngest_years=entry.number("youngest_years", 0.0), oldest_years=entry.number("oldest_years", 200.0),
        conditions={name: entry.text(name) for name in CONDITIONS if entry.text(name)},
    )  # fmt: skip
