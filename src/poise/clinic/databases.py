"""Which database, and how it is opened: safe first, then fast."""

from __future__ import annotations

from typing import Any

import dj_database_url

from poise.clinic.configuration import Configuration

# FULL: a commit that was acknowledged survives a power cut, not only a crash. IMMEDIATE: a transaction that will write
# takes its turn at the start, instead of failing in its middle.
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=20000", "temp_store=MEMORY",
           "cache_size=-32000", "secure_delete=FAST")  # fmt: skip
# Under ASGI each request has its own thread, and Django's persistent connections belong to threads: both databases keep
# a few connections a process instead (docs/decisions/0011-serving.md).
KEPT = 8


def database(configuration: Configuration) -> dict[str, Any]:
    """Django's settings of the one database."""
    if configuration.database_url:
        return _postgresql(configuration.database_url)
    folder = configuration.data_folder
    return {
        "ENGINE": "poise.clinic.sqlcipher",
        "NAME": str(folder / "poise.sqlite3") if folder else ":memory:",
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": ";".join(f"PRAGMA {pragma}" for pragma in PRAGMAS),
            "key": configuration.encryption_key,
            "keep": KEPT,
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    settings: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=0, conn_health_checks=True))
    # A server that comes back is found again within seconds: the pool's own waits would double up to minutes, and who
    # began to wait while it was away would be told so long after it is back. There are more connections than turns
    # (`operations.turns`), so nobody waits for one otherwise.
    pool = {
        "min_size": 1, "max_size": KEPT, "timeout": 4, "max_lifetime": 1800, "reconnect_timeout": 4, "name": "poise"
    }  # fmt: skip
    return settings | {"OPTIONS": {"application_name": "poise", "pool": pool, **settings.get("OPTIONS", {})}}
