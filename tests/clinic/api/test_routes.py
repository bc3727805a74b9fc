"""The routes of the API do what the pages do: same verbs, same rules, same audit."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from clinic import made
from clinic.api.test_tokens import token
from poise.clinic.api.listing import routes
from poise.clinic.api.scopes import OPEN, SCOPES
from poise.clinic.audit.models import Event
from poise.clinic.charts.domain import intake
from poise.clinic.people.models import Patient
from poise.clinic.recordings.domain import arrivals
from poise.clinic.rules import RULES
from poise.testing.files import trc

pytestmark = pytest.mark.django_db

EVERYTHING = sorted(SCOPES)


class Program:
    """A program with all of a person's rights."""

    def __init__(self, client: Any, user: Any) -> None:
        self.client, self.header = client, token(user, *EVERYTHING)

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1{path}", **self.header)

    def send(self, method: str, path: str, told: Any) -> Any:
        return self.client.generic(
            method, f"/api/v1{path}", json.dumps(told), content_type="application/json", **self.header
        )


@pytest.fixture
def program(client: Any, therapist: Any) -> Program:
    return Program(client, therapist)


def test_every_route_names_a_rule_and_every_rule_a_scope() -> None:
    actions = {route.action for group in routes().values() for route in group}
    assert actions <= set(RULES)
    assert {action for action in actions if not any(action in held for held in SCOPES.values())} <= OPEN


def test_the_description_of_the_api_names_every_route(client: Any, harbor: Any) -> None:
    described = client.get("/api/v1/openapi.json")
    assert described.status_code == 200
    told = {(method.upper(), path) for path, methods in described.json()["paths"].items() for method in methods}
    listed = {(route.method, route.path) for group in routes().values() for route in group}
    assert told == listed


def test_a_patient_is_registered_found_corrected_and_a_late_second_correction_is_held_back(program: Program) -> None:
    new = program.send("POST", "/patients", {"family_name": "Okafor", "given_name": "Luz", "birth_date": "1951-04-02"})
    assert new.status_code == 201, new.content
    where = f"/patients/{new.json()['id']}"
    found = program.send("POST", "/patients/search", {"terms": "okaf luz"}).json()
    assert [line["id"] for line in found["patients"]] == [new.json()["id"]]
    seen = new.json()["version"]
    assert program.send("PATCH", where, {"version": seen, "phone": "555 0100 22"}).json()["phone"] == "555 0100 22"
    late = program.send("PATCH", where, {"version": seen, "given_name": "Lucía"})
    assert late.status_code == 409
    assert program.get(where).json()["given_name"] == "Luz"


def test_someone_already_registered_is_told_and_not_made_twice(program: Program, ana: Any) -> None:
    same = {"family_name": "Rivera", "given_name": "Ana", "birth_date": "1960-02-03"}
    assert program.send("POST", "/patients", same).status_code == 422
    assert Patient.objects.filter(family_name="Rivera").count() == 1


def test_a_field_that_nobody_knows_is_refused_instead_of_lost(program: Program, ana: Any) -> None:
    answer = program.send("PATCH", f"/patients/{ana.pk}", {"version": 1, "clinic_id": "x"})
    assert answer.status_code == 422
    assert list(answer.json()["faults"]) == ["told.clinic_id"]


def test_a_chart_is_written_and_read(program: Program, ana: Any) -> None:
    here = f"/patients/{ana.pk}"
    told = {"started_on": "2026-10-01", "condition": "c_whiplash", "goal": "Turn my head to drive"}
    episode = program.send("POST", f"{here}/episodes", told)
    assert episode.status_code == 201, episode.content
    assert [each["goal"] for each in program.get(f"{here}/episodes").json()] == ["Turn my head to drive"]
    score = program.send("POST", f"{here}/scores", {"outcome": "om_ndi", "score": 42, "taken_on": "2026-10-02"})
    assert score.status_code == 201, score.content
    too_much = program.send("POST", f"{here}/scores", {"outcome": "om_ndi", "score": 420, "taken_on": "2026-10-02"})
    assert (too_much.status_code, [each["score"] for each in program.get(f"{here}/scores").json()]) == (422, [42.0])
    drawn = program.send(
        "POST", f"{here}/pain-maps", {"marks": [{"kind": "pain", "region": "br_neck", "side": "left", "intensity": 6}]}
    )
    assert drawn.status_code == 201, drawn.content
    assert program.get(f"{here}/pain-maps").json()[0]["marks"][0]["intensity"] == 6
    wish = program.send("POST", f"{here}/activities", {"words": "Drive to my sister", "score": 2})
    rated = program.send("POST", f"{here}/activities/{wish.json()['id']}/ratings", {"score": 5})
    assert [each["score"] for each in rated.json()["ratings"]] == [2, 5]


