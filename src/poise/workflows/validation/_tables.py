"""The figures as Markdown: what matters first, then every pooled figure, then every method where peers were run."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from poise.workflows.validation._promises import Judged, best_peer, judge, less_is_better, same_figure
from poise.workflows.validation.scores import Score

INTRODUCTION = """\
# How far off each measure is

Written by `poise validate`; do not edit. A small sample ranks methods; it does not prove clinical accuracy. Figures are
pooled over the recordings of each folder; `--json` has every file. *Peer* is other software run here on the same files
and scored by the same code (`validation/peers/`): of its methods the one that finds most, the best in error among
equals; it is held against the same figures, and where it has only some of them that is said."""

WHAT_MATTERS = """
## What matters

One row a promise. Where it is about several figures, *ours* is the worst of them and says which; the peer's is its own
worst. A bar "peer + 0.05" is counted from the peer of the same row. A "published" bar is each figure's own (its source
stands below); ours is rounded as that was. Where plates lie under a walk whose laboratory marked its events, both are
shown, though either would do."""


def markdown(scores: Sequence[Score], peers: Sequence[Score]) -> str:
    """All tables, as one page."""
    lines = [INTRODUCTION, WHAT_MATTERS, "", *_promises(judge(scores, peers))]
    for dataset, own in by_dataset(scores):
        theirs = [peer for peer in peers if peer.dataset == dataset]
        lines += ["", f"## {dataset}", "", *_figures(own, theirs)]
        if by_method := list(_by_method(own, theirs)):
            lines += ["", f"Every method on {dataset}, peers' too:", "", *by_method]
    return "\n".join(lines) + "\n"


def by_dataset(scores: Sequence[Score]) -> Iterator[tuple[str, list[Score]]]:
    """The pooled figures of each folder; those of its recordings, named with them, where nothing is pooled."""
    for dataset in dict.fromkeys(score.dataset for score in scores):
        own = [score for score in scores if score.dataset == dataset]
        pooled = [score for score in own if score.file == "all"]
        yield dataset, pooled or [replace(each, measure=f"{each.measure} ({each.file})") for each in own]


def _promises(judged: Sequence[Judged]) -> Iterator[str]:
    yield from _head("promise", "figure", "ours", "best peer, same files", "bar", "reached")
    for each in judged:
        yield _line(
            each.promise.what, each.promise.figure, said_ours(each), said_peer(each), said_bar(each), said_reached(each)
        )


def said_ours(judged: Judged) -> str:
    """Our figure, and which one it is where there are several."""
    if judged.worst is None:
        return "not measured"
    worst, promise = judged.worst, judged.promise
    parts = (
        worst.measure if len(promise.measures) > 1 else "",
        worst.condition if len(promise.conditions) != 1 else "",
        worst.dataset if len(promise.datasets) != 1 else "",
    )
    value = said(worst.value)
    perfect = worst.value == 1.0 and not less_is_better(worst.metric)
    if judged.figures == 1 or perfect:
        return value if judged.figures == 1 else f"{value} (all {judged.figures})"
    return f"{value} (worst of {judged.figures}: {', '.join(part for part in parts if part)})"


def said_peer(judged: Judged) -> str:
    """The peer's figure and name; on how many of our figures, where it lacks some."""
    if judged.peer is None:
        return ""
    peer = judged.peer
    some = "" if peer.of == judged.figures else f"; {peer.of} of {judged.figures}, ours there {said(peer.ours)}"
    return f"{said(peer.value)} ({peer.method}{some})"


def said_bar(judged: Judged) -> str:
    """The bar in signs: at least, at most, above the peer's."""
    promise = judged.promise
    if promise.above_peer is not None:
        plus = f"peer + {promise.above_peer:g}" if promise.above_peer else "peer"
        return f"≥ {plus}" if judged.bar is None else f"≥ {said(judged.bar)} ({plus})"
    if judged.bar is None:
        return "published"
    sign = "≥" if promise.at_least is not None else "≤"
    return f"{sign} {judged.bar:g}" + (" (published)" if promise.published else "")


def said_reached(judged: Judged) -> str:
    """Yes, no, or nothing to judge."""
    return {True: "yes", False: "**no**", None: "–"}[judged.reached]


def _figures(own: Sequence[Score], peers: Sequence[Score]) -> Iterator[str]:
    """One row a measure, condition and method of ours; the metrics in one cell."""
    yield from _head("measure", "condition", "method", "n", "ours", "best peer, same files", "to beat")
    for rows in _grouped(own):
        first = rows[0]
        yield _line(
            first.measure, first.condition, first.method, str(max(score.n for score in rows)), _metrics(rows),
            _peer(rows, peers), _to_beat(rows),
        )  # fmt: skip


def _grouped(own: Sequence[Score]) -> list[list[Score]]:
    rows: dict[tuple[str, str, str], list[Score]] = {}
    for score in own:
        rows.setdefault((score.measure, score.condition, score.method), []).append(score)
    return list(rows.values())


def _metrics(scores: Sequence[Score]) -> str:
    return " · ".join(f"{score.metric} {said(score.value)} {score.unit}".strip() for score in scores)


def _peer(rows: Sequence[Score], peers: Sequence[Score]) -> str:
    method = best_peer(rows, peers)
    beside = [peer for score in rows for peer in peers if peer.method == method and same_figure(peer, score)]
    return f"{method}: {_metrics(beside)}" if method else ""


def _to_beat(rows: Sequence[Score]) -> str:
    published = [score for score in rows if score.published is not None]
    figures = " · ".join(f"{score.metric} {said(score.published)} {score.unit}".strip() for score in published)
    sources = "; ".join(dict.fromkeys(score.source for score in rows if score.source))
    return f"{figures} ({sources})" if figures and sources else figures or sources


def _by_method(own: Sequence[Score], peers: Sequence[Score]) -> Iterator[str]:
    """One row a method, ours first, one column a metric: for every measure that several peers' methods have."""
    for rows in _grouped(own):
        first = rows[0]
        same = [peer for score in rows for peer in peers if same_figure(peer, score)]
        methods = dict.fromkeys(peer.method for peer in same)
        if len(methods) < 2 or first.measure.startswith("gait."):
            continue
        metrics = [score.metric for score in rows]
        units = {score.metric: f", {score.unit}" for score in rows if score.unit and score.unit not in score.metric}
        label = f"{first.measure}, {first.condition}" if first.condition else first.measure
        yield from _head(label, *(f"{metric}{units.get(metric, '')}" for metric in metrics))
        for name, its in (
            (f"**ours, {first.method}**", rows),
            *((m, [p for p in same if p.method == m]) for m in methods),
        ):
            values = {score.metric: score.value for score in its}
            yield _line(name, *(said(values.get(metric)) for metric in metrics))
        yield ""


def _head(*names: str) -> Iterator[str]:
    yield _line(*names)
    yield _line(*("---" for _ in names))


def _line(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def said(value: float | None) -> str:
    """A number as long as it need be; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "–"
    if value != 0.0 and abs(value) < 0.001:
        return f"{value:.1e}"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"
