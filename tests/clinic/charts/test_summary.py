"""The patient's page: who sees what, and how many questions it asks of the database."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clinic import made
from poise.clinic.charts import summary
from poise.clinic.charts.domain import limits, precautions, safety, scores
from poise.clinic.charts.domain.precautions import Answer
from poise.clinic.charts.models import OutcomeScore, SafetyScreen
from poise.clinic.rules import Role

pytestmark = pytest.mark.django_db
CLINICAL = ("Knee replacement", "Walk to church", "thrombosis", "No kneeling", "KOOS", "DVT")


@pytest.fixture
def full(knee: Any, therapist: Any) -> Any:
    """Ana's chart with something in each part."""
    by, ana, today = made.actor(therapist), knee.patient, timezone.localdate()
    limits.order_limit(by, knee, {"words": "No kneeling", "ordered_by": "Dr Ortiz", "ordered_on": today})
    precautions.answer_precautions(by, knee, {"ci_dvt": Answer(answer="unknown")})
    safety.record_screen(by, ana, knee, {"rf_dvt": "yes"})
    for days, value in ((14, 45.0), (1, 62.0)):
        facts = {"outcome": "om_koos_jr", "score": value, "taken_on": today - timedelta(days=days)}
        scores.record_score(by, ana, facts)
    return ana


def page_of(client: Client, who: Any, patient: Any) -> str:
    made.sign_in(client, who)
    return str(client.get(reverse("patient", args=[patient.pk])).text)


def test_a_clinician_sees_safety_first_and_then_all_the_rest(client: Client, full: Any, therapist: Any) -> None:
    page = page_of(client, therapist, full)
    assert all(words in page for words in CLINICAL)
    assert page.index("What to mind") < page.index('id="section-episodes"') < page.index('id="section-scores"')


@pytest.mark.parametrize(("role", "codes"), [(Role.FRONT_DESK, False), (Role.BILLER, True)])
def test_the_desk_and_the_biller_see_who_it_is_and_nothing_clinical(
    client: Client, full: Any, role: Role, codes: bool
) -> None:
    page = page_of(client, made.person(role, full.clinic), full)
    assert full.record_number in page
    assert [words for words in CLINICAL if words in page] == []
    assert ("Z47.1" in page) is codes


@pytest.mark.parametrize(
    ("role", "tables"), [(Role.FRONT_DESK, set()), (Role.BILLER, {"charts_episode"}), (Role.ADMINISTRATOR, set())]
)
def test_what_a_role_may_not_read_is_not_asked_of_the_database(
    client: Client, full: Any, role: Role, tables: set[str]
) -> None:
    with CaptureQueriesContext(connection) as asked:
        page_of(client, made.person(role, full.clinic), full)
    words = " ".join(query["sql"] for query in asked.captured_queries)
    assert set(re.findall(r'"((?:charts|evaluations|recordings)_\w+)"', words)) == tables
    assert re.findall(r"goal|history|surgery|\btitle\b", words) == []


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.BILLER])
@pytest.mark.parametrize("name", ["episodes", "safety", "scores", "files", "patient-timeline", "patient-export"])
def test_clinical_pages_are_closed_to_the_desk_and_the_biller(client: Client, full: Any, role: Role, name: str) -> None:
    made.sign_in(client, made.person(role, full.clinic))
    assert client.get(reverse(name, args=[full.pk])).status_code == 403


def test_a_colleague_outside_the_team_reads_nothing_without_a_reason(client: Client, full: Any) -> None:
    made.sign_in(client, made.person(Role.PHYSICAL_THERAPIST, full.clinic))
    answer = client.get(reverse("patient", args=[full.pk]))
    assert answer.status_code in {302, 403}
    assert not any(words in answer.text for words in CLINICAL)


def test_another_clinics_patient_does_not_exist(client: Client, full: Any) -> None:
    made.sign_in(client, made.person(Role.PHYSICAL_THERAPIST, made.clinic("Elsewhere")))
    for name in ("patient", "episodes", "scores", "files", "safety", "patient-identity"):
        assert client.get(reverse(name, args=[full.pk])).status_code == 404


@pytest.mark.parametrize("visits", [1, 3, 60])
def test_the_page_asks_the_same_few_questions_however_much_the_chart_holds(
    client: Client, full: Any, therapist: Any, visits: int, django_assert_max_num_queries: Any
) -> None:
    now = timezone.now()
    SafetyScreen.objects.bulk_create(
        SafetyScreen(patient=full, answers={}, asked_at=now - timedelta(days=day)) for day in range(visits)
    )
    OutcomeScore.objects.bulk_create(
        OutcomeScore(patient=full, outcome="om_nprs", score=day % 10, taken_on=(now - timedelta(days=day)).date())
        for day in range(visits)
    )
    page_of(client, therapist, full)
    with django_assert_max_num_queries(12):
        assert client.get(reverse("patient", args=[full.pk])).status_code == 200


def test_the_timeline_tells_everything_once_page_by_page(full: Any, therapist: Any) -> None:
    today = timezone.localdate()
    OutcomeScore.objects.bulk_create(
        OutcomeScore(patient=full, outcome="om_nprs", score=day % 10, taken_on=today - timedelta(days=day // 7))
        for day in range(40)
    )
    seen, mark = [], ""
    while True:
        entries, mark = summary.timeline(full, lambda action: True, before=mark, limit=7)
        seen += [(entry.source, entry.id) for entry in entries]
        if not mark:
            break
    assert len(seen) == len(set(seen))
    assert len([source for source, _ in seen if source == "score"]) == 42
    assert {"episode", "screen", "score"} <= {source for source, _ in seen}


@pytest.mark.parametrize("mark", ["", "x", "1~2~3", "nan~score~x", "1e400~score~00000000-0000-0000-0000-000000000000"])
def test_a_mark_that_was_tampered_with_shows_the_newest(client: Client, full: Any, therapist: Any, mark: str) -> None:
    made.sign_in(client, therapist)
    assert client.get(reverse("patient-timeline", args=[full.pk]), {"before": mark}).status_code == 200


def test_a_patient_is_led_to_their_own_pages(client: Client, full: Any) -> None:
    full.account = made.person(Role.PATIENT, full.clinic)
    full.save()
    made.sign_in(client, full.account)
    assert client.get(reverse("patient", args=[full.pk])).status_code == 302
