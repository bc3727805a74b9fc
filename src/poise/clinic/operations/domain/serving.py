"""`poise serve`: everything from an empty folder to a clinic that answers."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import structlog

from poise.clinic.configuration import flag
from poise.clinic.operations.domain import addresses, folder, migrating
from poise.clinic.operations.domain.supervisor import Child, Supervisor, python
from poise.errors import BadSetting

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Serving:
    """How to serve."""

    data: Path
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    jobs: int = 1
    tls_cert: Path | None = None
    tls_key: Path | None = None
    insecure_lan: bool = False
    demo: bool = False

    @property
    def address(self) -> str:
        """What to type into a browser."""
        shown = (
            self.host if self.host not in {"0.0.0.0", "::"} else next(iter(addresses.names_of(self.host)), "localhost")
        )
        shown = "localhost" if shown == "127.0.0.1" else shown
        return f"{'https' if self.tls_cert else 'http'}://{shown}:{self.port}"

    @property
    def is_in_the_clear(self) -> bool:
        """Whether what is sent travels readable over a network."""
        return self.insecure_lan and self.tls_cert is None and not addresses.is_loopback(self.host)


def serve(how: Serving, *, say: Say) -> int:
    """Prepares what is missing, starts the processes, and returns when it is told to stop."""
    addresses.check_certificate(how.tls_cert, how.tls_key)
    behind_proxy = flag(os.environ, "POISE_TRUSTED_PROXY")
    addresses.check_safe(
        how.host, encrypted=how.tls_cert is not None, behind_proxy=behind_proxy, insecure_lan=how.insecure_lan
    )
    folder.prepare(how.data, demo=how.demo)
    tell_settings(how)
    if os.environ.get("DATABASE_URL"):
        return _serve_prepared(how, say)
    with folder.held(how.data, what_for=f"poise serve at {how.address}"):
        return _serve_prepared(how, say)


def prepare(how: Serving) -> list[str]:
    """Makes the folder and brings the database up to date; returns the names of the migrations applied."""
    folder.prepare(how.data, demo=how.demo)
    tell_settings(how)
    with folder.held(how.data, what_for="poise prepare") if not os.environ.get("DATABASE_URL") else nullcontext():
        set_up_django()
        return migrating.bring_up_to_date(how.data)


def tell_settings(how: Serving) -> None:
    """Puts what was said on the command line where `configuration` reads it, here and in every child."""
    os.environ["POISE_DATA"] = str(how.data)
    os.environ["POISE_DEMO"] = "yes" if how.demo else "no"
    hosts = [os.environ.get("POISE_HOSTS", ""), *addresses.names_of(how.host)]
    os.environ["POISE_HOSTS"] = ",".join(filter(None, hosts))
    if how.tls_cert:
        os.environ["POISE_HTTPS"] = "yes"
    if sys.stderr.isatty():
        os.environ.setdefault("POISE_LOG", "text")


def open_installation(data: Path, *, do: str = "Name its data folder with --data FOLDER.") -> None:
    """Sets Django up on an installation that exists, real or demo as it is marked; what is written is its owner's.

    Raises
    ------
    BadSetting
        There is none in the folder.
    """
    if not (data / folder.MARK).exists():
        raise BadSetting(f"There is no installation of Poise in {data}.", do=do)
    os.umask(0o077)
    os.environ["POISE_DATA"], os.environ["POISE_DEMO"] = str(data), "yes" if folder.is_demo(data) else "no"
    set_up_django()


def set_up_django() -> None:
    """Django with our settings; what cannot be used in them is told in words."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "poise.clinic.settings")
    import django

    django.setup()


def _serve_prepared(how: Serving, say: Say) -> int:
    listening = addresses.listen(how.host, how.port)
    set_up_django()
    if applied := migrating.bring_up_to_date(how.data):
        structlog.get_logger("poise.serving").info("database brought up to date", count=len(applied))
    _note_restore(how.data)
    if how.demo:
        _fill_demo(say)
    _learn_sizes()
    say(f"Poise is at {how.address}   (stop with Ctrl-C)")
    say(f"Data: {how.data}")
    if how.is_in_the_clear:
        say("Plain http: whoever else is on this network can read what is sent, passwords and charts among it.")
    for line in first_steps(how):
        say(line)
    # The web processes add up their numbers in the one; what a library puts into a temporary file lies in the other,
    # so in the data folder, which is its owner's alone.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_fresh(how.data / "run" / "metrics"))
    os.environ["TMPDIR"] = str(_fresh(how.data / "run" / "temporary"))
    supervisor = Supervisor(_children(how, listening.fileno()))
    _close_database()
    return supervisor.run(when_up=listening.close)


def _fresh(path: Path) -> Path:
    """An empty folder, whatever an earlier run left in it."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def _children(how: Serving, listening: int) -> list[Child]:
    arguments = ["--socket", str(listening)]
    if how.tls_cert and how.tls_key:
        arguments += ["--tls-cert", str(how.tls_cert), "--tls-key", str(how.tls_key)]
    web = [Child(name=f"web {number}", command=python("poise.clinic.operations.web", *arguments), files=(listening,))
           for number in range(1, how.workers + 1)]  # fmt: skip
    return [*web, *for_jobs(how.jobs)]


def for_jobs(count: int) -> list[Child]:
    """Processes that do the long work."""
    command = python("poise.clinic.operations.work")
    return [Child(name=f"jobs {number}", command=command) for number in range(1, count + 1)]


def first_steps(how: Serving) -> list[str]:
    """What whoever starts it needs to know: the one-time link, while there is no clinic yet."""
    from poise.clinic.people.domain import first_start

    link = None if how.demo else first_start.make_link()
    if link is None:
        return []
    return [
        "There is no clinic yet. Make yours, and your own account, with this link (it works once, for a day):",
        f"  {how.address}{link.path}",
    ]


def _note_restore(data: Path) -> None:
    """A restored clinic says so in its audit when it first serves: what came after the backup is not in it."""
    from poise.clinic.actor import system
    from poise.clinic.audit.domain import chain
    from poise.clinic.operations.domain.restoring import RESTORED

    if (data / RESTORED).exists():
        told = json.loads((data / RESTORED).read_text("utf-8"))
        chain.record(system("restore"), "restore", detail={"made_at": told["made_at"], "audit": told["audit"]})
        (data / RESTORED).unlink()


def _fill_demo(say: Say) -> None:
    from poise.clinic.people.models import Clinic

    made_by = importlib.import_module("poise.clinic.demo.domain.build")  # a sibling, which no import may name
    if made_by.is_made():
        return
    if Clinic.objects.exists():
        raise BadSetting("The demo clinic was not made to its end.", do="Make it afresh: poise demo --reset")
    say("Making the demo clinic (simulated patients, once) …")
    made_by.build_demo()


def _learn_sizes() -> None:
    """A clinic that was restored, or made by the demo, has grown at once."""
    from django.db import connection

    from poise.clinic.sqlcipher.base import learn_sizes

    learn_sizes(connection)


def _close_database() -> None:
    """The supervisor itself needs none while it waits."""
    from django.db import connection, connections

    from poise.clinic.sqlcipher.base import close_kept_connections

    connections.close_all()
    close_kept_connections()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]
