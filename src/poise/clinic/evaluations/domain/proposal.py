"""Which tests an evaluation begins with, in what order, what is left out and why. Nothing is written here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from poise.clinic.evaluations.domain import battery
from poise.knowledge.clinical import Library, library
from poise.knowledge.clinical_nouns import ClinicalTest, Contraindication

MOST_OF_A_REGION = 10


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """A test with why it is proposed: ``screen``, ``condition``, ``finding:<id>``, ``region``."""

    test: ClinicalTest
    because: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A test that fits but must not be done now, with the precautions that hold."""

    test: ClinicalTest
    because: tuple[Contraindication, ...]


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What is proposed: in running order, with minutes, equipment, what is left out and what cannot be measured."""

    tests: tuple[Proposed, ...]
    left_out: tuple[LeftOut, ...]
    unmeasured: tuple[str, ...]
    """Typical findings that no test of the set can show (ids)."""

    @property
    def minutes(self) -> int:
        """How long all of it takes."""
        return sum(each.test.minutes for each in self.tests)

    @property
    def equipment(self) -> tuple[str, ...]:
        """What must be at hand (ids), each once."""
        return equipment_of(each.test for each in self.tests)


def equipment_of(tests: Iterable[ClinicalTest]) -> tuple[str, ...]:
    """What the tests need (ids), each once."""
    held = dict.fromkeys(each for test in tests for each in test.equipment)
    return tuple(each for each in held if each != "eq_none")


def propose(*, condition: str = "", region: str = "", precautions: Collection[str] = ()) -> Proposal:
    """The tests for a condition or a body region, the safety screen first, then in running order.

    Parameters
    ----------
    condition, region
        Ids in the clinical knowledge; unknown ones propose the screens alone.
    precautions
        Ids of the contraindications that hold for this person: a test that one of them forbids is left out.
    """
    held = library()
    reasons = _reasons(held, condition, region)
    ordered = sorted(
        (held.tests[name] for name in reasons), key=lambda each: (not battery.is_first(each.id), each.order)
    )
    kept = [test for test in ordered if not forbidden(test, precautions)]
    left = [LeftOut(test=test, because=forbidden(test, precautions)) for test in ordered if test not in kept]
    return Proposal(
        tests=tuple(Proposed(test=test, because=tuple(reasons[test.id])) for test in kept),
        left_out=tuple(left),
        unmeasured=_unmeasured(held, condition, kept),
    )


def forbidden(test: ClinicalTest, precautions: Collection[str]) -> tuple[Contraindication, ...]:
    """The precautions that hold for this person and speak against the test."""
    return tuple(library().contraindications[each] for each in test.contraindications if each in precautions)


def _reasons(held: Library, condition: str, region: str) -> Mapping[str, list[str]]:
    """By test id, why it belongs to the set."""
    found: dict[str, list[str]] = {name: ["screen"] for name in held.tests if battery.is_first(name)}
    known = held.conditions.get(condition)
    for name in known.tests if known else ():
        found.setdefault(name, []).append("condition")
    if known:
        for test in held.tests.values():
            shown = [each for each in known.typical_findings if each in test.feeds]
            # One more test only where a typical finding would else not be seen at all.
            if shown and (test.id in found or not _covered(held, shown, found)):
                found.setdefault(test.id, []).extend(f"finding:{each}" for each in shown)
    for name in _of_region(held, region):
        found.setdefault(name, []).append("region")
    return found


def _covered(held: Library, findings: Iterable[str], tests: Iterable[str]) -> bool:
    seen = {each for name in tests for each in held.tests[name].feeds}
    return all(each in seen for each in findings)


def _of_region(held: Library, region: str) -> list[str]:
    """The tests that can show findings of the region's zone, those with most of them first; the neurological screen."""
    if not region:
        return []
    zone = held.zone_of(region)
    whole = not zone
    counts = {
        test.id: sum(whole or held.zone_of(held.findings[each].region) == zone for each in test.feeds)
        for test in held.tests.values()
    }
    ranked = sorted((name for name, count in counts.items() if count), key=lambda name: (-counts[name], name))
    return ["test_neuro_screen", *ranked[:MOST_OF_A_REGION]]


def _unmeasured(held: Library, condition: str, tests: Iterable[ClinicalTest]) -> tuple[str, ...]:
    known = held.conditions.get(condition)
    seen = {each for test in tests for each in test.feeds}
    return tuple(each for each in known.typical_findings if each not in seen) if known else ()


def missing_parts(tests: Iterable[str], *, has_history: bool = False) -> tuple[str, ...]:
    """The parts of a complete evaluation that no test of the set stands for (EMG is named, but optional)."""
    held = {battery.part_of(each) for each in tests if not battery.is_first(each)} | (
        {"history"} if has_history else set()
    )
    return tuple(part for part in battery.PARTS if part not in held)
