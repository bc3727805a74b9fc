"""`poise validate`: the error figures of a data folder, in the terminal, as JSON, as Markdown."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from rich.table import Table

from poise.cli.outputs import check_writable, replacing, to_standard_output
from poise.cli.show import console, progress
from poise.errors import PoiseError
from poise.workflows.validate import (
    Judged,
    as_json,
    by_dataset,
    datasets_in,
    judge,
    markdown,
    read_peers,
    recognition_scores,
    said,
    said_bar,
    said_reached,
)
from poise.workflows.validation.scores import Dataset, Score


def run(folder: Path, *, json: str | None, markdown_out: Path | None, peers: Sequence[Path]) -> int:
    """Recompute, print, write; returns the exit status: 0 all measured, 1 not all of it."""
    files = (Path(json) if json not in {None, "-"} else None, markdown_out)
    found = datasets_in(folder)
    check_writable([each for each in files if each is not None], [*peers, *(path for _, path in found)])
    beside = list(read_peers(peers))
    scores: list[Score] = []
    whole = True
    with progress(len(found), "Validating") as advance:
        looked_at: set[Path] = set()
        for dataset, path in found:
            whole &= _collect(dataset, path, scores, with_tasks=path not in looked_at)
            looked_at.add(path)
            advance()
    if json is not None:
        from poise.codecs.json import dumps

        text = dumps(as_json(scores)) + "\n"
        if json == "-":
            to_standard_output(text)
        else:
            with replacing(Path(json)) as file:
                file.write_text(text, encoding="utf-8")
    if markdown_out is not None:
        with replacing(markdown_out) as file:
            file.write_text(markdown(scores, beside), encoding="utf-8", errors="replace")
    if json != "-":
        _show(scores, beside)
    return int(not whole)


def _collect(dataset: Dataset, path: Path, scores: list[Score], *, with_tasks: bool) -> bool:
    """Add the folder's figures, and once a folder how its tasks are recognised; where it stops, why is said."""
    before = len(scores)
    try:
        for score in chain(dataset.scores(path), recognition_scores(path) if with_tasks else ()):
            scores.append(score)
    except PoiseError as error:
        _say(f"{dataset.name}: stopped after {len(scores) - before} figures.", str(error))
        return False
    except Exception as error:
        if os.environ.get("POISE_DEBUG"):
            raise
        _say(f"{dataset.name}: stopped after {len(scores) - before} figures, by a fault of Poise's own.", repr(error))
        return False
    if len(scores) == before:
        _say(f"{dataset.name}: no figures; the folder is empty, or holds nothing of the layout that is known.")
        return False
    return True


def _say(*lines: str) -> None:
    console(error=True).print("\n".join(lines), markup=False)


def _show(scores: Sequence[Score], peers: Sequence[Score]) -> None:
    """Every pooled figure by folder, method and condition; at the end, where the eye is, what matters."""
    out = console()
    for dataset, own in by_dataset(scores):
        out.print(f"\n[bold]{dataset}[/]")
        for heading, rows in _by_method(own):
            out.print(f"  [dim]{heading}[/]")
            out.print(_table(rows))
    judged = [each for each in judge(scores, peers) if each.worst is not None]
    if judged:
        out.print("\n[bold]What matters[/]  (ours is the worst of the figures a promise is about)")
        out.print(_promises(judged, with_peers=bool(peers)))
    out.print("\nPooled over each folder; --json has every file, --markdown the tables with peers and sources.")


def _by_method(scores: Sequence[Score]) -> Iterator[tuple[str, list[Score]]]:
    rows: dict[str, list[Score]] = {}
    for score in scores:
        rows.setdefault(", ".join(part for part in (score.method, score.condition) if part), []).append(score)
    yield from rows.items()


def _table(scores: Sequence[Score]) -> Table:
    """A measure's name once, its metrics below: so that names of both stay whole in 80 columns."""
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="dim")
    table.add_column("    measure, metric", no_wrap=True)
    for column in ("value", "n", "to beat"):
        table.add_column(column, justify="right", no_wrap=True)
    last = ""
    for score in scores:
        if score.measure != last:
            last = score.measure
            table.add_row(f"    {last}")
        published = "" if score.published is None else f"{score.published:g}"
        value = f"{score.value:.4g} {score.unit}".strip()
        table.add_row(f"      {score.metric}", value, str(score.n), published)
    return table


def _promises(judged: Sequence[Judged], *, with_peers: bool) -> Table:
    """Figures under the promise that they belong to; a peer's value only, its name is in the Markdown."""
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="dim")
    table.add_column("  promise")
    for column in ("ours", *(("best peer",) if with_peers else ()), "bar", "reached"):
        table.add_column(column, justify="right", no_wrap=True)
    last = ""
    for each in judged:
        if each.promise.what != last:
            last = each.promise.what
            table.add_row(f"[bold]{last}[/]")
        peer = (said(each.peer.value if each.peer else None).replace("–", ""),) if with_peers else ()
        colour = {True: "green", False: "bold red", None: "dim"}[each.reached]
        reached = f"[{colour}]{said_reached(each).strip('*')}[/]"
        ours = said(each.worst.value if each.worst else None)
        table.add_row(f"  {each.promise.figure}", ours, *peer, said_bar(each).partition(" (")[0], reached)
    return table
