"""What a second task costs: the same walk, stance or test with and without it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from poise.model import Comparison, Definition, Measurement, Problem
from poise.model.conditions import differing
from poise.model.contracts import Compare, Seen

NAN = float("nan")


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Of which measure the cost is told, and whether larger is better there."""

    name: str
    measure: str
    label: str
    larger_is_better: bool = False


COSTS = (
    Cost(name="speed", measure="gait.speed", label="walking speed", larger_is_better=True),
    Cost(name="cadence", measure="gait.cadence", label="cadence", larger_is_better=True),
    Cost(name="stride_length", measure="gait.stride_length", label="stride length", larger_is_better=True),
    Cost(name="stride_time", measure="gait.stride_time", label="stride time"),
    Cost(name="stride_time_cv", measure="gait.stride_time_cv", label="stride time variability"),
    Cost(name="sway_velocity", measure="balance.sway_velocity", label="sway velocity"),
    Cost(name="sway_area", measure="balance.sway_area_95", label="sway area"),
    Cost(name="trunk_sway", measure="balance.imu_jerk", label="jerk of trunk sway"),
    Cost(name="tug_time", measure="tug.time", label="Timed Up and Go"),
    Cost(name="sts_time", measure="sts.time_5", label="five times sit-to-stand"),
)
MAIN = ("gait.speed", "tug.time", "sts.time_5", "balance.sway_velocity")
"""The cost told as `dual_task.cost` itself is that of the first of these that was measured."""
SEVERAL = ("exercise", "movement", "direction")

_SOURCE = "Plummer & Eskes 2015, Front Hum Neurosci 9:225; clinical/measures.yaml m_dual_task_cost"
DEFINES = (
    Definition(
        measure="dual_task.cost", unit="%", label="Cost of a second task", decimals=0, better="lower", sided=False,
        formula="100 · (single − dual) / single for speed, 100 · (dual − single) / single for a time or sway; + worse. "
        "Of walking speed where there is one, else of the test's time, else of sway", source=_SOURCE,
    ),
    *(
        Definition(
            measure=f"dual_task.cost.{cost.name}", family="dual_task.cost.<measure>", unit="%",
            label=f"Cost of a second task: {cost.label}", decimals=0,
            better="lower", formula="change with the second task, % of that without; + worse", source=_SOURCE,
            sided=False,
        )
        for cost in COSTS
    ),
)  # fmt: skip


def cost_percent(single: float, dual: float, *, larger_is_better: bool) -> float:
    """How much worse a value is with the second task, % of that without; NaN unless the latter is positive."""
    if not single > 0.0 or not np.isfinite(dual):
        return NAN
    change = 100.0 * (dual - single) / single
    return -change if larger_is_better else change


def compare(recordings: Sequence[Seen]) -> tuple[Comparison, ...]:
    """The cost of a second task, for each set of recordings that differ in nothing else.

    Parameters
    ----------
    recordings
        Of each its id, its conditions and its measurements. `attention` must say ``single`` or ``dual``.

    Returns
    -------
    comparisons
        One for each task of which both kinds are there. Where other conditions differ there is no number, and the
        problem says which; trials of one kind are averaged.
    """
    single = [each for each in recordings if each[1].get("attention") == "single"]
    dual = [each for each in recordings if each[1].get("attention") == "dual"]
    if not single or not dual:
        return ()
    return tuple(_groups(single, dual))


def _groups(single: Sequence[Seen], dual: Sequence[Seen]) -> Iterator[Comparison]:
    """Recordings of both kinds put together by what was measured in them."""
    left_over = list(single)
    for cost_set in _sets(dual):
        alone = [each for each in left_over if _costs(each) & cost_set]
        second = [each for each in dual if _costs(each) & cost_set]
        if not alone:
            continue
        left_over = [each for each in left_over if each not in alone]
        names = tuple(each[0] for each in (*alone, *second))
        if clash := _clash([*alone, *second]):
            yield Comparison(name="second task", of=names, varied="attention", problems=(_differ(names, clash),))
            continue
        made = tuple(_made(alone, second))
        doubts = tuple(_doubts(alone, second, names))
        if made:
            yield Comparison(name="second task", of=names, varied="attention", measurements=made, problems=doubts)


