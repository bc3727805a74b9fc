"""An episode to evaluate, and recordings with a known answer."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from clinic import made
from poise.clinic.charts.models import Episode
from poise.clinic.evaluations.domain import evaluations
from poise.clinic.evaluations.models import Evaluation, PlannedTest
from poise.clinic.jobs.domain import queue, work
from poise.clinic.objects import object_store
from poise.clinic.recordings.models import StoredRecording


@pytest.fixture
def knee(ana: Any) -> Episode:
    """Ana's right knee replacement."""
    return Episode.objects.create(
        patient=ana, title="Right knee replacement", condition="c_tka", region="br_knee", side="right",
        started_on=date(2026, 3, 2),
    )  # fmt: skip


@pytest.fixture
def evaluation(therapist: Any, knee: Episode) -> Evaluation:
    """An evaluation of the knee that has just begun."""
    return evaluations.start(made.actor(therapist), knee, kind="initial", condition="c_tka",
                             symptoms=["It buckles on the stairs"])  # fmt: skip


@pytest.fixture
def planned(evaluation: Evaluation) -> Callable[[str], PlannedTest]:
    """A test of the evaluation, added where it was not proposed."""

    def find(test: str) -> PlannedTest:
        row, _made = PlannedTest.objects.get_or_create(evaluation=evaluation, test=test, defaults={"order": 50})
        row.evaluation = evaluation
        return row

    return find


@pytest.fixture
def stored(ana: Any, knee: Episode) -> Callable[..., StoredRecording]:
    """A recording of Ana as it lies in the store."""

    def store(content: bytes, name: str, **facts: Any) -> StoredRecording:
        kept = object_store().put(io.BytesIO(content))
        return StoredRecording.objects.create(
            patient=ana, episode=knee, name=name, size=kept.size, sha256=kept.sha256, object_key=kept.key, **facts
        )

    return store


def do_next() -> Any:
    """The next waiting job, done here as a worker does it."""
    claim = queue.claim()
    assert claim is not None, "nothing waits"
    work.do(claim)
    from poise.clinic.jobs.models import Job

    return Job.objects.get(pk=claim.job_id)
