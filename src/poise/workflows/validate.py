"""All error figures of a data folder, and the table of them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from poise.errors import BadSetting
from poise.plugins import discover
from poise.workflows.validation.scores import Dataset, Score


def known_datasets() -> tuple[Dataset, ...]:
    """Every data folder whose layout is known."""
    return discover("workflows.validation", "DATASET")


def datasets_in(folder: Path) -> tuple[tuple[Dataset, Path], ...]:
    """The known data folders in `folder`, or `folder` itself where it is one; nothing outside it is looked at."""
    if not folder.is_dir():
        raise BadSetting(f"'{folder}' is not a folder.", do="Name a data folder, or a folder that holds some.")
    here = [(dataset, folder) for dataset in known_datasets() if folder.resolve().name == dataset.name]
    below = [(dataset, folder / dataset.name) for dataset in known_datasets() if (folder / dataset.name).is_dir()]
    if not (found := tuple(here or below)):
        raise BadSetting(
            f"'{folder}' holds no data folder that is known.",
            do="Known: " + ", ".join(dataset.name for dataset in known_datasets()) + ".",
        )
    return found


def as_json(scores: Iterable[Score]) -> list[dict[str, Any]]:
    """The figures as plain objects; a figure that could not be computed has value null."""
    return [asdict(score) | {"value": score.value if math.isfinite(score.value) else None} for score in scores]


def read_peers(paths: Iterable[Path]) -> Iterator[Score]:
    """Figures of other software, as `validation/peers/` writes them: the same objects."""
    for path in paths:
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))
            for row in rows:
                yield Score(**{**row, "value": math.nan if row["value"] is None else row["value"]})
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise BadSetting(f"'{path}' holds no figures of a peer.", found=str(error)) from error


def markdown(scores: Sequence[Score], peers: Sequence[Score]) -> str:
    """The pooled figures as Markdown: ours, a peer's on the same data, and the published figure to beat."""
    lines = [
        "# How far off each measure is",
        "",
        "Written by `poise validate`; do not edit. Pooled over the recordings of each folder; `--json` has every file.",
        "*Peer* is other software run here on the same files (`validation/peers/`); *published* is a figure to beat,",
        "with its source. A small sample ranks methods; it does not prove clinical accuracy.",
    ]
    pooled = [score for score in scores if score.file == "all"]
    for dataset in dict.fromkeys(score.dataset for score in pooled):
        lines += ["", f"## {dataset}", "", "| measure | condition | method | n | ours | peers, same files | to beat |"]
        lines += ["| --- | --- | --- | ---: | --- | --- | --- |"]
        lines += [_row(rows, peers) for rows in _rows(pooled, dataset)]
    return "\n".join(lines) + "\n"


def _rows(pooled: Sequence[Score], dataset: str) -> list[list[Score]]:
    """The figures of one measure by one method under one condition stand in one row."""
    rows: dict[tuple[str, str, str], list[Score]] = {}
    for score in pooled:
        if score.dataset == dataset:
            rows.setdefault((score.measure, score.condition, score.method), []).append(score)
    return list(rows.values())


def _row(scores: Sequence[Score], peers: Sequence[Score]) -> str:
    first = scores[0]
    ours = " · ".join(_said(score.metric, score.value, score.unit) for score in scores)
    published = [score for score in scores if score.published is not None]
    to_beat = " · ".join(_said(score.metric, score.published, score.unit) for score in published)
    sources = dict.fromkeys(score.source for score in scores if score.source)
    beside = " · ".join(
        f"{peer.method}: {_said(peer.metric, peer.value, peer.unit)}"
        for score in scores
        for peer in peers
        if _same_figure(peer, score)
    )
    cells = (
        first.measure, first.condition, first.method, str(max(score.n for score in scores)), ours, beside,
        f"{to_beat} ({'; '.join(sources)})" if sources and to_beat else "; ".join(sources),
    )  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def _same_figure(peer: Score, score: Score) -> bool:
    what = (score.dataset, "all", score.measure, score.metric, score.condition)
    return (peer.dataset, peer.file, peer.measure, peer.metric, peer.condition) == what


def _said(metric: str, value: float | None, unit: str) -> str:
    return f"{metric} {_figure(math.nan if value is None else value)} {unit}".strip()


def _figure(value: float) -> str:
    if not math.isfinite(value):
        return "–"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"
