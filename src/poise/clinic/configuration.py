"""What an installation is told from outside, read from the environment once. Nothing secret has a default."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from poise.errors import BadSetting

SECRETS_FILE = "secrets.json"
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """Where data lies, which database, what is encrypted, who may reach the pages.

    Attributes
    ----------
    data_folder
        The SQLite file, recordings, secrets and the audit's head lie here; None (tools such as mypy) writes nothing.
    database_url
        PostgreSQL where given (``postgres://…``); SQLite in the data folder where empty.
    encryption_key
        32 bytes as 64 hexadecimal digits. Where set, the database (SQLite) and every stored object are encrypted.
    earlier_encryption_keys
        Keys that were replaced: they still open stored objects (``poise`` seals anew with the current one).
    objects_url
        Where recordings and files are stored: empty for a folder under `data_folder`, or ``s3://bucket/prefix``.
    hosts, https
        The names the clinic is reached by; whether it is reached by HTTPS only (cookies, HSTS).
    trusted_proxy
        Whether a proxy in front says the caller's address and scheme (X-Forwarded-For, X-Forwarded-Proto).
    demo
        A demo clinic: simulated patients, sign-in by choosing a role. Never together with real data.
    """

    data_folder: Path | None
    database_url: str = ""
    encryption_key: str = field(default="", repr=False)
    earlier_encryption_keys: tuple[str, ...] = field(default=(), repr=False)
    objects_url: str = ""
    hosts: tuple[str, ...] = LOOPBACK
    https: bool = False
    trusted_proxy: bool = False
    demo: bool = False
    debug: bool = False
    email_url: str = ""
    log_json: bool = True

    @property
    def folder(self) -> Path:
        """The data folder.

        Raises
        ------
        BadSetting
            None was given.
        """
        if self.data_folder is None:
            raise BadSetting("No data folder is set.", do="Set POISE_DATA, or run: poise serve --data FOLDER")
        return self.data_folder


def from_environment(environment: Mapping[str, str] = os.environ) -> Configuration:
    """The configuration, from ``POISE_…`` and ``DATABASE_URL``.

    Raises
    ------
    BadSetting
        A value cannot be used; all faults at once.
    """
    folder = environment.get("POISE_DATA", "")
    key = _key(environment)
    return Configuration(
        data_folder=Path(folder).expanduser().resolve() if folder else None,
        database_url=environment.get("DATABASE_URL", ""),
        encryption_key=key,
        earlier_encryption_keys=_earlier_keys(environment),
        objects_url=environment.get("POISE_OBJECTS", ""),
        hosts=_hosts(environment.get("POISE_HOSTS", "")),
        https=flag(environment, "POISE_HTTPS"),
        trusted_proxy=flag(environment, "POISE_TRUSTED_PROXY"),
        demo=flag(environment, "POISE_DEMO"),
        debug=flag(environment, "POISE_DEBUG"),
        email_url=environment.get("POISE_EMAIL", ""),
        log_json=environment.get("POISE_LOG", "json") != "text",
    )


def flag(environment: Mapping[str, str], name: str) -> bool:
    """A setting that is yes or no; no where it is not set.

    Raises
    ------
    BadSetting
        It is neither.
    """
    said = environment.get(name, "").strip().lower()
    if said not in {"", "0", "1", "no", "yes", "false", "true"}:
        raise BadSetting(f"{name} is yes or no.", found=f"It is '{said}'.", do=f"Set {name}=yes, or leave it out.")
    return said in {"1", "yes", "true"}


def _hosts(said: str) -> tuple[str, ...]:
    named = tuple(each.strip() for each in said.split(",") if each.strip())
    return (*named, *(host for host in LOOPBACK if host not in named))


def _key(environment: Mapping[str, str]) -> str:
    path = environment.get("POISE_KEY_FILE", "")
    return _usable(_read(path) if path else environment.get("POISE_KEY", "").strip())


def _earlier_keys(environment: Mapping[str, str]) -> tuple[str, ...]:
    named = environment.get("POISE_EARLIER_KEY_FILES", "").split(os.pathsep)
    return tuple(_usable(_read(each)) for each in named if each)


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(
            "The file of the encryption key cannot be read.",
            found=f"{path}: {error.strerror if isinstance(error, OSError) else 'it is no text'}.",
            do="Set POISE_KEY_FILE (or POISE_EARLIER_KEY_FILES) to the file that poise key made.",
        ) from error


def _usable(key: str) -> str:
    if key and (len(key) != 64 or set(key.lower()) - set("0123456789abcdef")):
        raise BadSetting(
            "The encryption key cannot be used.",
            found=f"It has {len(key)} characters; 64 hexadecimal digits are needed.",
            do="Make one with: poise key > /safe/place/poise.key, and set POISE_KEY_FILE to it.",
        )
    return key.lower()


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """What signs sessions and links, and what keys the audit's chain. Made at the first start, never by us."""

    session_key: str
    audit_key: str


def installed_secrets(folder: Path | None) -> Secrets:
    """The installation's secrets, made at the first start in a file that only its owner may read.

    Without a folder they are made afresh each time: good for tools and tests, not for a clinic.
    """
    if folder is None:
        return _new_secrets()
    path = folder / SECRETS_FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_once(path, _new_secrets())
    return Secrets(**json.loads(path.read_text("utf-8")))


def _new_secrets() -> Secrets:
    return Secrets(session_key=secrets.token_urlsafe(48), audit_key=secrets.token_hex(32))


def _write_once(path: Path, made: Secrets) -> None:
    """Two processes may start at once: the file appears whole, and the first one's stays."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump({"session_key": made.session_key, "audit_key": made.audit_key}, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
