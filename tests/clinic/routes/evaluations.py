"""Parts of addresses that evaluations have by themselves: a measure over time, a report's format."""

from __future__ import annotations

import io

from django.utils import timezone

from clinic.routes.charts import evaluation, planned_test
from clinic.routes.world import of_patient
from poise.clinic.evaluations.models import AnalysisFacts, Measurement
from poise.clinic.objects import object_store
from poise.clinic.people.models import Patient, User
from poise.clinic.recordings.models import Analysis


@of_patient("measure")
def measure(patient: Patient, by: User) -> object:
    Measurement.objects.create(
        patient=patient, evaluation_id=evaluation(patient, by), measure="gait.speed", value=1.1, unit="m/s",
        method="made", taken_at=timezone.now(),
    )  # fmt: skip
    return "gait.speed"


@of_patient("kind")
def kind(patient: Patient, by: User) -> object:
    for each in Analysis.objects.filter(recording__patient=patient, facts=None):
        key = object_store().put(io.BytesIO(b"<p>made</p>")).key
        AnalysisFacts.objects.create(analysis=each, test_id=planned_test(patient, by), report_key=key)
    return "html"
