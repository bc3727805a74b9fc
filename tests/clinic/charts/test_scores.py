"""Scores against measurement error."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic import made
from poise.clinic.charts.domain import scores
from poise.clinic.charts.domain.plausibility import Implausible
from poise.clinic.charts.models import OutcomeScore
from poise.clinic.charts.score_chart import score_chart
from poise.knowledge.clinical import library
from poise.knowledge.score_change import score_change
from poise.progress.two_points import Verdict, change

pytestmark = pytest.mark.django_db


def entered(by: Any, patient: Any, outcome: str, *values: float) -> list[OutcomeScore]:
    today = timezone.localdate()
    return [
        scores.record_score(made.actor(by), patient, {"outcome": outcome, "score": value,
                            "taken_on": today - timedelta(days=7 * (len(values) - number))})
        for number, value in enumerate(values)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("improvement", "verdict"),
    [
        (20.0, Verdict.BETTER), (13.0, Verdict.MEASURABLY_BETTER), (5.0, Verdict.NOT_DETECTED),
        (-5.0, Verdict.NOT_DETECTED), (-12.85, Verdict.WORSE),
    ],
)  # fmt: skip
def test_a_change_is_read_against_error_and_against_what_people_notice(improvement: float, verdict: Verdict) -> None:
    said = change(50.0, 50.0 - improvement, higher_is_better=False, beyond_error=12.85, noticed=15.91)
    assert (said.verdict, said.is_real) == (verdict, verdict is not Verdict.NOT_DETECTED)


def test_what_people_notice_may_still_be_chance() -> None:
    assert change(10, 15, higher_is_better=True, beyond_error=8, noticed=4).verdict is Verdict.PERHAPS_BETTER


def test_without_a_known_error_nothing_is_said() -> None:
    assert change(10, 90, higher_is_better=True, beyond_error=None).verdict is Verdict.CANNOT_SAY


def test_turned_scales_say_the_same_of_the_same_change() -> None:
    one, other = (change(a, b, higher_is_better=up, beyond_error=5.0) for a, b, up in ((40, 55, True), (60, 45, False)))
    assert one == other


def test_every_threshold_has_a_source_and_lies_within_its_scale() -> None:
    for outcome in library().outcomes.values():
        known = score_change(outcome.id)
        for each in filter(None, (known.beyond_error, known.noticed)):
            assert 0 < each.value <= outcome.scale[1] - outcome.scale[0], outcome.id
            assert each.basis in {"verified", "general-knowledge"}


def test_the_first_and_last_of_each_are_found_in_one_query(
    ana: Any, therapist: Any, django_assert_num_queries: Any
) -> None:
    entered(therapist, ana, "om_odi", 60.0, 50.0, 40.0)
    entered(therapist, ana, "om_nprs", 7.0)
    with django_assert_num_queries(1):
        found = {each.outcome.id: each for each in scores.overview(ana)}
    odi, pain = found["om_odi"], found["om_nprs"]
    assert odi.change is not None
    assert [point.score for point in odi.points] == [60.0, 40.0]
    assert (odi.first, odi.last, odi.change.verdict) == (odi.points[0], odi.points[1], Verdict.BETTER)
    assert (str(pain.words), pain.change) == ("One score so far.", None)


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"score": 101.0}, "score"), ({"score": -1.0}, "score"), ({"score": None}, "score"), ({"outcome": "om_x"}, "outcome"),
     ({"taken_on": None}, "taken_on"), ({"taken_on": "tomorrow"}, "taken_on")],
)  # fmt: skip
def test_a_score_outside_its_scale_is_refused(ana: Any, therapist: Any, facts: dict[str, Any], field: str) -> None:
    fine = {"outcome": "om_odi", "score": 30.0, "taken_on": timezone.localdate()}
    with pytest.raises(Implausible) as told:
        scores.record_score(made.actor(therapist), ana, fine | facts)
    assert set(told.value.faults) == {field}


def test_a_correction_is_a_new_row_and_the_wrong_one_says_why(ana: Any, therapist: Any) -> None:
    wrong, _ = entered(therapist, ana, "om_odi", 60.0, 40.0)
    right = scores.correct_score(made.actor(therapist), wrong, {"score": 50.0}, because="Misread")
    wrong.refresh_from_db()
    assert (wrong.score, wrong.corrected_because, right.corrects) == (60.0, "Misread", wrong)
    assert [each.score for each in scores.series_of(ana, "om_odi").points] == [50.0, 40.0]
    with pytest.raises(Implausible):
        scores.correct_score(made.actor(therapist), wrong, {"score": 55.0}, because="Again")


@pytest.mark.parametrize(
    ("outcome", "total", "answered", "score"),
    [("om_ndi", 20, 10, 40.0), ("om_ndi", 20, 7, None), ("om_koos_jr", 14, 7, 52.465), ("om_koos_jr", 14, 6, None),
     ("om_quickdash", 33, 11, 50.0), ("om_ikdc", 43.5, 18, 50.0), ("om_nprs", 5, 1, None)],
)  # fmt: skip
def test_a_paper_forms_sum_gives_its_score_or_nothing(
    outcome: str, total: float, answered: int, score: float | None
) -> None:
    assert scores.score_of_sum(outcome, total, answered) == score


def test_the_chart_stays_inside_its_frame(ana: Any, therapist: Any) -> None:
    entered(therapist, ana, "om_nprs", 0.0, 10.0, 5.0)
    chart = score_chart(scores.series_of(ana, "om_nprs"))
    assert all(chart.left <= point.x <= chart.right and 0 < point.y < chart.bottom + 1 for point in chart.points)
    assert chart.points[0].y > chart.points[1].y


def test_scores_are_entered_and_corrected_on_their_pages(client: Client, ana: Any, therapist: Any) -> None:
    made.sign_in(client, therapist)
    typed = {
        "outcome": "om_ndi",
        "total": "20",
        "answered": "10",
        "taken_on": str(timezone.localdate()),
        "side": "none",
    }
    page = client.post(reverse("score-new", args=[ana.pk]), typed, follow=True).text
    assert "Only the score is kept here" in page
    score = OutcomeScore.objects.get()
    assert (score.score, score.details) == (40.0, {"sum": 20.0, "answered": 10})
    correct = reverse("score-correct", args=[ana.pk, score.pk])
    page = client.post(
        correct, {"score": "36", "taken_on": typed["taken_on"], "because": "One item misread"}, follow=True
    )
    assert ("One item misread" in page.text, OutcomeScore.objects.count()) == (True, 2)
    assert client.get(correct).status_code == 404


@pytest.mark.parametrize("typed", [{}, {"total": "80"}, {"total": "10", "answered": "3"}])
def test_a_form_that_gives_no_score_is_told_so(client: Client, ana: Any, therapist: Any, typed: dict[str, str]) -> None:
    made.sign_in(client, therapist)
    first = {"outcome": "om_ndi", "taken_on": str(timezone.localdate()), "side": "none"}
    assert client.post(reverse("score-new", args=[ana.pk]), first | typed).status_code == 200
    assert not OutcomeScore.objects.exists()
