"""Programs: let in by a token, within its scopes, as far as its person reaches."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from clinic import made
from poise.clinic.api.domain import tokens
from poise.clinic.api.domain.tokens import BadToken
from poise.clinic.api.models import ApiToken
from poise.clinic.audit.models import Event
from poise.clinic.rules import Role

pytestmark = pytest.mark.django_db


def token(user: Any, *scopes: str, **more: Any) -> dict[str, str]:
    """The header of a new token."""
    _row, secret = tokens.make(made.actor(user), name="a program", scopes=scopes or ["identity.read"], **more)
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


def test_without_a_token_nobody_is_let_in_and_the_answer_says_what_to_send(client: Any, ana: Any) -> None:
    answer = client.get(f"/api/v1/patients/{ana.pk}")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert set(answer.json()) == {"status", "problem", "found", "do"}


def test_a_token_reads_what_its_person_may_read(client: Any, therapist: Any, ana: Any) -> None:
    answer = client.get(f"/api/v1/patients/{ana.pk}", **token(therapist))
    assert answer.json()["family_name"] == "Rivera"
    told = Event.objects.latest("number")
    assert (told.actor_id, told.action, told.patient_id) == (therapist.pk, "patient.identity.read", ana.pk)


def test_a_token_does_nothing_outside_its_scopes_even_where_its_person_may(
    client: Any, therapist: Any, ana: Any
) -> None:
    answer = client.get(f"/api/v1/patients/{ana.pk}/episodes", **token(therapist, "identity.read"))
    assert answer.status_code == 403
    assert Event.objects.latest("number").detail == {"why": "scope"}


def test_a_scope_gives_nothing_that_the_person_may_not(client: Any, desk: Any, ana: Any) -> None:
    answer = client.get(f"/api/v1/patients/{ana.pk}/episodes", **token(desk, "chart.read"))
    assert answer.status_code == 403


def test_a_patient_of_another_clinic_does_not_exist(client: Any, ana: Any) -> None:
    stranger = made.person(Role.PHYSICAL_THERAPIST, made.clinic("Elsewhere"))
    assert client.get(f"/api/v1/patients/{ana.pk}", **token(stranger)).status_code == 404


@pytest.mark.parametrize("ended", ["revoked", "expired", "person left"])
def test_a_token_that_ended_is_refused_at_once(client: Any, therapist: Any, ana: Any, ended: str) -> None:
    header = token(therapist)
    row = ApiToken.objects.get()
    if ended == "revoked":
        tokens.revoke(made.actor(therapist), row)
    elif ended == "expired":
        ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    else:
        type(therapist).objects.filter(pk=therapist.pk).update(is_active=False)
    assert client.get(f"/api/v1/patients/{ana.pk}", **header).status_code == 401


def test_the_database_holds_no_secret(therapist: Any) -> None:
    _row, secret = tokens.make(made.actor(therapist), name="a program", scopes=["identity.read"])
    assert secret not in str(ApiToken.objects.values())
    assert len(secret) >= 43


@pytest.mark.parametrize(
    "asked", [{"scopes": []}, {"scopes": ["all"]}, {"name": " "}, {"days": 0}, {"days": 4000}], ids=str
)
def test_a_token_without_purpose_or_end_is_not_made(therapist: Any, asked: dict[str, Any]) -> None:
    with pytest.raises(BadToken):
        tokens.make(made.actor(therapist), **({"name": "x", "scopes": ["identity.read"]} | asked))
    assert ApiToken.objects.count() == 0


def test_a_page_of_ours_may_ask_with_its_session_and_a_csrf_token_only(therapist: Any, ana: Any) -> None:
    from django.test import Client

    strict = made.sign_in(Client(enforce_csrf_checks=True), therapist)
    assert strict.get(f"/api/v1/patients/{ana.pk}").status_code == 200
    refused = strict.post("/api/v1/patients/search", {"terms": "riv"}, content_type="application/json")
    assert refused.status_code == 403


def test_a_person_sees_and_revokes_only_their_own_tokens(client: Any, therapist: Any, desk: Any) -> None:
    row, _secret = tokens.make(made.actor(therapist), name="moonlight", scopes=["identity.read"])
    made.sign_in(client, desk)
    assert "moonlight" not in client.get("/account/tokens/").content.decode()
    assert client.post(f"/account/tokens/{row.pk}/revoke/").status_code == 404
    row.refresh_from_db()
    assert row.revoked_at is None


def test_a_new_token_is_shown_once(client: Any, therapist: Any) -> None:
    made.sign_in(client, therapist)
    shown = client.post("/account/tokens/", {"name": "lab", "scopes": ["chart.read"], "days": "30"}).content.decode()
    again = client.get("/account/tokens/").content.decode()
    assert "poise_" in shown
    assert 'class="secret"' not in again
    assert "lab" in again
