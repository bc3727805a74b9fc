"""`poise measures`: the table of everything Poise can measure, made from the registry."""

from __future__ import annotations

from dataclasses import asdict

from rich.table import Table

from poise.cli.outputs import to_standard_output
from poise.cli.show import console
from poise.workflows.registry import definitions, families


def run(*, as_json: bool) -> int:
    """Print the table; returns the exit status."""
    if as_json:
        from poise.codecs.json import dumps

        to_standard_output(dumps({"measures": [asdict(each) for each in definitions()]}) + "\n")
        return 0
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("measure", "unit", "what it is", "formula", "source"):
        table.add_column(column, overflow="fold", no_wrap=column in {"measure", "unit"})
    for each in families():
        table.add_row(each.measure, each.unit, each.label, each.formula, each.source)
    console().print(table)
    return 0
