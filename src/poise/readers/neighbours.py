"""Recordings that are whole only together with a file beside them; the file alone says what it lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from poise.errors import PoiseError
from poise.model import Kind, Problem, Recording, Step


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """What stands beside a file of one format: in which folder beside its own, and what is taken from it.

    `stream` of the neighbour is filed as `filed` (a stream of kind analog: what it means, cleaning knows).
    """

    format: str
    folder: str
    stream: str
    filed: str
    lacking: str


NEIGHBOURS = (
    Neighbour(
        format="UI-PRMD Kinect positions",
        folder="angles",
        stream=Kind.JOINT_ANGLES,
        filed="analog.joint_rotations",
        lacking="only together with the file of angles",
    ),
)
"""UI-PRMD (Vakanski et al. 2018): offsets in ``positions/``, the turns that chain them in ``angles/`` beside it."""


def with_neighbours(
    recordings: Iterable[Recording], path: Path, read: Callable[[Path], Iterable[Recording]]
) -> tuple[Recording, ...]:
    """The recordings, those that need the file beside theirs with its stream put in.

    Parameters
    ----------
    path
        Where the file really lies, not where it was unpacked to.
    read
        Reads the neighbour.
    """
    return tuple(_joined(recording, path, read) for recording in recordings)


def _joined(recording: Recording, path: Path, read: Callable[[Path], Iterable[Recording]]) -> Recording:
    wanted = next((one for one in NEIGHBOURS if one.format == recording.details.get("format")), None)
    beside = None if wanted is None else _beside(path, wanted.folder)
    if wanted is None or beside is None:
        return recording
    try:
        found = next((each[wanted.stream] for each in read(beside) if wanted.stream in each), None)
    except (PoiseError, OSError) as error:
        return _doubted(recording, f"The file beside it, {wanted.folder}/{beside.name}, cannot be read: {error}")
    own = next(iter(recording.streams.values()))
    if found is None or len(found.time_s) != len(own.time_s):
        return _doubted(recording, f"The file beside it, {wanted.folder}/{beside.name}, has not as many samples.")
    kept = tuple(problem for problem in recording.problems if wanted.lacking not in problem.what)
    step = Step(what="joined", settings={"with": f"{wanted.folder}/{beside.name}"})
    stream = replace(found, kind=Kind.ANALOG)
    joined = {**recording.streams, wanted.filed: stream}
    return replace(recording, problems=kept, streams=joined, history=(*recording.history, step))


def _beside(path: Path, folder: str) -> Path | None:
    """The file of the same name in the folder beside its own, packed or not."""
    names = (path.name, f"{path.name}.gz", path.name.removesuffix(".gz"))
    places = (path.absolute().parent.parent / folder / name for name in names)
    return next((place for place in places if place.is_file()), None)


def _doubted(recording: Recording, what: str) -> Recording:
    told = Problem(what=what, where=recording.id, do="Export both files of this repetition again.")
    return replace(recording, problems=(*recording.problems, told))
