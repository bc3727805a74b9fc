"""What a page is about, found below its patient: another patient's id gives 404."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.shortcuts import get_object_or_404

from poise.clinic.charts.models import Episode
from poise.clinic.drafts.forms import Draft
from poise.clinic.evaluations.models import Evaluation, FoundFinding, PlannedTest
from poise.clinic.people.models import Patient


def episode_of(patient: Patient, episode_id: UUID) -> Episode:
    """The patient's episode."""
    return get_object_or_404(Episode, pk=episode_id, patient=patient)


def evaluation_of(patient: Patient, evaluation_id: UUID) -> Evaluation:
    """The patient's evaluation, with its episode."""
    rows = Evaluation.objects.select_related("episode", "made_by")
    found = get_object_or_404(rows, pk=evaluation_id, patient=patient)
    found.patient, found.episode.patient = patient, patient
    return found


def test_of(evaluation: Evaluation, test_id: UUID) -> PlannedTest:
    """One of the evaluation's tests."""
    planned = get_object_or_404(PlannedTest, pk=test_id, evaluation=evaluation)
    planned.evaluation = evaluation
    return planned


def finding_of(evaluation: Evaluation, finding_id: UUID) -> FoundFinding:
    """One of the evaluation's findings that stands."""
    return get_object_or_404(FoundFinding, pk=finding_id, evaluation=evaluation, withdrawn_at=None)


def seen(form: forms.BaseForm) -> int:
    """The version of the row with which a form was opened (`drafts.forms.opened`)."""
    draft: Draft = form.draft  # type: ignore[attr-defined]
    return draft.seen_version or 0