def _sets(dual: Sequence[Seen]) -> list[frozenset[str]]:
    """What was measured, one set a kind of task: walking, standing, a timed test."""
    kinds = dict.fromkeys(kind for each in dual for kind in sorted({m.split(".")[0] for m in _costs(each)}))
    return [frozenset(c.measure for c in COSTS if c.measure.startswith(f"{kind}.")) for kind in kinds]


def _costs(recording: Seen) -> set[str]:
    held = {m.measure for m in recording[2]}
    return {cost.measure for cost in COSTS if cost.measure in held}


def _clash(recordings: Sequence[Seen]) -> tuple[str, ...]:
    names: set[str] = set()
    for i, one in enumerate(recordings):
        for other in recordings[i + 1 :]:
            names |= set(differing(one[1], other[1])) - {"attention"}
            names |= {name for name in SEVERAL if (name in one[1]) != (name in other[1])}
    return tuple(sorted(names))


def _made(single: Sequence[Seen], dual: Sequence[Seen]) -> Iterator[Measurement]:
    found: dict[str, Measurement] = {}
    for cost in COSTS:
        one, two = (_values(group, cost.measure) for group in (single, dual))
        if one and two:
            made = _cost(cost, one, two)
            if made is not None:
                found[cost.measure] = made
    main = next((found[measure] for measure in MAIN if measure in found), None)
    if main is not None:
        yield replace(main, measure="dual_task.cost")
    yield from found.values()


def _values(group: Sequence[Seen], measure: str) -> list[Measurement]:
    return [m for each in group for m in each[2] if m.measure == measure and m.side is None] or [
        m for each in group for m in each[2] if m.measure == measure
    ]


def _cost(cost: Cost, single: Sequence[Measurement], dual: Sequence[Measurement]) -> Measurement | None:
    without, with_it = (float(np.mean([m.value for m in group])) for group in (single, dual))
    value = cost_percent(without, with_it, larger_is_better=cost.larger_is_better)
    if not np.isfinite(value):
        return None
    errors = [float(np.sqrt(np.sum([m.error**2 for m in group])) / len(group)) for group in (single, dual)]
    error = 100.0 / without * float(np.hypot(errors[1], with_it / without * errors[0]))
    return Measurement(
        measure=f"dual_task.cost.{cost.name}", value=value, unit="%", side=None, n=min(len(single), len(dual)), sd=NAN,
        start_s=0.0, end_s=0.0, valid_fraction=min(m.valid_fraction for m in (*single, *dual)),
        method=f"{cost.label}: {without:.4g} without, {with_it:.4g} {single[0].unit} with the second task",
        recording=", ".join(dict.fromkeys(m.recording for m in (*single, *dual))), error=error,
        error_source="carried over from the two values' own errors" if np.isfinite(error) else "",
    )  # fmt: skip


def _doubts(single: Sequence[Seen], dual: Sequence[Seen], names: Sequence[str]) -> Iterator[Problem]:
    where = ", ".join(names)
    if min(len(single), len(dual)) < 2:
        yield Problem(
            what="One recording of each kind: a cost of some percent is within how much people vary from walk to walk.",
            where=where, do="Record two or more of each, in mixed order; score the second task's answers too.",
        )  # fmt: skip
    unsaid = sorted({name for name in ("surface", "eyes") if any(name in each[1] for each in (*single, *dual))
                     and not all(name in each[1] for each in (*single, *dual))})  # fmt: skip
    if unsaid:
        yield Problem(
            what=f"Not every recording says its {' and '.join(unsaid)}; they were taken to be the same.", where=where,
            do="Say it with --conditions.",
        )  # fmt: skip


def _differ(names: Sequence[str], clash: Sequence[str]) -> Problem:
    return Problem(
        what=f"The recordings with and without the second task differ in {', '.join(clash)} too: no cost can be told.",
        where=", ".join(names), do="Repeat the one as the other was done.",
    )  # fmt: skip


COMPARE = Compare(name="dual_task", defines=DEFINES, compare=compare)