def test_a_file_comes_in_parts_and_is_the_file_that_was_sent(program: Program, ana: Any) -> None:
    name, content = "walk.trc", trc()
    here = f"/patients/{ana.pk}/uploads"
    told = {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    upload = program.send("POST", here, told)
    assert upload.status_code == 201, upload.content
    half, where = len(content) // 2, f"/api/v1{here}/{upload.json()['id']}"
    for start, part in ((0, content[:half]), (half, content[half:])):
        sent = program.client.generic("PUT", f"{where}/part", part, content_type="application/octet-stream",
                                      HTTP_UPLOAD_OFFSET=str(start), **program.header)  # fmt: skip
        assert sent.json()["offset"] == start + len(part)
    stored = program.send("POST", f"{here}/{upload.json()['id']}/finish", {})
    assert stored.status_code == 201, stored.content
    assert stored.json()["sha256"] == told["sha256"]
    assert [each["id"] for each in program.get(f"/patients/{ana.pk}/recordings").json()] == [stored.json()["id"]]


def test_an_evaluation_is_started_measured_and_read(program: Program, ana: Any) -> None:
    here = f"/patients/{ana.pk}"
    episode = program.send("POST", f"{here}/episodes", {"started_on": "2026-10-01", "condition": "c_whiplash"}).json()
    started = program.send("POST", f"{here}/evaluations", {"episode_id": episode["id"]})
    assert started.status_code == 201, started.content
    assert "test_safety_screen" in [each["test"] for each in started.json()["tests"]]
    assert program.get(f"{here}/evaluations/{started.json()['id']}/findings").json() == []
    assert program.get(f"{here}/measurements").json() == {"measurements": [], "before": None}


def test_a_test_is_left_out_and_the_evaluation_finished(program: Program, ana: Any) -> None:
    here = f"/patients/{ana.pk}"
    episode = program.send("POST", f"{here}/episodes", {"started_on": "2026-10-01", "condition": "c_tka"}).json()
    started = program.send("POST", f"{here}/evaluations", {"episode_id": episode["id"]}).json()
    one = f"{here}/evaluations/{started['id']}"
    test = f"{one}/tests/{started['tests'][0]['id']}"
    told = {"outcome": "not_able", "reason": "dizzy on standing", "pain": 4, "version": 1}
    ended = program.send("POST", f"{test}/outcome", told)
    assert (ended.status_code, ended.json()["state"], ended.json()["pain"]) == (200, "not_able", 4)
    assert program.send("POST", f"{test}/outcome", told).status_code == 409
    unknown = {"version": 2, "values": [{"measure": "gait.cadence", "attempts": [100]}]}
    assert program.send("POST", f"{test}/values", unknown).status_code == 422
    assert program.get(one).json()["tests"][0]["state"] == "not_able"
    assert program.send("POST", f"{one}/finish", {"version": 9}).status_code == 409
    assert program.send("POST", f"{one}/finish", {"version": 1}).json()["state"] == "finished"
    assert program.send("POST", f"{test}/outcome", {**told, "version": 2}).status_code == 422


def test_limits_precautions_red_flags_and_intakes(program: Program, ana: Any, therapist: Any) -> None:
    here = f"/patients/{ana.pk}"
    episode = program.send("POST", f"{here}/episodes", {"started_on": "2026-10-01", "condition": "c_tka"}).json()
    limit = {"measure": "m_knee_flexion", "side": "right", "high": 90, "unit": "deg", "ordered_by": "Dr. Vega",
             "ordered_on": "2026-10-01"}  # fmt: skip
    assert program.send("POST", f"{here}/episodes/{episode['id']}/limits", limit).status_code == 201
    assert program.send("POST", f"{here}/episodes/{episode['id']}/limits", limit | {"low": 100}).status_code == 422
    asked = program.get(f"{here}/episodes/{episode['id']}/precautions").json()
    assert {each["answer"] for each in asked} == {"not_asked"}
    answers = {"episode_id": episode["id"], "answers": {"rf_cauda_equina": "yes"}}
    assert program.send("POST", f"{here}/red-flags/screens", answers).json()["raised"] == ["rf_cauda_equina"]
    assert [each["locks"] for each in program.get(f"{here}/red-flags").json()] == [True]
    _form, secret = intake.send(made.actor(therapist), ana)
    forms = program.get(f"{here}/intakes")
    assert ([each["state"] for each in forms.json()], secret in forms.text) == (["sent"], False)


def test_a_recording_is_fetched_as_it_was_sent_and_that_is_written_down(
    program: Program, ana: Any, therapist: Any
) -> None:
    content = trc()
    arrived = arrivals.store_now(made.actor(therapist), ana, "walk.trc", content)
    fetched = program.get(f"/patients/{ana.pk}/recordings/{arrived.id}/original")
    assert b"".join(fetched.streaming_content) == content
    assert fetched["Content-Disposition"] == 'attachment; filename="walk.trc"'
    assert Event.objects.filter(action="recording.fetch", what_id=str(arrived.id)).count() == 1


def test_every_write_over_the_api_is_in_the_audit(program: Program, ana: Any) -> None:
    before = Event.objects.count()
    program.send("POST", f"/patients/{ana.pk}/activities", {"words": "Climb the stairs"})
    rows = Event.objects.order_by("number")[before:]
    assert [(row.action, row.outcome, row.patient_id) for row in rows] == [("activity.edit", "done", ana.pk)]


def test_the_administrator_reads_the_audit_and_the_therapist_does_not(client: Any, harbor: Any, therapist: Any) -> None:
    admin = made.person("admin", harbor)
    assert Program(client, therapist).get("/audit").status_code == 403
    assert Program(client, admin).get("/audit").json()["events"]
