"""The chain's end, kept outside the table: rows cut off the end of the table are missed there.

``audit.head`` in the data folder holds the last row's number and seal, written over after every commit under a file
lock; ``audit-heads/`` keeps one copy a day. Each is signed with the audit key, so it can be copied to another machine
(and should be: whoever can change the database *and* this folder could put back an older head).
"""

from __future__ import annotations

import atexit
import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog
from django.conf import settings

from poise.clinic.audit.domain import reserve
from poise.errors import PoiseError

FILE, COPIES = "audit.head", "audit-heads"
WIDTH = 512  # one sector, always written whole, so that no reader and no crash sees half of a head


class BadHead(PoiseError):
    """A file that should hold the chain's end does not, or was changed."""


@dataclass(frozen=True, kw_only=True)
class KeptHead:
    """The end of the chain as it was at a time; `key` tells which key sealed it, without telling the key."""

    number: int
    seal: str
    at: str
    key: str
    signature: str = ""

    def signed(self, key: bytes) -> KeptHead:
        """The same, signed."""
        told = f"{self.number} {self.seal} {self.at} {self.key}"
        signature = hmac.new(key, told.encode(), hashlib.sha256).hexdigest()
        return KeptHead(number=self.number, seal=self.seal, at=self.at, key=self.key, signature=signature)


def keep(number: int, seal: str) -> None:
    """Writes the chain's end outside the table, unless a later one stands there. Called after the commit.

    A disk that will not take it does not undo what is committed: the failure is logged, and the next row brings the
    file up to date.
    """
    folder = settings.POISE.data_folder
    if folder is None:
        return
    try:
        reserve.lay(folder)
        _keep(folder, number, seal)
    except OSError as error:
        structlog.get_logger("poise.audit").error("audit head not written", error=type(error).__name__)


def _keep(folder: Path, number: int, seal: str) -> None:
    with reserve.locked(folder / FILE, os.O_CREAT) as file:
        held = _held(file)
        if held is not None and held.number >= number:
            return
        head = new(number, seal)
        today = head.at[:10]
        _write(file, _line(head))
        if held is None or held.at[:10] != today:
            if held is not None:
                _copy(folder, held)
            os.fsync(file)


def new(number: int, seal: str) -> KeptHead:
    """The chain's end now, signed."""
    key = audit_key()
    at = datetime.now(UTC).isoformat(timespec="microseconds")
    return KeptHead(number=number, seal=seal, at=at, key=fingerprint(key)).signed(key)


def fingerprint(key: bytes) -> str:
    """Which key it is, without telling it."""
    return hmac.new(key, b"poise audit key", hashlib.sha256).hexdigest()[:16]


def read(path: Path) -> KeptHead:
    """A kept head.

    Raises
    ------
    BadHead
        The file cannot be read or is no head.
    """
    try:
        told = json.loads(path.read_bytes())
        return KeptHead(**told)
    except (OSError, ValueError, TypeError) as error:
        raise BadHead(
            f"'{path.name}' does not hold the end of an audit chain.",
            found=f"{type(error).__name__}.",
            do="Take it from a backup, or name another copy with --head FILE.",
        ) from error


def kept(folder: Path) -> list[Path]:
    """Every head kept in the data folder: the dated copies, oldest first, and the present one."""
    copies = sorted((folder / COPIES).glob("*.head")) if (folder / COPIES).is_dir() else []
    return [*copies, folder / FILE] if (folder / FILE).exists() else copies


def flush() -> None:
    """Makes sure that the head has reached the disk; at shutdown, and whenever asked."""
    folder = settings.POISE.data_folder if settings.configured else None
    if folder is None or not (folder / FILE).exists():
        return
    try:
        with reserve.locked(folder / FILE, os.O_CREAT) as file:
            os.fsync(file)
    except OSError:
        return  # the folder is going away (a test's, a removed disk's); there is nobody left to tell


atexit.register(flush)


def _line(head: KeptHead) -> bytes:
    told = {"number": head.number, "seal": head.seal, "at": head.at, "key": head.key, "signature": head.signature}
    return json.dumps(told).encode().ljust(WIDTH - 1) + b"\n"


def _write(file: int, line: bytes) -> None:
    os.lseek(file, 0, os.SEEK_SET)
    os.write(file, line)


def _held(file: int) -> KeptHead | None:
    os.lseek(file, 0, os.SEEK_SET)
    told = os.read(file, WIDTH)
    try:
        return KeptHead(**json.loads(told)) if told.strip() else None
    except (ValueError, TypeError):
        return None  # damaged: written anew; `verify` has the dated copies


def _copy(folder: Path, head: KeptHead) -> None:
    """Yesterday's last head, under its date: made once, then never written again."""
    (folder / COPIES).mkdir(exist_ok=True, mode=0o700)
    path = folder / COPIES / f"{head.at[:10]}.head"
    if path.exists():
        return
    fresh = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(_line(head))
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)


def audit_key() -> bytes:
    """The key of this installation's chain."""
    return bytes.fromhex(settings.POISE_AUDIT_KEY)
