"""The queue: who is next, who holds what, and what counts."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from clinic import made
from clinic.jobs.kinds_for_tests import register_all
from poise.clinic.audit.models import Event
from poise.clinic.jobs.domain import queue, worker
from poise.clinic.jobs.domain.hand import Hand
from poise.clinic.jobs.domain.presence import Presence
from poise.clinic.jobs.domain.work import OWN_FAULT, Stopped, do
from poise.clinic.jobs.models import Job, State
from poise.clinic.people.models import Clinic
from poise.errors import BadSetting

pytestmark = pytest.mark.django_db
register_all()


@pytest.fixture
def by(therapist: Any) -> Any:
    return made.actor(therapist)


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    return tmp_path / "trace"


def ask(by: Any, kind: str, ana: Any = None, **facts: Any) -> Job:
    return queue.ask(by, f"test_{kind}", patient=ana, **facts)


def test_what_was_asked_for_is_done_and_says_what_came_of_it(by: Any, ana: Any) -> None:
    job = ask(by, "returns", ana)
    assert worker.run_waiting() == 1
    job.refresh_from_db()
    assert (job.state, job.progress, job.result, job.attempts) == (State.DONE, 1.0, {"answer": 42}, 1)
    assert job.lease is None


def test_a_job_that_is_part_of_something_undone_was_never_asked_for(by: Any) -> None:
    with transaction.atomic():
        ask(by, "returns")
        transaction.set_rollback(True)
    assert queue.claim() is None


def test_there_is_no_job_of_a_kind_that_nobody_knows(by: Any) -> None:
    with pytest.raises(BadSetting):
        ask(by, "unheard_of")


def test_the_same_work_is_not_asked_for_twice_while_it_waits_or_runs(by: Any, ana: Any) -> None:
    first = ask(by, "returns", ana, about_id=ana.pk)
    assert ask(by, "returns", ana, about_id=ana.pk) == first
    assert ask(by, "returns", ana, about_id=ana.pk, payload={"again": True}) != first
    worker.run_waiting()
    assert ask(by, "returns", ana, about_id=ana.pk) != first


@pytest.mark.django_db(transaction=True)
def test_of_six_who_ask_for_the_same_in_one_moment_all_get_one_job(by: Any, ana: Any) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("a database in memory does not let two write in turn")
    began = threading.Barrier(6, timeout=20)

    def asks() -> None:
        try:
            connection.ensure_connection()
            began.wait()
            ask(by, "returns", ana, about_id=ana.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=asks) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Job.objects.count() == 1


def test_many_jobs_of_one_do_not_make_another_wait_for_all_of_them(by: Any, harbor: Any) -> None:
    for number in range(5):
        ask(by, "returns", payload={"number": number})
    other = ask(made.actor(made.person("pta", harbor)), "returns")
    taken = [queue.claim() for _ in range(3)]
    assert other.pk in [each.job_id for each in taken[:2] if each]


def test_the_older_of_ones_own_jobs_comes_first(by: Any) -> None:
    asked = [ask(by, "returns", payload={"number": number}).pk for number in range(3)]
    taken = [queue.claim() for _ in range(3)]
    assert [each.job_id for each in taken if each] == asked


def test_a_place_in_the_queue(by: Any) -> None:
    ask(by, "returns", payload={"number": 1})
    assert queue.place_in_queue(ask(by, "returns", payload={"number": 2})) == 2


def test_what_a_worker_does_after_it_lost_the_job_does_not_count(by: Any, trace: Path) -> None:
    ask(by, "count", payload={"trace": str(trace)})
    frozen = queue.claim()
    assert frozen
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert queue.recover() == 1
    second = queue.claim()
    assert second
    do(frozen)  # it wakes up, works, and finds that the job is another's
    assert Job.objects.values_list("state", "lease").get() == (State.RUNNING, second.lease)
    assert not queue.renew(frozen)
    do(second)
    assert Job.objects.values_list("state", "attempts").get() == (State.DONE, 2)


def test_a_job_whose_worker_dies_three_times_fails_with_a_sentence(by: Any) -> None:
    ask(by, "returns")
    for _ in range(3):
        claim = queue.claim()
        assert claim
        queue.died(claim)
    assert queue.claim() is None
    assert Job.objects.values_list("state", "message").get() == (State.FAILED, queue.STOPPED_TOO_OFTEN)


def test_a_worker_that_gives_its_job_back_has_not_tried(by: Any) -> None:
    ask(by, "returns")
    for _ in range(5):
        claim = queue.claim()
        assert claim
        queue.give_back(claim)
    assert Job.objects.values_list("state", "attempts").get() == (State.WAITING, 0)


def test_a_live_lease_is_left_alone(by: Any) -> None:
    ask(by, "returns")
    queue.claim()
    assert queue.recover() == 0


def test_results_and_the_end_of_the_job_are_kept_together_or_not_at_all(by: Any) -> None:
    ask(by, "writes_and_falls")
    worker.run_waiting()
    assert not Clinic.objects.filter(name="half written").exists()
    assert Job.objects.values_list("state", "message").get() == (State.FAILED, OWN_FAULT)


def test_a_fault_of_ours_says_nothing_of_the_patient(by: Any, capsys: Any) -> None:
    ask(by, "faulty")
    worker.run_waiting()
    said = capsys.readouterr()
    assert "Ana" not in said.out + said.err + Job.objects.get().message


def test_what_a_file_lacks_is_said_in_the_words_of_the_reader(by: Any) -> None:
    ask(by, "unreadable")
    worker.run_waiting()
    assert Job.objects.values_list("state", "message").get() == (State.FAILED, "'walk.c3d' is empty. Export it again.")


def test_a_waiting_job_is_cancelled_at_once_and_that_is_written_down(by: Any, ana: Any) -> None:
    job = queue.cancel(by, ask(by, "returns", ana))
    assert job.state == State.CANCELLED
    told = Event.objects.latest("number")
    assert (told.action, told.patient_id, told.what_id) == ("job.cancel", ana.pk, str(job.pk))
    with pytest.raises(queue.NotCancellable):
        queue.cancel(by, job)


def test_a_running_job_hears_of_it_at_its_next_report(by: Any, trace: Path) -> None:
    job = ask(by, "slow", payload={"trace": str(trace)})
    claim = queue.claim()
    assert claim
    queue.cancel(by, job)
    do(claim)
    job.refresh_from_db()
    assert (job.state, trace.read_text().count("did")) == (State.CANCELLED, 0)


def test_what_was_cancelled_in_its_last_moment_writes_nothing(by: Any) -> None:
    from poise.clinic.jobs.domain.work import Work

    job = ask(by, "returns")
    claim = queue.claim()
    assert claim
    queue.cancel(by, job)
    work = Work(claim=claim, about_id=None, payload={}, patient_id=None, asked_by_id=None, by=by)
    with pytest.raises(Stopped):
        work.finish(lambda: {})


def test_a_cancelled_job_whose_worker_died_stays_cancelled(by: Any) -> None:
    job = ask(by, "returns")
    claim = queue.claim()
    assert claim
    queue.cancel(by, job)
    queue.died(claim)
    job.refresh_from_db()
    assert job.state == State.CANCELLED


def test_trying_again_is_a_job_of_its_own(by: Any, ana: Any) -> None:
    job = ask(by, "unreadable", ana, about_id=ana.pk)
    worker.run_waiting()
    again = queue.retry(by, job)
    assert (again.pk != job.pk, again.about_id, again.state) == (True, ana.pk, State.WAITING)
    assert Event.objects.latest("number").action == "job.retry"


def test_a_job_of_an_app_that_is_gone_fails_and_does_not_stop_the_worker(by: Any) -> None:
    job = Job.objects.create(kind="gone", clinic_id=by.clinic_id)
    assert worker._work_once(Hand(), threading.Event(), Presence())
    job.refresh_from_db()
    assert (job.state, job.message) == ("failed", "There is no kind of job called 'gone'.")
