"""What the measures room offers, gathered once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain
from os.path import commonprefix

from poise.model import Compare, Definition, Measure
from poise.plugins import discover


def all_measures() -> tuple[Measure, ...]:
    """Every method of measuring, ours and other packages'."""
    return discover("measures", "MEASURE", Measure)


def all_comparisons() -> tuple[Compare, ...]:
    """Everything that several recordings of one person show together, ours and other packages'."""
    return discover("measures", "COMPARE", Compare, "comparisons")


def definitions() -> tuple[Definition, ...]:
    """Every measure there is, by name; a measure that several methods give is listed once."""
    by_name: dict[str, Definition] = {}
    offered = [each.defines for each in all_measures()] + [each.defines for each in all_comparisons()]
    for each in chain.from_iterable(offered):
        by_name.setdefault(each.measure, each)
    return tuple(by_name[name] for name in sorted(by_name))


def families() -> tuple[Definition, ...]:
    """Every measure, with those that differ only in the muscle, joint or direction they are of told once."""
    held: dict[str, list[Definition]] = {}
    for each in definitions():
        held.setdefault(each.family or each.measure, []).append(each)
    return tuple(
        replace(members[0], measure=name, label=_common([each.label for each in members]))
        for name, members in sorted(held.items())
    )


def _common(labels: Sequence[str]) -> str:
    """What labels share, with … for what they do not: ``Share of … flexion``."""
    if len(labels) == 1:
        return labels[0]
    start = commonprefix(labels)
    end = commonprefix([label[len(start) :][::-1] for label in labels])[::-1]
    # Words are kept whole: "ankle" and "anterior" share two letters and nothing else.
    start = start if start.endswith((" ", ", ")) else start[: start.rfind(" ") + 1]
    end = end[end.find(" ") :] if " " in end else ""
    return f"{start}…{end}" if end or not start.rstrip().endswith((",", ":")) else start.rstrip(" ,:")


@cache
def measures_of_walking() -> frozenset[str]:
    """The measures that only a walk has, by what the methods that give them say they are for."""
    return frozenset(each.measure for method in all_measures() if method.tasks <= {"walk"} for each in method.defines)


@cache
def labels() -> Mapping[str, str]:
    """What every measure is called, by name."""
    return {each.measure: each.label for each in definitions()}
