"""The demo clinic: made to its end, by simulated people, closed to everyone but the machine it runs on."""

from __future__ import annotations

import re
import urllib.request
from http.cookiejar import CookieJar
from typing import Any

import pytest
from django.test import Client

from clinic.demo_clinic import Demo, address_id

PEOPLE = ("pt", "pta", "dc", "desk", "biller", "admin", "pt2", "patient", "luz")


class Visitor:
    """A browser without scripts."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> str:
        return str(self.opener.open(self.demo.url + path, timeout=60).read().decode())

    def enter(self, key: str) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get("/demo/"))
        assert token is not None
        said = f"csrfmiddlewaretoken={token[1]}".encode()
        return str(self.opener.open(f"{self.demo.url}/demo/{key}/", said, timeout=60).read().decode())


@pytest.fixture
def visitor(demo: Demo) -> Visitor:
    return Visitor(demo)


def test_every_recording_was_analysed(demo: Demo) -> None:
    assert set(demo.rows("SELECT state FROM jobs_job")) == {("done",)}
    assert demo.rows("SELECT count(*) FROM recordings_analysis WHERE usable = 0") == [(0,)]


def test_nobody_has_a_password_and_everybody_is_simulated(demo: Demo) -> None:
    assert [password for (password,) in demo.rows("SELECT password FROM people_user") if password[0] != "!"] == []
    assert demo.rows("SELECT count(*) FROM people_patient WHERE is_simulated = 0") == [(0,)]
    assert demo.rows("SELECT count(*) FROM recordings_storedrecording WHERE is_simulated = 0") == [(0,)]


def test_there_are_findings_accepted_rejected_and_to_judge(demo: Demo) -> None:
    counts = demo.rows("SELECT judgement, count(*) FROM evaluations_foundfinding WHERE withdrawn_at IS NULL GROUP BY 1")
    assert {judgement for judgement, many in counts if many} == {"accepted", "rejected", "open"}


def test_everyone_gets_in_by_the_door_and_sees_that_it_is_a_demo(visitor: Visitor) -> None:
    for key in PEOPLE:
        assert 'class="demo-strip"' in visitor.enter(key)


def test_a_finding_leads_to_the_moving_figure(demo: Demo, visitor: Visitor) -> None:
    visitor.enter("pt")
    (evaluation, patient), *_rest = demo.rows(
        "SELECT e.id, e.patient_id FROM evaluations_evaluation e JOIN people_patient p ON p.id = e.patient_id "
        "WHERE p.given_name = 'Ana' ORDER BY e.started_at DESC"
    )
    findings = visitor.get(f"/patients/{address_id(patient)}/evaluations/{address_id(evaluation)}/findings/")
    replay = re.search(r'href="(/patients/[^"]+/replay[^"]*)"', findings)
    assert replay is not None
    assert "data-replay=" in visitor.get(replay[1].replace("&amp;", "&"))


def test_the_audit_of_a_demo_is_whole(visitor: Visitor) -> None:
    visitor.enter("admin")
    assert visitor.get("/audit/chain")


def test_a_file_to_try_an_upload_with_is_given(visitor: Visitor) -> None:
    assert visitor.get("/demo/files/eyes_open.csv").startswith("Time,CoPx,CoPy")


@pytest.mark.django_db
def test_outside_a_demo_there_is_no_door(client: Client, harbor: Any) -> None:
    for path in ("/demo/", "/demo/files/eyes_open.csv"):
        assert client.get(path).status_code == 404
    assert client.post("/demo/pt/").status_code == 404
    assert b"demo-strip" not in client.get("/account/sign-in/").content


def test_reset_throws_a_demo_away_but_nothing_else(tmp_path: Any) -> None:
    from poise.clinic.operations.domain import demonstration, folder
    from poise.errors import BadSetting

    made, real = tmp_path / "demo", tmp_path / "real"
    folder.prepare(made, demo=True)
    folder.prepare(real, demo=False)
    for each in (made, real):
        (each / "poise.sqlite3").touch()
    demonstration.throw_away(made)
    with pytest.raises(BadSetting, match="not a demo"):
        demonstration.throw_away(real)
    assert ((made / "poise.sqlite3").exists(), (real / "poise.sqlite3").exists()) == (False, True)
