"""`poise backup`: a whole copy while the clinic works, checked after it is written.

The database first, then the objects: an object is stored before a row names it, so that whatever the copied rows name
is there when its turn comes.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

import poise
from poise.clinic.actor import system
from poise.clinic.audit.domain import chain, heads, verification
from poise.clinic.configuration import SECRETS_FILE
from poise.clinic.objects import MissingObject, object_store
from poise.clinic.objects.named import named_objects
from poise.clinic.objects.sealing import WrappingKey, seal
from poise.clinic.operations.domain import counting, folder, manifest, postgres
from poise.clinic.operations.domain.copying import copy_sqlite
from poise.clinic.operations.domain.manifest import POSTGRESQL, SEALED_SECRETS, SQLITE, BadBackup, Manifest
from poise.errors import BadSetting

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Backup:
    """A backup that was made and found whole."""

    folder: Path
    manifest: Manifest


def back_up(to: Path, *, keep: int = 0, say: Say = lambda _line: None) -> Backup:
    """Makes a backup in a new folder below `to`, checks it, and then removes all but the newest `keep` (0: none).

    Raises
    ------
    BadBackup
        What was written is not what it should be; it is removed again.
    BadSetting
        `to` cannot be written.
    """
    with _new_folder(to) as made:
        known = _Copied()
        with _frozen(made) as told:
            _copy_objects(made, known, earlier=_newest(to), say=say)
            _copy_secrets(made)
            written = _manifest(told, known)
        sums = manifest.write_sums(made, known.sums)
        written = replace(written, sums=sums)
        written.written_to(made, settings.POISE_AUDIT_KEY)
        say("Reading it again …")
        check(made, written)
    final = _finished(to, made)
    _forget_old(to, keep)
    chain.record(system("backup"), "backup", detail={"audit": written.audit_number, "objects": written.objects})
    return Backup(folder=final, manifest=written)


@dataclass(frozen=True, kw_only=True)
class _Told:
    """The database's numbers, all of one moment."""

    rows: dict[str, int]
    head: tuple[int, str]
    migrations: list[str]
    named: set[str]
    verdict: verification.Verdict


class _Copied:
    """Hashes and sizes of what has been copied."""

    def __init__(self) -> None:
        self.sums: dict[str, str] = {}
        self.objects = 0
        self.bytes = 0
        self.missing: list[str] = []
        self.held: set[str] = set()


@contextmanager
def _new_folder(to: Path) -> Iterator[Path]:
    made = to / f".unfinished-{os.getpid()}"
    try:
        to.mkdir(parents=True, exist_ok=True, mode=0o700)
        made.mkdir(mode=0o700)
    except OSError as error:
        raise BadSetting(f"The backup cannot be written to {to}.", found=f"{error.strerror}.") from error
    try:
        yield made
    except OSError as error:
        shutil.rmtree(made, ignore_errors=True)
        raise BadSetting(
            "The backup could not be written, and what there was of it is removed.",
            found=f"The system says: {error.strerror or error}.",
            do=f"Make room in {to}, or name another place.",
        ) from error
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _finished(to: Path, made: Path) -> Path:
    """Its name is given last: a folder with this name is whole."""
    final = first = to / f"poise-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    number = 1
    while final.exists():
        number += 1
        final = to / f"{first.name}-{number}"
    made.rename(final)
    return final


@contextmanager
def _frozen(made: Path) -> Iterator[_Told]:
    """The database copied, and its numbers as they are in the copy; the block may take its time."""
    if connection.vendor == "sqlite":
        copy_sqlite(made / SQLITE)
        with counting.reading(made / SQLITE):
            told = _numbers()
        _put_head(made, told)
        yield told
        return
    with postgres.snapshot() as name:
        postgres.dump(made / POSTGRESQL, snapshot=name)
        told = _numbers()
    _put_head(made, told)
    yield told


def _numbers() -> _Told:
    return _Told(
        rows=counting.counts(), head=counting.head(), migrations=counting.migrations(),
        named={each.key for each in named_objects()}, verdict=verification.verify([], head_needed=False),
    )  # fmt: skip


