"""From files to assessments: read, clean, measure, find. The only place that knows this order."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from poise.errors import PoiseError, UnknownFormat
from poise.model import Assessment, Person, Problem, Recording
from poise.workflows.files import Source, sources
from poise.workflows.one_recording import assess_recording
from poise.workflows.request import Request


def read(path: str | Path, *, mapping: Mapping[str, object] | None = None) -> tuple[Recording, ...]:
    """All recordings in a file, as they are: nothing cleaned, nothing measured.

    Raises
    ------
    UnknownFormat, UnreadableFile, BadMapping
        With what was found and what to do.
    """
    from poise.readers.find import read_file

    return tuple(read_file(Path(path), mapping or {}))


def analyze(
    *paths: str | Path,
    task: str = "auto",
    person: Person | None = None,
    mapping: Mapping[str, object] | None = None,
    earlier: Assessment | None = None,
) -> tuple[Assessment, ...]:
    """Measure files or folders and find what is off: the library's front door.

    A file that cannot be used comes back as an assessment with ``usable=False`` and its problem; nothing is raised.
    """
    request = Request(task=task, person=person or Person(), mapping=mapping or {}, earlier=earlier)
    return tuple(each for found in assess_all(sources(map(str, paths)), request) for each in found)


def assess_all(
    given: Iterable[Source], request: Request, *, workers: int = 1, cluster: str | None = None
) -> Iterator[tuple[Assessment, ...]]:
    """The assessments of many files, one tuple a file, in the order given, whoever finishes first."""
    work = partial(assess_file, request=request)
    if cluster is not None:
        yield from _on_cluster(cluster, work, given)
    elif workers > 1:
        yield from _on_processes(workers, work, given)
    else:
        yield from map(work, given)


def assess_file(source: Source, request: Request) -> tuple[Assessment, ...]:
    """Every recording of one file, assessed; never raises for what a file holds."""
    name = str(source.path)
    try:
        recordings = read(source.path, mapping=request.mapping)
        return tuple(assess_recording(replace(each, source=name), request) for each in recordings)
    except UnknownFormat as error:
        return (_unusable(name, error),) if source.named else ()
    except Exception as error:
        # One file must not stop a thousand others, not even by a fault of ours; POISE_DEBUG shows where it is.
        if os.environ.get("POISE_DEBUG") and not isinstance(error, PoiseError):
            raise
        return (_unusable(name, error),)


def _unusable(name: str, error: Exception) -> Assessment:
    if isinstance(error, PoiseError):
        what, do = " ".join(part for part in (error.problem, error.found) if part), error.do
    elif isinstance(error, OSError):
        what, do = f"The file cannot be opened: {error.strerror or error}.", "Check the name and who may read it."
    else:
        what = f"Poise failed on this file, by a fault of its own ({type(error).__name__}: {error})."
        do = "Please report it; with POISE_DEBUG=1 in the environment the place is shown."
    return Assessment(source=name, id=Path(name).name, usable=False, problems=(Problem(what=what, where=name, do=do),))


def _on_processes(
    workers: int, work: partial[tuple[Assessment, ...]], given: Iterable[Source]
) -> Iterator[tuple[Assessment, ...]]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # One thread a process: the processes already share the cores, and idle BLAS threads cost more than they give.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(work, given)


def _on_cluster(
    address: str, work: partial[tuple[Assessment, ...]], given: Iterable[Source]
) -> Iterator[tuple[Assessment, ...]]:
    from poise.errors import BadSetting

    try:
        from distributed import Client
    except ImportError as missing:
        raise BadSetting(
            "A cluster needs a package that is not installed.", do="Install it with: pip install 'poise[cluster]'."
        ) from missing
    with Client(address) as client:  # type: ignore[no-untyped-call]
        yield from client.gather(client.map(work, list(given)))
