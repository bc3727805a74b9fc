"""What the measures room offers, gathered once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain, takewhile

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
    words = [label.split(" ") for label in labels]
    start = _alike(words)
    end = _alike([each[len(start) :][::-1] for each in words])[::-1]
    if end or not start or not start[-1].endswith((",", ":")):
        return " ".join((*start, "…", *end))
    return " ".join(start).rstrip(",:")


def _alike(lists: Sequence[Sequence[str]]) -> list[str]:
    """The words that all begin with."""
    together = takewhile(lambda each: len(set(each)) == 1, zip(*lists, strict=False))
    return [each[0] for each in together]


@cache
def measures_of_walking() -> frozenset[str]:
    """The measures that only a walk has, by what the methods that give them say they are for."""
    return frozenset(each.measure for method in all_measures() if method.tasks <= {"walk"} for each in method.defines)


@cache
def labels() -> Mapping[str, str]:
    """What every measure is called, by name."""
    return {each.measure: each.label for each in definitions()}
