"""A therapist's and a patient's day, with every door and every kind of work: no line of the log says of whom."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any

import pytest
from django.test import Client

from clinic import made
from clinic.people import doors
from poise.clinic import logs
from poise.clinic.audit.models import Event
from poise.clinic.people.models import User
from poise.clinic.recordings.domain import arrivals
from poise.clinic.recordings.models import StoredRecording
from poise.clinic.rules import Role
from poise.testing.files import trc

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]

TOLD = {
    "given_name": "Xochitl", "family_name": "Okonkwo-Brandt", "birth_date": date(1947, 11, 23),
    "phone": "+1 555 0199 417", "email": "xochitl.okonkwo@example.net", "street": "17 Herring Lane",
}  # fmt: skip
TYPED = {"goal": "Dance at the wedding of Quetzal", "searched": "okonkw 417", "reason": "Wrong leg was chosen"}
SECRETS = ("Xochitl", "Okonkwo", "okonkw", "1947-11-23", "23/11/1947", "0199", "417", "Herring", "example.net", "Quetzal",
           "Wrong leg", doors.PASSWORD, "herons", "rosa.marsh")  # fmt: skip


@pytest.fixture
def rosa(harbor: Any) -> User:
    made_user = doors.with_password(Role.PHYSICAL_THERAPIST, harbor)
    made_user.email = "rosa.marsh@example.org"
    made_user.save()
    return made_user


@pytest.fixture
def log(caplog: Any) -> Any:
    """Everything that was logged, as it would stand in the log, in either form."""
    caplog.set_level(logging.DEBUG)

    def written() -> str:
        return "\n".join(
            logs.formatter(as_json=kind).format(record) for kind in (True, False) for record in caplog.records
        )

    return written


def test_a_whole_day_leaves_no_word_of_anyone_in_the_log(client: Client, rosa: User, harbor: Any, log: Any) -> None:
    seed = doors.with_app(rosa)
    patient = made.patient(harbor, team=(rosa,), **TOLD)
    here = f"/patients/{patient.pk}"
    client.raise_request_exception = False

    def goes(answer: Any, *statuses: int) -> Any:
        assert answer.status_code in (statuses or (200, 302)), (answer.request["PATH_INFO"], answer.status_code)
        return answer

    goes(doors.type_password(client, rosa.email, "not the right one at all"))
    goes(doors.sign_in(client, rosa, seed))
    goes(client.get("/"), 200)
    goes(client.post("/patients/", {"terms": TYPED["searched"]}))
    goes(client.get(f"/patients/?q={TYPED['searched']}"))  # nobody's page sends it so; someone may type it
    goes(client.get(f"{here}/"), 200)
    goes(client.post(f"{here}/episodes/new", {"started_on": "2026-10-01", "condition": "c_tka", "side": "right",
                                              "goal": TYPED["goal"]}), 200, 301, 302, 404)  # fmt: skip
    recording = StoredRecording.objects.get(
        pk=arrivals.store_now(made.actor(rosa), patient, f"{TOLD['family_name']} walk.trc", trc()).id
    )
    fetched = goes(client.get(f"{here}/recordings/{recording.pk}/file"), 200)
    assert b"".join(fetched.streaming_content) if fetched.streaming else fetched.content
    goes(client.post(f"{here}/recordings/{recording.pk}/remove", {"reason": TYPED["reason"]}))
    goes(client.get(f"/{TOLD['family_name']}/1947-11-23"), 404)

    doors.rewind(client, active_at=16 * 60)
    goes(client.get(f"{here}/"), 423)
    goes(client.post("/screen/open/", {"password": doors.PASSWORD, "next": f"{here}/"}))
    goes(client.get("/account/sessions/"), 200)
    other = Client()
    doors.type_password(other, rosa.email)
    goes(client.post("/account/sessions/end/"))
    goes(client.post("/account/password/", {"oldpassword": doors.PASSWORD, "password1": "nine lapwings on a fence",
                                            "password2": "nine lapwings on a fence"}))  # fmt: skip
    goes(client.post("/account/sign-out/"))

    told = log()
    assert len(told) > 1000
    assert [word for word in (*SECRETS, "lapwings", seed) if word.lower() in told.lower()] == []
    audit = " ".join(f"{row.action} {row.what} {row.what_id} {row.detail} {row.route}" for row in Event.objects.all())
    assert [word for word in (*SECRETS, "lapwings", seed) if word.lower() in audit.lower()] == []
    happened = set(Event.objects.values_list("action", "outcome"))
    assert happened >= {
        ("sign_in", "refused"), ("sign_in", "done"), ("patient.identity.read", "done"), ("screen.lock", "done"),
        ("recording.remove", "done"), ("sign_out", "done"),
    }  # fmt: skip
