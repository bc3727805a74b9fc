"""Which database, and how it is opened: safe first, then fast."""

from __future__ import annotations

from typing import Any

import dj_database_url

from poise.clinic.configuration import Configuration

# FULL: a commit that was acknowledged survives a power cut, not only a crash. IMMEDIATE: a transaction that will write
# takes its turn at the start, instead of failing in its middle.
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=20000", "temp_store=MEMORY",
           "cache_size=-32000", "secure_delete=FAST")  # fmt: skip


def database(configuration: Configuration) -> dict[str, Any]:
    """Django's settings of the one database."""
    if configuration.database_url:
        return dict(dj_database_url.parse(configuration.database_url, conn_max_age=0, conn_health_checks=True))
    folder = configuration.data_folder
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(folder / "poise.sqlite3") if folder else ":memory:",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": ";".join(f"PRAGMA {pragma}" for pragma in PRAGMAS),
        },
    }
