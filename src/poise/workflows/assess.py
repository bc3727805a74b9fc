"""From files to assessments: read, clean, measure, find. The only place that knows this order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poise.errors import BadSetting, PoiseError, UnknownFormat
from poise.model import Assessment, Person, Problem, Recording
from poise.workflows.files import Source, sources
from poise.workflows.one_recording import assess_recording
from poise.workflows.registry import all_measures
from poise.workflows.request import Request, checked

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

Found = tuple[Assessment, ...]
Work = partial[Found]

CLUSTER_ANSWERS_WITHIN_S = 5.0


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
    conditions: Mapping[str, str] | None = None,
    mapping: Mapping[str, object] | None = None,
    earlier: Assessment | None = None,
) -> tuple[Assessment, ...]:
    """Measure files or folders and find what is off: the library's front door.

    A file that cannot be used comes back as an assessment with ``usable=False`` and its problem; nothing is raised for
    it.

    What several of them show together is `poise.compare_all(assessments, same_person=True)`.

    Raises
    ------
    BadSetting
        There is no such task or condition, or something is of another kind than it has to be.
    """
    _are_of_their_kind(paths, person, earlier)
    request = Request(
        task=task, person=person or Person(), conditions=checked(conditions or {}), mapping=mapping or {},
        earlier=earlier,
    )  # fmt: skip
    return tuple(each for found in assess_all(sources(map(str, paths)), request) for each in found)


def _are_of_their_kind(paths: Sequence[object], person: object, earlier: object) -> None:
    if wrong := next((each for each in paths if not isinstance(each, str | Path)), None):
        raise BadSetting("analyze() takes paths, one after the other.", found=f"It got {wrong!r}.")
    if not isinstance(person, Person | None):
        raise BadSetting("person is a poise.Person.", found=f"It is {person!r}.", do="Write Person(age_years=45).")
    if not isinstance(earlier, Assessment | None):
        raise BadSetting("earlier is an assessment, as poise.analyze gives them.", found=f"It is {earlier!r}.")


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
    name = _sayable(str(source.path))
    try:
        recordings = read(source.path, mapping=request.mapping)
        return tuple(assess_recording(replace(each, source=name, id=_sayable(each.id)), request) for each in recordings)
    except UnknownFormat as error:
        return (_unusable(name, error),) if source.named else ()
    except Exception as error:
        # One file must not stop a thousand others, not even by a fault of ours; POISE_DEBUG shows where it is.
        if os.environ.get("POISE_DEBUG") and not isinstance(error, PoiseError):
            raise
        return (_unusable(name, error),)


def _sayable(name: str) -> str:
    """A file's name as text: bytes of it that are no UTF-8 become ``?``, for a report has to be written with it."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _unusable(name: str, error: Exception) -> Assessment:
    if isinstance(error, PoiseError):
        what, do = " ".join(part for part in (error.problem, error.found) if part), error.do
    elif isinstance(error, OSError):
        what, do = f"The file cannot be opened: {error.strerror or error}.", "Check the name and who may read it."
    elif isinstance(error, MemoryError):
        what = "This file needs more memory than there is."
        do = "Try it alone on a machine with more memory, or cut the recording into shorter ones."
    else:
        what = f"Poise failed on this file, by a fault of its own ({type(error).__name__}: {error})."
        do = "Please report it; with POISE_DEBUG=1 in the environment the place is shown."
    return Assessment(source=name, id=Path(name).name, usable=False, problems=(Problem(what=what, where=name, do=do),))


def _on_processes(workers: int, work: Work, given: Iterable[Source]) -> Iterator[Found]:
    """Share the files among processes; where one is killed, what was under way is done again, each file by itself."""
    from concurrent.futures.process import BrokenProcessPool

    # One thread a process: the processes already share the cores, and idle BLAS threads cost more than they give.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    all_measures()  # what is wrong with a plug-in is said here, once, and not by every process
    left = deque(given)
    started: deque[tuple[Source, Future[Found]]] = deque()
    while left:
        with _pool(workers) as pool:
            try:
                yield from _through(pool, work, left, started, at_once=workers + 1)
            except BrokenProcessPool:
                yield from (_again(work, source, future) for source, future in started)
                started.clear()


def _through(
    pool: ProcessPoolExecutor,
    work: Work,
    left: deque[Source],
    started: deque[tuple[Source, Future[Found]]],
    *,
    at_once: int,
) -> Iterator[Found]:
    """Move files from `left` through `started`, give their results in order; few at once, so that few are in doubt."""
    from concurrent.futures import FIRST_COMPLETED, wait

    waiting: set[Future[Found]] = set()
    while left or started:
        while left and len(waiting) < at_once:
            started.append((left[0], pool.submit(work, left[0])))
            waiting.add(started[-1][1])
            left.popleft()
        _, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        while started and started[0][1].done():
            yield started[0][1].result()
            started.popleft()


def _again(work: Work, source: Source, future: Future[Found]) -> Found:
    """The result of a file that was under way when a process was killed: what is there, or one more try, alone."""
    from concurrent.futures.process import BrokenProcessPool

    if future.done() and not isinstance(future.exception(), BrokenProcessPool):
        return future.result()
    with _pool(1) as pool:
        try:
            return pool.submit(work, source).result()
        except BrokenProcessPool:
            return (_unusable(_sayable(str(source.path)), _killed()),)


def _pool(workers: int) -> ProcessPoolExecutor:
    from concurrent.futures import ProcessPoolExecutor

    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))


def _killed() -> PoiseError:
    return PoiseError(
        "The process that worked on this file was killed.",
        found="Most often that is the system, because memory ran out.",
        do="Try it alone on a machine with more memory, or cut the recording into shorter ones.",
    )


def _on_cluster(address: str, work: Work, given: Iterable[Source]) -> Iterator[Found]:
    try:
        from distributed import KilledWorker
    except ImportError as missing:
        raise BadSetting(
            "A cluster needs a package that is not installed.", do="Install it with: pip install 'poise[cluster]'."
        ) from missing
    files = list(given)
    with _client(address) as client:
        # Not pure: a file of the same name may hold something else than it did an hour ago.
        for source, future in zip(files, client.map(work, files, pure=False), strict=True):
            try:
                yield future.result()
            except KilledWorker:
                yield (_unusable(_sayable(str(source.path)), _killed()),)


def _client(address: str) -> Any:
    from distributed import Client

    try:
        return Client(address, timeout=CLUSTER_ANSWERS_WITHIN_S)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:  # nobody answers; no address
        raise BadSetting(
            f"The cluster at '{address}' cannot be reached.",
            found=f"{type(error).__name__}: {error}"[:300],
            do="Check that its scheduler runs there, as in tcp://10.0.0.5:8786; or share the files with --workers.",
        ) from error
