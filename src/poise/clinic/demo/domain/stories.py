"""The patients' stories: what happened, what was measured, what was found. Recordings are simulated by `poise.testing`.

Each story is told through the verbs of the clinic, as its people would do it.
"""

from __future__ import annotations

from datetime import date, timedelta

from poise.clinic.charts.domain import accidents, episodes, limits, pain_map
from poise.clinic.charts.domain.pain_map import Mark
from poise.clinic.charts.models import Episode
from poise.clinic.demo.domain.telling import (
    Stage,
    admit,
    cleared,
    evaluated,
    explained,
    finished,
    judged,
    scored,
    screened,
    wishes,
)
from poise.clinic.evaluations.domain import typed
from poise.clinic.people.models import Patient


def knee_replacement(stage: Stage) -> Patient:
    """Ana: a new left knee, a limp, a surgeon's limit; walk and chair were recorded six weeks ago and today."""
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
            "title": "Left knee replacement",
            "condition": "c_tka",
            "region": "br_knee",
            "side": "left",
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
            "side": "left",
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
            Mark(kind="pain", region="br_knee_front", side="left", intensity=4, quality="dull"),
            Mark(kind="felt", region="br_shin", side="left", intensity=2),
        ],
        by_patient=True,
    )
    wishes(
        stage, ana, ("Walk my granddaughter to school", (3, 4, 6)), ("Go up the stairs without holding on", (1, 2, 4))
    )
    scored(stage, ana, "om_koos_jr", 44.9, 54.8, 63.8)
    scored(stage, ana, "om_nprs", 6, 4, 3)
    _knee_measured_before(stage, episode)
    today = evaluated(
        stage,
        episode,
        kind="re-evaluation",
        symptoms=["The knee feels unsure on the stairs", "I limp when I am tired"],
        recorded={
            "test_gait": [("limping_walk", {"task": "walk"})],
            "test_5xsts": [("chair_from_the_side", {"task": "sit_to_stand"})],
        },
        entered={"test_tug": [typed.Entry(measure="m_tug_time", side="none", attempts=(12.8,), instrument="timer")]},
    )
    explained(stage, today, {
        "f_knee_bent_stance": "The knee feels unsure on the stairs",
        "f_step_asym": "I limp when I am tired",
    })  # fmt: skip
    judged(stage, today, {
        ("f_knee_bent_stance", "left"): ("accepted", "Seen in the room too, and she feels it"),
        ("f_step_asym", "right"): ("accepted", "Seen in the room too"),
        ("f_slow_sts", "none"): ("rejected", "The chair was lower than usual"),
    })  # fmt: skip
    return ana


def _knee_measured_before(stage: Stage, episode: Episode) -> None:
    """Six weeks ago: shorter steps, more sway; what was found then was accepted and told to Ana."""
    before = evaluated(
        stage,
        episode,
        symptoms=["The knee is stiff", "I limp"],
        recorded={"test_gait": [("limping_walk_before", {"task": "walk"})]},
        entered={"test_tug": [typed.Entry(measure="m_tug_time", side="none", attempts=(17.6,), instrument="timer")]},
        days_ago=42,
    )
    found = before.findings.filter(withdrawn_at=None).values_list("finding", "side")
    judged(stage, before, dict.fromkeys(found, ("accepted", "Fits what is seen")))
    finished(stage, before)


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
