"""Parts of addresses that are about charts, recordings, jobs, evaluations and tokens: one of everything."""

from __future__ import annotations

import io
import uuid
from datetime import date, timedelta

from django.utils import timezone

from clinic.routes.world import alike, of_patient, of_person, secret
from poise.clinic.api.models import ApiToken
from poise.clinic.charts import models as charts
from poise.clinic.charts.domain.intake import TIMES
from poise.clinic.evaluations import models as evaluations
from poise.clinic.jobs.models import Job
from poise.clinic.objects import object_store
from poise.clinic.people.models import Patient, User
from poise.clinic.recordings import models as recordings

FLAG = "rf_cauda_equina"
VALUE, SCORE = 173.25, 7.25  # as no other number of the made world is

alike(flag=FLAG, outcome="om_nprs", side="none", slug="who",
      about_id=uuid.uuid4())  # fmt: skip


@of_patient("episode_id")
def episode(patient: Patient, by: User) -> object:
    if patient.episodes.exists():
        return patient.episodes.get().pk
    told = {name: secret(name, patient) for name in ("goal", "history", "surgery", "surgeon", "referrer")}
    made = charts.Episode.objects.create(
        patient=patient, title=secret("episode", patient), condition="c_tka", region="br_knee",
        icd10=["M17.11"], started_on=date(2026, 1, 5), **told,
    )  # fmt: skip
    charts.Precaution.objects.create(
        episode=made, contraindication="ci_wound_open", note=secret("precaution", patient), made_by=by
    )
    charts.Accident.objects.create(
        episode=made, happened_on=date(2026, 1, 2), insurer=secret("insurer", patient),
        attorney=secret("attorney", patient), claim_number=secret("claim", patient),
    )  # fmt: skip
    return made.pk


@of_patient("limit_id")
def limit(patient: Patient, by: User) -> object:
    return charts.Limit.objects.create(
        episode_id=episode(patient, by), measure=secret("limit", patient), ordered_by=secret("ordered_by", patient),
        words=secret("limit_words", patient), ordered_on=date(2026, 1, 5),
    ).pk  # fmt: skip


@of_patient("screen_id")
def screen(patient: Patient, by: User) -> object:
    made = charts.SafetyScreen.objects.create(
        patient=patient, made_by=by, answers={FLAG: "yes"}, raised=[FLAG], unsettled=True
    )
    charts.RedFlagCall.objects.create(
        screen=made, flag=FLAG, told=secret("called", patient), done=secret("done", patient)
    )
    charts.RedFlagDecision.objects.create(
        screen=made, flag=FLAG, decision="hold", reason=secret("decision", patient), made_by=by
    )
    return made.pk


@of_patient("score_id")
def score(patient: Patient, by: User) -> object:
    return charts.OutcomeScore.objects.create(
        patient=patient, outcome="om_nprs", score=SCORE, taken_on=date(2026, 1, 5), note=secret("score", patient)
    ).pk


@of_patient("file_id")
def paper(patient: Patient, by: User) -> object:
    kept = object_store().put(io.BytesIO(b"%PDF-1.4 made"))
    return charts.PatientFile.objects.create(
        patient=patient, name=f"{secret('file', patient)}.pdf", media_type="application/pdf", size=kept.size, sha256=kept.sha256,
        object_key=kept.key,
    ).pk  # fmt: skip


@of_patient("intake_id")
def intake(patient: Patient, by: User) -> object:
    made = charts.Intake.objects.create(
        patient=patient, state="sent", secret_hash=uuid.uuid4().hex, expires_at=timezone.now() + timedelta(days=7)
    )
    said = {"problem": {"words": secret("intake", patient)}, TIMES: {"problem": timezone.now().isoformat()}}
    charts.IntakeSheet.objects.create(intake=made, answers=said)
    return made.pk


@of_patient("map_id")
def pain_map(patient: Patient, by: User) -> object:
    kept = patient.pain_maps.first()
    return (kept or charts.PainMap.objects.create(patient=patient, note=secret("pain_map", patient))).pk


