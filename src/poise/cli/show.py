"""How an assessment looks in a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from poise.documents.problems import told
from poise.documents.tasks import measures_asked
from poise.documents.words import certainty, counted, said_unit, spread
from poise.model import Assessment, Comparison, Finding, Measurement

KEY_MEASURES = 14
FAIRLY_SURE = 0.8
"""Below this another task is named too (design)."""


def console(*, error: bool = False) -> Console:
    """The terminal, or plain text where there is none; `error` for standard error."""
    return Console(stderr=error, highlight=False, soft_wrap=not error)


@contextmanager
def progress(total: int, doing: str) -> Iterator[Callable[[], None]]:
    """A progress bar on standard error while several files are worked on; calls the yielded function once a file."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    terminal = console(error=True)
    if total < 2 or not terminal.is_terminal:
        yield lambda: None
        return
    columns = (TextColumn(doing), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=terminal, transient=True) as bar:
        task = bar.add_task(doing, total=total)
        yield lambda: bar.advance(task)


def show_assessment(assessment: Assessment) -> None:
    """One recording: what is off, the measures left and right, what is in doubt."""
    out = Console(highlight=False)
    out.print()
    out.rule(f"[bold]{escape(assessment.id)}[/]  {_headline(assessment)}", align="left")
    if assessment.findings:
        for finding in assessment.findings:
            out.print(Padding(_title(finding), (0, 0, 0, 2)))
            out.print(Padding(escape(finding.sentence), (0, 0, 0, 4)))
    elif assessment.usable and assessment.measurements:
        beyond = "Nothing measured here lies beyond its reference by more than measurement error."
        out.print(f"  {beyond if assessment.judged else 'Nothing here could be held against a reference.'}")
    if assessment.measurements:
        out.print(Padding(_table(assessment.measurements, measures_asked(assessment)), (1, 0, 0, 2)))
    for doubt in told(assessment.problems, of=(assessment.id, assessment.source)):
        out.print(Padding(f"[yellow]![/] {escape(doubt.sentence)} [dim]{escape(doubt.do)}[/]", (0, 0, 0, 2)))
    if assessment.unseen:
        out.print(
            Padding(f"[dim]Not judged: {len(assessment.unseen)} (listed in --json and in the report)[/]", (0, 0, 0, 2))
        )


def show_in_short(assessment: Assessment) -> None:
    """One recording of many: a line, and what stands out in it."""
    out = Console(highlight=False)
    out.print(f"[bold]{escape(assessment.id)}[/]  {_headline(assessment)}")
    for finding in assessment.findings:
        out.print(Padding(_title(finding), (0, 0, 0, 2)))


def show_comparison(comparison: Comparison) -> None:
    """What several recordings of one person show together."""
    out = Console(highlight=False)
    out.print()
    of = ", ".join(comparison.of)
    out.rule(f"[bold]{escape(comparison.name)}[/]  [dim]{escape(of)}[/]", align="left")
    for finding in comparison.findings:
        out.print(Padding(_title(finding), (0, 0, 0, 2)))
        out.print(Padding(escape(finding.sentence), (0, 0, 0, 4)))
    if comparison.measurements:
        out.print(Padding(_table(comparison.measurements, []), (0, 0, 0, 2)))
    for problem in comparison.problems:
        out.print(Padding(f"[yellow]![/] {escape(problem.what)} [dim]{escape(problem.do)}[/]", (0, 0, 0, 2)))


def _headline(assessment: Assessment) -> str:
    if not assessment.usable:
        return "[red]could not be used[/]"
    parts = [_task(assessment), f"{assessment.duration_s:.1f} s"]
    if assessment.conditions:
        parts.append(", ".join(f"{name} {value}" for name, value in assessment.conditions.items()))
    if assessment.repetitions:
        parts.append(counted(len(assessment.repetitions), "repetition", "repetitions"))
    if assessment.walk is not None:
        parts.append(counted(len(assessment.walk.strides), "stride", "strides"))
    return f"[dim]{' · '.join(parts)}[/]"


def _task(assessment: Assessment) -> str:
    """The task, how sure it is where it was guessed, and what else it may be where that is not very."""
    known = assessment.recognition
    if known is None or known.confidence >= 1.0 or known.task == "unknown":
        return assessment.task
    other = f", if not: {known.instead}" if known.instead and known.confidence < FAIRLY_SURE else ""
    return f"{assessment.task} (recognised, {certainty(known.confidence)} sure{other})"


def _title(finding: Finding) -> str:
    colour = "red" if finding.severity == "major" else "yellow"
    side = f" ({finding.side})" if finding.side else ""
    sure = f"{finding.severity}, confidence {certainty(finding.confidence)}"
    return f"[{colour}]●[/] [bold]{escape(finding.name)}{side}[/]  [dim]{sure}[/]"


def _table(measurements: tuple[Measurement, ...], first: Sequence[str]) -> Table:
    """What people ask for first; sides that nothing has take no room."""
    rows: dict[str, dict[str, Measurement]] = {name: {} for name in first}
    for measured in measurements:
        if measured.measure in rows or not first:
            rows.setdefault(measured.measure, {})[measured.side or "both"] = measured
    shown = list(rows.items())[:KEY_MEASURES]
    sides = [side for side in ("left", "right", "both") if any(side in held for _, held in shown)]
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("measure", no_wrap=True)
    for name in sides:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("n", justify="right")
    for measure, held in shown:
        unit = said_unit(next(iter(held.values())).unit)
        cells = [spread(held[side]) if side in held else "" for side in sides]
        table.add_row(f"{measure} [dim]{unit}[/]", *cells, str(max(each.n for each in held.values())))
    if len(rows) > KEY_MEASURES:
        table.add_row(f"[dim]… and {len(rows) - KEY_MEASURES} more[/]")
    return table
