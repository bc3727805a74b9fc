"""How far a long reading is, in the terminal: a video takes as long as it lasts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from poise.cli.show import console
from poise.readers.progress import listening


@contextmanager
def reading_shown(*, alone: bool) -> Iterator[None]:
    """A bar on standard error for the file being read, where it is the only one and somebody looks at a terminal."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    terminal = console(error=True)
    if not alone or not terminal.is_terminal:
        yield
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=terminal, transient=True) as bar:
        task = bar.add_task("Reading", total=1.0, visible=False)
        with listening(lambda name, share: bar.update(task, description=name, completed=share, visible=share < 1.0)):
            yield
