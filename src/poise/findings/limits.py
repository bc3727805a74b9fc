"""Where "off" begins: of the norms that fit and the fixed thresholds, the one that decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from poise.model.finding import Condition, Limit, Reference, References


@dataclass(frozen=True, kw_only=True)
class Boundary:
    """The value past which a measurement is off, the reference it comes from, and the ones that did not decide."""

    value: float
    reference: Reference
    inclusive: bool = False
    others: tuple[Reference, ...] = ()


def boundary(condition: Condition, references: References, leg_length_m: float | None) -> Boundary | None:
    """The boundary of one condition for one person; None where no norm fits and no fixed threshold applies."""
    norms = _norms(condition, references) if condition.sides != "difference" else []
    fixed = list(_fixed(condition, references, leg_length_m))
    deciding = [each for each, limit in fixed if limit.decides]
    chosen = _chosen(condition, norms, deciding)
    if chosen is None:
        return None
    kept = [each.reference for each in norms] + [each.reference for each, _ in fixed]
    others = tuple(reference for reference in kept if reference is not chosen.reference)
    return Boundary(value=chosen.value, reference=chosen.reference, inclusive=chosen.inclusive, others=others)


def _chosen(condition: Condition, norms: list[Boundary], fixed: list[Boundary]) -> Boundary | None:
    # Of a minor and a major threshold the minor one is where "off" begins.
    begins = _nearest_to_usual(condition, fixed)
    if condition.decide == "norm":
        return _farthest(condition, norms) or begins
    if condition.decide == "wider":
        # A norm that spans everybody, because nobody told the age, is no better than a convention made for everybody.
        matched = [each for each in norms if each.reference.matched or begins is None]
        return _farthest(condition, [*matched, *([begins] if begins else [])])
    return begins


def _farthest(condition: Condition, held: Sequence[Boundary]) -> Boundary | None:
    pick = max if condition.upward else min
    return pick(held, key=lambda each: each.value, default=None)


def _nearest_to_usual(condition: Condition, held: Sequence[Boundary]) -> Boundary | None:
    pick = min if condition.upward else max
    return pick(held, key=lambda each: each.value, default=None)


def _norms(condition: Condition, references: References) -> list[Boundary]:
    at = 1 if condition.direction == "above" else 0
    held = [(each.band()[at], each) for each in references.by_measure.get(condition.measure, ())]
    return [Boundary(value=value, reference=each) for value, each in held if np.isfinite(value)]


def _fixed(
    condition: Condition, references: References, leg_length_m: float | None
) -> Iterator[tuple[Boundary, Limit]]:
    age = references.age_years
    for limit in condition.limits:
        if age is not None and not limit.youngest_years <= age <= limit.oldest_years:
            continue
        if limit.times_leg_length and not leg_length_m:
            continue
        value = limit.value * (leg_length_m or 1.0) if limit.times_leg_length else limit.value
        upper = condition.upward
        reference = Reference(
            measure=condition.measure, unit=condition.told_in, basis="threshold",
            low=None if upper else value, high=value if upper else None, evidence=limit.evidence,
            population=_whom(limit), citation=limit.citation,
        )  # fmt: skip
        yield Boundary(value=value, reference=reference, inclusive=limit.inclusive), limit


def _whom(limit: Limit) -> str:
    if limit.youngest_years <= 0 and not np.isfinite(limit.oldest_years):
        return f"anybody; a threshold for a {limit.severity} finding"
    return f"people from {limit.youngest_years:.0f} years; a threshold for a {limit.severity} finding"
