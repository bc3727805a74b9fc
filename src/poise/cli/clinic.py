"""The clinic's commands: serve, demo, and what whoever runs an installation needs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path | None, typer.Option("--data", metavar="FOLDER", help="The data folder (or POISE_DATA).")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")]
Workers = Annotated[int, typer.Option(min=1, help="Web processes; about one a core.")]
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
    app.command()(prepare)
    app.command()(key)
    app.command()(worker)
    app.command()(backup)
    app.command()(restore)
    app.command()(encrypt)
    app.command()(doctor)
    app.command("admin-link")(admin_link)
    app.command(hidden=True, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(manage)


def serve(
    data: Data = None,
    host: Annotated[str, typer.Option(help="127.0.0.1: this machine only; 0.0.0.0: the network.")] = "127.0.0.1",
    port: Port = 8000,
    workers: Workers = 2,
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


def prepare(data: Data = None) -> None:
    """Make the data folder and bring the database up to date, without serving; for installers and updates."""
    from poise.clinic.operations.domain.serving import Serving
    from poise.clinic.operations.domain.serving import prepare as run

    how = Serving(data=data_folder(data))
    applied = run(how)
    _say(f"{how.data} is ready ({len(applied)} migrations applied).")


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


def backup(
    to: Annotated[Path, typer.Argument(metavar="TO", help="A folder on another disk; each backup is a folder in it.")],
    data: Data = None,
    keep: Annotated[int, typer.Option(min=0, help="Remove all but the newest so many; 0 removes none.")] = 0,
) -> None:
    """Copy the clinic while it works, and read the copy again."""
    _open(data)
    from poise.clinic.operations.domain.backing_up import back_up

    made = back_up(to.expanduser().resolve(), keep=keep, say=_progress)
    told = made.manifest
    _say(
        f"{made.folder}: {sum(told.rows.values())} rows, {told.objects} objects, audit row {told.audit_number}; whole."
    )
    if told.missing_objects:
        _say(f"Of the files that rows name, {len(told.missing_objects)} are missing. See: poise doctor --all")
        raise typer.Exit(1)
    if not told.encrypted:
        _say("It is not encrypted: patients' data and the installation's secrets. Keep it where only you can read it.")


def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="A backup: a folder poise-…Z.")],
    data: Annotated[Path, typer.Option("--data", metavar="NEW", help="A new folder; nothing is ever overwritten.")],
) -> None:
    """Put a backup into a new data folder, and prove that it is the same."""
    from poise.clinic.operations.domain.restoring import restore as run

    folder = data_folder(data)
    told = run(source.expanduser().resolve(), folder, say=_progress)
    _say(f"{folder}: {sum(told.rows.values())} rows, {told.objects} objects, audit row {told.audit_number}.")
    _say("All the same as saved, and the audit's chain is whole.")
    _say(f"Start it with: poise {'demo' if told.kind == 'demo' else 'serve'} --data {folder}")


def encrypt(
    key_file: Annotated[Path, typer.Option("--key-file", metavar="FILE", help="The new key; made by: poise key")],
    data: Data = None,
    old_key_file: Annotated[
        Path | None, typer.Option("--old-key-file", metavar="FILE", help="The key until now, if there was one.")
    ] = None,
) -> None:
    """Encrypt a plain installation, or give an encrypted one another key. Stop the server first."""
    from poise.clinic.operations.domain import folder

    old = (
        [str(old_key_file)]
        if old_key_file
        else [os.environ[name] for name in ("POISE_KEY_FILE",) if name in os.environ]
    )
    os.environ["POISE_EARLIER_KEY_FILES"] = os.pathsep.join(
        filter(None, [*old, os.environ.get("POISE_EARLIER_KEY_FILES", "")])
    )
    os.environ["POISE_KEY_FILE"] = str(key_file)
    at = _open(data)
    with folder.held(at, what_for="poise encrypt"):
        from poise.clinic.operations.domain.encrypting import encrypt as run

        run(_progress)
    _say(f"From now on start it with POISE_KEY_FILE={key_file}, and keep that file apart from data and backups.")
    _say("Backups made before are as they were: make a new one, and destroy the plain ones.")


def doctor(
    data: Data = None,
    every_object: Annotated[bool, typer.Option("--all", help="Read every stored object, not a sample.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """Look after an installation: what is right, what is not, what to do."""
    _open(data)
    from poise.clinic.operations.domain import doctor as looks

    found = looks.examine(every_object=every_object)
    if json:
        import json as text
        from dataclasses import asdict

        _say(text.dumps([asdict(each) for each in found], indent=1))
    else:
        for line in looks.as_lines(found):
            _say(line)
    raise typer.Exit(looks.status(found))


def admin_link(
    data: Data = None,
    email: Annotated[str, typer.Option("--email", help="Whose, where there are several administrators.")] = "",
) -> None:
    """Make a one-time link for an administrator who lost password or second factor. It is in the audit."""
    _open(data)
    from poise.clinic.people.domain import invitations

    link = invitations.way_in_from_the_machine(email)
    _say(f"A new way in for {link.invitation.email}. It works once, for a day. Open it below the clinic's own address:")
    _say(f"  {link.path}")


def manage(context: typer.Context) -> None:
    """Django's own commands, for developers."""
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "poise.clinic.settings")
    execute_from_command_line(["poise manage", *context.args])


def _open(said: Path | None) -> Path:
    """Sets Django up on an installation that exists.

    Raises
    ------
    BadSetting
        There is none in the folder.
    """
    from poise.clinic.operations.domain import serving

    at = data_folder(said)
    serving.open_installation(at)
    return at


def _progress(line: str) -> None:
    typer.echo(line, err=True)


def _say(line: str) -> None:
    typer.echo(line)
