"""Taking an intake over into the chart."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from clinic import made
from poise.clinic.audit.models import Event
from poise.clinic.charts.domain import intake as verbs
from poise.clinic.charts.domain import intake_taking as taking
from poise.clinic.charts.models import Accident, Earlier, Episode, Intake
from poise.clinic.people.errors import NotPossible
from poise.clinic.people.models import Patient

pytestmark = pytest.mark.django_db

WRITTEN: dict[str, dict[str, Any]] = {
    "who": {"phone": ["555 0199"]},
    "problem": {"words": ["My neck hurts\nwhen I drive."]},
    "began": {"how": ["accident"], "on": ["2026-10-01"]},
    "health-1": {"has": ["ci_anticoagulant", "ci_wound_open"]},
    "falls": {"falls": ["2"], "helper": ["no"]},
    "map": {"marks": [{"kind": "pain", "region": "br_neck", "side": "left", "view": "back", "intensity": 6}]},
    "activities": {"activity_1": ["Turn my head to drive"], "score_1": ["3"]},
    "hope": {"words": ["Drive my grandson to school"]},
}


@pytest.fixture
def handed_in(sent: Any, therapist: Any) -> Any:
    by, (intake, _secret) = made.actor(therapist), sent
    sheet = verbs.sheet_of_account(by, intake)
    for step, answers in WRITTEN.items():
        verbs.write(by, sheet, step, answers)
    verbs.write(by, sheet, "safety-1", {flag.id: ["no"] for flag in verbs.questions_of(intake)})
    return verbs.hand_in(by, sheet)


def test_one_click_takes_what_is_new(handed_in: Any, therapist: Any, ana: Any, whiplash: Any) -> None:
    taking.confirm(made.actor(therapist), handed_in)
    whiplash.refresh_from_db()
    ana.refresh_from_db()
    assert "My neck hurts\nwhen I drive." in whiplash.history
    assert (whiplash.goal, str(whiplash.onset_on), ana.phone) == (
        "Drive my grandson to school",
        "2026-10-01",
        "555 0199",
    )
    assert {row.contraindication for row in whiplash.precautions.all()} == {
        "ci_anticoagulant",
        "ci_fall_risk_high",
        "ci_home_no_helper",
    }
    assert [(mark.region, mark.intensity) for mark in ana.pain_maps.get().marks.all()] == [("br_neck", 6)]
    activity = ana.activities.get()
    assert (activity.words, activity.by_patient, activity.ratings.get().score) == ("Turn my head to drive", True, 3)


def test_what_differs_waits_for_a_choice_and_the_old_words_are_kept(
    handed_in: Any, therapist: Any, whiplash: Any
) -> None:
    whiplash.goal = "Sleep"
    whiplash.save(update_fields=["goal"])
    by = made.actor(therapist)
    taking.confirm(by, handed_in)
    whiplash.refresh_from_db()
    assert whiplash.goal == "Sleep"
    assert [part.name for part in taking.parts_of(Intake.objects.get(pk=handed_in.pk)) if part.waits] == ["goal"]
    taking.decide(by, handed_in, "goal", take=True)
    whiplash.refresh_from_db()
    assert whiplash.goal == "Drive my grandson to school"
    assert Earlier.objects.filter(what_id=whiplash.pk, values__goal="Sleep").exists()


def test_a_precaution_that_needs_a_place_is_left_to_a_person(handed_in: Any) -> None:
    wound = next(part for part in taking.parts_of(handed_in) if part.name == "ci_wound_open")
    assert wound.state == taking.NEEDS


def test_the_answers_stay_as_they_were_written(handed_in: Any, therapist: Any) -> None:
    before = Intake.objects.get(pk=handed_in.pk).answers
    taking.confirm(made.actor(therapist), handed_in)
    assert Intake.objects.get(pk=handed_in.pk).answers == before
    assert before["problem"] == WRITTEN["problem"]


def test_it_is_confirmed_once(handed_in: Any, therapist: Any) -> None:
    taking.confirm(made.actor(therapist), handed_in)
    with pytest.raises(NotPossible):
        taking.confirm(made.actor(therapist), handed_in)


def test_without_an_episode_the_history_waits_and_the_map_is_taken(
    handed_in: Any, therapist: Any, ana: Any, whiplash: Any
) -> None:
    Intake.objects.update(episode=None)
    whiplash.ended_on = whiplash.started_on
    whiplash.save()
    taken = taking.confirm(made.actor(therapist), Intake.objects.get(pk=handed_in.pk))
    assert {part.name for part in taken} == {"phone", "map", "activity_1"}


def test_the_page_shows_the_answers_beside_the_chart(
    handed_in: Any, therapist: Any, ana: Any, django_assert_max_num_queries: Any
) -> None:
    at_work = made.sign_in(Client(), therapist)
    with django_assert_max_num_queries(60):
        page = at_work.get(f"/patients/{ana.pk}/intake/{handed_in.pk}/").content.decode()
    assert "My neck hurts" in page
    assert "Confirm intake: take over" in page
    assert at_work.post(f"/patients/{ana.pk}/intake/{handed_in.pk}/confirm/").status_code == 302


@pytest.mark.parametrize(("told", "state"), [
    (("car", "2026-02-14"), taking.NEW), (("car", ""), taking.NEEDS), (("work", "1066-10-14"), taking.NEEDS),
])  # fmt: skip
def test_an_accident_on_the_road_or_at_work_is_a_part_of_its_own(
    told: tuple[str, str], state: str, handed_in: Any, therapist: Any, whiplash: Any
) -> None:
    Intake.objects.update(answers={**handed_in.answers, "accident": {"was": [told[0]], "accident_on": [told[1]]}})
    taking.confirm(made.actor(therapist), Intake.objects.get(pk=handed_in.pk))
    parts = {part.name: part for part in taking.parts_of(Intake.objects.get(pk=handed_in.pk))}
    written = [(each.happened_on.isoformat(), each.kind) for each in Accident.objects.filter(episode=whiplash)]
    assert written == ([("2026-02-14", "auto")] if state == taking.NEW else [])
    assert parts["accident"].state == (taking.SAME if state == taking.NEW else state)


def test_a_fall_is_history_and_no_accident_of_an_insurer(handed_in: Any, therapist: Any) -> None:
    Intake.objects.update(answers={**handed_in.answers, "accident": {"was": ["fall"], "accident_on": ["2026-02-14"]}})
    taking.confirm(made.actor(therapist), Intake.objects.get(pk=handed_in.pk))
    assert not Accident.objects.exists()


@pytest.fixture
def waiting(ana: Any, therapist: Any) -> Any:
    """A form that was confirmed before there was an episode."""
    by = made.actor(therapist)
    intake, _secret = verbs.send(by, ana)
    sheet = verbs.sheet_of_account(by, intake)
    for step, answers in WRITTEN.items():
        verbs.write(by, sheet, step, answers)
    verbs.write(by, sheet, "safety-1", {flag.id: ["no"] for flag in verbs.questions_of(intake)})
    taking.confirm(by, verbs.hand_in(by, sheet))
    return Intake.objects.get(pk=intake.pk)


def test_what_waited_for_an_episode_is_taken_over_when_one_is_opened(
    client: Any, waiting: Any, ana: Any, therapist: Any
) -> None:
    assert [each.part for each in waiting.takings.order_by("pk")] == ["phone", "map", "activity_1"]
    made.sign_in(client, therapist)
    opened = client.post(
        f"/patients/{ana.pk}/episodes/new/", {"title": "Neck", "side": "none", "goal": "Sleep through"}
    )
    assert opened.status_code == 302
    neck, intake = ana.episodes.get(), Intake.objects.get()
    assert "My neck hurts\nwhen I drive." in neck.history
    assert (str(neck.onset_on), neck.goal) == ("2026-10-01", "Sleep through")  # what was typed just now stands
    assert {row.contraindication for row in neck.precautions.all()} == {
        "ci_anticoagulant", "ci_fall_risk_high", "ci_home_no_helper",
    }  # fmt: skip
    assert (intake.episode, taking.problem_of(neck)) == (neck, "My neck hurts\nwhen I drive.")
    assert [part.name for part in taking.parts_of(intake) if part.waits] == ["goal"]
    page = client.get(opened["Location"]).content.decode()
    assert "The intake form says something else here: The goal, in the patient" in page
    row = Event.objects.filter(action="intake.confirm").latest("number")
    assert (row.what_id, row.detail["episode"]) == (str(intake.pk), str(neck.pk))


def test_what_was_confirmed_long_ago_is_asked_anew(waiting: Any, therapist: Any, ana: Any) -> None:
    Intake.objects.update(submitted_at=timezone.now() - timedelta(days=taking.WAITS_DAYS + 1))
    assert taking.open_episode(made.actor(therapist), ana, {"title": "Neck"}).taken == ()


@pytest.mark.parametrize("days_ago", [None, 0])
def test_a_form_that_may_be_of_another_episode_is_put_into_none(
    days_ago: int | None, waiting: Any, therapist: Any, ana: Any
) -> None:
    ended = None if days_ago is None else timezone.localdate() - timedelta(days=days_ago)
    Episode.objects.create(
        patient=ana, title="Neck", started_on=date(2026, 9, 1), ended_on=ended
    )  # open when the form was confirmed, or since
    opened = taking.open_episode(made.actor(therapist), ana, {"title": "Knee"})
    assert (opened.taken, opened.episode.history, Intake.objects.get().episode) == ((), "", None)


def test_an_episode_that_had_ended_before_keeps_no_form_from_the_next(waiting: Any, therapist: Any, ana: Any) -> None:
    ended = timezone.localdate() - timedelta(days=30)
    Episode.objects.create(patient=ana, title="Knee", started_on=date(2026, 9, 1), ended_on=ended)
    opened = taking.open_episode(made.actor(therapist), ana, {"title": "Neck"})
    assert "My neck hurts" in opened.episode.history


def test_what_a_person_took_out_of_the_chart_meanwhile_stays_out(waiting: Any, therapist: Any, ana: Any) -> None:
    """It stood in the chart as it stands in the form, so that nothing was taken over; then it was removed."""
    waiting.takings.filter(part="phone").delete()
    Patient.objects.filter(pk=ana.pk).update(phone="")
    opened = taking.open_episode(made.actor(therapist), ana, {"title": "Neck"})
    ana.refresh_from_db()
    assert (ana.phone, "phone" in {part.name for part in opened.taken}) == ("", False)


def test_an_episode_and_what_waited_for_it_come_together_or_not_at_all(
    waiting: Any, therapist: Any, ana: Any, monkeypatch: Any
) -> None:
    def fails(*_told: Any, **_more: Any) -> None:
        raise RuntimeError("stopped")

    monkeypatch.setattr(taking, "answer_precautions", fails)
    with pytest.raises(RuntimeError, match="stopped"):
        taking.open_episode(made.actor(therapist), ana, {"title": "Neck"})
    assert (ana.episodes.count(), Intake.objects.get().episode) == (0, None)
