"""`poise worker`: only the long work, on this machine, for a clinic served elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from poise.clinic.operations.domain import migrating, serving
from poise.clinic.operations.domain.supervisor import Supervisor
from poise.errors import BadSetting


def work(data: Path, jobs: int, *, say: Callable[[str], None]) -> int:
    """Runs `jobs` workers until told to stop.

    Raises
    ------
    BadSetting
        There is no installation in the folder, or its database is not up to date.
    """
    serving.open_installation(
        data,
        do="Give the folder that `poise serve` uses with --data FOLDER (a copy of its secrets.json and "
        "installation.json is enough where database and objects lie elsewhere).",
    )
    if migrating.unapplied():
        raise BadSetting("The database is not up to date.", do="Start `poise serve` of this version first.")
    say(f"{jobs} worker(s) for {data}   (stop with Ctrl-C)")
    return Supervisor(serving.for_jobs(jobs)).run()
