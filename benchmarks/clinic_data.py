"""A large made clinic: 20,000 patients, 500,000 measurements, one patient with 2,000 visits. Nothing in it is real.

Written as rows, not through the verbs: this is the clinic after years, and the verbs are timed elsewhere.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

FAMILY = (
    "Rivera",
    "Nguyen",
    "Olsen",
    "García",
    "Haddad",
    "Kowalski",
    "Moreau",
    "Okafor",
    "Petrov",
    "Silva",
    "Tanaka",
    "Weiß",
)
GIVEN = (
    "Ana",
    "Ben",
    "Chloé",
    "Dario",
    "Elif",
    "Fatou",
    "Grace",
    "Hugo",
    "Inés",
    "Jonas",
    "Kira",
    "Luz",
    "Mateo",
    "Nora",
)
MEASURES = (
    ("gait.speed", "m/s", 1.1),
    ("gait.cadence", "steps/min", 108.0),
    ("balance.sway_velocity", "mm/s", 14.0),
    ("sts.time_5", "s", 12.0),
    ("joint.knee.flexion.rom", "deg", 58.0),
)
START = datetime(2020, 1, 6, 9, 0, tzinfo=UTC)
BATCH = 5_000


def build(patients: int = 20_000, measurements: int = 500_000, visits: int = 2_000, staff: int = 20) -> None:
    """Writes the clinic into the configured database."""
    from poise.clinic.people.models import Clinic, RoleGrant, User

    chance = random.Random(7)
    clinic = Clinic.objects.create(name="A large made clinic")
    people = [User(clinic=clinic, email=f"t{n}@example.org", name=f"Therapist {n}", password="!") for n in range(staff)]
    User.objects.bulk_create(people)
    RoleGrant.objects.bulk_create(RoleGrant(user=each, role="pt") for each in people)
    made = _patients(clinic, people, patients, chance)
    busy = made[0]
    _visits(busy, people[0], visits)
    _measurements(made, busy, measurements, chance)


def who_asks() -> dict[str, Any]:
    """Everyone of the staff signed in, with some of their own patients; and the patient with many visits."""
    from poise.clinic.people.models import Patient, User

    staff = list(User.objects.filter(email__endswith="@example.org").order_by("created_at", "email"))
    busy = Patient.objects.get(record_number="B000000")
    own = [list(each.care_teams.exclude(patient=busy).values_list("patient_id", flat=True)[:200]) for each in staff]
    return {
        "cookies": [signed_in(each) for each in staff],
        "busy": str(busy.pk),
        "names": [name.lower()[:4] for name in FAMILY],
        "own": [[str(each) for each in theirs] for theirs in own],
    }


def signed_in(user: Any) -> dict[str, str]:
    """A session of this person with both factors given, as cookies."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.middleware.csrf import _get_new_csrf_string

    from poise.clinic.people.domain import screen
    from poise.clinic.people.middleware import FACTOR_SEEN

    session, csrf = import_module(settings.SESSION_ENGINE).SessionStore(), _get_new_csrf_string()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[FACTOR_SEEN] = str(user.pk)
    screen.begin(session)
    session.create()
    cookie = f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={csrf}"
    return {"cookie": cookie, "csrf": csrf}


def _patients(clinic: Any, people: list[Any], count: int, chance: random.Random) -> list[Any]:
    from poise.clinic.people.models import Patient, TeamMember
    from poise.clinic.people.models.patient import index_words, set_search_text

    made = []
    for number in range(count):
        family, given = f"{chance.choice(FAMILY)} {chance.choice(FAMILY)}", chance.choice(GIVEN)
        born = date(1930, 1, 1) + timedelta(days=chance.randrange(30_000))
        made.append(
            Patient(
                clinic=clinic,
                record_number=f"B{number:06d}",
                family_name=family,
                given_name=given,
                birth_date=born,
                is_simulated=True,
                phone=f"555-{number:07d}",
            )
        )
    set_search_text(made)
    Patient.objects.bulk_create(made, batch_size=BATCH)
    for start in range(0, len(made), BATCH):
        index_words(made[start : start + BATCH])
    team = [TeamMember(patient=each, user=people[n % len(people)]) for n, each in enumerate(made)]
    TeamMember.objects.bulk_create(
        team + [TeamMember(patient=made[0], user=each) for each in people[1:]], batch_size=BATCH
    )
    return made


def _visits(patient: Any, therapist: Any, count: int) -> None:
    from poise.clinic.charts.models import Episode, OutcomeScore
    from poise.clinic.evaluations.models import Evaluation, FoundFinding

    episodes = [
        Episode(
            patient=patient,
            title=f"Episode {n}",
            condition="c_chronic_lbp",
            started_on=(START + timedelta(days=120 * n)).date(),
            ended_on=(START + timedelta(days=120 * n + 100)).date() if n < 18 else None,
            made_by=therapist,
        )
        for n in range(20)
    ]
    Episode.objects.bulk_create(episodes)
    held = [
        Evaluation(
            patient=patient,
            episode=episodes[n % 20],
            started_at=START + timedelta(days=n),
            state="finished",
            made_by=therapist,
        )
        for n in range(count)
    ]
    Evaluation.objects.bulk_create(held, batch_size=BATCH)
    FoundFinding.objects.bulk_create(
        [
            FoundFinding(
                patient=patient,
                evaluation=each,
                finding="f_pelvic_drop",
                name="Pelvic drop",
                severity="mild",
                confidence=0.7,
                judgement=("accepted", "rejected", "open")[n % 3],
            )
            for n, each in enumerate(held)
        ],
        batch_size=BATCH,
    )
    OutcomeScore.objects.bulk_create(
        [
            OutcomeScore(
                patient=patient,
                episode=episodes[n % 20],
                outcome="om_odi",
                score=60 - n * 50 / count,
                taken_on=each.started_at.date(),
            )
            for n, each in enumerate(held)
        ],
        batch_size=BATCH,
    )


def _measurements(patients: list[Any], busy: Any, count: int, chance: random.Random) -> None:
    from poise.clinic.evaluations.models import Evaluation, Measurement

    visits = list(Evaluation.objects.filter(patient=busy))
    rows: list[Any] = []
    for number in range(count):
        measure, unit, usual = MEASURES[number % len(MEASURES)]
        visit = visits[number % len(visits)] if number % 5 == 0 else None
        patient = busy if visit else patients[number % len(patients)]
        rows.append(
            Measurement(
                patient=patient,
                evaluation=visit,
                measure=measure,
                side="",
                value=usual * chance.uniform(0.8, 1.2),
                unit=unit,
                method="made 1",
                taken_at=visit.started_at if visit else START,
            )
        )
        if len(rows) == BATCH:
            Measurement.objects.bulk_create(rows)
            rows = []
    Measurement.objects.bulk_create(rows)
