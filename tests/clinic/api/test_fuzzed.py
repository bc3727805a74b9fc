"""Whatever a program sends to whatever route: an answer in words, never a 500, never another shape than was promised."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from clinic import made
from clinic.api.test_tokens import token
from poise.clinic.api.listing import routes
from poise.clinic.api.scopes import SCOPES
from poise.clinic.charts.domain import episodes
from poise.clinic.charts.models import Activity
from poise.clinic.evaluations.domain import evaluations
from poise.clinic.rules import Role

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EXAMPLES = 10
CHECKS = (not_a_server_error, content_type_conformance, response_schema_conformance)


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """All of a test stands in one transaction of one connection, which must outlive each request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def there(harbor: Any) -> dict[str, Any]:
    """A chart with something of everything, and someone who may do all of it."""
    owner = made.person(Role.PHYSICAL_THERAPIST, harbor, Role.ADMINISTRATOR)
    patient, by = made.patient(harbor, team=(owner,)), made.actor(owner)
    episode = episodes.open_episode(by, patient, {"started_on": "2026-10-01", "condition": "c_whiplash"})
    evaluation = evaluations.start(by, episode, kind="initial", condition="c_whiplash")
    activity = Activity.objects.create(patient=patient, words="Climb stairs")
    ids = {"patient_id": patient.pk, "episode_id": episode.pk, "evaluation_id": evaluation.pk,
           "test_id": evaluation.tests.first().pk, "activity_id": activity.pk}  # fmt: skip
    return {"ids": ids, "header": token(owner, *SCOPES)["HTTP_AUTHORIZATION"]}


SETTINGS = settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.explicit, Phase.generate],
                    suppress_health_check=list(HealthCheck))  # fmt: skip


def test_no_route_fails_whatever_is_sent(there: dict[str, Any]) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    tried = 0
    for found in schema.get_all_operations():
        _try(found.ok(), there)
        tried += 1
    assert tried == sum(len(group) for group in routes().values())


def _try(operation: Any, there: dict[str, Any]) -> None:
    @SETTINGS
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        for name in set(case.path_parameters or {}) & set(there["ids"]):
            case.path_parameters[name] = str(there["ids"][name])
        answer = case.call(headers={"Authorization": there["header"]})
        case.validate_response(answer, checks=CHECKS)

    run()
