"""Routes of evaluations: tests, measured numbers, findings and what a clinician says of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from poise.clinic.api.access import may, patient_of
from poise.clinic.api.shapes import (
    EvaluationIn,
    EvaluationLine,
    EvaluationOut,
    FindingOut,
    JudgementIn,
    MeasurementOut,
    MeasurementPage,
    MeasurementsAsked,
    Problem,
    SeenIn,
    TestEndIn,
    TestOut,
    TypedValuesIn,
)  # fmt: skip
from poise.clinic.charts.models import Episode
from poise.clinic.evaluations.domain import evaluations, judging, tests, typed
from poise.clinic.evaluations.models import Evaluation, FoundFinding, Measurement, PlannedTest
from poise.clinic.people.access import actor_of

router = Router(tags=["evaluation"])
HERE = "/patients/{uuid:patient_id}"
ONE = HERE + "/evaluations/{uuid:evaluation_id}"
MOST = 500


@router.get(f"{HERE}/evaluations", response=list[EvaluationLine], summary="Evaluations")
@may("evaluation.read", patient=True)
def list_evaluations(request: HttpRequest, patient_id: UUID) -> QuerySet[Evaluation]:
    """The latest first."""
    return patient_of(request).evaluations.order_by("-started_at")[:MOST]


@router.post(f"{HERE}/evaluations", response={201: EvaluationOut, 422: Problem}, summary="Start an evaluation")
@may("evaluation.edit", patient=True)
def start_evaluation(request: HttpRequest, patient_id: UUID, told: EvaluationIn) -> Status[Any]:
    """With the tests that the condition or region proposes."""
    episode = get_object_or_404(Episode, pk=told.episode_id, patient=patient_of(request))
    started = evaluations.start(
        actor_of(request), episode, kind=told.kind, condition=told.condition or episode.condition,
        region=told.region or episode.region, symptoms=told.symptoms,
    )  # fmt: skip
    return Status(201, started)


@router.get(ONE, response=EvaluationOut, summary="One evaluation")
@may("evaluation.read", patient=True)
def read_evaluation(request: HttpRequest, patient_id: UUID, evaluation_id: UUID) -> Evaluation:
    """With its tests."""
    return get_object_or_404(Evaluation, pk=evaluation_id, patient=patient_of(request))


@router.post(ONE + "/tests/{uuid:test_id}/values", response={201: list[MeasurementOut], 409: Problem, 422: Problem},
             summary="Enter measured values")  # fmt: skip
@may("evaluation.measure", patient=True)
def enter_values(
    request: HttpRequest, patient_id: UUID, evaluation_id: UUID, test_id: UUID, told: TypedValuesIn
) -> Status[Any]:
    """Numbers read off a tape, a timer or a goniometer."""
    planned = _test(request, evaluation_id, test_id)
    entries = [
        typed.Entry(measure=each.measure, side=each.side, attempts=tuple(each.attempts), instrument=each.instrument)
        for each in told.values
    ]
    return Status(201, typed.record(actor_of(request), planned, entries, seen_version=told.version))


@router.post(ONE + "/tests/{uuid:test_id}/outcome", response={200: TestOut, 409: Problem, 422: Problem},
             summary="Say how a test ended")  # fmt: skip
@may("evaluation.measure", patient=True)
def end_test(
    request: HttpRequest, patient_id: UUID, evaluation_id: UUID, test_id: UUID, told: TestEndIn
) -> PlannedTest:
    """Left out, or not able, with the reason; never as a zero."""
    planned = _test(request, evaluation_id, test_id)
    end = tests.skip if told.outcome == "skipped" else tests.not_able
    pain = planned.pain if told.pain is None else told.pain
    end(actor_of(request), planned, reason=told.reason, pain=pain, note=told.note, seen_version=told.version)
    return planned


@router.post(ONE + "/finish", response={200: EvaluationOut, 409: Problem, 422: Problem},
             summary="Finish an evaluation")  # fmt: skip
@may("evaluation.edit", patient=True)
def finish_evaluation(request: HttpRequest, patient_id: UUID, evaluation_id: UUID, told: SeenIn) -> Evaluation:
    """What is still open is kept with it."""
    evaluation = get_object_or_404(Evaluation, pk=evaluation_id, patient=patient_of(request))
    return evaluations.finish(actor_of(request), evaluation, seen_version=told.version)


def _test(request: HttpRequest, evaluation_id: UUID, test_id: UUID) -> PlannedTest:
    where = {"evaluation_id": evaluation_id, "evaluation__patient": patient_of(request), "removed_at": None}
    return get_object_or_404(PlannedTest.objects.select_related("evaluation__episode__patient"), pk=test_id, **where)


@router.get(f"{HERE}/measurements", response=MeasurementPage, summary="Measurements")
@may("evaluation.read", patient=True)
def list_measurements(request: HttpRequest, patient_id: UUID, asked: Query[MeasurementsAsked]) -> dict[str, Any]:
    """Every number, newest first; of one measure or one evaluation where asked."""
    rows = Measurement.objects.filter(patient=patient_of(request)).select_related("analysis").order_by("-pk")
    if asked.measure:
        rows = rows.filter(measure=asked.measure)
    if asked.evaluation_id:
        rows = rows.filter(evaluation_id=asked.evaluation_id)
    found = list((rows.filter(pk__lt=asked.before) if asked.before else rows)[: asked.limit])
    return {"measurements": found, "before": found[-1].pk if len(found) == asked.limit else None}


@router.get(ONE + "/findings", response=list[FindingOut], summary="Findings")
@may("finding.read", patient=True)
def list_findings(request: HttpRequest, patient_id: UUID, evaluation_id: UUID) -> QuerySet[FoundFinding]:
    """With their evidence; nothing is accepted until a clinician says so."""
    evaluation = get_object_or_404(Evaluation, pk=evaluation_id, patient=patient_of(request))
    return evaluation.findings.order_by("made_at", "pk")


@router.post(ONE + "/findings/{uuid:finding_id}/judgement", response={200: FindingOut, 409: Problem, 422: Problem},
             summary="Accept or reject a finding")  # fmt: skip
@may("finding.judge", patient=True)
def judge_finding(
    request: HttpRequest, patient_id: UUID, evaluation_id: UUID, finding_id: UUID, told: JudgementIn
) -> FoundFinding:
    """With the reason; licensed clinicians only."""
    where = {"evaluation_id": evaluation_id, "patient": patient_of(request), "withdrawn_at": None}
    finding = get_object_or_404(FoundFinding, pk=finding_id, **where)
    return judging.judge(
        actor_of(request), finding, judgement=told.judgement, reason=told.reason, seen_version=told.version
    )
