"""The first page of a report: what was seen in plain words, then each finding beside its reference."""

from __future__ import annotations

import math
from collections.abc import Iterator

from poise.documents.charts import bullet_chart
from poise.documents.markup import Markup, join, tag
from poise.documents.words import figure, label
from poise.model import Assessment, Finding, Measurement, Reference

TILES = ("gait.speed", "gait.cadence", "gait.step_length", "gait.stance_percent", "gait.step_width")
TASK_WORDS = {"walk": "Walking", "stand": "Standing", "squat": "Squat", "sit_to_stand": "Standing up from a chair"}


def summary(assessment: Assessment) -> Markup:
    """The head of the report: whose recording, what was seen, the numbers people ask for first."""
    if not assessment.usable:
        problem = assessment.problems[0]
        return join(
            tag("header", tag("p", "Poise · movement report", class_="brand"), tag("h1", assessment.id)),
            tag(
                "div",
                tag("p", tag("b", "This file could not be used. "), problem.what),
                tag("p", problem.do),
                class_="bad",
            ),
        )
    return join(_header(assessment), _in_plain_words(assessment), _tiles(assessment))


def _header(assessment: Assessment) -> Markup:
    person = assessment.person
    about = [
        TASK_WORDS.get(assessment.task, "Movement"),
        f"{assessment.duration_s:.1f} s recorded",
        f"{len(assessment.walk.strides)} whole strides" if assessment.walk else "",
        f"{person.age_years:g} years old" if person.age_years is not None else "",
        f"born {person.birth_year}" if person.birth_year is not None and person.age_years is None else "",
        {"f": "female", "m": "male"}.get(person.sex or "", ""),
        f"{person.height_m:.2f} m tall" if person.height_m is not None else "",
    ]
    return tag(
        "header",
        tag("p", "Poise · movement report", class_="brand"),
        tag("h1", assessment.id),
        tag("p", " · ".join(filter(None, about))),
    )


def _in_plain_words(assessment: Assessment) -> Markup:
    found = assessment.findings
    if not assessment.measurements:
        return join(
            tag("h2", "In short"),
            tag(
                "p",
                "Nothing could be measured in this recording. The reasons stand below, under “What is in doubt”.",
                class_="lead",
            ),
        )
    if not found:
        return join(
            tag("h2", "In short"),
            tag(
                "p",
                tag("span", "Good news", class_="badge good"),
                "Of what could be judged, nothing differs from what is usual by more than measuring error.",
                class_="lead",
            ),
            _not_judged(assessment),
        )
    number = {1: "One thing stands", 2: "Two things stand", 3: "Three things stand"}.get(
        len(found), f"{len(found)} things stand"
    )
    return join(
        tag("h2", "In short"),
        tag("p", f"{number} out in this recording, by more than measuring error:", class_="lead"),
        tag("ul", [tag("li", tag("b", _named(each)), ". ", each.sentence) for each in found], class_="plain"),
        _not_judged(assessment),
    )


def _not_judged(assessment: Assessment) -> Markup | None:
    if not assessment.unseen:
        return None
    return tag(
        "p",
        f"{len(assessment.unseen)} other things could not be judged from this recording; they are listed below.",
        class_="note",
    )


def _named(finding: Finding) -> str:
    return f"{finding.name} ({finding.side})" if finding.side else finding.name


def _tiles(assessment: Assessment) -> Markup | None:
    tiles = [tile for measure in TILES for tile in _tile(assessment, measure)]
    return tag("div", tiles, class_="tiles") if tiles else None


def _tile(assessment: Assessment, measure: str) -> Iterator[Markup]:
    held = {each.side: each for each in assessment.measurements if each.measure == measure}
    if not held:
        return
    usual = _usual(assessment.references.get(measure))
    if None in held:
        yield tag(
            "div",
            tag("small", label(measure)),
            tag("b", figure(held[None].value, held[None].unit)),
            usual,
            class_="tile",
        )
        return
    sides = " / ".join(figure(held[side].value) if side in held else "–" for side in ("left", "right"))
    unit = next(iter(held.values())).unit
    yield tag("div", tag("small", f"{label(measure)}, left / right"), tag("b", f"{sides} {unit}"), usual, class_="tile")


def _usual(reference: Reference | None) -> Markup | None:
    if reference is None:
        return None
    low, high = reference.band()
    if not (math.isfinite(low) and math.isfinite(high)):
        return None
    return tag("small", f"usual: {figure(low)} to {figure(high, reference.unit)}")


def findings(assessment: Assessment) -> Markup | None:
    """Every finding with its number on the reference's axis, what it may mean, what to check, and its source."""
    if not assessment.findings:
        return None
    return join(
        tag("h2", "What stands out, and how sure that is"), [_finding(each, assessment) for each in assessment.findings]
    )


def _finding(finding: Finding, assessment: Assessment) -> Markup:
    return tag(
        "section",
        tag("h3", _named(finding)),
        tag(
            "p",
            tag("span", finding.severity, class_=f"badge {finding.severity}"),
            tag("span", f"{_sureness(finding.confidence)} ({finding.confidence:.0%})", class_="badge plainbadge"),
        ),
        tag("p", finding.sentence),
        _picture(finding, assessment),
        tag("p", f"What it may mean: {finding.meaning}.") if finding.meaning else None,
        tag("p", tag("b", "Check: "), finding.ask, ".") if finding.ask else None,
        tag("dl", list(_evidence(finding))),
        class_=f"finding {finding.severity}",
    )


def _sureness(confidence: float) -> str:
    if confidence >= 0.8:
        return "quite sure"
    return "fairly sure" if confidence >= 0.5 else "not very sure"


def _picture(finding: Finding, assessment: Assessment) -> Markup | None:
    if not finding.because or any(each.unit != finding.reference.unit for each in finding.because[:1]):
        return None
    measured = finding.because[0]
    low, high = finding.reference.band()
    other = next(
        (
            each
            for each in assessment.measurements
            if each.measure == measured.measure and each.side not in {None, measured.side} and measured.side is not None
        ),
        None,
    )
    return tag(
        "figure",
        bullet_chart(
            measured.value,
            measured.unit,
            style=measured.side or "both",
            low=low if math.isfinite(low) else None,
            high=high if math.isfinite(high) else None,
            error=finding.error,
            other=(str(other.side), other.value) if other else None,
        ),
    )


def _evidence(finding: Finding) -> Iterator[Markup]:
    reference = finding.reference
    yield from _pair("Measured", "; ".join(_said(each) for each in finding.because))
    yield from _pair("Beside", f"{reference.population}{f' (n {reference.n})' if reference.n else ''}")
    yield from _pair("Source", f"{reference.citation} [{reference.evidence}]")
    if finding.smallest_real_change is not None:
        yield from _pair("Smallest real change", figure(finding.smallest_real_change, finding.unit))
    if reference.note:
        yield from _pair("Know", reference.note)
    for each in finding.compared:
        low, high = each.band()
        band = f"{figure(low)} to {figure(high, each.unit)}".replace("– to", "up to").replace("to –", "and up")
        yield from _pair("Also held against", f"{each.population}: {band} ({each.citation})")
    if finding.unseen:
        yield from _pair("Not seen", "; ".join(finding.unseen))


def _said(measured: Measurement) -> str:
    side = f" {measured.side}" if measured.side else ""
    return (
        f"{label(measured.measure)}{side} {figure(measured.value, measured.unit)}, n {measured.n}, by {measured.method}"
    )


def _pair(term: str, text: str) -> Iterator[Markup]:
    yield tag("dt", term)
    yield tag("dd", text)
