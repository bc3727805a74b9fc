"""The first page of a report: what was seen in plain words, then each finding beside its reference."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from poise.documents.charts import bullet_chart
from poise.documents.markup import Markup, join, tag
from poise.documents.tasks import TASK_WORDS, conditions_line, measures_first, task_line
from poise.documents.words import certainty, counted, figure, label, pair
from poise.model import SIDES, Assessment, Finding, Measurement, Reference


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


def about(assessment: Assessment) -> str:
    """One line: what was done, how long, by whom."""
    person = assessment.person
    facts = (
        TASK_WORDS.get(assessment.task, "Movement"),
        f"{assessment.duration_s:.1f} s recorded",
        counted(len(assessment.walk.strides), "whole stride", "whole strides") if assessment.walk else "",
        f"{person.age_years:g} years old" if person.age_years is not None else "",
        f"born {person.birth_year}" if person.birth_year is not None and person.age_years is None else "",
        {"f": "female", "m": "male"}.get(person.sex or "", ""),
        f"{person.height_m:.2f} m tall" if person.height_m is not None else "",
    )
    return " · ".join(filter(None, facts))


def lead(assessment: Assessment) -> str:
    """The first sentence a patient reads."""
    if not assessment.usable:
        return f"This file could not be used. {assessment.problems[0].what} {assessment.problems[0].do}"
    if not assessment.measurements:
        return "Nothing could be measured in this recording. The reasons stand below, under “What is in doubt”."
    count = len(in_short(assessment))
    if not count and not assessment.judged:
        return "Nothing here could be held against a reference."
    if not count:
        return (
            "No rule found anything beyond its limit by more than measuring error. "
            "That is not a clean bill of health: only what the recording shows was judged"
            + (
                ", and on a treadmill the belt, not the person, decides speed and rhythm."
                if _on_belt(assessment)
                else "."
            )
        )
    words = {1: "One thing stands", 2: "Two things stand", 3: "Three things stand"}
    return f"{words.get(count, f'{count} things stand')} out in this recording, by more than measuring error."


def _on_belt(assessment: Assessment) -> bool:
    return assessment.walk is not None and assessment.walk.treadmill


def _header(assessment: Assessment) -> Markup:
    return tag(
        "header",
        tag("p", "Poise · movement report", class_="brand"),
        tag("h1", assessment.id),
        tag("p", about(assessment)),
        tag("p", held) if (held := circumstances(assessment)) else None,
    )


def circumstances(assessment: Assessment) -> str:
    """What the recording was taken to be, how sure that is, and what was held fixed; empty where nobody knows."""
    held = conditions_line(assessment.conditions)
    return " ".join(filter(None, (task_line(assessment), f"Conditions: {held}." if held else "")))


def _in_plain_words(assessment: Assessment) -> Markup:
    listed = [tag("li", tag("b", name), ". ", sentence) for name, sentence in in_short(assessment)]
    return join(
        tag("h2", "In short"),
        tag("p", lead(assessment), class_="lead"),
        tag("ul", listed, class_="plain") if listed else None,
        _not_judged(assessment),
    )


def in_short(assessment: Assessment) -> list[tuple[str, str]]:
    """Each thing that stands out with its sentence; what is found on both sides is told once."""
    by_name: dict[str, list[Finding]] = {}
    for each in assessment.findings:
        by_name.setdefault(each.name, []).append(each)
    return [
        (named(held[0]) if len(held) == 1 else f"{name} (both sides)", " ".join(each.sentence for each in held))
        for name, held in by_name.items()
    ]


def _not_judged(assessment: Assessment) -> Markup | None:
    if not assessment.unseen:
        return None
    return tag(
        "p",
        f"{counted(len(assessment.unseen), 'other thing', 'other things')} could not be judged; listed below.",
        class_="note",
    )


def named(finding: Finding) -> str:
    """The finding's name with its side."""
    return f"{finding.name} ({finding.side})" if finding.side else finding.name


def _tiles(assessment: Assessment) -> Markup | None:
    shown = [
        tag("div", tag("small", name), _big(value), tag("small", usual) if usual else None, class_="tile")
        for name, value, usual in tiles(assessment)
    ]
    if not shown:
        return None
    return join(
        tag("div", shown, class_="tiles"), tag("p", note, class_="note") if (note := usual_note(assessment)) else None
    )


def usual_note(assessment: Assessment) -> str:
    """Whose numbers *usual* are, and how to have them fit better; empty where none is shown."""
    people = dict.fromkeys(
        reference.population
        for measure in measures_first(assessment)
        if (reference := _judged_by(measure, assessment)) is not None and _is_bounded(reference)
    )
    if not people:
        return ""
    known = assessment.person.age_years is not None or assessment.person.birth_year is not None
    wider = "" if known else " With the person's age and sex (--person) they would be narrower."
    return f"Usual: {'; '.join(people)}.{wider}"


def _big(value: str) -> Markup:
    number, _, unit = value.rpartition(" ")
    if any(sign.isdigit() for sign in unit[:2]):  # the last of "60.1 / 62.5°" is no unit
        number, unit = "", value
    return tag(
        "b", number or unit, tag("span", f" {unit}") if number else None, class_="long" if len(value) > 14 else None
    )


