"""The JSON contract: strict, complete, in order; what is missing is null."""

from __future__ import annotations

import json
from dataclasses import replace

from poise.codecs.json import document, dumps
from poise.model import Assessment, Finding, Reference


def test_the_document_has_the_shape_that_scripts_rely_on(one: Assessment) -> None:
    content = json.loads(dumps(document([one])))
    assert content["schema"] == 1
    recording = content["recordings"][0]
    assert {"file", "recording", "task", "task_confidence", "conditions", "rate_hz", "duration_s", "history"} <= set(
        recording
    )
    assert content["comparisons"] == []
    assert recording["events"] == [{"event": "initial_contact", "side": "left", "time_s": 0.51}]
    assert {"measure", "side", "value", "unit", "n", "sd", "start_s", "end_s", "valid_fraction", "method"} <= set(
        recording["measurements"][0]
    )
    assert len(recording["curves"][0]["cycle_percent"]) == len(recording["curves"][0]["mean"]) == 101
    assert recording["problems"] == [{"what": "short", "where": "walk", "do": "walk further"}]


def test_what_is_not_a_number_is_null_and_the_text_is_strict_json(one: Assessment) -> None:
    text = dumps(document([one], with_series=True))
    content = json.loads(text, parse_constant=lambda name: (_ for _ in ()).throw(AssertionError(name)))["recordings"][0]
    assert content["measurements"][0]["sd"] is None
    assert content["rate_hz"]["odd"] is None
    assert content["series"][0]["values"] == [1.0, None]
    assert set(content["curves"][0]["sd"]) == {None}


def test_series_are_left_out_unless_asked_for(one: Assessment) -> None:
    assert "series" not in document([one])["recordings"][0]


def test_recordings_keep_their_order() -> None:
    names = [f"r{k}" for k in range(5)]
    made = [Assessment(source=name, id=name) for name in names]
    assert [each["recording"] for each in document(made)["recordings"]] == names


def test_a_smallest_real_change_of_zero_is_a_number_and_an_unknown_one_is_null(one: Assessment) -> None:
    finding = Finding(
        finding="f_slow", name="Slow", sentence="", side=None, severity="minor", confidence=0.5, deviation=0.1,
        unit="m/s", because=(), reference=Reference(measure="gait.speed", population="adults", unit="m/s", citation="made", evidence="design"),
        smallest_real_change=0.0,
    )  # fmt: skip
    found = replace(one, findings=(finding, replace(finding, smallest_real_change=None)))
    written = json.loads(dumps(document([found])))["recordings"][0]["findings"]
    assert [each["smallest_real_change"] for each in written] == [0.0, None]


def test_a_name_that_is_no_utf8_can_be_written(one: Assessment) -> None:
    assert b"w?" in dumps(document([replace(one, id="w\udcff")])).encode("utf-8")
