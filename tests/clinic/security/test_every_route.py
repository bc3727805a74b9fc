"""What must hold at every address, known and future: headers, tokens of forms, methods, strangers, no 500."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from clinic import made
from clinic.security.conftest import signed_in
from clinic.security.routes import routes
from poise.clinic.audit.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]

POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data: blob:",
    "font-src": "'self'", "connect-src": "'self'", "media-src": "'self' blob:", "worker-src": "'self'",
    "manifest-src": "'self'", "form-action": "'self'", "frame-ancestors": "'none'", "base-uri": "'none'",
    "object-src": "'none'",
}  # fmt: skip
ENDS_THE_SESSION = frozenset({"account_logout"})


def walked(client: Client, ana: Any, method: str = "get", **facts: Any) -> list[tuple[Any, Any]]:
    here = [route for route in routes(ana.pk) if route.name not in ENDS_THE_SESSION]
    return [(route, getattr(client, method)(route.path, **facts)) for route in here]


def test_every_answer_carries_the_headers_that_guard_it(hers: Client, ana: Any) -> None:
    for route, answer in walked(hers, ana):
        assert answer.status_code != 500, route.path
        policy = dict(
            part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";") if part.strip()
        )
        assert policy == POLICY, route.path
        assert answer["X-Content-Type-Options"] == "nosniff", route.path
        assert answer["X-Frame-Options"] == "DENY", route.path
        assert answer["Referrer-Policy"] == "same-origin", route.path
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", route.path
        assert "no-store" in answer["Cache-Control"] or getattr(route.view, "public_because", None), route.path
        assert not answer.has_header("Access-Control-Allow-Origin"), route.path
        assert not answer.has_header("Server"), route.path


def test_no_address_answers_an_empty_form_with_a_mistake(hers: Client, ana: Any) -> None:
    assert [route.path for route, answer in walked(hers, ana, "post", data={}) if answer.status_code == 500] == []


def test_no_address_answers_a_method_it_was_not_made_for(hers: Client, ana: Any) -> None:
    for route, answer in walked(hers, ana, "trace"):
        assert answer.status_code == 405, route.path


def test_a_page_asked_for_by_another_method_is_written_down_all_the_same(hers: Client, ana: Any) -> None:
    before = Event.objects.count()
    assert hers.put("/").status_code == 200
    assert Event.objects.count() == before + 1


def test_every_form_asks_for_its_token(therapist: Any, ana: Any) -> None:
    strict = signed_in(therapist, Client(enforce_csrf_checks=True, raise_request_exception=False))
    unguarded = [
        route.path
        for route, answer in walked(strict, ana, "post", data={})
        if answer.status_code not in {401, 403} and not _asks_for_something_else(route)
    ]
    assert unguarded == []


def _asks_for_something_else(route: Any) -> bool:
    """Programs bring a token of their own, which no browser sends by itself (see `api.access`)."""
    return route.path.startswith("/api/")


def test_a_stranger_is_let_in_only_where_it_is_said_why(ana: Any) -> None:
    stranger = Client(raise_request_exception=False)
    for route, answer in walked(stranger, ana):
        said = getattr(route.view, "public_because", "") or not getattr(route.view, "login_required", True)
        if answer.status_code == 200:
            assert said or route.path.startswith(("/api/", "/account/")), route.path
        assert "Rivera" not in answer.getvalue().decode("utf-8", "replace") if not answer.streaming else True, (
            route.path
        )


def test_no_address_of_another_clinics_patient_answers(hers: Client, harbor: Any) -> None:
    stranger = made.patient(made.clinic("Elsewhere"), given_name="Zelda", family_name="Elsewhere")
    for route in routes(stranger.pk):
        if route.takes_patient and not route.path.startswith("/api/"):
            answer = hers.get(route.path)
            assert answer.status_code in {403, 404, 405}, (route.path, answer.status_code, answer.get("Location"))
            assert "Zelda" not in answer.content.decode(), route.path
