"""Which conditions of a rule are for this recording: its eyes, its surface, its muscles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from poise.model.finding import Condition, Rule
from poise.model.measurement import Measurement

EACH = ".*"
"""Ends the name of a measure that is taken of each muscle: ``emg.onset.*`` stands for ``emg.onset.soleus``."""


def concrete(
    conditions: Iterable[Condition], measurements: Sequence[Measurement], held: Mapping[str, str]
) -> Iterator[Condition]:
    """The conditions that this recording can be asked, a condition of each muscle once for every muscle it has.

    A condition meant for other circumstances (open eyes, where they were closed) is left out; where nobody said, it
    stays, and `not_for` gives the reason.
    """
    for condition in conditions:
        if any(name in held and held[name] != word for name, word in condition.when.items()):
            continue
        if not condition.measure.endswith(EACH):
            yield condition
            continue
        stem = condition.measure.removesuffix("*")
        for name in dict.fromkeys(each.measure for each in measurements if each.measure.startswith(stem)):
            muscle = name.removeprefix(stem).replace("_", " ")
            error_of = name if condition.error_of == condition.measure else condition.error_of
            yield replace(condition, measure=name, error_of=error_of, label=f"{condition.label}, {muscle}")


def not_for(condition: Condition, held: Mapping[str, str]) -> str:
    """Why a condition cannot be judged in these circumstances; empty where it can."""
    unknown = [f"{name}={word}" for name, word in condition.when.items() if name not in held]
    if not unknown:
        return ""
    return f"it is meant for a recording with {', '.join(unknown)}, and nobody said (--conditions {','.join(unknown)})."


def silent(rule: Rule, held: Mapping[str, str]) -> bool:
    """Whether the rule is for recordings of another kind, and is not even listed."""
    return any(held.get(name) != word for name, word in rule.only_for.items())
