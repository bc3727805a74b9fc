"""The patients' stories: what happened, what was measured, what was found. Recordings are simulated by `poise.testing`.

Each story is told through the verbs of the clinic, as its people would do it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from poise.clinic.actor import Actor
from poise.clinic.charts.domain import (
    accidents,
    activities,
    episodes,
    limits,
    pain_map,
    patients,
    precautions,
    safety,
    scores,
)
from poise.clinic.charts.domain.pain_map import Mark
from poise.clinic.charts.models import Episode
from poise.clinic.evaluations.domain import evaluations, judging, tests, typed
from poise.clinic.evaluations.models import Evaluation, FoundFinding, PlannedTest
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
) -> Evaluation:
    """An evaluation with its recordings analysed and its numbers typed.

    `recorded` names for each test the files, with their conditions (``task`` among them); `entered` the typed numbers.
    """
    made = evaluations.start(
        stage.by, episode, kind=kind, condition=episode.condition, region=episode.region, symptoms=symptoms
    )
    for test, files in recorded.items():
        planned = _planned(stage, made, test)
        for name, told in files:
            conditions = {key: value for key, value in told.items() if key != "task"}
            details = {"task": told.get("task", "auto"), "conditions": conditions, "episode": str(episode.pk)}
            path = stage.files[name]
            store_now(stage.by, episode.patient, path.name, path.read_bytes(), about_id=planned.pk, details=details)
    for test, entries in entered.items():
        planned = _planned(stage, made, test)
        typed.record(stage.by, planned, entries, seen_version=planned.version)
    run_waiting()
    return made


def judged(stage: Stage, evaluation: Evaluation, sure: Callable[[FoundFinding], str | None]) -> None:
    """Accepts the findings for which `sure` gives a reason; the others are left for whoever tries the demo."""
    for finding in evaluation.findings.filter(withdrawn_at=None):
        reason = sure(finding)
        if reason:
            judging.judge(stage.by, finding, judgement="accepted", reason=reason, seen_version=finding.version)


def _planned(stage: Stage, evaluation: Evaluation, test: str) -> PlannedTest:
    found = evaluation.tests.filter(test=test, removed_at=None).first()
    return found or tests.add(stage.by, evaluation, test=test, reason="Asked for in this case")


def knee_replacement(stage: Stage) -> Patient:
    """Ana: a new right knee, a limp, a surgeon's limit; a walk and a chair were recorded."""
    ana = admit(
        stage,
        family_name="Rivera",
        given_name="Ana",
        birth_date=stage.today.replace(year=stage.today.year - 63, day=1),
        sex="f",
        phone="555 0134 20",
        email="ana@demo.example",
        height_m=1.64,
        mass_kg=71.0,
    )
    episode = episodes.open_episode(
        stage.by,
        ana,
        {
            "title": "Right knee replacement",
            "condition": "c_tka",
            "region": "br_knee",
            "side": "right",
            "phase": "ph_control",
            "irritability": "low",
            "surgery_on": stage.days_ago(63),
            "surgery": "Total knee replacement",
            "surgeon": "Dr. Weiss",
            "onset_on": stage.days_ago(63),
            "started_on": stage.days_ago(49),
            "referrer": "Dr. Weiss",
            "goal": "I want to walk my granddaughter to school and go up the stairs without holding on.",
            "history": "Nine weeks after surgery. Swelling has settled. Says the leg feels unsure on the stairs.",
        },
    )
    cleared(stage, episode)
    screened(stage, episode)
    limits.order_limit(
        stage.by,
        episode,
        {
            "measure": "m_knee_flexion",
            "side": "right",
            "high": 110.0,
            "unit": "deg",
            "words": "No loaded bending past 110 degrees",
            "until": stage.today + timedelta(days=21),
            "ordered_by": "Dr. Weiss",
            "ordered_on": stage.days_ago(49),
        },
    )
    pain_map.draw(
        stage.by,
        ana,
        [
            Mark(kind="pain", region="br_knee_front", side="right", intensity=4, quality="dull"),
            Mark(kind="felt", region="br_shin", side="right", intensity=2),
        ],
        by_patient=True,
    )
    wishes(
        stage, ana, ("Walk my granddaughter to school", (3, 4, 6)), ("Go up the stairs without holding on", (1, 2, 4))
    )
    scored(stage, ana, "om_koos_jr", 44.9, 54.8, 63.8)
    scored(stage, ana, "om_nprs", 6, 4, 3)
    found = evaluated(
        stage,
        episode,
        symptoms=["The knee feels unsure on the stairs", "I limp when I am tired"],
        recorded={
            "test_gait": [("limping_walk", {"task": "walk"})],
            "test_5xsts": [("chair_from_the_side", {"task": "sit_to_stand"})],
        },
        entered={"test_tug": [typed.Entry(measure="m_tug_time", side="none", attempts=(12.8,), instrument="timer")]},
    )
    judged(stage, found, lambda each: "Seen on the video too, and she feels it" if each.confidence >= 0.8 else None)
    return ana


