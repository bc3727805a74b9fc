"""What pages show of an evaluation: rows and ids turned into words, once, in one place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise

from poise.clinic.charts.models import Episode
from poise.clinic.evaluations import words
from poise.clinic.evaluations.domain import battery
from poise.clinic.evaluations.domain import evaluations as verbs
from poise.clinic.evaluations.domain import proposal as proposals
from poise.clinic.evaluations.models import Evaluation, FoundFinding, PlannedTest
from poise.clinic.people.models import Patient
from poise.knowledge.clinical import library
from poise.knowledge.clinical_nouns import ClinicalTest


def address(name: str, patient: Patient, evaluation: Evaluation, *more: object) -> str:
    """The address of one of an evaluation's pages."""
    return reverse(name, args=[patient.pk, evaluation.pk, *more])


def whole(said: str | None, otherwise: int) -> int:
    """The version that a form was opened with."""
    return int(said) if said and said.isdecimal() and len(said) < 10 else otherwise


def subject_of(evaluation: Evaluation) -> str:
    """What it is about: the condition, the region, else the episode."""
    held = library()
    named = [held.conditions.get(evaluation.condition), held.regions.get(evaluation.region)]
    return ", ".join(words.in_language(each.name) for each in named if each) or evaluation.episode.title


@dataclass(frozen=True, kw_only=True)
class TestLine:
    """A test as it stands in a list."""

    row: PlannedTest
    name: str
    minutes: int
    guard: str | Promise
    is_guarded: bool
    because: tuple[str, ...]
    state: str | Promise
    recordings: int
    parts: str | Promise


def test_line(row: PlannedTest) -> TestLine:
    """A planned test in words."""
    test = library().tests[row.test]
    return TestLine(
        row=row, name=words.in_language(test.name), minutes=test.minutes, guard=words.GUARDS.get(test.guard, ""),
        is_guarded=test.guard != "none", because=tuple(words.because(each) for each in row.proposed_because),
        state=words.STATES[row.state], recordings=sum(each.removed_at is None for each in row.recordings.all()),
        parts=words.PARTS.get(battery.part_of(row.test), ""),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Overview:
    """A set of tests as a whole: minutes, what must be at hand, what is left out, not measurable, missing."""

    minutes: int
    equipment: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]
    unmeasured: tuple[str, ...]
    missing: tuple[str | Promise, ...]


def to_ask(episode: Episode, tests: Collection[str]) -> list[tuple[str, str]]:
    """What must still be asked before the tests are done, and the tests that it would speak against, in words."""
    known = library().contraindications
    return [
        (words.in_language(known[each].name), ", ".join(words.test_name(test) for test in against))
        for each, against in verbs.to_ask(episode, tests).items()
    ]


def overview(evaluation: Evaluation, tests: Sequence[PlannedTest]) -> Overview:
    """The evaluation's set as a whole."""
    made = proposals.propose(
        condition=evaluation.condition, region=evaluation.region,
        precautions=verbs.active_precautions(evaluation.episode),
    )  # fmt: skip
    ids = [each.test for each in tests]
    known = [library().tests[each] for each in ids]
    missing = proposals.missing_parts(ids, has_history=verbs.has_history(evaluation))
    seen = {each for test in known for each in test.feeds}
    unmeasured = [each for each in made.unmeasured if each not in seen]
    return _overview(known, [each for each in made.left_out if each.test.id not in ids], unmeasured, missing)


def _overview(
    tests: Iterable[ClinicalTest],
    left_out: Iterable[proposals.LeftOut],
    unmeasured: Iterable[str],
    missing: Iterable[str],
) -> Overview:
    tests = list(tests)
    equipment = library().equipment
    return Overview(
        minutes=sum(each.minutes for each in tests),
        equipment=tuple(words.in_language(equipment[each].name) for each in proposals.equipment_of(tests)),
        left_out=tuple(
            (words.in_language(each.test.name), ", ".join(words.in_language(why.name) for why in each.because))
            for each in left_out
        ),
        unmeasured=tuple(words.finding_name(each, each) for each in unmeasured),
        missing=tuple(words.PARTS[each] for each in missing),
    )


def proposal(made: proposals.Proposal) -> dict[str, Any]:
    """What is proposed, before anything is written."""
    ids = [each.test.id for each in made.tests]
    lines = [
        {
            "name": words.in_language(each.test.name), "minutes": each.test.minutes,
            "because": [words.because(why) for why in each.because],
        }
        for each in made.tests
    ]  # fmt: skip
    whole_set = _overview(
        (each.test for each in made.tests), made.left_out, made.unmeasured, proposals.missing_parts(ids)
    )
    return {"tests": lines, "overview": whole_set}


def counts(evaluation: Evaluation) -> dict[str, int]:
    """How many findings stand, by judgement."""
    found = FoundFinding.objects.filter(evaluation=evaluation, withdrawn_at=None).values_list("judgement", flat=True)
    listed = list(found)
    return {name: listed.count(name) for name in ("open", "accepted", "rejected")} | {"all": len(listed)}


def open_names(evaluation: Evaluation) -> list[str]:
    """The tests that are neither done nor left out."""
    rows = evaluation.tests.filter(removed_at=None, state=PlannedTest.State.PROPOSED).order_by("order")
    return [words.test_name(each.test) for each in rows]
