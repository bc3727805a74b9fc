"""Which reader a file is for: unpack it, look at its first bytes, ask every reader, read."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from poise.errors import PoiseError, UnknownFormat, UnreadableFile
from poise.model import Problem, Reader, Recording, Step
from poise.plugins import discover, left_out
from poise.readers import unpack
from poise.readers.facts import with_facts
from poise.readers.looks import looks_like
from poise.readers.neighbours import with_neighbours
from poise.readers.text import sayable

HEAD_BYTES = 4096


def read_file(path: Path, mapping: Mapping[str, object] | None = None) -> tuple[Recording, ...]:
    """All recordings in a file, whatever its format; packed files (.gz, .xz, .bz2, .zip) are unpacked on the way.

    Parameters
    ----------
    path
        The file; or a folder that is one recording of several sensors (see `is_recording_folder`).
    mapping
        What the user's --map file says (`poise.readers.mapping.load`); None without one.

    Returns
    -------
    recordings
        At least one, in the file's own order. `source` is `path` as given (with the member's name in an archive).

    Raises
    ------
    UnknownFormat
        No reader knows the file, or it is not a recording; the message says what it looks like instead.
    UnreadableFile
        There is no such file, or it is empty, damaged or cut off.
    """
    path, told = Path(path), mapping or {}
    if os.path.isdir(path):
        return _named(_read_folder(path, told), source=str(path))
    head = _head(path)
    if unpack.is_packed(head):
        with tempfile.TemporaryDirectory(prefix="poise-") as room:
            return _named(_whole(_read_any(unpack.unpack(path, Path(room)), told), path, told), source=str(path))
    if unpack.is_archive(path, head) and not _readers_for(path, head, told):
        return _read_archive(path, told)
    return _named(_whole(_read_any(path, told), path, told), source=str(path))


def _whole(recordings: Sequence[Recording], path: Path, told: Mapping[str, object]) -> tuple[Recording, ...]:
    """The recordings with what a file beside theirs adds to them."""
    return with_neighbours(with_facts(recordings, path, told), path, lambda beside: read_file(beside, told))


def is_recording_folder(folder: Path) -> bool:
    """Whether a folder is one recording (one file a sensor), to be given to `read_file` as a whole."""
    return os.path.isdir(folder) and any(_folder_readers(folder))


def readers() -> tuple[Reader, ...]:
    """Every reader, our own and other packages', the same order on every machine."""
    return discover("readers", "READER", Reader)


def _folder_readers(folder: Path) -> Iterator[Reader]:
    return (reader for reader in readers() if _knows_folder(reader, folder))


def _knows_folder(reader: Reader, folder: Path) -> bool:
    sniff = getattr(reader, "sniff_folder", None)
    try:
        return sniff is not None and bool(sniff(folder))
    except OSError:
        return False  # a folder that may not be looked into is said when it is read
    except Exception as error:
        left_out(f"Reader '{reader.name}'", error)
        return False


def _read_folder(folder: Path, mapping: Mapping[str, object]) -> tuple[Recording, ...]:
    reader = next(_folder_readers(folder), None)
    if reader is None:
        try:
            os.listdir(folder)
        except OSError as error:
            raise UnreadableFile(
                f"The folder '{folder}' cannot be opened.", found=str(error.strerror), do="Check who may read it."
            ) from error
        raise UnknownFormat(
            f"'{folder.name}' is a folder, and not one that holds a single recording.",
            do="Give the files in it, or let 'poise analyze' go through the folder file by file.",
        )
    with _Translated(folder, reader):
        return _marked(reader.read_folder(folder, mapping), reader, mapping)  # type: ignore[attr-defined]


def _read_archive(path: Path, mapping: Mapping[str, object]) -> tuple[Recording, ...]:
    """The recordings of all members; a member that is no recording is passed over, a damaged one becomes a Problem."""
    found: list[Recording] = []
    refused: list[tuple[str, PoiseError]] = []
    with tempfile.TemporaryDirectory(prefix="poise-") as room:
        for member, file in unpack.members(path, Path(room)):
            try:
                source = f"{path}/{member}"
                inner = str(PurePosixPath(member).with_suffix(""))
                found += _named(_whole(_read_any(file, mapping), file, mapping), source=source, inside=inner)
            except PoiseError as error:
                refused.append((member, error))
    if not found:
        told = "; ".join(f"{member}: {error.problem}" for member, error in refused[:5])
        raise UnknownFormat(f"No file in the archive '{path.name}' is a recording.", found=told, do=_help())
    damaged = [
        Problem(what=error.problem, where=f"{path.name}/{member}", do=error.do)
        for member, error in refused
        if isinstance(error, UnreadableFile)
    ]
    return (replace(found[0], problems=(*found[0].problems, *damaged)), *found[1:])


