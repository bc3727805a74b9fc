"""What people try."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from clinic import made
from clinic.security.conftest import signed_in
from poise.clinic.audit.models import Event
from poise.clinic.oversight.domain.sheets import harmless
from poise.clinic.people.models import Patient

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]

PASSWORD = "a long day in the harbor"


@pytest.mark.parametrize(
    "next_page", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", r"/\evil.example"]
)
def test_signing_in_leads_to_no_other_site(therapist: Any, next_page: str) -> None:
    therapist.set_password(PASSWORD)
    therapist.save()
    answer = Client().post("/account/sign-in/", {"login": therapist.email, "password": PASSWORD, "next": next_page})
    assert "evil" not in answer.get("Location", "")
    assert "javascript" not in answer.get("Location", "")


def test_a_session_made_before_signing_in_is_not_the_one_after(therapist: Any, client: Client) -> None:
    client.get("/account/sign-in/")
    session = client.session
    session["planted"] = "x"
    session.save()
    planted = session.session_key
    client.cookies["poise"] = planted
    made.sign_in(client, therapist)
    assert client.session.session_key != planted


def test_a_host_that_is_not_ours_is_refused(client: Client) -> None:
    answer = client.get("/account/sign-in/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


@pytest.mark.parametrize("path", ["/static/../settings.py", "/static/..%2f..%2fsettings.py", "/static/%2e%2e/urls.py",
                                  "/static/....//settings.py", "/static//etc/passwd"])  # fmt: skip
def test_no_path_leads_out_of_the_static_files(hers: Client, path: str) -> None:
    answer = hers.get(path)
    assert answer.status_code in {400, 404}
    assert "SECRET_KEY" not in answer.content.decode("utf-8", "replace")


def test_a_body_that_is_too_large_is_refused_in_words(hers: Client) -> None:
    answer = hers.post("/audit/accesses", {"patient": "x" * (3 * 1024 * 1024)})
    assert answer.status_code in {400, 403, 413}


def test_too_many_fields_are_refused(administrators: Client) -> None:
    answer = administrators.post("/audit", {f"f{number}": "x" for number in range(600)})
    assert answer.status_code == 400
    assert "could not be understood" in answer.content.decode()


@pytest.mark.parametrize(
    "said", ["' OR 1=1 --", "%' OR '1'='1", "Rivera'; DROP TABLE people_patient; --", "\x00", "%", "_"]
)
def test_what_is_searched_for_is_never_a_command(administrators: Client, ana: Any, said: str) -> None:
    answer = administrators.post("/audit", {"patient": said})
    assert answer.status_code in {200, 400}
    assert "No patient of this clinic" in answer.content.decode() or answer.status_code == 400 or said == "\x00"
    assert Patient.objects.count() == 1


def test_fields_that_a_form_does_not_ask_for_change_nothing(hers: Client, therapist: Any, harbor: Any) -> None:
    elsewhere = made.clinic("Elsewhere")
    hers.post("/account/me/", {"name": therapist.name, "roles": "admin", "clinic": str(elsewhere.pk),
                               "is_active": "", "email": "evil@example.org"})  # fmt: skip
    therapist.refresh_from_db()
    therapist.__dict__.pop("_role_set", None)
    assert (therapist.clinic_id, therapist.is_active, therapist.role_set) == (harbor.pk, True, frozenset({"pt"}))
    assert therapist.email != "evil@example.org"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1"])
def test_a_cell_is_never_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


def test_a_name_breaks_no_page_and_no_line_of_the_audit(harbor: Any, therapist: Any, settings: Any) -> None:
    therapist.name = 'Eve"><img src=x onerror=alert(1)>\r\n\x1b[31m'
    therapist.save()
    browser = signed_in(therapist)
    page = browser.get("/").content.decode()
    assert "<img src=x" not in page
    assert [event.actor for event in Event.objects.filter(actor_id=therapist.pk) if "\n" in event.actor] == []


def test_a_mistake_shows_no_traceback(hers: Client, monkeypatch: Any, settings: Any) -> None:
    from poise.clinic.audit.domain import chain

    def mistaken(*_: Any, **__: Any) -> None:
        raise ValueError("Ana Rivera 1960-02-03")

    monkeypatch.setattr(chain, "record_read", mistaken)
    answer = hers.get("/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "Rivera" not in page
    assert "Traceback" not in page
    assert "reference" in page.lower()


def test_the_cookies_are_kept_from_scripts_and_other_sites(therapist: Any) -> None:
    therapist.set_password(PASSWORD)
    therapist.save()
    client = Client()
    client.get("/account/sign-in/")
    client.post("/account/sign-in/", {"login": therapist.email, "password": PASSWORD})
    for cookie in client.cookies.values():
        assert cookie["samesite"] in {"Lax", "Strict"}, cookie.key
        assert cookie["httponly"], cookie.key
    assert len(client.cookies) >= 1


def test_reached_by_https_the_cookies_bear_the_host_and_the_browser_is_told_to_stay() -> None:
    import json
    import os
    import subprocess
    import sys

    told = subprocess.run(
        [sys.executable, "-c", "import json; from poise.clinic import settings as s; print(json.dumps([s.SESSION_COOKIE_NAME,"
         "s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, s.SECURE_SSL_REDIRECT]))"],
        env={**os.environ, "POISE_HTTPS": "yes", "POISE_DATA": ""}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(told.stdout) == ["__Host-poise", "__Host-poise-csrf", True, True, 31_536_000, True]


def test_our_scripts_keep_nothing_in_the_browser() -> None:
    sources = Path(__file__).parents[3] / "frontend" / "src"
    kept = ("localStorage", "sessionStorage", "indexedDB", "document.cookie")
    assert [path.name for path in sources.rglob("*.ts") for word in kept if word in path.read_text("utf-8")] == []


def test_no_secret_stands_in_the_repository() -> None:
    import subprocess

    root = Path(__file__).parents[3]
    found = subprocess.run(["git", "grep", "-lE", "(session_key|audit_key)\": *\"[0-9A-Za-z_-]{32}"], cwd=root,
                           capture_output=True, text=True, check=False)  # fmt: skip
    assert found.stdout == ""
