"""How much a score must change to be more than chance, and to be noticed by the person; each with its source."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from poise.errors import BadKnowledge
from poise.knowledge.clinical import EVIDENCE, library
from poise.knowledge.reading import DATA

FILE = "score_change.csv"
ERROR, NOTICED = "error", "noticed"


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """A change of a score, in its own unit, with where it comes from.

    `basis` is the evidence tag: ``verified`` (read in the source) or ``general-knowledge`` (a clinician must confirm).
    """

    value: float
    basis: str
    citation: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ScoreChange:
    """`beyond_error` is the smallest change that is more than measuring alone shows; `noticed` what people notice."""

    beyond_error: Threshold | None = None
    noticed: Threshold | None = None


@cache
def score_change(outcome: str) -> ScoreChange:
    """What is known of an outcome (id ``om_…``). Where no error is published, the reference's smallest real change.

    Raises
    ------
    BadKnowledge
        The file has a line that cannot be used.
    """
    held, known = _table().get(outcome, {}), library().outcomes.get(outcome)
    error = held.get(ERROR)
    if error is None and known is not None and known.change is not None and known.change_basis in EVIDENCE:
        sources = ", ".join(library().sources[each].title for each in known.sources if each in library().sources)
        error = Threshold(value=known.change, basis=known.change_basis, citation=sources, note=known.note)
    return ScoreChange(beyond_error=error, noticed=held.get(NOTICED))


@cache
def _table() -> Mapping[str, Mapping[str, Threshold]]:
    found: dict[str, dict[str, Threshold]] = {}
    faults: list[str] = []
    for line, row in enumerate(csv.DictReader(io.StringIO((DATA / FILE).read_text("utf-8"))), start=2):
        fine = row["outcome"] in library().outcomes and row["kind"] in {ERROR, NOTICED} and row["basis"] in EVIDENCE
        if not fine or not row["citation"] or float(row["value"]) <= 0.0:
            faults.append(f"{FILE}, line {line}")
            continue
        found.setdefault(row["outcome"], {})[row["kind"]] = Threshold(
            value=float(row["value"]), basis=row["basis"], citation=row["citation"], note=row["note"]
        )
    if faults:
        raise BadKnowledge("The changes of scores cannot be used.", found="\n".join(faults))
    return MappingProxyType(found)
