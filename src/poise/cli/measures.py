"""`poise measures`: the table of everything Poise can measure, made from the registry."""

from __future__ import annotations

from dataclasses import asdict
from textwrap import fill

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from poise.cli.outputs import to_standard_output
from poise.cli.show import console
from poise.workflows.registry import definitions, families

WIDE = 140
"""A table of five columns can be read from this many characters on (design)."""


def run(*, as_json: bool) -> int:
    """Print the table; returns the exit status."""
    if as_json:
        from poise.codecs.json import dumps

        to_standard_output(dumps({"measures": [asdict(each) for each in definitions()]}) + "\n")
        return 0
    terminal = console()
    if not terminal.is_terminal or terminal.width < WIDE:
        _lines(terminal)
        return 0
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("measure", "unit", "what it is", "formula", "source"):
        table.add_column(column, overflow="fold", no_wrap=column in {"measure", "unit"})
    for each in families():
        table.add_row(*map(escape, (each.measure, each.unit, each.label, each.formula, each.source)))
    terminal.print(table)
    return 0


def _lines(terminal: Console) -> None:
    """A line a measure, with its formula left to --json; in a narrow terminal it goes on below, between words."""
    for each in families():
        line = f"{each.measure}  {each.unit}  {each.label}"
        if terminal.is_terminal:
            line = fill(line, max(terminal.width, 20), subsequent_indent="    ", break_long_words=False,
                        break_on_hyphens=False)  # fmt: skip
        terminal.print(line, markup=False)
