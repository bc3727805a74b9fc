"""A full disk: said in words, nothing half written, charts can still be read, and all goes on when there is room."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection

from clinic import made
from poise.clinic.audit.domain import chain, heads, reserve, verification
from poise.clinic.audit.models import Event
from poise.clinic.drafts.models import Draft

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]


@pytest.fixture
def full(harbor: Any) -> Any:
    """Fills the disk, as the database sees it; called with False it makes room again."""

    def fill(on: bool = True) -> None:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA page_count")
            pages = cursor.fetchone()[0] if on else 1_000_000
            cursor.execute(f"PRAGMA max_page_count = {pages}")

    yield fill
    fill(False)


@pytest.fixture
def browser_of(client: Any, therapist: Any, settings: Any) -> Any:
    settings.ROOT_URLCONF = "clinic.faults.site"
    made.sign_in(client, therapist)
    session = client.session
    session["factor_seen"] = str(therapist.pk)
    session.save()
    return client


def write_until_full(client: Any) -> Any:
    for number in range(400):
        answer = client.post("/written", {"what": f"{number}-{'x' * 150}"})
        if answer.status_code != 201:
            return answer
    raise AssertionError("the disk was never full")


def test_a_write_is_refused_in_words_and_leaves_nothing_half_done(
    browser_of: Any, full: Any, data_folder: Path
) -> None:
    browser_of.post("/written", {"what": "before"})
    written, told = Draft.objects.count(), Event.objects.filter(what="draft").count()
    full()
    answer = write_until_full(browser_of)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"
    assert "disk of the clinic" in answer.content.decode()
    assert Draft.objects.count() - written == Event.objects.filter(what="draft").count() - told


def test_a_chart_can_still_be_read_and_the_reading_is_in_the_chain_once_there_is_room(
    browser_of: Any, full: Any, data_folder: Path
) -> None:
    browser_of.post("/written", {"what": "before"})
    full()
    write_until_full(browser_of)
    while browser_of.get("/").status_code == 200 and not reserve.is_waiting(data_folder):
        pass
    assert browser_of.get("/").status_code == 200
    seen = Event.objects.filter(action="home.open").count()
    full(False)
    assert browser_of.post("/written", {"what": "after"}).status_code == 201  # no restart
    noted = [event for event in Event.objects.filter(action="home.open") if "noted_at" in event.detail]
    assert len(noted) >= 1
    assert Event.objects.filter(action="home.open").count() == seen + len(noted)
    assert not reserve.is_waiting(data_folder)
    assert verification.verify(verification.kept_outside(data_folder)).sound


def test_where_the_reserve_is_full_too_the_page_is_not_shown(browser_of: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(reserve, "note", lambda *_: False)
    with made.no_new_row("audit_event", "database or disk is full"):
        answer = browser_of.get("/")
    assert answer.status_code == 503
    assert "Good day" not in answer.content.decode()


def test_a_read_that_cannot_be_recorded_for_another_reason_is_not_shown(browser_of: Any) -> None:
    with made.no_new_row("audit_event", "no such table"):
        answer = browser_of.get("/")
    assert answer.status_code == 503
    assert "the record of who did what cannot be written" in answer.content.decode()


def test_a_database_that_stays_busy_says_so(browser_of: Any, monkeypatch: Any) -> None:
    def busy(*_: Any, **__: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(Draft, "save", busy)
    answer = browser_of.post("/written", {"what": "x"})
    assert answer.status_code == 503
    assert "busy" in answer.content.decode()


def test_a_file_for_which_there_is_no_room_says_so(browser_of: Any, monkeypatch: Any) -> None:
    def no_room(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Draft, "save", no_room)
    answer = browser_of.post("/written", {"what": "x"})
    assert answer.status_code == 503
    assert "disk of the clinic" in answer.content.decode()


def test_a_note_in_the_reserve_that_someone_changed_is_told(
    therapist: Any, data_folder: Path, monkeypatch: Any
) -> None:
    reserve.lay(data_folder)
    reserve.note(data_folder, {"actor": "x"}, chain.audit_key())
    path = data_folder / reserve.FILE
    path.write_bytes(path.read_bytes().replace(b'"x"', b'"y"'))
    chain.record(made.actor(therapist), "people.read")
    assert [event.outcome for event in Event.objects.filter(action="audit.reserve")] == ["failed"]
    assert not reserve.is_waiting(data_folder)


def test_a_reserve_without_room_takes_no_more(data_folder: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(reserve, "SIZE", 500)
    reserve.lay(data_folder)
    taken = [reserve.note(data_folder, {"number": number}, b"key") for number in range(20)]
    assert taken[0]
    assert not taken[-1]


def test_the_head_that_finds_no_room_undoes_nothing(therapist: Any, data_folder: Path, monkeypatch: Any) -> None:
    def no_room(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(heads.os, "write", no_room)
        chain.record(made.actor(therapist), "people.read")
    chain.record(made.actor(therapist), "people.read")
    assert heads.read(data_folder / heads.FILE).number == 2
