"""The data folder: made for its owner only, marked real or demo, served by one server at a time."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import poise
from poise.errors import BadSetting, PoiseError

MARK = "installation.json"
LOCK = "server.lock"
OWNER_ONLY = 0o700


class FolderInUse(PoiseError):
    """Another server, or a command that must be alone, holds the data folder."""


def prepare(folder: Path, *, demo: bool) -> Path:
    """Makes the folder if need be, and marks it as real or demo for good.

    Raises
    ------
    BadSetting
        It cannot be written, or it holds the other kind of clinic.
    """
    os.umask(0o077)  # whatever this process and its children write is its owner's
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY)
        _close_to_others(folder)
        if not (folder / MARK).exists():
            _refuse_foreign(folder)
            _mark(folder, demo=demo)
    except OSError as error:
        raise BadSetting(
            f"The data folder {folder} cannot be used.",
            found=f"The system says: {error.strerror or error}.",
            do="Choose another with --data FOLDER, or give its owner's rights to the account that runs Poise.",
        ) from error
    check_kind(folder, demo=demo)
    if not os.access(folder, os.W_OK):
        raise BadSetting(f"The data folder {folder} cannot be written.", do="Choose another with --data FOLDER.")
    return folder


def check_kind(folder: Path, *, demo: bool) -> None:
    """Refuses to open real data as a demo, or a demo as real data.

    Raises
    ------
    BadSetting
        The folder is marked as the other kind.
    """
    if (folder / MARK).exists() and is_demo(folder) != demo:
        held, run = ("a demo clinic", "poise demo") if not demo else ("a real clinic", "poise serve")
        raise BadSetting(
            f"The data folder {folder} holds {held}.",
            found="Real and simulated patients are never mixed.",
            do=f"Open it with: {run} --data {folder}, or choose another folder.",
        )


def is_demo(folder: Path) -> bool:
    """Whether the folder is marked as a demo."""
    try:
        return bool(json.loads((folder / MARK).read_text("utf-8"))["kind"] == "demo")
    except (OSError, ValueError, KeyError):
        return False


def _refuse_foreign(folder: Path) -> None:
    """A folder with other people's files in it is not made ours by mistake."""
    ours = {"poise.sqlite3", "secrets.json", LOCK}
    strange = [each.name for each in folder.iterdir() if not each.name.startswith(".")]
    if strange and not ours.intersection(strange):
        raise BadSetting(
            f"The folder {folder} is no data folder of Poise.",
            found=f"It holds {', '.join(sorted(strange)[:5])}.",
            do="Choose an empty folder, or one that Poise has made, with --data FOLDER.",
        )


def _mark(folder: Path, *, demo: bool) -> None:
    made = {"kind": "demo" if demo else "real", "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "made_by": poise.__version__}  # fmt: skip
    (folder / MARK).write_text(json.dumps(made, indent=1) + "\n", "utf-8")


def _close_to_others(folder: Path) -> None:
    """Only what we own can be closed; `poise doctor` says so where it stays open."""
    if os.name == "posix" and folder.stat().st_uid == os.getuid() and folder.stat().st_mode & 0o077:
        folder.chmod(OWNER_ONLY)


@contextlib.contextmanager
def held(folder: Path, *, what_for: str) -> Iterator[None]:
    """Holds the folder for one server (or one command that must be alone) until the block is left or the process dies.

    Raises
    ------
    FolderInUse
        Another holds it.
    """
    with (folder / LOCK).open("a+", encoding="utf-8") as file:
        if not _locked(file.fileno()):
            file.seek(0)
            raise FolderInUse(
                f"The data folder {folder} is in use by another Poise.",
                found=f"It is held by {file.read().strip() or 'another process'}.",
                do="Stop that one first, or choose another folder with --data FOLDER.",
            )
        file.truncate(0)
        file.write(f"{what_for} (process {os.getpid()})\n")
        file.flush()
        yield
        file.truncate(0)


def _locked(file: int) -> bool:
    """The system lets go of the lock when the process ends, however it ends."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