def tiles(assessment: Assessment) -> Iterator[tuple[str, str, str]]:
    """The numbers people ask for first: what it is, the value (left / right), what is usual."""
    for measure in measures_first(assessment):
        held = {each.side: each for each in assessment.measurements if each.measure == measure}
        usual = _usual(_judged_by(measure, assessment))
        if None in held:
            yield label(measure, assessment), figure(held[None].value, held[None].unit), usual
        elif len(held) == 1:
            side, only = next(iter(held.items()))
            yield f"{label(measure, assessment)}, {side}", figure(only.value, only.unit), usual
        elif held:
            left, right = (held[side] for side in SIDES)
            yield f"{label(measure, assessment)}, left / right", pair(left.value, right.value, left.unit), usual


def _usual(reference: Reference | None) -> str:
    return f"usual: {_band(reference)}" if reference is not None and _is_bounded(reference) else ""


def _judged_by(measure: str, assessment: Assessment) -> Reference | None:
    """What a finding about this measure was held against, so that one page never tells two limits; else its norm."""
    norm = assessment.references.get(measure)
    unit = next((each.unit for each in assessment.measurements if each.measure == measure), "")
    decided = (each.reference for each in assessment.findings if each.reference.measure == measure)
    return next((each for each in decided if each.unit == unit), norm)


def findings(assessment: Assessment) -> Markup | None:
    """Every finding with its number on the reference's axis, what it may mean, what to check, and its source."""
    return finding_cards(assessment.findings, assessment) if assessment.findings else None


def finding_cards(found: Sequence[Finding], assessment: Assessment) -> Markup:
    """Findings in full, with the words of the assessment they are of."""
    return join(tag("h2", "What stands out, and how sure that is"), [_finding(each, assessment) for each in found])


def _finding(finding: Finding, assessment: Assessment) -> Markup:
    return tag(
        "section",
        tag("h3", named(finding)),
        tag(
            "p",
            tag("span", finding.severity, class_=f"badge {finding.severity}"),
            tag("span", f"{sureness(finding.confidence)} ({certainty(finding.confidence)})", class_="badge plainbadge"),
        ),
        tag("p", finding.sentence),
        [tag("figure", picture) for _, picture in pictures(finding, assessment)],
        tag("p", f"What it may mean: {finding.meaning}.") if finding.meaning else None,
        tag(
            "div",
            tag("p", tag("b", "For the clinician")),
            tag("p", f"To check: {finding.ask}.") if finding.ask else None,
            tag("dl", [[tag("dt", term), tag("dd", text)] for term, text in evidence(finding, assessment)]),
            class_="clinician",
        ),
        class_=f"finding {finding.severity}",
    )


def sureness(confidence: float) -> str:
    """A confidence in words."""
    if confidence >= 0.8:
        return "quite sure"
    return "fairly sure" if confidence >= 0.5 else "not very sure"


def pictures(finding: Finding, assessment: Assessment) -> list[tuple[str, Markup]]:
    """The finding's number on its reference's axis, with a text alternative; none where the units differ."""
    if not finding.because or finding.because[0].unit != finding.reference.unit:
        return []
    measured = finding.because[0]
    low, high = finding.reference.band()
    if low <= measured.value <= high and not low <= -measured.value <= high:
        # Left less right, judged by its size: the picture shows the size, its side is in the words.
        measured = replace(measured, value=-measured.value)
    other = _other_side(measured, assessment)
    drawn = bullet_chart(
        measured.value,
        measured.unit,
        style=measured.side or "both",
        low=low if math.isfinite(low) else None,
        high=high if math.isfinite(high) else None,
        error=finding.error,
        other=(str(other.side), other.value) if other else None,
    )
    return [(finding.sentence, drawn)]


def _other_side(measured: Measurement, assessment: Assessment) -> Measurement | None:
    if measured.side is None:
        return None
    same = (each for each in assessment.measurements if each.measure == measured.measure)
    return next((each for each in same if each.side not in {None, measured.side}), None)


def evidence(finding: Finding, assessment: Assessment) -> Iterator[tuple[str, str]]:
    """What the finding rests on, term by term."""
    reference = finding.reference
    yield "Measured", "; ".join(_said(each, assessment) for each in finding.because)
    people = f" (n {reference.n})" if reference.n and "(n " not in reference.population else ""
    yield "Beside", f"{reference.population}{people}"
    yield "Source", f"{reference.citation} [{reference.evidence}]"
    if finding.smallest_real_change is not None:
        yield "Smallest real change between two tests", figure(finding.smallest_real_change, finding.unit)
    if reference.note:
        yield "Note", reference.note
    for each in filter(_is_bounded, finding.compared):
        yield "Also held against", f"{each.population}: {_band(each)} ({each.citation})"
    if finding.unseen:
        yield "Not seen", " ".join(finding.unseen)


def _is_bounded(reference: Reference) -> bool:
    return any(math.isfinite(end) for end in reference.band())


def _band(reference: Reference) -> str:
    low, high = reference.band()
    if not math.isfinite(low):
        return f"up to {figure(high, reference.unit)}"
    if not math.isfinite(high):
        return f"{figure(low, reference.unit)} and more"
    return f"{figure(low)} to {figure(high, reference.unit)}"


def _said(measured: Measurement, assessment: Assessment) -> str:
    name = f"{label(measured.measure, assessment)} {measured.side or ''}".strip()
    return f"{name} {figure(measured.value, measured.unit)}, n {measured.n}, by {measured.method}"
