"""The commands of Poise. Everything heavy is imported by the command that needs it: `poise --help` answers at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import poise
from poise.cli import audit, clinic

app = typer.Typer(
    name="poise",
    help="Measure how a person moves, and name what is off, by how much, and how sure that is.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(audit.app, name="audit")

Files = Annotated[list[str], typer.Argument(metavar="FILE_OR_FOLDER", help="Recordings, folders of them, or patterns.")]
Map = Annotated[
    Path | None,
    typer.Option("--map", metavar="TOML", help="What the file does not say: channels, units, rate, labels."),
]


@app.callback(invoke_without_command=True)
def front_door(version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False) -> None:
    """Measure how a person moves, and name what is off, by how much, and how sure that is."""
    if version:
        typer.echo(f"poise {poise.__version__}")
        raise typer.Exit


@app.command()
def analyze(
    files: Files,
    task: Annotated[str, typer.Option(help="What the person did; auto finds it out.")] = "auto",
    person: Annotated[
        str, typer.Option(metavar="FACTS", help="birth_year=1950 (or age_years=75),sex=f,height_m=1.70,…")
    ] = "",
    conditions: Annotated[
        str, typer.Option(metavar="FACTS", help="What was held or changed: eyes=closed,surface=foam,exercise=x_squat,…")
    ] = "",
    mapping: Map = None,
    json: Annotated[
        str | None, typer.Option(metavar="OUT", help="Write JSON to a file; - for standard output.")
    ] = None,
    html: Annotated[Path | None, typer.Option(metavar="OUT", help="Write a report to read in a browser.")] = None,
    pdf: Annotated[Path | None, typer.Option(metavar="OUT", help="Write the report as PDF (needs poise[pdf]).")] = None,
    csv: Annotated[Path | None, typer.Option(metavar="OUT", help="Write the measurements as CSV.")] = None,
    parquet: Annotated[
        Path | None, typer.Option(metavar="OUT", help="The same as Parquet (needs poise[tables]).")
    ] = None,
    series: Annotated[bool, typer.Option("--series", help="Put whole signals into the JSON too.")] = False,
    earlier: Annotated[
        Path | None, typer.Option(metavar="FILE", help="An earlier recording of the same person to compare with.")
    ] = None,
    same_person: Annotated[
        bool, typer.Option("--same-person", help="The files are of one person: compare them (eyes open and closed, …).")
    ] = False,
    workers: Annotated[int, typer.Option(min=1, help="Processes to share the files among.")] = 1,
    cluster: Annotated[str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler to share them on.")] = None,
) -> None:
    """Measure recordings and list what is off."""
    from poise.cli import analyze as command

    outputs = command.Outputs(json=json, html=html, pdf=pdf, csv=csv, parquet=parquet, series=series)
    raise typer.Exit(
        command.run(
            files,
            task=task,
            person=person,
            conditions=conditions,
            mapping=mapping,
            outputs=outputs,
            earlier=earlier,
            same_person=same_person,
            workers=workers,
            cluster=cluster,
        )
    )


@app.command()
def inspect(
    files: Files,
    mapping: Map = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Say what a file holds, before anyone measures it."""
    from poise.cli import inspect as command

    raise typer.Exit(command.run(files, mapping=mapping, as_json=json))


@app.command()
def measures(json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False) -> None:
    """List every measure: name, unit, meaning, formula, source."""
    from poise.cli import measures as command

    raise typer.Exit(command.run(as_json=json))


@app.command()
def validate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A data folder, or a folder of them.")] = Path(
        "../shared/data"
    ),
    json: Annotated[
        str | None, typer.Option(metavar="OUT", help="Write the figures as JSON; - for standard output.")
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option(metavar="OUT", help="Write the table as Markdown, such as validation/results.md.")
    ] = None,
    peers: Annotated[
        list[Path] | None, typer.Option(metavar="JSON", help="Figures of other software, made by validation/peers/.")
    ] = None,
) -> None:
    """Recompute the error of every measure against reference recordings."""
    from poise.cli import validate as command

    raise typer.Exit(command.run(folder, json=json, markdown_out=markdown, peers=peers or []))


clinic.register(app)


def main() -> None:
    """The entry point: what goes wrong on purpose is told in words, with exit status 2 for wrong usage."""
    from poise.cli.outputs import speak
    from poise.errors import PoiseError

    speak()
    try:
        app()
    except PoiseError as error:
        typer.echo(str(error), err=True)
        raise SystemExit(2) from error