@of_patient("mark_id")
def mark(patient: Patient, by: User) -> object:
    return charts.PainMark.objects.create(
        map_id=pain_map(patient, by), kind="pain", region="br_knee", note=secret("pain", patient)
    ).pk


@of_patient("activity_id")
def activity(patient: Patient, by: User) -> object:
    return charts.Activity.objects.create(patient=patient, words=secret("activity", patient)).pk


@of_patient("recording_id")
def recording(patient: Patient, by: User) -> object:
    if patient.recordings.exists():
        return patient.recordings.get().pk
    kept = object_store().put(io.BytesIO(b"time,x\n0,1\n"))
    return recordings.StoredRecording.objects.create(
        patient=patient,
        name=f"{secret('recording', patient)}.csv",
        size=kept.size,
        sha256=kept.sha256,
        object_key=kept.key,
    ).pk


@of_patient("analysis_id")
def analysis(patient: Patient, by: User) -> object:
    kept = object_store().put(io.BytesIO(b"{}"))
    return recordings.Analysis.objects.create(
        recording_id=recording(patient, by), job_id=uuid.uuid4(), software="made", assessment_key=kept.key,
        replay_key=kept.key,
    ).pk  # fmt: skip


@of_patient("upload_id", own=True)
def upload(patient: Patient, by: User) -> object:
    name = f"{secret('upload', patient)}.csv"
    return recordings.Upload.objects.create(patient=patient, by=by, name=name, size=10).pk


@of_patient("job_id")
def job(patient: Patient, by: User) -> object:
    return Job.objects.create(
        clinic=patient.clinic, patient=patient, kind="analysis", state="failed", message=secret("job", patient)
    ).pk


@of_patient("evaluation_id")
def evaluation(patient: Patient, by: User) -> object:
    if patient.evaluations.exists():
        return patient.evaluations.get().pk
    return evaluations.Evaluation.objects.create(
        patient=patient, episode_id=episode(patient, by), note=secret("evaluation", patient),
        symptoms=[secret("symptom", patient)], condition="c_tka", region="br_knee",
    ).pk  # fmt: skip


@of_patient("test_id")
def planned_test(patient: Patient, by: User) -> object:
    found = evaluations.PlannedTest.objects.filter(evaluation__patient=patient).first()
    if found is None:
        found = evaluations.PlannedTest.objects.create(
            evaluation_id=evaluation(patient, by), test="test_rom", note=secret("test", patient),
            reason=secret("test_reason", patient),
        )  # fmt: skip
    return found.pk


@of_patient("measurement_id")
def measurement(patient: Patient, by: User) -> object:
    return evaluations.Measurement.objects.create(
        patient=patient, evaluation_id=evaluation(patient, by), test_id=planned_test(patient, by),
        measure="gait.cadence", value=VALUE, unit="steps/min", method="typed", instrument="timer",
        taken_at=timezone.now(),
    ).pk  # fmt: skip


@of_patient("finding_id")
def finding(patient: Patient, by: User) -> object:
    """One that nobody has judged, which is given back; beside it one rejected and one confirmed."""
    told = {
        "patient": patient, "evaluation_id": evaluation(patient, by), "severity": "mild", "confidence": 0.8,
        "finding": "f_knee_valgus",
    }  # fmt: skip
    made = evaluations.FoundFinding.objects.create(
        name=secret("finding", patient),
        details={"sentence": secret("sentence", patient)},
        driver=secret("driver", patient),
        **told,
    )
    for judgement in ("rejected", "confirmed"):
        evaluations.FoundFinding.objects.create(
            name=secret(judgement, patient), judgement=judgement, reason=secret(f"{judgement}_reason", patient),
            judged_by=by, judged_at=timezone.now(), **told,
        )  # fmt: skip
    return made.pk


@of_person("token_id")
def token(user: User) -> object:
    ends = timezone.now() + timedelta(days=1)
    return ApiToken.objects.create(user=user, name="made", secret_hash=uuid.uuid4().hex, expires_at=ends).pk