def _read_any(path: Path, mapping: Mapping[str, object]) -> tuple[Recording, ...]:
    """Ask the readers that know the file, the likeliest first; the first that can read it does."""
    head = _head(path)
    candidates = _readers_for(path, head, mapping)
    if not candidates:
        raise _unknown(path, head)
    failures: list[PoiseError] = []
    for reader in candidates:
        try:
            with _Translated(path, reader):
                return _marked(reader.read(path, mapping), reader, mapping)
        except PoiseError as error:
            failures.append(error)
    # A reader that met damage knows the file better than one that says it is another layout.
    raise next((error for error in failures if isinstance(error, UnreadableFile)), failures[-1])


def _readers_for(path: Path, head: bytes, mapping: Mapping[str, object]) -> list[Reader]:
    """Readers that recognise the file: those that also claim its suffix first, those for anything at all last.

    Where the user's mapping says what each column is, the reader that follows it comes before all others.
    """
    suffix = path.suffix.lower()
    told = "signal" in mapping
    known = [r for r in readers() if _knows(r, path, head) or (told and getattr(r, "follows_mapping", False))]
    return sorted(
        known,
        key=lambda r: (
            not (told and getattr(r, "follows_mapping", False)),
            getattr(r, "last_resort", False),
            suffix not in r.suffixes,
        ),
    )


def _knows(reader: Reader, path: Path, head: bytes) -> bool:
    # One reader that fails on its first look must not take the file from the others.
    try:
        return bool(reader.sniff(path, head))
    except Exception as error:
        left_out(f"Reader '{reader.name}'", error)
        return False


class _Translated:
    """Whatever a reader raises on bytes it did not expect, told as an UnreadableFile."""

    def __init__(self, path: Path, reader: Reader) -> None:
        self.path, self.reader = path, reader

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, PoiseError):
            raise UnreadableFile(
                f"'{self.path.name}' cannot be read as {self.reader.name}: it is damaged or not what it seems.",
                found=f"{type(error).__name__}: {error}"[:300],
                do="Export it again from the software that made it, and look at it with: poise inspect",
            ) from error


def _marked(recordings: Sequence[Recording], reader: Reader, mapping: Mapping[str, object]) -> tuple[Recording, ...]:
    """The recordings with the reading in their history, sensors called by where the mapping says they are worn."""
    step = Step(what="read", settings={"reader": reader.name})
    recordings = [_sayable(recording) for recording in recordings]
    places = mapping.get("sensors")
    if isinstance(places, Mapping):
        recordings = [_placed(recording, places) for recording in recordings]
    return tuple(r if r.history else replace(r, history=(step,)) for r in recordings)


def _sayable(recording: Recording) -> Recording:
    """The recording with names and words that can be shown: a file may hold any character."""
    streams = {
        key: replace(stream, channels=tuple(map(sayable, stream.channels)))
        for key, stream in recording.streams.items()
        if not all(map(str.isprintable, stream.channels))
    }
    details = {sayable(name): sayable(words) for name, words in recording.details.items()}
    problems = tuple(
        replace(each, what=sayable(each.what), where=sayable(each.where), do=sayable(each.do))
        for each in recording.problems
    )
    return replace(recording, streams={**recording.streams, **streams}, details=details, problems=problems)


def _placed(recording: Recording, places: Mapping[str, object]) -> Recording:
    streams = {
        key: replace(stream, channels=tuple(str(places.get(name, name)) for name in stream.channels))
        for key, stream in recording.streams.items()
    }
    return replace(recording, streams=streams)


def _named(recordings: Sequence[Recording], *, source: str, inside: str = "") -> tuple[Recording, ...]:
    """The recordings under the name the user gave; those of an archive's member under the member's."""
    return tuple(
        replace(r, source=source, id="/".join((inside, *r.id.split("/")[1:])) if inside else r.id) for r in recordings
    )


def _head(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UnreadableFile(
                f"'{path.name}' is no file, though it has a name like one.",
                found="It is a pipe or a device, and reading it could wait for ever.",
                do="Write what comes out of it to a file, and give that.",
            )
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except FileNotFoundError:
        raise UnreadableFile(f"There is no file '{path}'.", do="Check the name and the folder.") from None
    except OSError as error:
        raise UnreadableFile(f"'{path.name}' cannot be opened.", found=str(error)) from error
    if not head:
        raise UnreadableFile(f"'{path.name}' is empty.", do="Export it again from the software that made it.")
    return head


def _unknown(path: Path, head: bytes) -> UnknownFormat:
    seems = looks_like(path, head)
    return UnknownFormat(
        f"'{path.name}' is not a recording that Poise knows.", found=f"It looks like {seems}.", do=_help()
    )


def _help() -> str:
    names = ", ".join(reader.name for reader in readers())
    return (
        f"Poise reads: {names}. A text table of another layout can be read with --map FILE.toml, which says "
        "which column is what (docs/mapping.md)."
    )
