"""The tables at the end of a report: every measure with its method, what is in doubt, and how it was all made."""

from __future__ import annotations

import math

from poise.documents.markup import Markup, join, tag
from poise.documents.words import figure, label, said_unit, spread
from poise.model import Assessment, Measurement


def measures(assessment: Assessment) -> Markup | None:
    """Every measurement: value ± SD, unit, n, its reference, measurement error and method."""
    if not assessment.measurements:
        return None
    head = ("Measure", "Side", "Value ± SD", "Unit", "n", "Usual", "Measuring error", "Method")
    numeric = {"Value ± SD", "n", "Usual", "Measuring error"}
    return join(
        tag("h2", "All measures"),
        tag(
            "div",
            tag(
                "table",
                tag(
                    "thead",
                    tag("tr", [tag("th", name, scope="col", class_="n" if name in numeric else None) for name in head]),
                ),
                tag("tbody", [_row(each, assessment) for each in assessment.measurements]),
            ),
            class_="scroll",
        ),
    )


def _row(measured: Measurement, assessment: Assessment) -> Markup:
    return tag(
        "tr",
        tag("td", label(measured.measure), title=measured.measure),
        tag("td", measured.side or ""),
        tag("td", spread(measured), class_="n"),
        tag("td", said_unit(measured.unit)),
        tag("td", str(measured.n), class_="n"),
        tag("td", _usual(measured, assessment), class_="n"),
        tag("td", figure(measured.error) if math.isfinite(measured.error) else "", class_="n"),
        tag("td", measured.method),
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
        tag("summary", f"{len(assessment.unseen)} things that could not be judged, and why"),
        tag("ul", [tag("li", each) for each in assessment.unseen], class_="plain"),
    )
    return join(
        tag("h2", "What is in doubt"),
        problems or tag("p", "Nothing in this recording gave cause for doubt."),
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
            tag("summary", f"{len(steps)} steps from the file to the numbers"),
            tag("ol", steps, class_="plain"),
        ),
        tag("details", tag("summary", "References"), tag("ul", [tag("li", each) for each in sources], class_="plain"))
        if sources
        else None,
    )
