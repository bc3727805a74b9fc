"""Red flags stop, and say what to do, until a licensed clinician has decided."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from clinic import made
from poise.clinic.charts.domain import episodes, safety
from poise.clinic.charts.domain.plausibility import Implausible
from poise.clinic.charts.models import RedFlagCall, RedFlagDecision, SafetyScreen
from poise.knowledge.clinical import library

pytestmark = pytest.mark.django_db


def raised(knee: Any, by: Any, **answers: str) -> SafetyScreen:
    return safety.record_screen(made.actor(by), knee.patient, knee, answers)


def speaks(person: Any, language: str) -> None:
    person.language = language
    person.save()


def test_the_condition_is_asked_first_and_then_what_everyone_is_asked(knee: Any) -> None:
    asked = [each.flag.id for each in safety.questions("c_tka")]
    assert asked[:2] == ["rf_dvt", "rf_pe"]
    assert set(library().always_ask) <= set(asked)
    assert len(asked) == len(set(asked))


def test_no_to_everything_locks_nothing(knee: Any, therapist: Any) -> None:
    raised(knee, therapist, rf_dvt="no", rf_pe="unknown")
    assert safety.lock_of(knee) is None


def test_a_yes_locks_every_episode_of_the_person_with_the_most_urgent_first(
    knee: Any, therapist: Any, ana: Any
) -> None:
    other = episodes.open_episode(made.actor(therapist), ana, {"title": "Shoulder"})
    raised(knee, therapist, rf_dvt="yes", rf_pe="yes")
    lock = safety.lock_of(other)
    assert lock is not None
    assert [each.flag for each in lock.flags] == ["rf_pe", "rf_dvt"]
    assert lock.action.id == "act_911"


def test_to_feel_unsafe_at_home_is_a_no_and_is_heard(knee: Any, therapist: Any) -> None:
    assert raised(knee, therapist, rf_abuse="yes").raised == []
    assert raised(knee, therapist, rf_abuse="no").raised == ["rf_abuse"]


@pytest.mark.parametrize(
    ("flag", "decision", "goes_on"),
    [
        ("rf_pe", "cleared", True), ("rf_pe", "referred", False), ("rf_pe", "emergency", False), ("rf_pe", "hold", False),
        ("rf_dvt", "referred", False), ("rf_malignancy", "referred", True), ("rf_malignancy", "hold", False),
    ],
)  # fmt: skip
def test_which_decision_lets_care_go_on(knee: Any, therapist: Any, flag: str, decision: str, goes_on: bool) -> None:
    raised(knee, therapist, **{flag: "yes"})
    safety.decide(made.actor(therapist), knee.patient, flag, decision=decision, reason="Examined")
    assert (safety.lock_of(knee) is None) is goes_on


def test_a_later_no_does_not_clear_what_was_raised(knee: Any, therapist: Any) -> None:
    raised(knee, therapist, rf_dvt="yes")
    raised(knee, therapist, rf_dvt="no")
    assert safety.lock_of(knee) is not None


def test_a_decision_counts_for_what_was_raised_before_it_only(knee: Any, therapist: Any) -> None:
    raised(knee, therapist, rf_dvt="yes")
    safety.decide(made.actor(therapist), knee.patient, "rf_dvt", decision="cleared", reason="Doppler clear")
    assert safety.lock_of(knee) is None
    raised(knee, therapist, rf_dvt="yes")
    assert safety.lock_of(knee) is not None


def test_on_hold_stays_shown_with_who_and_why_until_it_is_cleared(knee: Any, therapist: Any) -> None:
    raised(knee, therapist, rf_dvt="yes")
    by = made.actor(therapist)
    safety.decide(by, knee.patient, "rf_dvt", decision="hold", reason="Waiting for the Doppler")
    (flag,) = safety.open_flags(knee.patient)
    assert flag.decision is not None
    assert flag.decision.reason == "Waiting for the Doppler"
    safety.decide(by, knee.patient, "rf_dvt", decision="cleared", reason="Clear")
    assert (safety.open_flags(knee.patient), RedFlagDecision.objects.count()) == ((), 2)


def test_an_assistant_asks_and_tells_but_does_not_decide(knee: Any, assistant: Any) -> None:
    screen = raised(knee, assistant, rf_dvt="yes")
    safety.tell(made.actor(assistant), screen, "rf_dvt", told="Dr Ortiz", done="Phoned")
    with pytest.raises(PermissionDenied):
        safety.decide(made.actor(assistant), knee.patient, "rf_dvt", decision="cleared", reason="Looks fine")
    assert RedFlagCall.objects.get().told == "Dr Ortiz"


@pytest.mark.parametrize("answers", [{}, {"rf_dvt": "maybe"}, {"rf_made_up": "yes"}])
def test_answers_that_answer_nothing_are_refused(knee: Any, therapist: Any, answers: dict[str, str]) -> None:
    with pytest.raises(Implausible):
        raised(knee, therapist, **answers)


def test_a_yes_opens_the_page_that_stops_in_the_readers_language(client: Client, knee: Any, therapist: Any) -> None:
    made.sign_in(client, therapist)
    at = [knee.patient_id, knee.pk]
    answers = {each.flag.id: "no" for each in safety.questions("c_tka")} | {"rf_pe": "yes"}
    speaks(therapist, "es")
    answer = client.post(reverse("safety-screen", args=at), answers, follow=True)
    assert library().actions["act_911"].tell.es in answer.text
    speaks(therapist, "en")
    screen = SafetyScreen.objects.get()
    stop = reverse("safety-stop", args=[knee.patient_id, screen.pk])
    assert library().actions["act_911"].tell.en in client.get(stop).text
    client.post(stop, {"told": "911", "done": "Lying down, door open"})
    assert "Lying down, door open" in client.get(stop).text


def test_the_red_banner_stands_on_every_page_until_it_is_decided(client: Client, knee: Any, therapist: Any) -> None:
    raised(knee, therapist, rf_dvt="yes")
    made.sign_in(client, therapist)
    pages = [reverse(name, args=[knee.patient_id]) for name in ("patient", "scores", "files", "episodes")]
    assert all("thrombosis" in client.get(page).text for page in pages)
    decide = reverse("safety-decide", args=[knee.patient_id, "rf_dvt"])
    client.post(decide, {"decision": "cleared", "reason": "Doppler clear"})
    assert not any('class="alert stop"' in client.get(page).text for page in pages)
    assert client.get(decide).status_code == 404


def test_the_visits_question_raises_a_flag_that_has_no_name_yet(client: Client, knee: Any, therapist: Any) -> None:
    made.sign_in(client, therapist)
    client.post(reverse("safety-visit", args=[knee.patient_id]), {"anything_new": "yes"})
    lock = safety.lock_of(knee)
    assert lock is not None
    assert (lock.flags[0].flag, lock.action.id) == ("rf_other", "act_same_day")
    assert safety.last_full_screen(knee) is None


def test_the_questions_stand_in_both_languages(client: Client, knee: Any, therapist: Any) -> None:
    made.sign_in(client, therapist)
    page = client.get(reverse("safety-screen", args=[knee.patient_id, knee.pk])).text
    ask = library().red_flags["rf_dvt"].ask
    assert (ask.en in page, ask.es in page) == (True, True)


def test_answers_written_by_other_apps_lock_as_well(knee: Any) -> None:
    SafetyScreen.objects.create(patient=knee.patient, episode=knee, source="intake", answers={"rf_cardiac": "yes"})
    lock = safety.lock_of(knee)
    assert lock is not None
    assert lock.action.id == "act_911"
