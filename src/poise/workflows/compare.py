"""What only several recordings of one person show: Romberg quotients, the cost of a second task, %MVC."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace

from poise.findings import find
from poise.knowledge import library
from poise.model import Assessment, Comparison
from poise.plugins import left_out
from poise.workflows.registry import all_comparisons


def compare_all(assessments: Sequence[Assessment], *, same_person: bool = False) -> tuple[Comparison, ...]:
    """Every comparison that the recordings of a run allow, person by person.

    Recordings are of one person where their files give them one code (`Assessment.subject`), or where the user said
    so (`same_person`): then those without a code belong together. Nothing is ever compared between two people.
    """
    return tuple(found for one in _by_person(assessments, same_person) for found in _compared(one))


def could_be_compared(assessments: Sequence[Assessment]) -> bool:
    """Whether there would be comparisons if the recordings without a code were of one person."""
    return bool(compare_all([each for each in assessments if not each.subject], same_person=True))


def _by_person(assessments: Sequence[Assessment], same_person: bool) -> Iterator[list[Assessment]]:
    people: dict[str, list[Assessment]] = {}
    for each in assessments:
        if each.measurements and (each.subject or same_person):
            people.setdefault(each.subject, []).append(each)
    return (each for each in people.values() if len(each) > 1)


def _compared(assessments: Sequence[Assessment]) -> Iterator[Comparison]:
    seen = [(each.id, each.conditions, each.measurements) for each in assessments]
    for method in all_comparisons():
        try:
            found = tuple(method.compare(seen))
        except Exception as error:  # a fault of one comparison must not cost the others
            if os.environ.get("POISE_DEBUG"):
                raise
            left_out(f"Comparison '{method.name}'", error)
            continue
        yield from (_judged(replace(each, subject=assessments[0].subject), assessments[0]) for each in found)


def _judged(comparison: Comparison, of: Assessment) -> Comparison:
    """The comparison with what stands out in it; the person is that of its recordings."""
    references = library.references(
        [each.measure for each in comparison.measurements],
        of.person,
        source=of.source_kind,
        conditions=of.conditions,
        task="comparison",
    )
    found, _ = find(comparison.measurements, (), library.rules("comparison"), references, of.person)
    return replace(comparison, findings=found)
