"""The phases of a task as bars in time: standing up, walking, turning, sitting down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from poise.documents.charts import Scale, svg
from poise.documents.markup import Markup, tag
from poise.documents.section import Picture, Section
from poise.documents.words import figure
from poise.model import Assessment

TUG: tuple[tuple[tuple[str, ...], str], ...] = (
    (("tug.stand_time",), "stand up"), (("tug.walk_out_time", "tug.out_time"), "walk out"),
    (("tug.turn_time", "tug.turn_1_time"), "turn"), (("tug.walk_back_time", "tug.back_time"), "walk back"),
    (("tug.turn_to_sit_time", "tug.turn_2_time", "tug.sit_time"), "turn and sit"),
)  # fmt: skip
STS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("sts.rise_time",), "rise"), (("sts.sit_time",), "sit down"),
)  # fmt: skip
WIDTH, EDGE = 440, 4


@dataclass(frozen=True, kw_only=True)
class _Phase:
    words: str
    duration_s: float


def phases(assessment: Assessment) -> Section | None:
    """The section of a task that passes through phases; None where fewer than two were measured."""
    if assessment.task == "tug" and len(found := _found(assessment, TUG)) > 1:
        return _section("From chair to chair", found, "Each part of the test in its order, as long as it took.")
    if assessment.task == "sit_to_stand" and len(found := _found(assessment, STS)) > 1:
        return _section("Up and down", found, "The mean of all stands that were seen whole.")
    return None


def _found(assessment: Assessment, wanted: Sequence[tuple[tuple[str, ...], str]]) -> list[_Phase]:
    held = {each.measure: each.value for each in assessment.measurements if each.unit == "s" and each.value > 0}
    named = ((next((held[name] for name in names if name in held), None), words) for names, words in wanted)
    return [_Phase(words=words, duration_s=value) for value, words in named if value is not None]


def _section(title: str, found: Sequence[_Phase], note: str) -> Section:
    said = ", ".join(f"{each.words} {figure(each.duration_s, 's')}" for each in found)
    return Section(
        title=title, pictures=(Picture(alternative=said, drawing=_bar(found, said), layout="half"),), notes=(note,)
    )


def _bar(found: Sequence[_Phase], said: str) -> Markup:
    """One bar from the first moment to the last; the words stand above and below in turn, never outside the picture."""
    total = sum(each.duration_s for each in found)
    x = Scale(low=0.0, high=total, start=EDGE, end=WIDTH - EDGE)
    parts: list[Markup] = []
    start_s = 0.0
    for index, each in enumerate(found):
        start, end = x(start_s), x(start_s + each.duration_s)
        half = 3.6 * len(each.words)
        middle = min(max((start + end) / 2, half), WIDTH - half)
        first, second = (20, 35) if index % 2 == 0 else (98, 113)
        width = round(max(end - start - 2, 1.0), 2)
        parts += [
            tag("rect", x=start, y=44, width=width, height=34, class_=f"phase{index % 5}", rx=3),
            tag("text", each.words, x=middle, y=first, text_anchor="middle", class_="title"),
            tag("text", figure(each.duration_s, "s"), x=middle, y=second, text_anchor="middle", class_="small"),
        ]
        start_s += each.duration_s
    return svg(WIDTH, 122, said, parts)
