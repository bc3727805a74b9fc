"""Four pages hand in the first start in the same moment, two each with two links: one clinic, on either database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
AT_ONCE = """
import json, threading
import django
django.setup()
from datetime import timedelta
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
call_command("migrate", verbosity=0)
from poise.clinic.actor import Actor
from poise.clinic.people.domain import first_start
from poise.clinic.people.domain.links import hashed
from poise.clinic.people.errors import LinkNotGood, NotPossible
from poise.clinic.people.models import Clinic, Invitation, User

first = first_start.make_link().invitation
second = Invitation.objects.create(secret_hash=hashed("second"), expires_at=timezone.now() + timedelta(hours=1))
began, outcomes = threading.Barrier(4), []

def hand_in(number, link):
    told = first_start.NewClinic(name=str(number), time_zone="UTC", language="en", person="A",
                                 email=f"a{number}@example.org", password="seven herons over the weir")
    began.wait()
    try:
        first_start.set_up(Actor(user_id=None, name=""), link, told)
        outcomes.append("made")
    except (LinkNotGood, NotPossible) as refused:
        outcomes.append("refused")
    except Exception as other:
        outcomes.append(repr(other))
    finally:
        connection.close()

threads = [threading.Thread(target=hand_in, args=(n, (first, second)[n % 2])) for n in range(4)]
[each.start() for each in threads]
[each.join() for each in threads]
print(json.dumps([Clinic.objects.count(), User.objects.count(), sorted(outcomes)]))
"""


def test_on_sqlite(tmp_path: Path) -> None:
    assert _at_once(tmp_path) == [1, 1, ["made", "refused", "refused", "refused"]]


@pytest.mark.postgres
def test_on_postgresql(tmp_path: Path, postgres_address: str) -> None:
    assert _at_once(tmp_path, DATABASE_URL=postgres_address) == [1, 1, ["made", "refused", "refused", "refused"]]


def _at_once(folder: Path, **settings: str) -> object:
    told = {name: value for name, value in os.environ.items() if not name.startswith(("POISE_", "DATABASE_"))}
    told |= {"DJANGO_SETTINGS_MODULE": "poise.clinic.settings", "POISE_DATA": str(folder)} | settings
    ended = subprocess.run([sys.executable, "-c", AT_ONCE], check=False, env=told, capture_output=True, text=True, timeout=250)  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-2000:]
    return json.loads(ended.stdout.strip().splitlines()[-1])
