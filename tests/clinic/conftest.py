"""What tests of the clinic may ask for. Each has its own data folder; the database is rolled back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clinic import demo_clinic, made, postgres
from conftest import missing
from poise.clinic.people.models import Clinic, Patient, User
from poise.clinic.rules import Role

HERE = Path(__file__).resolve().parent
# Playwright keeps an event loop in the tests' own thread; Django takes that for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what asks the tests' database is run again; the rest would be the same test twice."""
    if not os.environ.get("DATABASE_URL"):
        return
    again = [item for item in items if HERE not in item.path.parents or _asks_the_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(again)])
    items[:] = again


def _asks_the_database(item: pytest.Item) -> bool:
    asked = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(asked & {"db", "transactional_db"})


@pytest.fixture(autouse=True)
def data_folder(settings: Any, tmp_path: Path) -> Path:
    """Where this test's recordings, files and audit head lie."""
    settings.POISE = replace(settings.POISE, data_folder=tmp_path)
    return tmp_path


@pytest.fixture
def harbor(db: None) -> Clinic:
    return made.clinic()


@pytest.fixture
def therapist(harbor: Clinic) -> User:
    return made.person(Role.PHYSICAL_THERAPIST, harbor)


@pytest.fixture
def desk(harbor: Clinic) -> User:
    return made.person(Role.FRONT_DESK, harbor)


@pytest.fixture
def ana(harbor: Clinic, therapist: User) -> Patient:
    """A patient whose care team is the therapist."""
    return made.patient(harbor, team=(therapist,), given_name="Ana", family_name="Rivera")


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """A PostgreSQL server of the tests' own, with an empty database; skipped, saying so, where there is none."""
    running = postgres.private_server()
    try:
        address = running.__enter__()
    except postgres.NoServer as error:
        missing(f"PostgreSQL ({error})", always_in_ci=True)
    yield address
    running.__exit__(None, None, None)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[demo_clinic.Demo]:
    """A demo clinic that runs, for the whole session: each test brings its own patient, or only looks."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    shared = Path(os.environ.get("POISE_DEMO_MADE", shared))  # a folder to keep it in, while one works on a test
    data = tmp_path_factory.mktemp("demo") / "data"
    shutil.copytree(demo_clinic.made_once(shared), data)
    data.chmod(0o700)
    with demo_clinic.served(data) as running:
        yield running
