"""No log line tells of whom; none can be forged."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
import structlog

from clinic import made
from poise.clinic import logs

ODD = "Zoë O'Brien\r\n2026-01-01 ERROR forged\x1b[31m <script>"


@pytest.fixture
def lines(caplog: Any) -> Any:
    """All that was logged, as the lines that would stand in the log."""

    def read(*, as_json: bool = True) -> list[str]:
        line = logs.formatter(as_json=as_json)
        return [line.format(record) for record in caplog.records]

    caplog.set_level(logging.DEBUG)
    return read


@pytest.mark.parametrize("as_json", [True, False])
def test_what_is_not_on_the_list_is_left_out_and_nothing_breaks_a_line(lines: Any, as_json: bool) -> None:
    structlog.get_logger("poise.test").info("saved", name=ODD, route=ODD, count=3, kind="csv")
    (line,) = lines(as_json=as_json)
    assert "Zo" not in line
    assert "Brien" not in line
    assert [each for each in line if not 32 <= ord(each) < 127] == []
    assert "count" in line


def test_the_words_put_into_another_librarys_message_are_left_out(lines: Any) -> None:
    logging.getLogger("some.library").warning("cannot read %s of %s", "a file", ODD)
    (line,) = lines()
    assert json.loads(line)["event"] == "cannot read %s of %s"
    assert "Zo" not in line


def test_an_error_is_told_by_kind_and_place_and_not_by_its_message(lines: Any) -> None:
    try:
        raise ValueError(ODD)
    except ValueError:
        logging.getLogger("some.library").exception("failed")
    (line,) = lines()
    told = json.loads(line)
    assert (told["event"], told["error"]) == ("failed", "builtins.ValueError")
    assert told["frames"][0].endswith(":test_an_error_is_told_by_kind_and_place_and_not_by_its_message")
    assert "Zo" not in line


@pytest.mark.django_db
def test_a_request_leaves_one_line_with_route_status_and_person(lines: Any, client: Any, therapist: Any) -> None:
    made.sign_in(client, therapist)
    client.get("/?search=Rivera")
    (line,) = [json.loads(line) for line in lines() if '"event": "request"' in line]
    assert (line["route"], line["method"], line["status"]) == ("home", "GET", 200) or line["status"] == 302
    assert line["user_id"] == str(therapist.pk)
    assert line["time"].endswith("Z")
    assert "Rivera" not in "".join(lines())
    assert "192.0.2" not in "".join(lines())


@pytest.mark.django_db
def test_an_address_that_does_not_exist_is_not_repeated_in_the_log(lines: Any, client: Any, therapist: Any) -> None:
    made.sign_in(client, therapist)
    client.get("/Ana-Rivera-1960-02-03%0d%0aforged")
    client.get("/", headers={"host": "evil.example\r\nforged"})
    told = "".join(lines())
    assert "Rivera" not in told
    assert "forged" not in told
    assert "evil" not in told
