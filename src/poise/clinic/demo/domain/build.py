"""Makes the demo clinic: its staff, patients with a story, patients who were only registered, an intake that waits."""

from __future__ import annotations

import io
import random
import tempfile
from datetime import date, timedelta
from pathlib import Path

from django.utils import timezone

from poise.clinic.audit.domain import chain
from poise.clinic.audit.models import Event
from poise.clinic.charts.domain import intake, patients
from poise.clinic.charts.models import Intake
from poise.clinic.demo.domain import cast, stories
from poise.clinic.demo.domain.telling import Stage, admit
from poise.clinic.people.models import Clinic, Patient, User
from poise.clinic.rules import Role
from poise.testing import visit

OTHERS = (
    ("Okafor", "Grace"),
    ("Nguyen", "Linh"),
    ("Silva", "Rui"),
    ("Haddad", "Nadia"),
    ("Tanaka", "Ken"),
    ("Moreau", "Chloé"),
    ("Kowalski", "Jan"),
    ("Olsen", "Ingrid"),
)


def is_made() -> bool:
    """Whether the demo was made to its end: a build that was cut off leaves a clinic, but not its last audit row."""
    return Event.objects.filter(action="demo.made").exists()


def build_demo(today: date | None = None) -> Clinic:
    """The whole demo clinic, in the configured database. Takes half a minute: its recordings are really analysed."""
    day = today or timezone.localdate()
    clinic = cast.make_clinic()
    staff = cast.hire(clinic)
    with tempfile.TemporaryDirectory(prefix="poise-demo-") as folder:
        files = {path.stem: path for path in simulated(Path(folder))}
        stage = Stage(by=cast.acting(staff["pt"]), team=(staff["pta"], staff["dc"]), today=day, files=files)
        told = [story(stage) for story in stories.STORIES]
    _let_in(clinic, told[0])
    _register_others(staff, day)
    _send_intake(staff, day)
    chain.record(cast.acting(staff["admin"]), "demo.made", what="clinic", what_id=clinic.pk)
    return clinic


BEFORE = {"longer_left_step_m": 0.18, "trunk_sway_deg": 15.0, "stride_time_s": 1.4, "stride_length_m": 1.05}


def sample(name: str) -> io.BytesIO:
    """The bytes of one simulated recording."""
    with tempfile.TemporaryDirectory(prefix="poise-demo-") as folder:
        return io.BytesIO(next(path for path in simulated(Path(folder)) if path.name == name).read_bytes())


def simulated(folder: Path) -> list[Path]:
    """The simulated recordings, under names that say what they are; one of the walks as it was weeks ago."""
    visit.write_visit(folder)
    visit.write_walk(folder, "limping_walk_before", **BEFORE)
    for before, after in (("eyesOpen.csv", "eyes_open.csv"), ("eyesClosed.csv", "eyes_closed.csv")):
        (folder / before).rename(folder / after)
    return sorted(folder.iterdir())


def _let_in(clinic: Clinic, patient: Patient) -> User:
    """The patient's own account."""
    name = f"{patient.given_name} {patient.family_name}"
    account = cast.account(clinic, "patient", name, (Role.PATIENT,), language=patient.language)
    Patient.objects.filter(pk=patient.pk).update(account=account)
    return account


def _register_others(staff: dict[str, User], day: date) -> None:
    """People of the second therapist: found by name, their charts closed to the first."""
    by, chance = cast.acting(staff["pt2"]), random.Random(4)
    for number, (family, given) in enumerate(OTHERS):
        facts = {
            "family_name": family,
            "given_name": given,
            "phone": f"555 02{number:02d} 17",
            "birth_date": day - timedelta(days=chance.randrange(7_000, 30_000)),
        }
        made = patients.register(by, facts)
        Patient.objects.filter(pk=made.pk).update(is_simulated=True)


def _send_intake(staff: dict[str, User], day: date) -> None:
    """Someone who comes for the first time tomorrow: the form is handed in and waits to be gone through."""
    stage = Stage(by=cast.acting(staff["pt"]), team=(), today=day, files={})
    luz = admit(
        stage,
        family_name="Gómez",
        given_name="Luz",
        birth_date=cast.born(45, day),
        sex="f",
        language="es",
        phone="555 0190 44",
    )
    account = cast.account(staff["pt"].clinic, "luz", "Luz Gómez", (Role.PATIENT,), language="es")
    Patient.objects.filter(pk=luz.pk).update(account=account)
    luz.refresh_from_db()
    by = cast.acting(account)
    sent, _secret = intake.send(stage.by, luz, language="es")
    sheet = intake.sheet_of_account(by, sent)
    for step, answers in {**ANSWERS, **_safe(sent)}.items():
        sheet = intake.write(by, sheet, step, {name: [said] for name, said in answers.items()})
    intake.hand_in(by, sheet)


def _safe(sent: Intake) -> dict[str, dict[str, str]]:
    """No to every safety question."""
    return {"safety-1": {flag.id: "no" for flag in intake.questions_of(sent)}}


ANSWERS = {
    "problem": {"words": "Me duele el hombro derecho cuando levanto el brazo para peinarme."},
    "began": {"how": "slow", "about": "Hace dos meses"},
    "accident": {"was": "no"},
    "pain": {"now": "3", "worst": "6", "day": "4", "worse": "Levantar el brazo", "better": "Descansar"},
    "medicines": {"medicines": "Ninguno", "allergies": "Penicilina"},
    "falls": {"falls": "0"},
    "hope": {"words": "Volver a nadar los domingos."},
}
