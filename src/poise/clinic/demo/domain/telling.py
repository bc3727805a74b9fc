"""What a story is told with: short ways to the verbs of the clinic, as its people would use them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.utils import timezone

from poise.clinic.actor import Actor
from poise.clinic.charts.domain import activities, patients, precautions, safety, scores
from poise.clinic.charts.models import Episode
from poise.clinic.evaluations.domain import battery, causes, evaluations, judging, tests, typed
from poise.clinic.evaluations.models import Evaluation, Measurement, PlannedTest
from poise.clinic.jobs.domain.worker import run_waiting
from poise.clinic.people.models import Patient, TeamMember, User
from poise.clinic.recordings.domain.arrivals import store_now
from poise.knowledge.clinical import library


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What a story needs: who treats, what day it is, where the simulated files lie."""

    by: Actor
    team: Sequence[User]
    today: date
    files: Mapping[str, Path]

    def days_ago(self, days: int) -> date:
        """A day before today."""
        return self.today - timedelta(days=days)


def admit(stage: Stage, **facts: object) -> Patient:
    """Registers a patient, marked as simulated, with the whole team."""
    patient = patients.register(stage.by, facts, team=tuple(each.pk for each in stage.team))
    Patient.objects.filter(pk=patient.pk).update(is_simulated=True)
    TeamMember.objects.filter(patient=patient).update(is_lead=False)
    TeamMember.objects.filter(patient=patient, user=stage.by.user_id).update(is_lead=True)
    patient.refresh_from_db()
    return patient


def screened(stage: Stage, episode: Episode, **answers: str) -> None:
    """The red-flag questions of the episode, none of them raised but those named."""
    questions = safety.questions(episode.condition)
    asked = {each.flag.id: safety.NO if each.raised_by == safety.YES else safety.YES for each in questions}
    safety.record_screen(stage.by, episode.patient, episode, asked | answers)


def cleared(stage: Stage, episode: Episode, *holding: str) -> None:
    """The precautions of the condition, all no but those named."""
    asked = {each.id: precautions.Answer(answer="no") for each in library().precautions_of(episode.condition)}
    held = {each: precautions.Answer(answer="yes") for each in holding}
    precautions.answer_precautions(stage.by, episode, asked | held)


def wishes(stage: Stage, patient: Patient, *told: tuple[str, Sequence[int]]) -> None:
    """What the patient wants to do again, rated every three weeks until today."""
    for words, ratings in told:
        activity = activities.add(stage.by, patient, words)
        for number, score in enumerate(ratings):
            on = stage.days_ago(21 * (len(ratings) - 1 - number))
            activities.rate(stage.by, patient, {activity: score}, on=on, by_patient=True)


def scored(stage: Stage, patient: Patient, outcome: str, *values: float) -> None:
    """A score every three weeks until today."""
    for number, value in enumerate(values):
        on = stage.days_ago(21 * (len(values) - 1 - number))
        scores.record_score(stage.by, patient, {"outcome": outcome, "score": value, "taken_on": on})


def evaluated(
    stage: Stage,
    episode: Episode,
    *,
    symptoms: Sequence[str],
    recorded: Mapping[str, Sequence[tuple[str, Mapping[str, str]]]],
    entered: Mapping[str, Sequence[typed.Entry]],
    kind: str = "initial",
    days_ago: int = 0,
) -> Evaluation:
    """An evaluation with its recordings analysed and its numbers typed, today or so many days ago.

    `recorded` names for each test the files, with their conditions (``task`` among them); `entered` the typed numbers.
    """
    at = timezone.now() - timedelta(days=days_ago)
    made = evaluations.start(
        stage.by, episode, kind=kind, condition=episode.condition, region=episode.region, symptoms=symptoms
    )
    Evaluation.objects.filter(pk=made.pk).update(started_at=at)
    made.refresh_from_db()
    for test, files in recorded.items():
        planned = _planned(stage, made, test)
        for name, told in files:
            _recorded(stage, planned, stage.files[name], told, at)
    for test, entries in entered.items():
        planned = _planned(stage, made, test)
        typed.record(stage.by, planned, entries, seen_version=planned.version)
    run_waiting()
    Measurement.objects.filter(evaluation=made).update(taken_at=at)
    return made


def judged(stage: Stage, evaluation: Evaluation, said: Mapping[tuple[str, str], tuple[str, str]]) -> None:
    """Accepts or rejects findings: by finding and side, the judgement and its reason. The others wait for a visitor."""
    for finding in evaluation.findings.filter(withdrawn_at=None):
        judgement, reason = said.get((finding.finding, finding.side), ("", ""))
        if not judgement:
            continue
        judging.judge(stage.by, finding, judgement=judgement, reason=reason, seen_version=finding.version)


def explained(stage: Stage, evaluation: Evaluation, symptoms: Mapping[str, str]) -> None:
    """Says which of the patient's words a finding explains."""
    for finding in evaluation.findings.filter(withdrawn_at=None, finding__in=symptoms):
        causes.edit(stage.by, finding, {"symptom": symptoms[finding.finding]}, seen_version=finding.version)


def finished(stage: Stage, evaluation: Evaluation) -> None:
    """Ends an evaluation on the day it was made; the tests that nobody did are taken out."""
    for planned in evaluation.tests.filter(removed_at=None, state=PlannedTest.State.PROPOSED):
        if battery.is_first(planned.test):
            tests.done(stage.by, planned, pain=None, note="", seen_version=planned.version)
        else:
            tests.take_out(stage.by, planned, reason="Not needed on this day", seen_version=planned.version)
    evaluation.refresh_from_db()
    evaluations.finish(stage.by, evaluation, seen_version=evaluation.version)
    Evaluation.objects.filter(pk=evaluation.pk).update(finished_at=evaluation.started_at)


def _recorded(stage: Stage, planned: PlannedTest, path: Path, told: Mapping[str, str], at: datetime) -> None:
    conditions = {key: value for key, value in told.items() if key != "task"}
    details = {
        "task": told.get("task", "auto"), "conditions": conditions, "episode": str(planned.evaluation.episode_id),
        "recorded_at": at.isoformat(),
    }  # fmt: skip
    store_now(stage.by, planned.evaluation.patient, path.name, path.read_bytes(), about_id=planned.pk, details=details)


def _planned(stage: Stage, evaluation: Evaluation, test: str) -> PlannedTest:
    found = evaluation.tests.filter(test=test, removed_at=None).first()
    return found or tests.add(stage.by, evaluation, test=test, reason="Asked for in this case")
