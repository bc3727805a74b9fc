"""The tables at the end of a report: every measure with its method, what is in doubt, and how it was all made."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from poise.documents.markup import Markup, join, tag
from poise.documents.words import counted, figure, label, said_unit, spread
from poise.model import Assessment, Measurement


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table of measures: both sides of one measure."""

    measure: str
    label: str
    left: str
    right: str
    both: str
    unit: str
    n: str
    usual: str
    error: str
    method: str


HEAD = ("Measure", "Left", "Right", "Both", "Unit", "n", "Usual", "Error", "Method")
NUMERIC = frozenset({"Left", "Right", "Both", "n", "Usual", "Error"})


def measures(assessment: Assessment) -> Markup | None:
    """Every measurement, left and right on one line: value ± SD, unit, n, reference, measurement error, method."""
    if not assessment.measurements:
        return None
    rows, methods = measure_rows(assessment)
    head = [tag("th", name, scope="col", class_="n" if name in NUMERIC else None) for name in HEAD]
    return join(
        tag("h2", "All measures"),
        tag(
            "p",
            "Mean ± SD over n (strides, repetitions, tries); error: one standard error of measurement; "
            "usual: mean ± 2 SD, or 5th to 95th percentile.",
            class_="note",
        ),
        tag(
            "div",
            tag("table", tag("thead", tag("tr", head)), tag("tbody", [_line(row) for row in rows])),
            class_="scroll",
        ),
        tag("p", "Methods: ", "; ".join(f"{letter}, {method}" for letter, method in methods), ".", class_="note"),
    )


def measure_rows(assessment: Assessment) -> tuple[list[Row], list[tuple[str, str]]]:
    """The lines of the table, and what the letters of its last column stand for."""
    by_measure: dict[str, list[Measurement]] = {}
    for each in assessment.measurements:
        by_measure.setdefault(each.measure, []).append(each)
    methods = dict.fromkeys(each.method for each in assessment.measurements)
    letters = {method: str(number) for number, method in enumerate(methods, 1)}
    rows = [_row(held, assessment, letters) for held in by_measure.values()]
    return rows, [(letter, method) for method, letter in letters.items()]


def _row(held: list[Measurement], assessment: Assessment, letters: Mapping[str, str]) -> Row:
    first = held[0]
    by_side = {each.side: spread(each) for each in held}
    counts = dict.fromkeys(str(each.n) for each in held)
    errors = [each.error for each in held if math.isfinite(each.error)]
    return Row(
        measure=first.measure,
        label=label(first.measure, assessment),
        left=by_side.get("left", ""),
        right=by_side.get("right", ""),
        both=by_side.get(None, ""),
        unit=said_unit(first.unit),
        n=" / ".join(counts),
        usual=_usual(first, assessment),
        error=figure(max(errors)) if errors else "",
        method=" ".join(dict.fromkeys(letters[each.method] for each in held)),
    )


def _line(row: Row) -> Markup:
    cells = (row.left, row.right, row.both, row.unit, row.n, row.usual, row.error, row.method)
    return tag(
        "tr",
        tag("td", row.label, title=row.measure),
        [tag("td", cell, class_="n" if name in NUMERIC else None) for name, cell in zip(HEAD[1:], cells, strict=True)],
    )


def _usual(measured: Measurement, assessment: Assessment) -> str:
    reference = assessment.references.get(measured.measure)
    if reference is None or reference.unit != measured.unit:
        return ""
    low, high = reference.band()
    if math.isfinite(low) and math.isfinite(high):
        return f"{figure(low)} to {figure(high)}"
    return f"above {figure(low)}" if math.isfinite(low) else f"below {figure(high)}"


def doubts(assessment: Assessment) -> Markup:
    """What is in doubt and what could not be judged."""
    problems = [
        tag("div", tag("p", each.what), tag("p", each.do, class_="note") if each.do else None, class_="problem")
        for each in assessment.problems
    ]
    unseen = tag(
        "details",
        tag("summary", f"{counted(len(assessment.unseen), 'thing', 'things')} that could not be judged, and why"),
        tag("ul", [tag("li", each) for each in assessment.unseen], class_="plain"),
    )
    return join(
        tag("h2", "What is in doubt"),
        problems or (tag("p", "Nothing in this recording gave cause for doubt.") if assessment.measurements else None),
        unseen if assessment.unseen else None,
    )


def details(assessment: Assessment) -> Markup:
    """How it was made: the file, the steps with their settings, the references."""
    steps = [tag("li", str(step)) for step in assessment.history]
    sources = dict.fromkeys(
        f"{reference.measure}: {reference.population}. {reference.citation} [{reference.evidence}]"
        for reference in assessment.references.values()
    )
    rates = ", ".join(f"{name} {rate:g} Hz" for name, rate in assessment.rates_hz.items() if math.isfinite(rate))
    return join(
        tag("h2", "How this was made"),
        tag("p", f"File {assessment.source}. {rates}.", class_="note"),
        tag(
            "details",
            tag("summary", f"{counted(len(steps), 'step', 'steps')} from the file to the numbers"),
            tag("ol", steps, class_="plain"),
        ),
        tag("details", tag("summary", "References"), tag("ul", [tag("li", each) for each in sources], class_="plain"))
        if sources
        else None,
    )
