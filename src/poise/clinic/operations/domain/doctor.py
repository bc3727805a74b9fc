"""`poise doctor`: what is right, what is not, and what to do; one line each."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Literal, Protocol

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import DatabaseError, connection
from django.utils import timezone

import poise
from poise.clinic.audit.domain import verification
from poise.clinic.audit.domain.heads import BadHead
from poise.clinic.audit.models import Event
from poise.clinic.configuration import SECRETS_FILE
from poise.clinic.objects import MissingObject, object_store
from poise.clinic.objects.named import NamedObject, named_objects
from poise.clinic.operations.domain import counting, migrating
from poise.clinic.operations.domain.queue import stands
from poise.errors import PoiseError

Verdict = Literal["ok", "warn", "bad"]
SAMPLE = 50
LITTLE_SPACE, TOO_LITTLE_SPACE = 5 * 1024**3, 512 * 1024**2
LATE_S = 15 * 60
CLOCK_OFF_S = 5.0
EXPECTED = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "temp_store": 2}


class Look(Protocol):
    """A function that looks at one thing."""

    __name__: str

    def __call__(self) -> Iterator[Finding]:
        """What it found."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line: what was looked at, how it is, and what to do where it is not well."""

    about: str
    verdict: Verdict
    found: str
    do: str = ""


def _ok(about: str, found: str) -> Finding:
    return Finding(about=about, verdict="ok", found=found)


def _warn(about: str, found: str, do: str) -> Finding:
    return Finding(about=about, verdict="warn", found=found, do=do)


def _bad(about: str, found: str, do: str) -> Finding:
    return Finding(about=about, verdict="bad", found=found, do=do)


def examine(*, every_object: bool = False) -> list[Finding]:
    """Looks at everything; a look that fails is itself a finding. What needs a sound database comes second."""
    first: tuple[Look, ...] = (versions, scripts, folder, space, encryption, transport, database)
    found = [each for look in first for each in _safely(look)]
    if any(each.verdict == "bad" and each.about in {"database", "migrations", "versions"} for each in found):
        return found

    def stored() -> Iterator[Finding]:
        return objects(every=every_object)

    second: tuple[Look, ...] = (integrity, audit, stored, clock, jobs)
    return found + [each for look in second for each in _safely(look)]


def _safely(look: Look) -> Iterator[Finding]:
    try:
        yield from look()
    except (PoiseError, DatabaseError, OSError) as error:
        told = str(error).strip().splitlines() or [type(error).__name__]
        yield _bad(look.__name__, told[0], " ".join(told[1:]))


def versions() -> Iterator[Finding]:
    """What runs."""
    from sqlcipher3 import dbapi2

    with_what = f"SQLite {dbapi2.sqlite_version}" if connection.vendor == "sqlite" else _postgresql()
    yield _ok("versions", f"Poise {poise.__version__}, Python {platform.python_version()}, {with_what}.")


def _postgresql() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0]}"


def scripts() -> Iterator[Finding]:
    """Whether the browser's scripts were built with the package."""
    if finders.find("design/build/base.js"):
        yield _ok("scripts", "The browser's scripts are built.")
    else:
        yield _warn(
            "scripts", "Poise was built without the browser's scripts: drafts, replay and uploads do not work.",
            "Connect to a network and install again, or run: python tools/frontend/assets.py",
        )  # fmt: skip


def folder() -> Iterator[Finding]:
    """Whether others of this machine can look in."""
    data: Path = settings.POISE.folder
    wanted = {data: 0o700, data / SECRETS_FILE: 0o600, data / "poise.sqlite3": 0o600}
    modes = {path: path.stat().st_mode & 0o777 for path in wanted if path.exists()} if os.name == "posix" else {}
    open_to_others = [path for path, mode in modes.items() if mode & ~wanted[path]]
    for path in open_to_others:
        yield _bad("rights", f"Others may open {path} (mode {modes[path]:o}).", f"chmod {wanted[path]:o} {path}")
    if not open_to_others:
        yield _ok("rights", f"Only its owner may open {data}.")


def space() -> Iterator[Finding]:
    """Room on the disk."""
    free = shutil.disk_usage(settings.POISE.folder).free
    told, do = f"{free / 1024**3:.1f} GB free.", "Make room, or move the data folder to a larger disk."
    yield (
        _bad("disk", told, do)
        if free < TOO_LITTLE_SPACE
        else (_warn("disk", told, do) if free < LITTLE_SPACE else _ok("disk", told))
    )


def encryption() -> Iterator[Finding]:
    """What is encrypted by Poise itself."""
    if not settings.POISE.encryption_key:
        yield _warn("encryption", "No key is set: the data is as safe as the disk's own encryption.",
                    "Encrypt the disk, or: poise key > KEYFILE; poise encrypt --key-file KEYFILE")  # fmt: skip
    elif connection.vendor == "sqlite":
        yield _ok("encryption", "Database, recordings and files are encrypted with the key.")
    else:
        yield _warn("encryption", "Recordings and files are encrypted; PostgreSQL's own files are not.",
                    "Encrypt the disk of the PostgreSQL server.")  # fmt: skip


