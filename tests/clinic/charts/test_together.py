"""Rows that are asked for together are the rows that Django gives, of this patient, at this moment."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from clinic import made
from poise.clinic.charts import summary
from poise.clinic.charts.domain import minding, pain_map, precautions, safety, scores, together
from poise.clinic.charts.domain.precautions import Answer
from poise.clinic.charts.domain.together import Asked, ask
from poise.clinic.charts.models import Episode, Intake, OutcomeScore, PatientFile, Precaution, SafetyScreen
from poise.clinic.people.models import TeamMember

pytestmark = pytest.mark.django_db
A_TIME_OR_A_PERSON = re.compile(r"\d{4}-\d\d-\d\d|[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-")


@pytest.fixture
def full(knee: Any, therapist: Any) -> Any:
    """Ana's chart, with values of every kind; and another patient with as much, of whom nothing may be told."""
    for patient in (knee.patient, made.patient(knee.patient.clinic, team=(therapist,))):
        episode = Episode.objects.create(
            patient=patient, title='His "knee", 50 %', icd10=["M17.11", "Z47.1"], started_on=timezone.localdate(),
            surgery_on=timezone.localdate() - timedelta(days=20), goal="Caminar «más» 🚶\n¿mañana?",
        )  # fmt: skip
        precautions.answer_precautions(made.actor(therapist), episode, {"ci_dvt": Answer(answer="unknown")})
        safety.record_screen(made.actor(therapist), patient, episode, {"rf_dvt": "yes", "rf_neck_fracture": "no"})
        OutcomeScore.objects.create(patient=patient, outcome="om_nprs", score=100 / 3, taken_on=timezone.localdate())
        OutcomeScore.objects.create(patient=patient, outcome="om_nprs", score=3, taken_on=timezone.localdate(),
                                    details={"answers": [1, None, True, 0.25]})  # fmt: skip
        Intake.objects.create(patient=patient, expires_at=timezone.now(), submitted_at=None)
        PatientFile.objects.create(patient=patient, name="é.pdf", media_type="application/pdf", size=2**40)
    return knee.patient


@pytest.mark.parametrize("model", [Episode, SafetyScreen, OutcomeScore, Intake, PatientFile, TeamMember])
def test_each_value_is_the_one_that_django_reads(full: Any, model: Any) -> None:
    def rows(patient: Any) -> Any:
        return model.objects.filter(patient=patient).order_by("pk")

    def values(row: Any) -> dict[str, Any]:
        return {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}

    asked = ask(full, {"rows": Asked(rows=rows)})["rows"]
    assert asked
    assert [values(row) for row in asked] == [values(row) for row in rows(full)]
    assert [type(value) for row in asked for value in values(row).values()] == [
        type(value) for row in rows(full) for value in values(row).values()
    ]


def test_parts_come_in_one_query_each_in_its_order_and_none_asks_for_none(
    full: Any, django_assert_num_queries: Any
) -> None:
    def held(patient: Any) -> Any:
        rows = Precaution.objects.filter(episode__patient=patient)
        return rows.annotate(of=F("episode__title"), episode_on=F("episode__started_on"))

    parts = {
        "up": Asked(rows=lambda patient: OutcomeScore.objects.filter(patient=patient).order_by("score")[:1]),
        "down": Asked(rows=lambda patient: OutcomeScore.objects.filter(patient=patient).order_by("-score")),
        "held": Asked(rows=held, fields=("answer", "of", "episode_on")),
        "none": Asked(rows=lambda patient: Intake.objects.filter(patient=patient, state="confirmed")),
    }
    with django_assert_num_queries(1):
        rows = ask(full, parts)
    assert [[row.score for row in rows[name]] for name in ("up", "down")] == [[3.0], [100 / 3, 3.0]]
    assert [(row.answer, row.of, row.episode_on) for row in rows["held"]] == [
        ("unknown", 'His "knee", 50 %', timezone.localdate())
    ]
    assert rows["none"] == []
    with django_assert_num_queries(0):
        assert ask(full, {}) == {}


def test_a_question_is_kept_but_no_answer(full: Any) -> None:
    asked = {"scores": Asked(rows=lambda patient: OutcomeScore.objects.filter(patient=patient))}
    other = made.patient(full.clinic)
    assert [len(ask(who, asked)["scores"]) for who in (full, other, full)] == [2, 0, 2]
    OutcomeScore.objects.create(patient=other, outcome="om_nprs", score=1, taken_on=timezone.localdate())
    assert [len(ask(who, asked)["scores"]) for who in (full, other)] == [2, 1]


def test_no_time_and_no_person_is_written_into_a_question_that_is_kept() -> None:
    kept = [*minding.MINDED.values(), *pain_map.LAST.values(), scores.ENDS]
    kept += [asked for section in summary.SECTIONS.values() for asked in section.asks.values()]
    kept += [summary._newest(source, 11) for source in summary.SOURCES.values()]
    assert len(kept) > 20
    for asked in kept:
        values = asked.question.values
        assert [value for value in values if _is_anybody(value)], asked
        assert [value for value in values if not _is_anybody(value) and A_TIME_OR_A_PERSON.search(str(value))] == []


def test_who_joins_and_who_leaves_is_seen_at_once(full: Any) -> None:
    team = summary.SECTIONS["team"].asks
    colleague = made.person("pt", full.clinic)
    place = TeamMember.objects.create(patient=full, user=colleague)
    assert colleague.name in [row.user_name for row in ask(full, team)["team"]]
    place.until = timezone.now() - timedelta(seconds=1)
    place.save()
    assert colleague.name not in [row.user_name for row in ask(full, team)["team"]]


def _is_anybody(value: object) -> bool:
    return str(value).replace("-", "") == together.ANYBODY.hex
