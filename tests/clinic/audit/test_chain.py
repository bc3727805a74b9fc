"""What is done to the audit by raw SQL is found, and the first bad row is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from clinic import made
from poise.clinic.actor import Actor, system
from poise.clinic.audit.domain import chain, heads, verification
from poise.clinic.audit.models import Event, Head

pytestmark = pytest.mark.django_db


@pytest.fixture
def ten_rows(django_capture_on_commit_callbacks: Any) -> None:
    """Ten rows, and the end of the chain kept in the data folder."""
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(10):
            chain.record(system("test"), "chart.read", what="episode", what_id=number, detail={"fields": ["side", "é"]})


def verified(folder: Path) -> verification.Verdict:
    return verification.verify(verification.kept_outside(folder))


def found(folder: Path) -> tuple[int, str] | None:
    fault = verified(folder).fault
    return fault and (fault.number, fault.kind)


def sql(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def test_an_untouched_chain_is_sound(ten_rows: None, data_folder: Path) -> None:
    verdict = verified(data_folder)
    assert (verdict.sound, verdict.rows, verdict.last) == (True, 10, 10)


def test_an_empty_chain_is_sound(data_folder: Path) -> None:
    assert verified(data_folder).sound


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'someone else'", "action = 'chart.edit'", "outcome = 'refused'", "detail = '{}'", "what_id = '99'",
        "at = '2001-01-01 00:00:00+00:00'", "address = '198.51.100.9'", "route = 'elsewhere'", "roles = 'admin'",
        "request_id = 'x'", "what = 'patient'",
        "patient_id = 'b6ff5c44-9d3e-4a9b-8b7a-000000000001'", "actor_id = 'b6ff5c44-9d3e-4a9b-8b7a-000000000001'",
    ],
)  # fmt: skip
def test_an_edited_row_is_named_whatever_was_edited(ten_rows: None, data_folder: Path, change: str) -> None:
    if connection.vendor == "sqlite":
        change = change.replace("b6ff5c44-9d3e-4a9b-8b7a-000000000001", "b6ff5c449d3e4a9b8b7a000000000001")
    sql(f"UPDATE audit_event SET {change} WHERE number = 5")
    assert found(data_folder) == (5, "edited")


def test_an_edited_last_row_is_named(ten_rows: None, data_folder: Path) -> None:
    sql("UPDATE audit_event SET actor = 'someone else' WHERE number = 10")
    assert found(data_folder) == (10, "edited")


def test_an_edit_with_a_seal_made_by_another_key_is_named(ten_rows: None, data_folder: Path) -> None:
    row = Event.objects.get(number=5)
    row.actor = "someone else"
    row.seal = chain.seal(row, Event.objects.get(number=4).seal, key=b"a guessed key")
    row.save()
    assert found(data_folder) == (5, "edited")


def test_a_deleted_row_is_named(ten_rows: None, data_folder: Path) -> None:
    sql("DELETE FROM audit_event WHERE number = 4")
    assert found(data_folder) == (4, "deleted")


def test_a_deleted_first_row_is_named(ten_rows: None, data_folder: Path) -> None:
    sql("DELETE FROM audit_event WHERE number = 1")
    assert found(data_folder) == (1, "deleted")


def test_a_deleted_row_is_named_though_the_rest_was_renumbered(ten_rows: None, data_folder: Path) -> None:
    sql("DELETE FROM audit_event WHERE number = 4")
    sql(*(f"UPDATE audit_event SET number = {number - 1} WHERE number = {number}" for number in range(5, 11)))
    sql("UPDATE audit_head SET number = 9")
    assert found(data_folder) == (4, "deleted")


def test_an_inserted_row_is_named(ten_rows: None, data_folder: Path) -> None:
    sql(*(f"UPDATE audit_event SET number = {number + 1} WHERE number = {number}" for number in range(10, 5, -1)))
    made = Event.objects.get(number=2)
    made.number = 6
    made.save(force_insert=True)
    assert found(data_folder) == (6, "inserted")


def test_a_row_put_after_the_end_or_before_the_beginning_is_named(ten_rows: None, data_folder: Path) -> None:
    made = Event.objects.get(number=10)
    made.number = 11
    made.save(force_insert=True)
    assert found(data_folder) == (11, "edited")
    made.number = 0
    made.save(force_insert=True)
    assert found(data_folder) == (0, "inserted")


def test_rows_that_changed_places_are_named(ten_rows: None, data_folder: Path) -> None:
    sql("UPDATE audit_event SET number = 99 WHERE number = 3", "UPDATE audit_event SET number = 3 WHERE number = 4",
        "UPDATE audit_event SET number = 4 WHERE number = 99")  # fmt: skip
    assert found(data_folder) == (3, "reordered")


def test_rows_cut_off_the_end_are_named(ten_rows: None, data_folder: Path) -> None:
    sql("DELETE FROM audit_event WHERE number > 7")
    assert found(data_folder) == (8, "truncated")


def test_rows_cut_off_are_missed_though_the_head_in_the_table_was_put_back(ten_rows: None, data_folder: Path) -> None:
    last = Event.objects.get(number=7)
    sql("DELETE FROM audit_event WHERE number > 7", f"UPDATE audit_head SET number = 7, seal = '{last.seal}'")
    assert found(data_folder) == (8, "truncated")


def test_rows_cut_off_are_missed_though_the_chain_grew_again(
    ten_rows: None, data_folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    last = Event.objects.get(number=7)
    sql("DELETE FROM audit_event WHERE number > 7", f"UPDATE audit_head SET number = 7, seal = '{last.seal}'")
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(5):
            chain.record(system("test"), "chart.read", what_id=number)
    # The head of the day was overwritten by the twelfth row; a copy kept elsewhere still tells.
    assert verified(data_folder).sound
    before = heads.new(10, "f" * 64)
    assert verification.verify([before]).fault.number == 10  # type: ignore[union-attr]


def test_a_chain_emptied_whole_is_missed(ten_rows: None, data_folder: Path) -> None:
    sql("DELETE FROM audit_event", "DELETE FROM audit_head")
    assert found(data_folder) == (1, "truncated")


def test_a_head_in_the_table_that_was_turned_back_is_named(ten_rows: None, data_folder: Path) -> None:
    sql("UPDATE audit_head SET seal = 'ffff' WHERE id = 1")
    assert found(data_folder) == (10, "head")


def test_another_key_is_named_as_such(ten_rows: None, data_folder: Path, settings: Any) -> None:
    settings.POISE_AUDIT_KEY = "00" * 32
    assert found(data_folder) == (1, "key")


def test_a_kept_head_that_was_changed_is_named(ten_rows: None, data_folder: Path) -> None:
    path = data_folder / heads.FILE
    path.write_text(path.read_text().replace('"number": 10', '"number": 8'))
    assert found(data_folder) == (8, "head")


def test_a_missing_kept_head_is_a_fault_unless_it_is_accepted(ten_rows: None, data_folder: Path) -> None:
    (data_folder / heads.FILE).unlink()
    assert found(data_folder) == (11, "no head")
    assert verification.verify([], head_needed=False).sound


def test_the_first_bad_row_is_named_across_pages(ten_rows: None, data_folder: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(verification, "PAGE", 3)
    assert verified(data_folder).rows == 10
    sql("UPDATE audit_event SET actor = 'someone else' WHERE number IN (6, 9)")
    assert found(data_folder) == (6, "edited")


def test_the_kept_head_follows_and_never_goes_back(ten_rows: None, data_folder: Path) -> None:
    assert heads.read(data_folder / heads.FILE).number == 10
    heads.keep(4, "of an earlier row whose process was slow")
    assert heads.read(data_folder / heads.FILE).number == 10


def test_each_day_leaves_a_copy_of_its_last_head(ten_rows: None, data_folder: Path, monkeypatch: Any) -> None:
    yesterday = heads.KeptHead(number=3, seal=Event.objects.get(number=3).seal, at="2026-01-01T22:00:00+00:00",
                               key=heads.fingerprint(chain.audit_key())).signed(chain.audit_key())  # fmt: skip
    (data_folder / heads.FILE).write_bytes(heads._line(yesterday))
    heads.keep(10, Event.objects.get(number=10).seal)
    assert [path.name for path in heads.kept(data_folder)] == ["2026-01-01.head", "audit.head"]
    assert verified(data_folder).sound
    sql("UPDATE audit_event SET actor = 'x' WHERE number = 9")
    assert found(data_folder) == (9, "edited")


def test_a_head_that_cannot_be_written_undoes_nothing(data_folder: Path, monkeypatch: Any) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(heads.os, "write", full)
    heads.keep(1, "seal")  # tells the log, and returns


def test_a_row_rolled_back_leaves_no_gap(ten_rows: None, data_folder: Path) -> None:
    with transaction.atomic():
        chain.record(system("test"), "chart.edit")
        transaction.set_rollback(True)
    chain.record(system("test"), "chart.read")
    assert verification.verify([]).fault is not None
    assert verification.verify([], head_needed=False).rows == 11


def test_a_row_that_cannot_be_written_says_so_in_words() -> None:
    full = made.no_new_row("audit_event", "database or disk is full")
    with full, pytest.raises(chain.NotRecorded, match="Nothing was changed"):
        chain.record(system("test"), "chart.read")


def test_a_deleted_head_stops_the_chain_instead_of_beginning_anew(ten_rows: None) -> None:
    Head.objects.all().delete()
    with pytest.raises(chain.NotRecorded), transaction.atomic():
        chain.record(system("test"), "chart.read")


def test_what_does_not_fit_a_column_is_cut_and_still_verifies(ten_rows: None, data_folder: Path) -> None:
    by = Actor(user_id=None, name="N" * 300 + "\r\n\x1b[31m", address="a" * 100, route="r" * 300, request_id="q" * 99)
    row = chain.record(by, "x" * 100, what="w" * 99, what_id="i" * 99, detail={"n": 1.5, "b": True, "z": None})
    assert (len(row.actor), len(row.address), len(row.action)) == (200, 64, 60)
    assert verified(data_folder).rows == 11


def test_recording_takes_three_statements(django_assert_num_queries: Any, ten_rows: None) -> None:
    with django_assert_num_queries(3):  # the end, the row, the end moved on
        chain.record(system("test"), "chart.read")