def _put_head(made: Path, told: _Told) -> None:
    """The chain's end as it is in the copy, not as it is by now."""
    if told.verdict.fault is not None:
        raise BadBackup(
            "The audit's chain is broken; no backup was made over sound ones.",
            found=told.verdict.fault.sentence,
            do="Look at it with: poise audit verify. Keep the database and the earlier backups as they are.",
        )
    number, seal_ = told.head
    if number:
        head = heads.new(number, seal_)
        (made / heads.FILE).write_text(json.dumps(vars(head)), "utf-8")


def _copy_objects(made: Path, known: _Copied, *, earlier: Path | None, say: Say) -> None:
    """Every object as it is stored: what is sealed stays sealed. Unchanged ones are shared with the backup before."""
    store, before = object_store(), _sums_of(earlier)
    for number, key in enumerate(sorted(store.keys()), start=1):
        if number % 1000 == 0:
            say(f"{number} objects …")
        name = f"objects/{key[1:3]}/{key[3:5]}/{key}"
        target = made / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            size, known.sums[name] = _shared(earlier, name, target, before) or _copied(key, target)
        except MissingObject:
            continue  # it was taken away after we saw its name
        known.objects, known.bytes = known.objects + 1, known.bytes + size
        known.held.add(key)


def _shared(earlier: Path | None, name: str, target: Path, before: dict[str, str]) -> tuple[int, str] | None:
    """The same file once more, by a second name: objects never change, and its bytes are read again in `check`."""
    if earlier is None or name not in before:
        return None
    try:
        os.link(earlier / name, target)
    except OSError:
        return None
    return target.stat().st_size, before[name]


def _copied(key: str, target: Path) -> tuple[int, str]:
    source, size = object_store().place.open(key)
    digest = hashlib.sha256()
    with source, target.open("wb") as file:
        while piece := source.read(manifest.READ_BYTES):
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def _copy_secrets(made: Path) -> None:
    """The keys of audit and sessions: without them the chain cannot be verified. Sealed, where a key is set."""
    data: Path = settings.POISE.folder
    plain, key = (data / SECRETS_FILE).read_bytes(), settings.POISE.encryption_key
    if key:
        (made / SEALED_SECRETS).write_bytes(b"".join(seal([plain], SEALED_SECRETS, WrappingKey.of(key))))
    else:
        (made / SECRETS_FILE).write_bytes(plain)
        (made / SECRETS_FILE).chmod(0o600)
    if (data / folder.MARK).exists():
        shutil.copyfile(data / folder.MARK, made / folder.MARK)


def _manifest(told: _Told, known: _Copied) -> Manifest:
    return Manifest(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"), made_by=poise.__version__,
        kind="demo" if settings.POISE.demo else "real", engine=connection.vendor,
        encrypted=bool(settings.POISE.encryption_key), migrations=told.migrations, rows=told.rows,
        audit_number=told.head[0], audit_seal=told.head[1], objects=known.objects, object_bytes=known.bytes,
        missing_objects=sorted(told.named - known.held),
    )  # fmt: skip


def check(made: Path, told: Manifest) -> None:
    """Reads a backup again, from the disk: every hash, and the database's own soundness.

    Raises
    ------
    BadBackup
        Something is not as it should be.
    """
    manifest.check_files(made, told)
    wrong = (
        counting.why_unsound(made / SQLITE) if told.engine == "sqlite" else postgres.why_unreadable(made / POSTGRESQL)
    )
    if wrong:
        raise BadBackup("The copied database is not sound.", found="; ".join(wrong), do="Run: poise doctor")


def backups(to: Path) -> list[Path]:
    """The finished backups in a folder, oldest first."""
    return sorted(path for path in to.glob("poise-*Z*") if (path / manifest.FILE).is_file())


def _newest(to: Path) -> Path | None:
    return next(reversed(backups(to)), None)


def _sums_of(earlier: Path | None) -> dict[str, str]:
    try:
        return manifest.read_sums(earlier) if earlier else {}
    except (OSError, ValueError):
        return {}


def _forget_old(to: Path, keep: int) -> None:
    for old in backups(to)[:-keep] if keep > 0 else []:
        shutil.rmtree(old)
