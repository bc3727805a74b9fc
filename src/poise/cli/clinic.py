"""The clinic's commands: serve, demo, and what whoever runs an installation needs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path | None, typer.Option("--data", metavar="FOLDER", help="The data folder (or POISE_DATA).")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")]
Workers = Annotated[int, typer.Option(min=1, help="Web processes; 2 or more for a busy clinic.")]
Jobs = Annotated[int, typer.Option(min=0, help="Processes for long work such as analysing recordings.")]


def data_folder(said: Path | None, *, kind: str = "clinic") -> Path:
    """The folder asked for, else POISE_DATA, else one of the account's own."""
    if said is None and kind == "clinic" and os.environ.get("POISE_DATA"):
        said = Path(os.environ["POISE_DATA"])
    if said is None:
        said = Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share") / "poise" / kind
    return said.expanduser().resolve()


def register(app: typer.Typer) -> None:
    """Adds these commands to `poise`."""
    app.command()(serve)
    app.command()(demo)
    app.command()(key)
    app.command()(worker)
    app.command(hidden=True, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(manage)


def serve(
    data: Data = None,
    host: Annotated[str, typer.Option(help="127.0.0.1: this machine only; 0.0.0.0: the network.")] = "127.0.0.1",
    port: Port = 8000,
    workers: Workers = 1,
    jobs: Jobs = 1,
    tls_cert: Annotated[Path | None, typer.Option(metavar="PEM", help="The certificate for https.")] = None,
    tls_key: Annotated[Path | None, typer.Option(metavar="PEM", help="The certificate's key.")] = None,
    insecure_lan: Annotated[
        bool, typer.Option("--insecure-lan", help="Plain http on a network that is yours alone.")
    ] = False,
) -> None:
    """Run the clinic: pages, and workers for long work."""
    from poise.clinic.operations.domain.serving import Serving
    from poise.clinic.operations.domain.serving import serve as run

    how = Serving(data=data_folder(data), host=host, port=port, workers=workers, jobs=jobs, tls_cert=tls_cert,
                  tls_key=tls_key, insecure_lan=insecure_lan)  # fmt: skip
    raise typer.Exit(run(how, say=_say))


def demo(
    data: Annotated[Path | None, typer.Option("--data", metavar="FOLDER", help="A folder for the demo alone.")] = None,
    port: Port = 8000,
    jobs: Jobs = 1,
    reset: Annotated[bool, typer.Option("--reset", help="Throw the demo away and make it afresh.")] = False,
) -> None:
    """Run a demo clinic with simulated patients, on this machine only."""
    from poise.clinic.operations.domain import demonstration
    from poise.clinic.operations.domain.serving import Serving
    from poise.clinic.operations.domain.serving import serve as run

    folder = data_folder(data, kind="demo")
    if reset:
        demonstration.throw_away(folder)
    demonstration.forget_real_settings()
    raise typer.Exit(run(Serving(data=folder, port=port, jobs=jobs, demo=True), say=_say))


def key() -> None:
    """Make an encryption key: poise key > /safe/place/poise.key"""
    import secrets

    typer.echo(secrets.token_hex(32))
    typer.echo(
        "Keep it apart from the data and from the backups. Without it nobody can read them, nor can we.", err=True
    )


def worker(data: Data = None, jobs: Jobs = 1) -> None:
    """Run workers for long work only, beside a `serve` elsewhere that uses the same database and objects."""
    from poise.clinic.operations.domain.working import work

    raise typer.Exit(work(data_folder(data), jobs, say=_say))


def manage(context: typer.Context) -> None:
    """Django's own commands, for developers."""
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "poise.clinic.settings")
    execute_from_command_line(["poise manage", *context.args])


def _say(line: str) -> None:
    typer.echo(line)
