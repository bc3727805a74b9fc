"""Parts of addresses that are about charts, recordings, jobs, evaluations and tokens: one of everything."""

from __future__ import annotations

import io
import uuid
from datetime import date, timedelta

from django.utils import timezone

from clinic.routes.world import alike, of_patient, of_person
from poise.clinic.api.models import ApiToken
from poise.clinic.charts import models as charts
from poise.clinic.evaluations import models as evaluations
from poise.clinic.jobs.models import Job
from poise.clinic.objects import object_store
from poise.clinic.people.models import Patient, User
from poise.clinic.recordings import models as recordings

alike(flag="rf_cauda_equina", outcome="om_nprs", side="none", slug="who", measure="gait.cadence", kind="json",
      about_id=uuid.uuid4())  # fmt: skip


@of_patient("episode_id")
def episode(patient: Patient, by: User) -> object:
    kept = patient.episodes.first()
    return (kept or charts.Episode.objects.create(patient=patient, title="Knee", started_on=date(2026, 1, 5))).pk


@of_patient("limit_id")
def limit(patient: Patient, by: User) -> object:
    return charts.Limit.objects.create(
        episode_id=episode(patient, by), measure="knee flexion", ordered_by="Dr. A", ordered_on=date(2026, 1, 5)
    ).pk


@of_patient("screen_id")
def screen(patient: Patient, by: User) -> object:
    answers = {"rf_cauda_equina": "yes"}
    return charts.SafetyScreen.objects.create(patient=patient, made_by=by, answers=answers).pk


@of_patient("score_id")
def score(patient: Patient, by: User) -> object:
    return charts.OutcomeScore.objects.create(patient=patient, outcome="om_nprs", score=4, taken_on=date(2026, 1, 5)).pk


@of_patient("file_id")
def paper(patient: Patient, by: User) -> object:
    kept = object_store().put(io.BytesIO(b"%PDF-1.4 made"))
    return charts.PatientFile.objects.create(
        patient=patient, name="letter.pdf", media_type="application/pdf", size=kept.size, sha256=kept.sha256,
        object_key=kept.key,
    ).pk  # fmt: skip


@of_patient("intake_id")
def intake(patient: Patient, by: User) -> object:
    return charts.Intake.objects.create(patient=patient, state="sent", secret_hash=uuid.uuid4().hex).pk


@of_patient("map_id")
def pain_map(patient: Patient, by: User) -> object:
    return (patient.pain_maps.first() or charts.PainMap.objects.create(patient=patient)).pk


@of_patient("mark_id")
def mark(patient: Patient, by: User) -> object:
    return charts.PainMark.objects.create(map_id=pain_map(patient, by), kind="pain", region="br_knee").pk


@of_patient("activity_id")
def activity(patient: Patient, by: User) -> object:
    return charts.Activity.objects.create(patient=patient, words="climb stairs").pk


@of_patient("recording_id")
def recording(patient: Patient, by: User) -> object:
    if patient.recordings.exists():
        return patient.recordings.get().pk
    kept = object_store().put(io.BytesIO(b"time,x\n0,1\n"))
    return recordings.StoredRecording.objects.create(
        patient=patient, name="walk.csv", size=kept.size, sha256=kept.sha256, object_key=kept.key
    ).pk


@of_patient("analysis_id")
def analysis(patient: Patient, by: User) -> object:
    kept = object_store().put(io.BytesIO(b"{}"))
    return recordings.Analysis.objects.create(
        recording_id=recording(patient, by), job_id=uuid.uuid4(), software="made", assessment_key=kept.key,
        replay_key=kept.key,
    ).pk  # fmt: skip


@of_patient("upload_id")
def upload(patient: Patient, by: User) -> object:
    return recordings.Upload.objects.create(patient=patient, by=by, name="walk.csv", size=10).pk


@of_patient("job_id")
def job(patient: Patient, by: User) -> object:
    return Job.objects.create(clinic=patient.clinic, patient=patient, kind="analysis").pk


@of_patient("evaluation_id")
def evaluation(patient: Patient, by: User) -> object:
    if patient.evaluations.exists():
        return patient.evaluations.get().pk
    return evaluations.Evaluation.objects.create(patient=patient, episode_id=episode(patient, by)).pk


@of_patient("test_id")
def planned_test(patient: Patient, by: User) -> object:
    found = evaluations.PlannedTest.objects.filter(evaluation__patient=patient).first()
    return (found or evaluations.PlannedTest.objects.create(evaluation_id=evaluation(patient, by), test="test_rom")).pk


@of_patient("measurement_id")
def measurement(patient: Patient, by: User) -> object:
    return evaluations.Measurement.objects.create(
        patient=patient, evaluation_id=evaluation(patient, by), test_id=planned_test(patient, by),
        measure="gait.cadence", value=101.0, unit="steps/min", method="typed", instrument="timer",
        taken_at=timezone.now(),
    ).pk  # fmt: skip


@of_patient("finding_id")
def finding(patient: Patient, by: User) -> object:
    return evaluations.FoundFinding.objects.create(
        patient=patient, evaluation_id=evaluation(patient, by), finding="f_knee_valgus", name="Knee goes in",
        severity="mild", confidence=0.8,
    ).pk  # fmt: skip


@of_person("token_id")
def token(user: User) -> object:
    ends = timezone.now() + timedelta(days=1)
    return ApiToken.objects.create(user=user, name="made", secret_hash=uuid.uuid4().hex, expires_at=ends).pk
