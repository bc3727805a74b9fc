"""`poise validate`: the error figures of a data folder, in the terminal, as JSON, as Markdown."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from poise.cli.show import console, progress
from poise.workflows.validate import as_json, datasets_in, markdown, read_peers
from poise.workflows.validation.scores import Score


def run(folder: Path, *, json: str | None, markdown_out: Path | None, peers: Sequence[Path]) -> int:
    """Recompute, print, write; returns the exit status."""
    beside = list(read_peers(peers))
    scores: list[Score] = []
    found = datasets_in(folder)
    with progress(len(found), "Validating") as advance:
        for dataset, path in found:
            scores.extend(dataset.scores(path))
            advance()
    if json is not None:
        from poise.codecs.json import dumps

        text = dumps(as_json(scores)) + "\n"
        if json == "-":
            sys.stdout.write(text)
        else:
            Path(json).write_text(text, encoding="utf-8")
    if markdown_out is not None:
        markdown_out.write_text(markdown(scores, beside), encoding="utf-8")
    if json != "-":
        _show(scores)
    return 0


def _show(scores: Sequence[Score]) -> None:
    out = console()
    for dataset in dict.fromkeys(score.dataset for score in scores):
        pooled = [score for score in scores if score.dataset == dataset and score.file == "all"]
        out.print(f"\n[bold]{dataset}[/]")
        out.print(_table(pooled))
    out.print("\nPooled over each folder; --json has every file, --markdown the table with peers and sources.")


def _table(scores: Sequence[Score]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("measure", "condition", "metric"):
        table.add_column(column, no_wrap=True)
    for column in ("value", "n", "to beat"):
        table.add_column(column, justify="right", no_wrap=True)
    for score in scores:
        published = "" if score.published is None else f"{score.published:g}"
        value = f"{score.value:.4g} {score.unit}".strip()
        table.add_row(score.measure, score.condition, score.metric, value, str(score.n), published)
    return table
