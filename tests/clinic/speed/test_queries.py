"""How many questions a page asks of the database: as many for three patients, visits and scores as for one.

The numbers are those of today; a page that asks more than its number is looked at before the number is raised.
What all pages ask: the session, the person with clinic and roles; and three for the audit (the chain's end, the row,
the end moved on).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic import made
from poise.clinic.charts.models import Episode, OutcomeScore
from poise.clinic.evaluations.models import Evaluation, FoundFinding
from poise.clinic.people.models import Patient

pytestmark = pytest.mark.django_db
FEW, SOME, MANY = 1, 3, 60
PAGES = {
    "/": 8,
    "/patients/": 8,
    "/patients/{}/": 8,
    "/patients/{}/timeline/": 9,
    "/patients/{}/episodes/": 9,
    "/patients/{}/scores/": 9,
    "/patients/{}/evaluations/": 11,
}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_no_more_for_three_than_for_one(client: Client, therapist: Any, page: str) -> None:
    made.sign_in(client, therapist)
    few = _asked(client, page.format(_charts(therapist, FEW).pk))
    some = _asked(client, page.format(_charts(therapist, SOME).pk))
    assert some == few
    assert few <= PAGES[page]


def test_the_page_of_a_patient_with_many_visits_asks_no_more(client: Client, therapist: Any) -> None:
    made.sign_in(client, therapist)
    busy = _charts(therapist, 1, visits=MANY)
    assert _asked(client, f"/patients/{busy.pk}/") <= PAGES["/patients/{}/"]


@pytest.mark.parametrize(("terms", "most"), [("rivera", 8), ("rivera ana", 9), ("1960-02-03", 8), ("ri a", 7)])
def test_a_search_asks_once_for_each_word(client: Client, therapist: Any, terms: str, most: int) -> None:
    made.sign_in(client, therapist)
    _charts(therapist, SOME)
    assert _asked(client, "/patients/", terms=terms, of="all") <= most


def _charts(therapist: Any, count: int, *, visits: int = 0) -> Patient:
    """So many patients; one of them with as many episodes, evaluations, findings and scores."""
    patients = [made.patient(therapist.clinic, team=(therapist,)) for _ in range(count)]
    one, today = patients[0], timezone.localdate()
    for number in range(count):
        episode = Episode.objects.create(
            patient=one, title=f"Knee {number}", condition="c_chronic_lbp", started_on=today
        )
        for visit in range(visits or count):
            at = timezone.now() - timedelta(days=visit)
            held = Evaluation.objects.create(patient=one, episode=episode, started_at=at, made_by=therapist)
            FoundFinding.objects.create(patient=one, evaluation=held, finding="f_pelvic_drop", name="Pelvic drop",
                                        severity="mild", confidence=0.7, judgement="accepted")  # fmt: skip
            OutcomeScore.objects.create(patient=one, episode=episode, outcome="om_odi", score=40.0, taken_on=at.date())
    return one


def _asked(client: Client, address: str, **sent: str) -> int:
    """Queries of the second time: the first one lists the session as used."""
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            response = client.post(address, sent, headers={"HX-Request": "true"}) if sent else client.get(address)
        assert response.status_code == 200
    return len(asked)
