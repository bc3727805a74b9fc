"""`poise audit verify`: whether the record of who did what is whole."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from poise.errors import BadSetting

if TYPE_CHECKING:
    from poise.clinic.audit.domain.verification import Verdict

SOUND, BROKEN = 0, 1

app = typer.Typer(help="The record of who did what: check that it is whole.", no_args_is_help=True)


@app.callback()
def door() -> None:
    """The record of who did what."""


@app.command()
def verify(
    data: Annotated[Path | None, typer.Option("--data", metavar="FOLDER", help="The clinic's data folder.")] = None,
    head: Annotated[
        list[Path] | None,
        typer.Option("--head", metavar="FILE", help="An end of the chain kept elsewhere, such as yesterday's copy."),
    ] = None,
    without_head: Annotated[
        bool, typer.Option("--without-head", help="Go on where no end is kept: rows cut off the end are not missed.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of sentences.")] = False,
) -> None:
    """Read every audit row, seal it again, and name the first one that was changed, removed, added or moved."""
    raise typer.Exit(run(data, head or [], without_head=without_head, as_json=as_json))


def run(data: Path | None, more: Sequence[Path], *, without_head: bool, as_json: bool) -> int:
    """Verifies; 0 where the chain is sound, 1 where it is broken.

    Raises
    ------
    BadSetting, BadHead
        There is no such data folder, or a file given with --head is no head.
    """
    folder = open_clinic(data)
    from poise.clinic.actor import system
    from poise.clinic.audit.domain import heads, verification

    given = [heads.read(path) for path in more]
    try:
        outside = [*verification.kept_outside(folder), *given]
    except verification.BadHead as error:
        return _tell_bad_head(error, as_json=as_json)
    verdict = verification.verify(outside, head_needed=not without_head, progress=None if as_json else _progress)
    _tell(verdict, as_json=as_json)
    verification.remember(system("audit verify"), verdict)
    return SOUND if verdict.sound else BROKEN


def open_clinic(data: Path | None) -> Path:
    """Sets Django up on a data folder that exists; never makes one.

    Raises
    ------
    BadSetting
        None is named, or there is none.
    """
    if data is not None:
        os.environ["POISE_DATA"] = str(data)
    named = os.environ.get("POISE_DATA", "")
    if not named or not Path(named).expanduser().is_dir():
        raise BadSetting(
            "There is no clinic to verify.",
            found=f"The data folder is '{named}', which is not there." if named else "No data folder was named.",
            do="Name it: poise audit verify --data FOLDER, or set POISE_DATA.",
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "poise.clinic.settings")
    import django

    django.setup()
    return Path(named).expanduser().resolve()


def _tell(verdict: Verdict, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"sound": verdict.sound, **asdict(verdict)}))
    elif verdict.fault is None:
        typer.echo(f"The audit is whole: {verdict.rows} rows, each in its place, the last one {verdict.last}.")
    else:
        typer.echo(f"The audit is broken at row {verdict.fault.number} ({verdict.fault.kind}).")
        typer.echo(verdict.fault.sentence)
        typer.echo("The rows before it are sound. Keep this database as it is, and compare it with a backup.")


def _tell_bad_head(error: Exception, *, as_json: bool) -> int:
    if as_json:
        typer.echo(json.dumps({"sound": False, "fault": {"number": None, "kind": "head", "sentence": str(error)}}))
    else:
        typer.echo(f"The audit cannot be trusted.\n{error}")
    return BROKEN


def _progress(rows: int) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r{rows} rows read", nl=False, err=True)
