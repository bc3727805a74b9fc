"""What the page of one test shows: the guide, its recordings and how far they are, its numbers."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q
from django.utils.functional import Promise

from poise.clinic.evaluations import shown, words
from poise.clinic.evaluations.domain import battery, facts
from poise.clinic.evaluations.domain.analysis import KIND
from poise.clinic.evaluations.models import AnalysisFacts, Measurement, PlannedTest
from poise.clinic.jobs.models import Job, State
from poise.clinic.recordings.models import StoredRecording
from poise.knowledge.clinical import library


@dataclass(frozen=True, kw_only=True)
class Guide:
    """How a test is done, in plain steps, and when it is stopped."""

    steps: tuple[str, ...]
    stops: tuple[tuple[str, str], ...]
    equipment: tuple[str, ...]
    scoring: str
    norms: tuple[tuple[str, str, str], ...]
    guard: str | Promise
    is_hands_on: bool
    view: str | Promise
    evidence: str | Promise
    recorded: tuple[str, ...]


def guide(planned: PlannedTest) -> Guide:
    """The guide of a planned test."""
    held = library()
    test = held.tests[planned.test]
    return Guide(
        steps=test.instructions,
        stops=tuple(
            (words.in_language(held.stop_rules[each].name), _without_ids(held.stop_rules[each].do))
            for each in test.stop
        ),
        equipment=tuple(words.in_language(held.equipment[each].name) for each in test.equipment if each != "eq_none"),
        scoring=test.scoring,
        norms=tuple(
            (each.what, each.value, held.sources[each.source].title if each.source else str(words.BASIS[each.basis]))
            for each in test.norms
        ),
        guard=words.GUARDS.get(test.guard, ""), is_hands_on=test.guard == "hands_on",
        view=words.VIEWS.get(test.view, ""), evidence=words.EVIDENCE.get(test.evidence, test.evidence),
        recorded=tuple(words.in_language(held.measures[each].name) for each in battery.recorded_measures_of(test)),
    )  # fmt: skip


def _without_ids(text: str) -> str:
    """The reference's sentence with actions by name in place of their ids."""
    actions = library().actions
    return re.sub(r"act_\w+", lambda found: actions[found[0]].name.en if found[0] in actions else found[0], text)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A recording of a test: where its analysis stands, what the file holds, what is wrong with it."""

    recording: StoredRecording
    what: str
    job: Job | None
    facts: AnalysisFacts | None
    holds: tuple[str, ...] = ()
    problems: tuple[dict[str, str], ...] = ()
    findings: int = 0

    @property
    def is_busy(self) -> bool:
        """Whether its analysis waits or runs."""
        return self.job is not None and self.job.state in {State.WAITING, State.RUNNING}

    @property
    def has_failed(self) -> bool:
        """Whether its analysis ended without a result."""
        return self.job is not None and self.job.state in {State.FAILED, State.CANCELLED} and self.facts is None

    @property
    def percent(self) -> int:
        """How far its analysis is."""
        return round(100 * self.job.progress) if self.job else 0


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One recording that a test may have, with those that were made."""

    number: int
    name: str
    task: str
    conditions: dict[str, str]
    taken: tuple[Taken, ...] = ()

    @property
    def known(self) -> str:
        """The conditions as the upload takes them."""
        return json.dumps(self.conditions)


@dataclass(frozen=True, kw_only=True)
class Shots:
    """A test's recordings: those it asks for, and others that were made."""

    asked: tuple[Shown, ...]
    others: tuple[Taken, ...]
    is_busy: bool = field(default=False)

    @property
    def has_any(self) -> bool:
        """Whether anything was recorded."""
        return bool(self.others) or any(each.taken for each in self.asked)


def shots(planned: PlannedTest) -> Shots:
    """The recordings of a test, each under what it is of."""
    made = _taken(planned)
    left = list(made)
    asked = []
    for number, shot in enumerate(battery.shots_of(planned.test)):
        of_this = [each for each in left if _is_of(each.recording, shot)]
        left = [each for each in left if each not in of_this]
        asked.append(
            Shown(number=number, name=words.shot(shot.task, shot.conditions), task=shot.task,
                  conditions=dict(shot.conditions), taken=tuple(of_this))
        )  # fmt: skip
    return Shots(asked=tuple(asked), others=tuple(left), is_busy=any(each.is_busy for each in made))


def _is_of(recording: StoredRecording, shot: battery.Shot) -> bool:
    return recording.task == shot.task and dict(shot.conditions).items() <= dict(recording.conditions).items()


def _taken(planned: PlannedTest) -> list[Taken]:
    rows = list(planned.recordings.filter(removed_at=None).order_by("recorded_at"))
    ids = [each.pk for each in rows]
    jobs = {each.about_id: each for each in Job.objects.filter(kind=KIND, about_id__in=ids).order_by("asked_at")}
    readable = Q(analysis__findings__withdrawn_at=None, analysis__findings__evaluation=planned.evaluation_id)
    held = {
        each.analysis.recording_id: each
        for each in AnalysisFacts.objects.filter(
            Q(test=planned) | Q(test=None), analysis__recording__in=ids, superseded_at=None
        )
        .select_related("analysis")
        .annotate(found=Count("analysis__findings", filter=readable))
        .order_by("analysis__made_at")
    }
    return [_one(each, jobs.get(each.pk), held.get(each.pk)) for each in rows]


def _one(recording: StoredRecording, job: Job | None, held: AnalysisFacts | None) -> Taken:
    known = held.holds if held else facts.of_inspection(recording.facts or {})
    return Taken(
        recording=recording, what=words.shot(recording.task, recording.conditions), job=job, facts=held,
        holds=tuple(facts.sentences(known)), problems=tuple(held.analysis.problems) if held else (),
        findings=getattr(held, "found", 0),
    )  # fmt: skip


def standing(planned: PlannedTest) -> list[dict[str, Any]]:
    """The test's numbers that count, typed and reckoned; those that were put right stand below."""
    rows = planned.measurements.filter(analysis=None).select_related("typed_by").order_by("measure", "side", "taken_at")
    return [_number(each) for each in rows]


def _number(row: Measurement) -> dict[str, Any]:
    return {
        "row": row, "name": words.measure_label(row.measure, row.label), "side": words.SIDES.get(row.side, row.side),
        "value": words.number(row.value, row.unit), "how": words.INSTRUMENTS.get(row.instrument, ""),
        "attempts": [words.number(each, row.unit) for each in row.attempts] if len(row.attempts) > 1 else [],
        "is_reckoned": row.method == "reckoned",
    }  # fmt: skip


def after(planned: PlannedTest) -> shown.TestLine | None:
    """The next test that is still to do."""
    rows = planned.evaluation.tests.filter(removed_at=None, state="proposed", order__gte=planned.order)
    following = rows.exclude(pk=planned.pk).order_by("order", "pk").prefetch_related("recordings").first()
    return shown.test_line(following) if following else None
