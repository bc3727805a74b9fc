"""The tables at the end of a report: every measure with its method, what is in doubt, and how it was all made."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from poise.documents.markup import Markup, join, tag
from poise.documents.problems import told, unseen_told
from poise.documents.tasks import doubles, measures_asked
from poise.documents.words import bare, counted, label, said_unit, spread
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
MAY_BE_EMPTY = frozenset({"Left", "Right", "Both", "Unit", "Usual", "Error"})
HEADINGS = {"Both": "Value"}
MOST_SHOWN = 24
DOUBLES_NOTE = (
    "What the task measures at its own moment (the lowest point of a squat) is not told again for the worst moment of "
    "each repetition; both are in the JSON."
)
FEW_COLUMNS = 7


def measures(assessment: Assessment) -> Markup | None:
    """Every measurement, left and right on one line: value ± SD, unit, n, reference, measurement error, method."""
    if not assessment.measurements:
        return None
    rows, methods = measure_rows(assessment)
    return join(
        tag("h2", "All measures"),
        tag(
            "p",
            f"{spread_note(assessment)}; error: one standard error of measurement; "
            "usual: mean ± 2 SD, or 5th to 95th percentile.",
            class_="note",
        ),
        tag("p", "On a small screen, move the table sideways to see all of it.", class_="note phone"),
        _table(rows[:MOST_SHOWN]),
        tag("details", tag("summary", f"{len(rows) - MOST_SHOWN} more measures"), _table(rows[MOST_SHOWN:]))
        if len(rows) > MOST_SHOWN
        else None,
        tag("p", DOUBLES_NOTE, class_="note") if doubles(assessment) else None,
        tag("p", "Methods: ", "; ".join(f"{letter}, {method}" for letter, method in methods), ".", class_="note"),
    )


def spread_note(assessment: Assessment) -> str:
    """What a value and its spread are: of repetitions the median, of everything else the mean."""
    repeated = any(each.measure.startswith("rep.") for each in assessment.measurements)
    of_repetitions = (
        "; of what is measured in each counted repetition (its range, time, quality) median ± SD" if repeated else ""
    )
    return f"Mean ± SD over n (strides, repetitions, tries){of_repetitions}"


def measure_rows(assessment: Assessment) -> tuple[list[Row], list[tuple[str, str]]]:
    """The lines of the table, and what the letters of its last column stand for."""
    by_measure: dict[str, list[Measurement]] = {name: [] for name in measures_asked(assessment)}
    for each in assessment.measurements:
        if each.measure in by_measure:
            by_measure[each.measure].append(each)
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
        error=bare(max(errors), first.unit) if errors else "",
        method=" ".join(dict.fromkeys(letters[each.method] for each in held)),
    )


def _table(rows: Sequence[Row]) -> Markup:
    """The lines with the columns that hold something: a column of nothing pushes the numbers off a phone.

    A value of both sides stands across the columns of left and right.
    """
    cells = [_cells(row) for row in rows]
    held = [name for name in HEAD if name not in MAY_BE_EMPTY or any(line[name] for line in cells)]
    sided = {"Left", "Right"} <= set(held)
    if sided:
        held = [name for name in held if name != "Both"]
    head = [tag("th", HEADINGS.get(name, name), scope="col", class_=_kind(name)) for name in held]
    lines = [
        tag("tr", _line(held, line, row.measure, across=sided))
        for row, line in zip(rows, cells, strict=True)
    ]  # fmt: skip
    narrow = "small" if len(held) <= FEW_COLUMNS else None
    table = tag("table", tag("thead", tag("tr", head)), tag("tbody", lines), class_=narrow)
    return tag("div", table, class_="scroll")


def _cells(row: Row) -> dict[str, str]:
    cells = (row.label, row.left, row.right, row.both, row.unit, row.n, row.usual, row.error, row.method)
    return dict(zip(HEAD, cells, strict=True))


def _line(held: Sequence[str], line: Mapping[str, str], title: str, *, across: bool) -> list[Markup]:
    merged = across and line["Both"] and not (line["Left"] or line["Right"])
    cells: list[Markup] = []
    for name in held:
        if merged and name in {"Left", "Right"}:
            cells += [tag("td", line["Both"], colspan=2, class_="both2")] if name == "Left" else []
        else:
            also = f" ({line['Both']})" if across and name == "Right" and line["Both"] else ""
            cells.append(tag("td", line[name] + also, class_=_kind(name), title=title if name == HEAD[0] else None))
    return cells


def _kind(name: str) -> str | None:
    return "n" if name in NUMERIC else None


def _usual(measured: Measurement, assessment: Assessment) -> str:
    reference = assessment.references.get(measured.measure)
    if reference is None or reference.unit != measured.unit:
        return ""
    low, high = reference.band()
    if math.isfinite(low) and math.isfinite(high):
        return f"{bare(low, measured.unit)} to {bare(high, measured.unit)}"
    return f"above {bare(low, measured.unit)}" if math.isfinite(low) else f"below {bare(high, measured.unit)}"


def doubts(assessment: Assessment) -> Markup:
    """What is in doubt and what could not be judged."""
    problems = [
        tag(
            "div",
            tag("p", tag("b", f"{each.where}: ") if each.where else None, each.what),
            tag("p", each.do, class_="note") if each.do else None,
            class_="problem",
        )
        for each in told(assessment.problems, of=(assessment.id, assessment.source))
    ]
    unseen = tag(
        "details",
        tag("summary", f"{counted(len(assessment.unseen), 'thing', 'things')} that could not be judged, and why"),
        tag("ul", [tag("li", each) for each in unseen_told(assessment.unseen)], class_="plain"),
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
