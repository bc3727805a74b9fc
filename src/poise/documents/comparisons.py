"""What several recordings of one person show together: what was changed, what was held, the numbers side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from poise.documents.charts import Scale, svg
from poise.documents.markup import Markup, join, tag
from poise.documents.section import Picture, Section, Table, written
from poise.documents.tasks import conditions_line
from poise.documents.words import figure, label, said_unit
from poise.model import Assessment, Comparison, Measurement

COMPARED: Mapping[str, str] = {
    "eyes": "balance.sway_velocity", "surface": "balance.sway_velocity", "attention": "gait.speed",
}  # fmt: skip
"""What the bars show, by the condition that was changed; else the first measure that all recordings share."""
ALTERNATIVES = ("balance.sway_velocity", "balance.stance_time", "balance.imu_rms", "gait.speed", "tug.time")
VARIED = {
    "eyes": "open and closed eyes", "surface": "the surface", "attention": "a second task", "side": "the two sides",
    "stance": "the stance", "contraction": "how strong the contraction was",
}  # fmt: skip
WIDTH, ROW, LEFT = 620, 40, 230


def compared(comparisons: Sequence[Comparison], assessments: Sequence[Assessment]) -> list[tuple[Comparison, Section]]:
    """A section for each comparison, in order."""
    by_id = {each.id: each for each in assessments}
    several = len({each.subject for each in comparisons}) > 1
    return [(each, _section(each, by_id, assessments, named=several)) for each in comparisons]


def page(
    comparisons: Sequence[Comparison], assessments: Sequence[Assessment], findings: Markup | None = None
) -> Markup | None:
    """The part of the report that compares; nothing where nothing was compared."""
    if not comparisons:
        return None
    return tag(
        "article",
        tag("header", tag("p", "Poise · movement report", class_="brand"), tag("h1", "Compared with each other")),
        [_written(each, section) for each, section in compared(comparisons, assessments)],
        findings,
        id="compared",
    )


def _written(comparison: Comparison, section: Section) -> Markup:
    problems = [
        tag("div", tag("p", each.what), tag("p", each.do, class_="note") if each.do else None, class_="problem")
        for each in comparison.problems
    ]
    return join(written(section), problems)


def _section(
    comparison: Comparison, by_id: Mapping[str, Assessment], assessments: Sequence[Assessment], *, named: bool
) -> Section:
    held = [by_id[name] for name in comparison.of if name in by_id]
    measure = _shared(comparison.varied, held)
    # Numbers that may not be compared are not drawn side by side.
    bars = _bars(held, measure) if measure and comparison.measurements else None
    return Section(
        title=f"{comparison.name} ({comparison.subject})" if named and comparison.subject else comparison.name,
        lead=" ".join(filter(None, (_result(comparison, assessments), _circumstances(comparison, held)))),
        pictures=(bars,) if bars is not None else (),
        table=Table(
            head=("Recording", "Conditions", *([label(measure, held[0])] if measure else [])),
            rows=tuple(_row(each, measure) for each in held), numeric=frozenset({2}),
        ) if held else None,
        notes=_notes(comparison),
    )  # fmt: skip


def _result(comparison: Comparison, held: Sequence[Assessment]) -> str:
    if not comparison.measurements:
        return "No number was made of these recordings." if comparison.problems else ""
    told = [f"{_label(each, held)}: {figure(each.value, each.unit)}" for each in comparison.measurements]
    return f"{'; '.join(told)}."


def _label(each: Measurement, held: Sequence[Assessment]) -> str:
    words = label(each.measure, held[0]) if held else each.measure
    return f"{words}{f' ({each.side})' if each.side else ''}"


def _circumstances(comparison: Comparison, held: Sequence[Assessment]) -> str:
    names = [name.strip() for name in comparison.varied.split(",") if name.strip()]
    varied = " and ".join(VARIED.get(name, name.replace("_", " ")) for name in names)
    told = f"Changed on purpose: {varied}." if varied else ""
    if not held:
        return told
    same = {
        name: value
        for name, value in held[0].conditions.items()
        if name != "trial" and all(each.conditions.get(name) == value for each in held)
    }
    kept = conditions_line(same)
    return f"{told} The same in all: {kept}." if kept else told


def _shared(varied: str, held: Sequence[Assessment]) -> str:
    """What the bars show: a measure that every recording has; empty where they share none that is known here."""
    names = [{each.measure for each in assessment.measurements} for assessment in held]
    if not names:
        return ""
    shared = set.intersection(*names)
    wanted = (COMPARED.get(varied, ""), *ALTERNATIVES)
    return next((name for name in wanted if name in shared), "")


def _value(assessment: Assessment, measure: str) -> Measurement:
    return next(each for each in assessment.measurements if each.measure == measure)


def _row(assessment: Assessment, measure: str) -> tuple[str, ...]:
    value = _value(assessment, measure) if measure else None
    told = conditions_line(assessment.conditions) or "not told"
    return (assessment.id, told, *([figure(value.value, value.unit)] if value else []))


def _bars(held: Sequence[Assessment], measure: str) -> Picture:
    """The measure in each recording as a bar from zero, in the order of the recordings."""
    values = [_value(each, measure) for each in held]
    x = Scale(low=0.0, high=1.02 * max(1e-9, *(each.value for each in values)), start=LEFT, end=WIDTH - 80)
    named = label(measure, held[0])
    said = f"{named}: " + ", ".join(f"{a.id} {figure(v.value, v.unit)}" for a, v in zip(held, values, strict=True))
    unit = said_unit(values[0].unit)
    parts: list[Markup] = [tag("text", f"{named} ({unit})" if unit else named, x=0, y=14, class_="title")]
    for index, (assessment, value) in enumerate(zip(held, values, strict=True)):
        top = 26 + ROW * index
        end = max(x(value.value), LEFT + 1.0)
        words = conditions_line(
            {k: v for k, v in assessment.conditions.items() if k in {"eyes", "surface", "attention"}}
        )
        parts.append(tag("text", _short(words or assessment.id), x=0, y=top + 13))
        parts.append(tag("text", _short(assessment.id), x=0, y=top + 27, class_="small"))
        style = "bar1" if assessment.conditions.get("eyes") == "closed" else "bar"
        parts.append(tag("rect", x=LEFT, y=top, width=round(end - LEFT, 2), height=24, class_=style, rx=2))
        parts.append(tag("text", figure(value.value, value.unit), x=end + 6, y=top + 17, class_="small"))
    return Picture(alternative=said, drawing=svg(WIDTH, 30 + ROW * len(held), said, parts), layout="wide")


def _short(words: str) -> str:
    return words if len(words) < 36 else f"{words[:34]}…"


def _notes(comparison: Comparison) -> tuple[str, ...]:
    if comparison.varied in {"eyes", "surface"}:
        return ("A ratio of two short recordings is noisy: two or more of each make it surer.",)
    return ()
