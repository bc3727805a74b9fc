"""Findings from typed numbers alone, by the detection rules of the clinical knowledge. Nothing is written here.

A value is a finding only where it lies past the rule's limit by more than the measure's own error. What lies past the
limit but within the error is told as such: it is no finding.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from poise.clinic.evaluations.domain import battery
from poise.knowledge.clinical import library
from poise.knowledge.clinical_nouns import ClinicalFinding, ClinicalTest, Detection

TRUST: Mapping[str, float] = {
    "dynamometer": 0.9, "laser": 0.9, "timer": 0.9, "tape": 0.9, "goniometer": 0.8, "pressure_cuff": 0.8,
    "app_task": 0.8, "observation": 0.7, "questionnaire": 0.9,
}  # fmt: skip
"""How far a number is trusted by what it was read off (clinical rules, `source_confidence`)."""
COMPARES: Mapping[str, Callable[[float, float], bool]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "==": operator.eq,
}  # fmt: skip
SEVERITY = ("info", "minor", "major")


@dataclass(frozen=True, kw_only=True)
class Value:
    """A typed number that counts: measure (``m_active_lag.knee_extension`` is one of a motion), side, instrument."""

    measure: str
    side: str
    value: float
    unit: str
    instrument: str
    id: str = ""

    @property
    def base(self) -> str:
        """The measure without its motion."""
        return self.measure.partition(".")[0]

    @property
    def motion(self) -> str:
        """The motion as the rules call it ("knee extension"); empty for none."""
        held = battery.motion(self.measure.partition(".")[2])
        return held.joint if held else ""


@dataclass(frozen=True, kw_only=True)
class Person:
    """What the age and sex bands ask for."""

    age_years: float | None = None
    sex: str = ""


@dataclass(frozen=True, kw_only=True)
class Detected:
    """A rule that a value is past: the finding, the limit, how far beyond it, and how sure that is.

    `usual` is where the usual ends: the mildest of the limits that the value is past; `limit` decided the severity.

    `within_error` marks what is past the limit by no more than the error of measurement: told, but no finding.
    """

    finding: ClinicalFinding
    value: Value
    limit: float
    op: str
    severity: str
    error: float | None
    confidence: float
    within_error: bool = False
    usual: float = math.nan

    @property
    def deviation(self) -> float:
        """How far past the limit, in the measure's unit."""
        return abs(self.value.value - self.limit)


def detect(
    tests: Iterable[ClinicalTest], values: Sequence[Value], person: Person, *, condition: str = ""
) -> tuple[Detected, ...]:
    """What the typed numbers of these tests show, one for each finding and side, the most severe."""
    ids = dict.fromkeys(each for test in tests for each in test.feeds)
    found = (
        _worst(hits)
        for name in ids
        for hits in _by_side(list(_hits(library().findings[name], values, person, condition)))
    )
    return tuple(each for each in found if each is not None)


def _hits(finding: ClinicalFinding, values: Sequence[Value], person: Person, condition: str) -> Iterator[Detected]:
    if not all(_holds(gate, values) for gate in finding.requires):
        return
    wanted = [each for each in finding.detect if not each.only_conditions or condition in each.only_conditions]
    hits = [hit for each in wanted for value in values if (hit := _hit(finding, each, value, person)) is not None]
    if finding.rule == "all" and len({hit.value.base for hit in hits}) < len({each.measure for each in wanted}):
        return
    yield from hits


def _holds(gate: Sequence[object], values: Sequence[Value]) -> bool:
    """A gate that no value stands for does not hold: what was not measured is not assumed."""
    measure, op, limit = str(gate[0]), str(gate[1]), float(str(gate[2]))
    held = [each for each in values if each.base == measure]
    return bool(held) and all(COMPARES[op](each.value, limit) for each in held)


def _hit(finding: ClinicalFinding, rule: Detection, value: Value, person: Person) -> Detected | None:
    limit = limit_for(rule, person)
    if limit is None or value.base != rule.measure or (rule.joint_motion and value.motion != rule.joint_motion):
        return None
    if not COMPARES[rule.op](value.value, limit):
        return None
    error = library().measures[rule.measure].err
    beyond = abs(value.value - limit)
    exact = rule.op == "==" or not error
    return Detected(
        finding=finding, value=value, limit=limit, op=rule.op, severity=rule.sev, error=error,
        confidence=_confidence(value, beyond, 0.0 if exact else float(error or 0.0)),
        within_error=not exact and beyond <= float(error or 0.0),
    )  # fmt: skip


def limit_for(rule: Detection, person: Person) -> float | None:
    """The rule's limit for this person; None where it is made for ages (or a sex) that are not theirs or not known."""
    if rule.value_by_age:
        return next((float(band["value"]) for band in rule.value_by_age if _fits(band, person)), None)
    if rule.value_by_age_sex:
        held = next((each for each in rule.value_by_age_sex if _fits(each, person)), None)
        return float(held[person.sex]) if held is not None and person.sex in held else None
    return rule.value


def _fits(band: Mapping[str, Sequence[float]], person: Person) -> bool:
    low, high = band["age"]
    return person.age_years is not None and low <= math.floor(person.age_years) <= high


def _confidence(value: Value, beyond: float, error: float) -> float:
    """Trust in the instrument times the chance that the true value is past the limit, given the error."""
    sure = 1.0 if error <= 0 else 0.5 * (1 + math.erf(beyond / error / math.sqrt(2)))
    return round(TRUST.get(value.instrument, 0.7) * sure, 3)


def _by_side(hits: Sequence[Detected]) -> Iterator[list[Detected]]:
    for key in dict.fromkeys((hit.value.side, hit.value.motion) for hit in hits):
        yield [hit for hit in hits if (hit.value.side, hit.value.motion) == key]


def _worst(hits: Sequence[Detected]) -> Detected | None:
    """The one that counts: past the error before within it, then the most severe, then the surest."""
    if not hits:
        return None
    worst = max(hits, key=lambda each: (not each.within_error, SEVERITY.index(each.severity), each.confidence))
    same = [each.limit for each in hits if each.op == worst.op and each.value.measure == worst.value.measure]
    return replace(worst, usual=max(same) if worst.op in {"<", "<="} else min(same))
