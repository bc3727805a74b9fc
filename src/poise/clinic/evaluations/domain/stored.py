"""Analyses as they are stored, back as assessments: only what comparing needs, numbers and conditions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from poise.clinic.evaluations.models import AnalysisFacts, Evaluation, Measurement, PlannedTest
from poise.clinic.recordings.models import StoredRecording
from poise.model import Assessment, Person
from poise.model import Measurement as Measured

NAN = float("nan")


def earlier_of(recording: StoredRecording, planned: PlannedTest | None) -> Assessment | None:
    """The same patient's newest earlier analysis of the same test, in the same task and under the same conditions."""
    if planned is None:
        return None
    before = (
        AnalysisFacts.objects.filter(
            superseded_at=None, test__test=planned.test, analysis__usable=True, analysis__recording__removed_at=None,
            analysis__recording__patient=recording.patient_id, analysis__recording__task=recording.task,
            analysis__recording__recorded_at__lt=recording.recorded_at,
        )
        .exclude(test__evaluation=planned.evaluation_id)
        .select_related("analysis__recording")
        .order_by("-analysis__recording__recorded_at")
    )  # fmt: skip
    same = (each for each in before[:20] if each.analysis.recording.conditions == recording.conditions)
    found = next(same, None)
    return _assessment(found, found.analysis.recording.name) if found else None


def of_evaluation(evaluation: Evaluation, *, person: Person) -> dict[UUID, Assessment]:
    """The analyses of an evaluation that count, by their id, each under a name of its own."""
    held = (
        AnalysisFacts.objects.filter(
            superseded_at=None, test__evaluation=evaluation, analysis__usable=True,
            analysis__recording__removed_at=None,
        )
        .select_related("analysis__recording")
        .order_by("analysis__recording__recorded_at", "pk")
    )  # fmt: skip
    return {each.analysis_id: _assessment(each, str(each.analysis_id), person=person) for each in held}


def _assessment(facts: AnalysisFacts, name: str, *, person: Person | None = None) -> Assessment:
    rows = Measurement.objects.filter(analysis=facts.analysis_id, corrected_at=None)
    return Assessment(
        source=name, id=name, task=facts.analysis.task, conditions=dict(facts.conditions), person=person or Person(),
        source_kind=cast(Any, facts.source_kind or "markers"), measurements=tuple(_measured(rows, name)),
        labels={row.measure: row.label for row in rows},
    )  # fmt: skip


def _measured(rows: Iterable[Measurement], name: str) -> Iterable[Measured]:
    return (
        Measured(
            measure=row.measure, value=row.value, unit=row.unit, side=cast(Any, row.side or None), n=row.n or 0,
            sd=_given(row.sd), start_s=_given(row.start_s), end_s=_given(row.end_s),
            valid_fraction=_given(row.valid_fraction), method=row.method, recording=name, error=_given(row.error),
        )
        for row in rows
        if "comparison" not in row.conditions
    )  # fmt: skip


def _given(value: float | None) -> float:
    return NAN if value is None else value
