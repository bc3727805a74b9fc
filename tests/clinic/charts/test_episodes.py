"""Episodes, limits, precautions, accidents."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic import made
from poise.clinic.charts.domain import accidents, episodes, limits, precautions
from poise.clinic.charts.domain.plausibility import Implausible
from poise.clinic.charts.domain.precautions import Answer
from poise.clinic.charts.models import Earlier, Episode, Limit, Precaution
from poise.clinic.drafts.domain.versions import ChangedMeanwhile

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def ago(days: int) -> Any:
    return TODAY() - timedelta(days=days)


def test_an_episode_takes_its_title_from_the_condition(knee: Any) -> None:
    assert (knee.title, knee.started_on, knee.icd10) == ("Knee replacement", TODAY(), ["Z47.1"])


def test_what_cannot_be_so_is_told_all_at_once(ana: Any, therapist: Any) -> None:
    facts = {"condition": "c_nonsense", "icd10": ["knee"], "surgery_on": TODAY() + timedelta(days=2)}
    with pytest.raises(Implausible) as told:
        episodes.open_episode(made.actor(therapist), ana, facts)
    assert set(told.value.faults) == {"condition", "icd10", "surgery_on", "title"}


def test_codes_are_proposed_for_the_side_and_others_are_only_checked_for_shape(knee: Any, therapist: Any) -> None:
    proposed = [each.code for each in episodes.codes_of("c_tka", "right")]
    assert ("Z96.651" in proposed, "Z96.652" in proposed) == (True, False)
    episodes.edit_episode(made.actor(therapist), knee, {"icd10": ["z96.651", "S83.511D", "Z96.651"]}, seen_version=1)
    assert knee.icd10 == ["Z96.651", "S83.511D"]


def test_a_second_editor_of_an_episode_sees_both(client: Client, knee: Any, therapist: Any) -> None:
    episodes.edit_episode(made.actor(therapist), knee, {"goal": "Climb the stairs"}, seen_version=1)
    with pytest.raises(ChangedMeanwhile):
        episodes.edit_episode(made.actor(therapist), Episode.objects.get(), {"goal": "Dance"}, seen_version=1)
    assert Earlier.objects.get().values == {"goal": "Walk to church"}
    made.sign_in(client, therapist)
    page = reverse("episode-edit", args=[knee.patient_id, knee.pk])
    form = client.get(page).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"goal": "Dance", "draft-version": "1"}
    answer = client.post(page, {name: str(value) for name, value in typed.items()})
    assert (answer.status_code, "Climb the stairs" in answer.text, "Dance" in answer.text) == (409, True, True)


def test_discharge_and_reopening_each_need_a_reason_and_are_remembered(knee: Any, therapist: Any) -> None:
    by = made.actor(therapist)
    with pytest.raises(Implausible):
        episodes.discharge(by, knee, on=TODAY() + timedelta(days=1), because="", seen_version=1)
    episodes.discharge(by, knee, on=TODAY(), because="goals_met", seen_version=1)
    assert str(episodes.end_words(knee.end_reason)) == "All goals met, and the patient agrees"
    with pytest.raises(Implausible):
        episodes.reopen(by, knee, because="", seen_version=2)
    episodes.reopen(by, knee, because="The knee swelled again", seen_version=2)
    kept = Earlier.objects.get(version=2)
    assert (knee.ended_on, kept.values["end_reason"], kept.because) == (None, "goals_met", "The knee swelled again")


def test_a_limit_holds_until_its_day_or_until_it_is_lifted(knee: Any, therapist: Any) -> None:
    by = made.actor(therapist)
    ordered = {"ordered_by": "Dr Ortiz", "ordered_on": ago(20)}
    bend = limits.order_limit(by, knee, ordered | {"measure": "m_knee_flexion", "high": 90.0, "until": ago(-1)})
    limits.order_limit(by, knee, ordered | {"words": "No kneeling", "until": ago(1)})
    assert list(limits.active_limits(knee.patient, TODAY())) == [bend]
    with pytest.raises(Implausible):
        limits.lift_limit(by, bend, because=" ")
    limits.lift_limit(by, bend, because="Dr Ortiz by phone")
    limits.lift_limit(by, bend, because="again")
    assert Limit.objects.get(pk=bend.pk).lifted_because == "Dr Ortiz by phone"
    assert not limits.active_limits(knee.patient, TODAY()).exists()


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({}, {"words", "ordered_by", "ordered_on"}),
        ({"words": "x", "ordered_by": "A", "ordered_on": "later"}, {"ordered_on"}),
        ({"low": 50.0, "high": 20.0, "measure": "m_knee_flexion", "ordered_by": "A", "ordered_on": ago(1)}, {"high"}),
        ({"high": 20.0, "ordered_by": "A", "ordered_on": ago(1)}, {"measure"}),
        ({"words": "x", "until": ago(9), "ordered_by": "A", "ordered_on": ago(1)}, {"until"}),
    ],
)
def test_a_limit_that_says_nothing_or_the_contrary_is_refused(
    knee: Any, therapist: Any, facts: dict[str, Any], fields: set[str]
) -> None:
    with pytest.raises(Implausible) as told:
        limits.order_limit(made.actor(therapist), knee, facts)
    assert set(told.value.faults) == fields


def where(episode: Any, name: str, **more: Any) -> str:
    return next(each.standing for each in precautions.standings(episode, **more) if each.contraindication.id == name)


def test_what_is_not_known_counts_as_yes_and_what_was_not_asked_fails_closed(knee: Any, therapist: Any) -> None:
    by = made.actor(therapist)
    assert (where(knee, "ci_dvt"), where(knee, "ci_fall_risk_high")) == ("holds", "ask")  # absolute, relative
    precautions.answer_precautions(
        by, knee, {"ci_dvt": Answer(answer="unknown"), "ci_fall_risk_high": Answer(answer="unknown")}
    )
    assert (where(knee, "ci_dvt"), where(knee, "ci_fall_risk_high")) == ("holds", "holds")
    precautions.answer_precautions(by, knee, {"ci_dvt": Answer(answer="no")})
    assert where(knee, "ci_dvt") == "absent"
    assert Precaution.objects.filter(contraindication="ci_dvt").count() == 2  # the earlier answer is kept


@pytest.mark.parametrize(
    ("days", "standing"), [(0, "to_come"), (13, "to_come"), (14, "holds"), (41, "holds"), (42, "over"), (None, "holds")]
)
def test_a_window_counts_in_weeks_since_surgery_from_counted_and_to_not(
    ana: Any, therapist: Any, days: int | None, standing: str
) -> None:
    by = made.actor(therapist)
    facts = {"condition": "c_shoulder_repair", "surgery_on": None if days is None else ago(days)}
    cuff = episodes.open_episode(by, ana, facts)
    precautions.answer_precautions(by, cuff, {"ci_rcr_2_6": Answer(answer="yes")})
    assert where(cuff, "ci_rcr_2_6") == standing


def test_the_same_answer_twice_makes_no_second_row(knee: Any, therapist: Any) -> None:
    by = made.actor(therapist)
    for _ in range(2):
        precautions.answer_precautions(by, knee, {"ci_dvt": Answer(answer="yes", note="left calf")})
    assert Precaution.objects.count() == 1


def test_a_chiropractor_cannot_certify_an_emergency_condition(knee: Any, therapist: Any) -> None:
    crash = {"happened_on": ago(30), "emergency_condition": "yes", "emergency_certified_by": "Dr Kim"}
    with pytest.raises(Implausible) as told:
        accidents.record_accident(made.actor(therapist), knee, crash | {"certifier": "chiropractor"})
    assert set(told.value.faults) == {"certifier"}
    accidents.record_accident(made.actor(therapist), knee, crash | {"certifier": "physician"})


@pytest.mark.parametrize(
    ("happened", "care", "late"), [(30, 16, False), (30, 15, True), (10, None, False), (15, None, True)]
)
def test_first_care_after_the_14th_day_is_flagged(
    knee: Any, therapist: Any, happened: int, care: int | None, late: bool
) -> None:
    facts = {"happened_on": ago(happened), "first_care_on": None if care is None else ago(care)}
    assert accidents.is_late(accidents.record_accident(made.actor(therapist), knee, facts)) is late


def test_an_episode_is_written_on_its_pages(client: Client, ana: Any, therapist: Any) -> None:
    made.sign_in(client, therapist)
    typed = {"condition": "c_tka", "side": "left", "started_on": str(TODAY()), "irritability": "low"}
    answer = client.post(reverse("episode-new", args=[ana.pk]), typed)
    episode = Episode.objects.get()
    asked = reverse("episode-precautions", args=[ana.pk, episode.pk])
    assert answer.url == asked
    client.post(asked, {"ci_dvt": "unknown", "ci_dvt-note": "calf sore"})
    client.post(
        reverse("episode-codes", args=[ana.pk, episode.pk]), {"candidates": ["Z47.1"], "others": "R26.2, m25.662"}
    )
    page = client.get(reverse("episode", args=[ana.pk, episode.pk])).text
    assert all(words in page for words in ("calf sore", "Z47.1", "M25.662", "not known: counts as yes"))
    refused = client.post(reverse("episode-codes", args=[ana.pk, episode.pk]), {"others": "knee pain"})
    assert "does not look like an ICD-10 code" in refused.text


def test_an_episode_of_another_patient_is_not_found_under_this_one(client: Client, knee: Any, therapist: Any) -> None:
    other = made.patient(knee.patient.clinic, team=(therapist,))
    made.sign_in(client, therapist)
    for name in ("episode", "episode-edit", "episode-precautions", "episode-accident", "safety-screen", "limit-new"):
        assert client.get(reverse(name, args=[other.pk, knee.pk])).status_code == 404


def test_an_assistant_reads_and_does_not_change_an_episode(client: Client, knee: Any, assistant: Any) -> None:
    made.sign_in(client, assistant)
    at = [knee.patient_id, knee.pk]
    assert client.get(reverse("episode", args=at)).status_code == 200
    assert client.get(reverse("episode-edit", args=at)).status_code == 403
    assert client.post(reverse("episode-discharge", args=at), {}).status_code == 403


def test_of_two_who_answer_precautions_the_second_sees_the_firsts(
    client: Client, ana: Any, knee: Any, therapist: Any
) -> None:
    made.sign_in(client, therapist)
    address = reverse("episode-precautions", args=[ana.pk, knee.pk])
    seen = {"draft-version": knee.version}
    first = {"ci_dvt": "yes", "ci_dvt-note": "last spring", **seen}
    assert client.post(f"{address}?also=ci_dvt", first).status_code == 302
    late = client.post(f"{address}?also=ci_dvt", {"ci_dvt": "no", **seen})
    assert (late.status_code, b"last spring" in late.content) == (409, True)
    assert [row.answer for row in knee.precautions.filter(contraindication="ci_dvt")] == ["yes"]


def test_what_stood_before_is_told_in_words(client: Client, ana: Any, knee: Any, therapist: Any) -> None:
    episodes.edit_episode(made.actor(therapist), knee, {"surgery_on": date(2026, 3, 4), "irritability": "high"},
                          seen_version=knee.version)  # fmt: skip
    episodes.edit_episode(made.actor(therapist), knee, {"surgery_on": date(2026, 3, 5), "irritability": "low"},
                          seen_version=knee.version)  # fmt: skip
    told = made.sign_in(client, therapist).get(reverse("episode", args=[ana.pk, knee.pk])).content.decode()
    assert ("<dt>Surgery on</dt><dd>Mar 4, 2026</dd>" in told, "<dt>Irritability</dt><dd>High</dd>" in told) == (
        True,
    ) * 2
    assert "surgery_on" not in told
