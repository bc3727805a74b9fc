"""The analysis of recordings, by the job that a worker does."""

from __future__ import annotations

from typing import Any

import pytest

from clinic import made
from clinic.evaluations.conftest import do_next
from clinic.evaluations.files import standing_txt, walk_trc
from poise.clinic.evaluations.domain import analysis
from poise.clinic.evaluations.models import FoundFinding, Measurement
from poise.clinic.jobs.domain import queue, work
from poise.clinic.objects import object_store
from poise.clinic.recordings.models import Analysis

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_walk_is_measured_and_its_findings_wait_for_a_judgement(
    therapist: Any, evaluation: Any, planned: Any, stored: Any
) -> None:
    gait = planned("test_gait")
    slow = stored(walk_trc(stride_time_s=1.9, stride_length_m=0.8, duration_s=12.0), "walk.trc", task="walk")
    analysis.request(made.actor(therapist), slow, gait)
    assert do_next().state == "done"
    speed = Measurement.objects.get(measure="gait.speed", corrected_at=None)
    assert speed.value == pytest.approx(0.8 / 1.9, rel=0.03)
    assert (speed.evaluation_id, speed.test_id) == (evaluation.pk, gait.pk)
    found = FoundFinding.objects.get(finding="f_slow_gait")
    assert (found.judgement, found.group) == ("open", "instability")
    assert found.reference["citation"]
    assert planned("test_gait").state == "done"


def test_every_paper_of_an_analysis_can_be_fetched(therapist: Any, planned: Any, stored: Any) -> None:
    walk = stored(walk_trc(crouch=0.06), "walk.trc", task="walk")
    analysis.request(made.actor(therapist), walk, planned("test_gait"))
    do_next()
    made_row = Analysis.objects.select_related("facts").get()
    assert analysis.document_of(made_row)["recordings"][0]["task"] == "walk"
    assert object_store().stat(made_row.replay_key) > 1000
    with object_store().open(made_row.facts.report_key) as report:
        told = report.read()
    assert b"poise-" not in told
    assert b"workroom" not in told  # the folder that the file lay in for a moment
    pictures = analysis.pictures_of(made_row.facts)
    assert len(pictures) == FoundFinding.objects.count()
    assert any("<svg" in each["figure"] for each in pictures)


def test_a_file_that_cannot_be_used_gives_its_problem_and_no_number(therapist: Any, planned: Any, stored: Any) -> None:
    analysis.request(made.actor(therapist), stored(b"\x00\x01 nothing", "walk.c3d"), planned("test_gait"))
    assert do_next().state == "done"
    told = Analysis.objects.get()
    assert not told.usable
    assert told.problems[0]["what"]
    assert Measurement.objects.count() == 0
    assert planned("test_gait").state == "proposed"


def test_a_job_that_runs_twice_writes_once(therapist: Any, planned: Any, stored: Any) -> None:
    analysis.request(made.actor(therapist), stored(walk_trc(), "walk.trc", task="walk"), planned("test_gait"))
    job = do_next()
    before = (Measurement.objects.count(), FoundFinding.objects.count(), len(list(object_store().keys())))
    from poise.clinic.jobs.models import Job

    Job.objects.filter(pk=job.pk).update(state="waiting", lease=None)
    do_next()
    assert (Measurement.objects.count(), FoundFinding.objects.count(), len(list(object_store().keys()))) == before


def test_a_cancelled_job_leaves_nothing_half(therapist: Any, planned: Any, stored: Any, monkeypatch: Any) -> None:
    analysis.request(made.actor(therapist), stored(walk_trc(), "walk.trc", task="walk"), planned("test_gait"))
    held = list(object_store().keys())
    from poise.clinic.jobs.models import Job

    original = analysis._written

    def cancelled_meanwhile(*arguments: Any) -> Any:
        original(*arguments)
        raise work.Stopped

    monkeypatch.setattr(analysis, "_written", cancelled_meanwhile)
    do_next()
    assert Job.objects.get().state == "cancelled"
    assert (Analysis.objects.count(), Measurement.objects.count()) == (0, 0)
    assert list(object_store().keys()) == held


def test_analysed_anew_the_newer_counts_and_what_was_said_is_remembered(
    therapist: Any, planned: Any, stored: Any
) -> None:
    walk = stored(walk_trc(stride_time_s=1.9, stride_length_m=0.8, duration_s=12.0), "walk.trc", task="walk")
    for _twice in range(2):
        analysis.request(made.actor(therapist), walk, planned("test_gait"))
        do_next()
        FoundFinding.objects.filter(finding="f_slow_gait").update(judgement="accepted", reason="seen")
    rows = FoundFinding.objects.filter(finding="f_slow_gait").order_by("made_at")
    assert [each.withdrawn_at is None for each in rows] == [False, True]
    assert rows[1].details["said_before"] == "accepted: seen"
    assert Measurement.objects.filter(measure="gait.speed", corrected_at=None).count() == 1


def test_eyes_open_and_closed_give_a_romberg_quotient_once(
    therapist: Any, evaluation: Any, planned: Any, stored: Any
) -> None:
    balance = planned("test_mctsib")
    for eyes, sd_cm in (("open", 0.4), ("closed", 1.2)):
        plate = stored(standing_txt(sd_cm=sd_cm), f"{eyes}.txt", task="stand",
                       conditions={"eyes": eyes, "surface": "firm"})  # fmt: skip
        analysis.request(made.actor(therapist), plate, balance)
        assert do_next().state == "done"
    quotient = Measurement.objects.get(measure="balance.romberg_quotient", corrected_at=None)
    assert quotient.value == pytest.approx(3.0, rel=0.05)
    assert len(quotient.conditions["of"]) == 2


def test_conditions_that_nobody_knows_are_a_problem_and_no_crash(therapist: Any, planned: Any, stored: Any) -> None:
    odd = stored(walk_trc(duration_s=4.0), "walk.trc", task="walk", conditions={"eyes": "half"})
    analysis.request(made.actor(therapist), odd, planned("test_gait"))
    assert do_next().state == "done"
    assert not Analysis.objects.get().usable


def test_the_same_recording_is_not_asked_for_twice(therapist: Any, planned: Any, stored: Any) -> None:
    walk = stored(walk_trc(duration_s=4.0), "walk.trc", task="walk")
    first = analysis.request(made.actor(therapist), walk, planned("test_gait"))
    assert analysis.request(made.actor(therapist), walk, planned("test_gait")) == first
    assert queue.claim() is not None
    assert queue.claim() is None
