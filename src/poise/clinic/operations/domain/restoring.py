"""`poise restore`: from a backup to a new data folder, proved to be the same before it may be used."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from poise.clinic.configuration import SECRETS_FILE, from_environment
from poise.clinic.operations.domain import folder, manifest
from poise.clinic.operations.domain.manifest import POSTGRESQL, SEALED_SECRETS, SQLITE, BadBackup, Manifest
from poise.errors import BadSetting

RESTORED = "restored.json"
Say = Callable[[str], None]


def restore(source: Path, data: Path, *, say: Say) -> Manifest:
    """Puts a backup into an empty folder (and an empty PostgreSQL database) and compares it with what it was.

    Must be called before Django is set up: its settings are those of the restored folder.

    Raises
    ------
    BadBackup
        The backup is not whole, or what came of it is not what was saved. Nothing is left behind.
    BadSetting
        Something is there already, or the key is missing.
    """
    told, signature = manifest.read(source)
    say("Checking the backup …")
    manifest.check_files(source, told)
    _check_empty(data)
    secrets = _secrets(source, told)
    manifest.check_signature(told, signature, json.loads(secrets)["audit_key"])
    try:
        _place(source, data, secrets, told, say)
        _compare(told)
    except BaseException:
        shutil.rmtree(data, ignore_errors=True)
        raise
    return told


def _check_empty(data: Path) -> None:
    if data.exists() and any(data.iterdir()):
        raise BadSetting(
            f"The folder {data} is not empty; a restore never overwrites.",
            do="Name a new folder with --data FOLDER, look at the result, and serve that.",
        )


def _secrets(source: Path, told: Manifest) -> bytes:
    if not told.encrypted:
        return (source / SECRETS_FILE).read_bytes()
    key = from_environment().encryption_key
    if not key:
        raise BadSetting(
            "The backup is encrypted, and no key is set.",
            do="Set POISE_KEY_FILE to the file with the key it was made with.",
        )
    from poise.clinic.objects.faults import DamagedObject
    from poise.clinic.objects.sealing import Keyring, Unsealed

    with (source / SEALED_SECRETS).open("rb") as sealed:
        size = (source / SEALED_SECRETS).stat().st_size
        try:
            return Unsealed(sealed, size, SEALED_SECRETS, Keyring.of(key)).read()
        except (BadSetting, DamagedObject) as error:
            raise BadSetting(
                "The backup does not open with this key.", do="Set POISE_KEY_FILE to the key it was made with."
            ) from error


def _place(source: Path, data: Path, secrets: bytes, told: Manifest, say: Say) -> None:
    from poise.clinic.operations.domain.serving import set_up_django

    folder.prepare(data, demo=told.kind == "demo")
    with os.fdopen(os.open(data / SECRETS_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets)
    os.environ["POISE_DATA"], os.environ["POISE_DEMO"] = str(data), "yes" if told.kind == "demo" else "no"
    _check_engine(told)
    set_up_django()
    say(f"{told.objects} objects, {sum(told.rows.values())} rows …")
    _place_database(source, data, told)
    _place_objects(source)
    _place_head(source, data)
    (data / RESTORED).write_text(json.dumps({"made_at": told.made_at, "audit": told.audit_number}), "utf-8")


def _check_engine(told: Manifest) -> None:
    configured = "postgresql" if os.environ.get("DATABASE_URL") else "sqlite"
    if told.engine != configured:
        raise BadSetting(
            f"The backup is of a {told.engine} database, and the settings say {configured}.",
            do="Set DATABASE_URL to an empty database." if told.engine == "postgresql" else "Unset DATABASE_URL.",
        )


def _place_database(source: Path, data: Path, told: Manifest) -> None:
    from poise.clinic.operations.domain import postgres

    if told.engine == "sqlite":
        shutil.copyfile(source / SQLITE, data / "poise.sqlite3")
        (data / "poise.sqlite3").chmod(0o600)
        return
    if not postgres.is_empty():
        raise BadSetting(
            "The PostgreSQL database is not empty; a restore never overwrites.",
            do="Make a new, empty one and name it in DATABASE_URL.",
        )
    postgres.load(source / POSTGRESQL)


def _place_objects(source: Path) -> None:
    """Through the store's own way of writing, as they are: sealed ones stay sealed; a folder or a bucket alike."""
    from poise.clinic.objects import object_store

    place = object_store().place
    for path in (source / "objects").glob("??/??/*"):
        with path.open("rb") as file:
            place.write(path.name, _pieces(file))


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(manifest.READ_BYTES):
        yield piece


def _place_head(source: Path, data: Path) -> None:
    from poise.clinic.audit.domain import heads

    if (source / heads.FILE).exists():
        shutil.copyfile(source / heads.FILE, data / heads.FILE)


def _compare(told: Manifest) -> None:
    """The same counts, the same chain, the same objects."""
    from django.conf import settings

    from poise.clinic.audit.domain import verification
    from poise.clinic.objects import object_store
    from poise.clinic.operations.domain import counting

    verdict = verification.verify(verification.kept_outside(settings.POISE.folder), head_needed=bool(told.audit_number))
    found = {
        "rows": counting.counts() == told.rows,
        "the audit's end": counting.head() == (told.audit_number, told.audit_seal),
        "the audit's chain": verdict.sound,
        "the database": not counting.soundness(),
        "the objects": len(list(object_store().keys())) >= told.objects,
    }
    if wrong := [name for name, same in found.items() if not same]:
        raise BadBackup(
            "What was restored is not what was saved.",
            found=f"Not the same: {', '.join(wrong)}.",
            do="Use another backup.",
        )
