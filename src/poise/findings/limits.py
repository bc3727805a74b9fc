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
    norms = _norms(condition, references) if condition.sides != "difference" and condition.decide != "earlier" else []
    fixed = list(_fixed(condition, references, leg_length_m))
    deciding = [(each, limit) for each, limit in fixed if limit.decides]
    chosen = _chosen(condition, norms, deciding)
    if chosen is None:
        return None
    kept = [each.reference for each in norms] + [each.reference for each, _ in fixed]
    others = tuple(reference for reference in kept if reference is not chosen.reference)
    return Boundary(value=chosen.value, reference=chosen.reference, inclusive=chosen.inclusive, others=others)


def _chosen(condition: Condition, norms: list[Boundary], fixed: list[tuple[Boundary, Limit]]) -> Boundary | None:
    if condition.decide == "earlier":
        return None
    begins = _begins(condition, fixed)
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


def _begins(condition: Condition, fixed: Sequence[tuple[Boundary, Limit]]) -> Boundary | None:
    """Where "off" begins by the fixed limits.

    Of a minor and a major threshold the minor one. Of several of one severity, which the sex would tell apart, the
    mildest: nobody is held to the limit of a sex that nobody told.
    """
    severities = dict.fromkeys(limit.severity for _, limit in fixed)
    mildest = [_farthest(condition, [each for each, limit in fixed if limit.severity == name]) for name in severities]
    return _nearest_to_usual(condition, [each for each in mildest if each is not None])


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
        # Nobody is judged by an age that nobody told.
        if limit.of_an_age if age is None else not limit.youngest_years <= np.floor(age) <= limit.oldest_years:
            continue
        if limit.times_leg_length and not leg_length_m:
            continue
        if limit.sex and references.sex is not None and limit.sex != references.sex:
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
    grown = {"f": "women", "m": "men"}.get(limit.sex, "people")
    span = ""
    if limit.youngest_years > 0 and np.isfinite(limit.oldest_years):
        span = f" from {limit.youngest_years:.0f} to {limit.oldest_years:.0f} years"
    elif limit.youngest_years > 0:
        span = f" from {limit.youngest_years:.0f} years"
    who = f"{grown}{span}" if span or limit.sex else "anybody"
    return f"{who}; a threshold for a {limit.severity} finding"
