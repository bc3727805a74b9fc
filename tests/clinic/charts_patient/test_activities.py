"""What the patient wants to do again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from clinic import made
from poise.clinic.charts.domain import activities as verbs

pytestmark = pytest.mark.django_db
START, LATER = date(2026, 10, 1), date(2026, 11, 1)


def test_words_are_kept_as_said_and_who_said_them(ana: Any, therapist: Any, ana_herself: Any) -> None:
    told = verbs.add(made.actor(therapist), ana, "Cargar a mi nieta", score=3)
    own = verbs.add(made.actor(ana_herself), ana, "carry the shopping!!")
    assert (told.words, told.by_patient, own.words, own.by_patient) == (
        "Cargar a mi nieta",
        False,
        "carry the shopping!!",
        True,
    )


def test_a_change_of_two_is_real_for_the_mean_and_within_error_for_one(ana: Any, therapist: Any) -> None:
    by = made.actor(therapist)
    one, two = (verbs.add(by, ana, words, score=3, on=START) for words in ("drive", "sleep"))
    verbs.rate(by, ana, {one: 5, two: 5}, on=LATER)
    stands = verbs.standing(ana)
    assert (stands.mean, stands.mean_n) == (5.0, 2)
    assert stands.change is not None
    assert (stands.change.by, stands.change.is_real) == (2.0, True)
    assert [(line.change.by, line.change.is_real) for line in stands.current if line.change] == [(2, False), (2, False)]


def test_the_mean_of_one_activity_is_judged_as_one(ana: Any, therapist: Any) -> None:
    by = made.actor(therapist)
    one = verbs.add(by, ana, "drive", score=3, on=START)
    verbs.rate(by, ana, {one: 5}, on=LATER)
    change = verbs.standing(ana).change
    assert change is not None
    assert (change.smallest_real, change.is_real) == (3, False)


def test_the_later_number_of_a_day_holds_and_the_first_is_kept(ana: Any, therapist: Any) -> None:
    by = made.actor(therapist)
    one = verbs.add(by, ana, "drive", score=3, on=START)
    verbs.rate(by, ana, {one: 4}, on=START)
    line = verbs.standing(ana).current[0]
    assert [rating.score for rating in line.ratings] == [4]
    assert one.ratings.count() == 2


def test_five_at_a_time_and_ended_ones_are_kept(ana: Any, therapist: Any) -> None:
    by = made.actor(therapist)
    made_ones = [verbs.add(by, ana, f"thing {n}", score=n) for n in range(5)]
    with pytest.raises(verbs.BadActivity):
        verbs.add(by, ana, "one too many")
    verbs.end(by, made_ones[0], because="done")
    verbs.add(by, ana, "room again")
    stands = verbs.standing(ana)
    assert len(stands.current) == 5
    assert [line.activity.words for line in stands.ended] == ["thing 0"]


def test_numbers_outside_0_to_10_are_refused(ana: Any, therapist: Any) -> None:
    with pytest.raises(verbs.BadActivity):
        verbs.add(made.actor(therapist), ana, "drive", score=11)


def test_patient_and_clinician_rate_on_their_pages(
    ana: Any, therapist: Any, ana_herself: Any, django_assert_max_num_queries: Any
) -> None:
    phone, at_work = made.sign_in(Client(), ana_herself), made.sign_in(Client(), therapist)
    address = f"/patients/{ana.pk}/activities/"
    phone.post(address, {"do": "add", "words": "dance", "score": "2"})
    activity = ana.activities.get()
    at_work.post(address, {"do": "rate", f"score-{activity.pk}": "6"})
    assert [(rating.score, rating.by_patient) for rating in activity.ratings.order_by("made_at")] == [
        (2, True),
        (6, False),
    ]
    for browser in (phone, at_work):
        with django_assert_max_num_queries(40):
            page = browser.get(address).content.decode()
        assert "dance" in page


def test_another_persons_activity_is_not_found(harbor: Any, ana: Any, therapist: Any, ana_herself: Any) -> None:
    other = made.patient(harbor, team=(therapist,))
    theirs = verbs.add(made.actor(therapist), other, "swim")
    phone = made.sign_in(Client(), ana_herself)
    assert phone.post(f"/patients/{ana.pk}/activities/{theirs.pk}/end/").status_code == 404
    assert phone.get(f"/patients/{other.pk}/activities/").status_code == 404
