"""What a backup says of itself: counts, hashes and the chain's end, signed, so that a restore can prove it is whole."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from poise.errors import PoiseError

FILE, SUMS = "manifest.json", "SHA256SUMS"
SQLITE, POSTGRESQL, SEALED_SECRETS = "database.sqlite3", "database.dump", "secrets.sealed"
READ_BYTES = 1024 * 1024


class BadBackup(PoiseError):
    """The backup is not whole, or is none."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """A backup in numbers. `sums` is the hash of ``SHA256SUMS``, which names every file."""

    made_at: str
    made_by: str
    kind: str
    engine: str
    encrypted: bool
    migrations: list[str]
    rows: dict[str, int]
    audit_number: int
    audit_seal: str
    objects: int
    object_bytes: int
    missing_objects: list[str] = field(default_factory=list)
    sums: str = ""
    format: int = 1

    def written_to(self, folder: Path, key: str) -> None:
        """Puts the manifest into the folder, signed with the audit key."""
        told = asdict(self)
        text = json.dumps(told | {"signature": _signature(told, key)}, indent=1, sort_keys=True) + "\n"
        (folder / FILE).write_text(text, "utf-8")


def read(folder: Path) -> tuple[Manifest, str]:
    """The manifest of a backup, and its signature.

    Raises
    ------
    BadBackup
        There is none, or it cannot be read.
    """
    try:
        told = json.loads((folder / FILE).read_text("utf-8"))
        signature = str(told.pop("signature"))
        manifest = Manifest(**told)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadBackup(
            f"'{folder}' is no backup of Poise, or an unfinished one.",
            found=f"Its {FILE} cannot be read ({type(error).__name__}).",
            do="Name a folder that `poise backup` has made; the newest is the last by name.",
        ) from error
    if manifest.format != 1:
        raise BadBackup(f"'{folder}' was made by a newer version of Poise.", do="Restore it with that version.")
    return manifest, signature


def check_signature(manifest: Manifest, signature: str, key: str) -> None:
    """Whether the manifest is the one that was written.

    Raises
    ------
    BadBackup
        It was changed, or the secrets are not its own.
    """
    if not hmac.compare_digest(_signature(asdict(manifest), key), signature):
        raise BadBackup(
            "The backup's manifest was changed after it was made.",
            found="Its signature does not fit the secrets beside it.",
            do="Use another backup.",
        )


def _signature(told: dict[str, object], key: str) -> str:
    message = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
    return hmac.new(bytes.fromhex(key), b"poise backup\n" + message, hashlib.sha256).hexdigest()


def hash_of(path: Path) -> str:
    """SHA-256 of a file; hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_sums(folder: Path, known: dict[str, str]) -> str:
    """Writes ``SHA256SUMS`` (as ``sha256sum -c`` reads it) over every file; returns its own hash.

    `known` holds hashes that were taken while the files were written.
    """
    lines = [f"{known.get(name) or hash_of(folder / name)}  {name}" for name in _files(folder)]
    (folder / SUMS).write_text("\n".join(lines) + "\n", "utf-8")
    return hash_of(folder / SUMS)


def read_sums(folder: Path) -> dict[str, str]:
    """The hash of every file by its name."""
    lines = (folder / SUMS).read_text("utf-8").splitlines()
    return {name: sha256 for sha256, name in (line.split("  ", 1) for line in lines)}


def check_files(folder: Path, manifest: Manifest) -> None:
    """Reads every file again.

    Raises
    ------
    BadBackup
        A file is missing, was changed, or was not there when the backup was made; all of them named.
    """
    if not (folder / SUMS).is_file() or hash_of(folder / SUMS) != manifest.sums:
        raise BadBackup(f"The backup's {SUMS} was changed or is missing.", do="Use another backup.")
    sums, there = read_sums(folder), set(_files(folder))
    wrong = [f"{name} is missing" for name in sums if name not in there]
    wrong += [
        f"{name} was changed" for name, sha256 in sums.items() if name in there and hash_of(folder / name) != sha256
    ]
    wrong += [f"{name} does not belong to it" for name in sorted(there - set(sums))]
    if wrong:
        raise BadBackup("The backup is not whole.", found="; ".join(wrong[:10]) + ".", do="Use another backup.")


def _files(folder: Path) -> Iterator[str]:
    every = sorted(path for path in folder.rglob("*") if path.is_file())
    return (path.relative_to(folder).as_posix() for path in every if path.name not in {FILE, SUMS})