def whiplash(stage: Stage) -> Patient:
    """Marcus: rear-ended three weeks ago; his neck and his temple hurt, a tender spot explains the temple."""
    marcus = admit(
        stage,
        family_name="Bell",
        given_name="Marcus",
        birth_date=date(stage.today.year - 34, 6, 2),
        sex="m",
        phone="555 0177 81",
        height_m=1.82,
        mass_kg=88.0,
    )
    episode = episodes.open_episode(
        stage.by,
        marcus,
        {
            "title": "Whiplash after a rear-end collision",
            "condition": "c_whiplash",
            "region": "br_neck",
            "side": "both",
            "phase": "ph_activate",
            "irritability": "moderate",
            "onset_on": stage.days_ago(23),
            "started_on": stage.days_ago(12),
            "goal": "Turn my head to drive, and sleep through the night.",
        },
    )
    accidents.record_accident(
        stage.by,
        episode,
        {
            "happened_on": stage.days_ago(23),
            "kind": "car",
            "state": "FL",
            "insurer": "Coastal Mutual (made up)",
            "claim_number": "CM-20418",
            "first_care_on": stage.days_ago(20),
        },
    )
    cleared(stage, episode)
    screened(stage, episode)
    drawn = pain_map.draw(
        stage.by,
        marcus,
        [
            Mark(kind="pain", region="br_neck", side="right", intensity=6, quality="stiff", view="back"),
            Mark(kind="felt", region="br_temple", side="right", intensity=4, quality="dull"),
        ],
        by_patient=True,
    )
    pain_map.palpated(stage.by, drawn, "tp_upper_trap", "right", felt=["br_temple"], familiar=True)
    wishes(stage, marcus, ("Turn my head to look behind me when I drive", (2, 4)))
    scored(stage, marcus, "om_ndi", 46, 38)
    evaluated(
        stage,
        episode,
        symptoms=["My neck is stiff", "Headache at the right temple"],
        recorded={},
        entered={
            "test_cervical_jpe": [
                typed.Entry(measure="m_cervical_jpe", side="right", attempts=(6.2, 7.1, 6.6), instrument="laser")
            ]
        },
    )
    return marcus


def falls(stage: Stage) -> Patient:
    """Dolores: fell twice; stands on a force plate with eyes open and closed. She speaks Spanish."""
    dolores = admit(
        stage,
        family_name="Fuentes",
        given_name="Dolores",
        birth_date=date(stage.today.year - 79, 2, 11),
        sex="f",
        language="es",
        phone="555 0112 09",
        height_m=1.55,
        mass_kg=60.0,
    )
    episode = episodes.open_episode(
        stage.by,
        dolores,
        {
            "title": "Two falls this year",
            "condition": "c_fall_prevention",
            "phase": "ph_control",
            "irritability": "low",
            "started_on": stage.days_ago(30),
            "goal": "Quiero caminar hasta la iglesia sin miedo.",
        },
    )
    cleared(stage, episode, "ci_fall_risk_high")
    screened(stage, episode)
    wishes(stage, dolores, ("Caminar hasta la iglesia", (3, 5)))
    scored(stage, dolores, "om_berg", 41, 44)
    evaluated(
        stage,
        episode,
        symptoms=["Me siento insegura al caminar"],
        recorded={
            "test_mctsib": [
                ("eyes_open", {"task": "stand", "eyes": "open", "surface": "firm"}),
                ("eyes_closed", {"task": "stand", "eyes": "closed", "surface": "firm"}),
            ]
        },
        entered={"test_tug": [typed.Entry(measure="m_tug_time", side="none", attempts=(15.4,), instrument="timer")]},
    )
    return dolores


def knee_ligament(stage: Stage) -> Patient:
    """Jae: four months after an ACL reconstruction; thigh muscles were recorded."""
    jae = admit(
        stage,
        family_name="Kim",
        given_name="Jae",
        birth_date=date(stage.today.year - 27, 9, 30),
        sex="m",
        height_m=1.78,
        mass_kg=74.0,
    )
    episode = episodes.open_episode(
        stage.by,
        jae,
        {
            "title": "Left ACL reconstruction",
            "condition": "c_aclr",
            "region": "br_knee",
            "side": "left",
            "phase": "ph_control",
            "irritability": "low",
            "surgery_on": stage.days_ago(118),
            "surgery": "ACL reconstruction, patellar tendon",
            "surgeon": "Dr. Amara",
            "started_on": stage.days_ago(100),
            "goal": "Play football again next season.",
        },
    )
    cleared(stage, episode, "ci_acl_pre_impact")
    screened(stage, episode)
    evaluated(
        stage,
        episode,
        symptoms=["The thigh feels weak"],
        recorded={"test_emg_order": [("thigh_muscles", {"task": "emg"})]},
        entered={},
    )
    return jae


def red_flag(stage: Stage) -> Patient:
    """Peter: back pain, and a yes to a question that must not wait. His chart shows what to do."""
    peter = admit(
        stage, family_name="Novak", given_name="Peter", birth_date=date(stage.today.year - 52, 11, 5), sex="m"
    )
    episode = episodes.open_episode(
        stage.by,
        peter,
        {
            "title": "Low back pain with leg pain",
            "condition": "c_sciatica",
            "region": "br_low_back",
            "side": "left",
            "irritability": "high",
            "onset_on": stage.days_ago(9),
            "started_on": stage.today,
        },
    )
    screened(stage, episode, rf_cauda_equina="yes")
    pain_map.draw(
        stage.by,
        peter,
        [
            Mark(kind="pain", region="br_low_back", side="left", intensity=8, quality="sharp", view="back"),
            Mark(kind="numb", region="br_foot", side="left"),
        ],
        by_patient=True,
    )
    return peter


STORIES = (knee_replacement, whiplash, falls, knee_ligament, red_flag)