def transport() -> Iterator[Finding]:
    """How it is reached; as this command's settings have it."""
    if settings.POISE.https or settings.POISE.trusted_proxy:
        yield _ok("https", "Reached over https.")
    else:
        yield _warn("https", "The settings of this command name no https.",
                    "Fine on this machine alone. On a network: --tls-cert and --tls-key, or a proxy.")  # fmt: skip


def database() -> Iterator[Finding]:
    """Whether it opens, as it should, and is up to date."""
    if missing := migrating.unapplied():
        yield _bad("migrations", f"{len(missing)} not applied.", "Start `poise serve` of this version once.")
    else:
        yield _ok("migrations", "The database is up to date.")
    if connection.vendor == "sqlite":
        yield _pragmas()


def _pragmas() -> Finding:
    with connection.cursor() as cursor:
        held = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in EXPECTED}
    if wrong := [f"{name} is {held[name]}" for name, wanted in EXPECTED.items() if held[name] != wanted]:
        return _bad("pragmas", "; ".join(wrong), "The folder must lie on a local disk, not on a network share.")
    return _ok("pragmas", "WAL; a commit is on the disk before it is acknowledged; foreign keys hold.")


def integrity() -> Iterator[Finding]:
    """What the database finds wrong in itself."""
    if wrong := counting.soundness():
        yield _bad("integrity", "; ".join(wrong[:3]), "Stop the server, keep a copy of the folder, restore a backup.")
    else:
        yield _ok("integrity", "The database is sound.")


def audit() -> Iterator[Finding]:
    """Whether the chain is whole."""
    try:
        verdict = verification.verify(verification.kept_outside(settings.POISE.folder))
    except BadHead as error:
        yield _bad("audit", error.problem, error.do)
        return
    if verdict.fault is None:
        yield _ok("audit", f"{verdict.rows} rows, each in its place.")
    else:
        yield _bad("audit", verdict.fault.sentence, "See: poise audit verify")


def objects(*, every: bool) -> Iterator[Finding]:
    """Whether what rows name is stored, and is what it was."""
    named = list(named_objects())
    chosen = named if every else list(_spread(named))
    wrong = [f"{each.key} {why}" for each in chosen if (why := _why_wrong(each))]
    told = f"{len(chosen)} of {len(named)} read"
    if wrong:
        yield _bad("objects", f"{told}, {len(wrong)} wrong: {'; '.join(wrong[:3])}.",
                   "Restore them from a backup (docs/clinic/backup.md).")  # fmt: skip
    else:
        yield _ok("objects", f"{told}, none missing or changed.")


def _spread(named: list[NamedObject]) -> Iterator[NamedObject]:
    """Some from all over, in turn with the day's first and last."""
    return islice(named, 0, None, max(1, len(named) // SAMPLE))


def _why_wrong(each: NamedObject) -> str:
    digest = hashlib.sha256()
    try:
        with object_store().open(each.key) as stream:
            while piece := stream.read(1024 * 1024):
                digest.update(piece)
    except MissingObject:
        return "is missing"
    except PoiseError:
        return "does not open"
    return "was changed" if each.sha256 and digest.hexdigest() != each.sha256 else ""


def clock() -> Iterator[Finding]:
    """Whether this machine's clock fits the newest audit row and, on PostgreSQL, the server's clock."""
    newest = Event.objects.order_by("-number").values_list("at", flat=True).first()
    off = max(0.0, (newest - timezone.now()).total_seconds()) if newest else 0.0
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXTRACT(EPOCH FROM clock_timestamp())")
            off = max(off, abs(float(cursor.fetchone()[0]) - time.time()))
    if off > CLOCK_OFF_S:
        yield _bad("clock", f"{off:.0f} s off.", "Set it by the network (NTP): one-time codes and the audit need it.")
    else:
        yield _ok("clock", f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC.")


def jobs() -> Iterator[Finding]:
    """Whether somebody does the long work."""
    now = stands()
    waits = f"{now.waiting} waiting (the oldest {now.oldest_waiting_s:.0f} s)"
    told = f"{waits}, {now.running} running, {now.stale} given up; workers: {now.workers}."
    if now.stale or now.oldest_waiting_s > LATE_S or (now.waiting and not now.workers):
        yield _warn("jobs", told, "Start more workers: poise serve --jobs 2, or poise worker.")
    else:
        yield _ok("jobs", told)


def as_lines(findings: list[Finding]) -> Iterator[str]:
    """For a terminal."""
    for each in findings:
        yield f"{each.verdict:<5}{each.about:<12}{each.found}" + (f"\n{'':<17}{each.do}" if each.do else "")


def status(findings: list[Finding]) -> int:
    """The exit status: 1 where something is bad."""
    return int(any(each.verdict == "bad" for each in findings))
