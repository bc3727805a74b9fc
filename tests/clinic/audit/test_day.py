"""A scripted day: every sign-in, read, write, export, print, lock, refusal and failure is in the audit, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from clinic import made
from clinic.security.conftest import signed_in
from poise.clinic.audit.models import Event
from poise.clinic.rules import Role

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]

HERE = "192.0.2.44"


def test_every_happening_of_a_day_is_written_down_once(harbor: Any, therapist: Any, ana: Any, settings: Any) -> None:
    therapist.set_password("a long day in the harbor")
    therapist.save()
    administrator = made.person(Role.ADMINISTRATOR, harbor)
    stranger = made.patient(made.clinic("Elsewhere"))
    colleague_of_nobody = made.patient(harbor)
    door = Client(REMOTE_ADDR=HERE, raise_request_exception=False)
    office = Client(REMOTE_ADDR=HERE, raise_request_exception=False)
    strict = Client(REMOTE_ADDR=HERE, raise_request_exception=False, enforce_csrf_checks=True)
    Event.objects.all().delete()  # what the day's making wrote

    seen: list[tuple[str, str, str, Any]] = []

    def happens(who: str, action: str, outcome: str, patient: Any = None) -> None:
        """The one new row is this one; then the day goes on."""
        rows = list(Event.objects.filter(number__gt=len_before[0]).order_by("number"))
        seen.append((who, action, outcome, patient))
        assert [(row.actor, row.action, row.outcome, row.patient_id) for row in rows] == [
            (who, action, outcome, patient)
        ], (seen[-1], [(row.action, row.outcome, row.detail) for row in rows])
        (row,) = rows
        assert row.address == HERE
        assert abs(row.at - timezone.now()) < timedelta(minutes=2)
        assert row.at.utcoffset() == timedelta(0)
        len_before[0] = row.number

    len_before = [0]
    from poise.clinic.audit.models import Head

    Head.objects.all().delete()

    door.post("/account/sign-in/", {"login": therapist.email, "password": "wrong"})
    happens("", "sign_in", "refused")
    signed_in(therapist, door)
    forget_sign_in(len_before)
    door.get("/")
    happens(therapist.name, "home.open", "done")
    door.get(f"/patients/{ana.pk}/")
    happens(therapist.name, "patient.identity.read", "done", ana.pk)
    door.get(f"/patients/{stranger.pk}/")
    happens(therapist.name, "patient.identity.read", "refused")
    door.get(f"/patients/{colleague_of_nobody.pk}/")
    happens(therapist.name, "patient.identity.read", "refused", colleague_of_nobody.pk)
    door.get("/audit")
    happens(therapist.name, "audit.read", "refused")
    door.post("/printed", {"path": f"/patients/{ana.pk}/"})
    happens(therapist.name, "page.print", "done", ana.pk)
    signed_in(therapist, strict)
    forget_sign_in(len_before)
    strict.post("/printed", {"path": "/"})
    happens(therapist.name, "page.print", "refused")
    door.post("/account/sign-out/")
    happens(therapist.name, "sign_out", "done")
    signed_in(administrator, office)
    forget_sign_in(len_before)
    office.get("/audit")
    happens(administrator.name, "audit.read", "done")
    office.post("/audit/export", {"kind": "csv"})
    happens(administrator.name, "audit.export", "done")
    office.get("/audit/chain")
    happens(administrator.name, "audit.read", "done")


def forget_sign_in(mark: list[int]) -> None:
    """`force_login` is no sign-in of a person."""
    latest = Event.objects.order_by("-number").first()
    mark[0] = latest.number if latest else 0
