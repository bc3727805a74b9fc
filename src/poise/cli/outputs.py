"""Where results go: checked before the work starts, never over what they were made from, whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from poise.errors import BadSetting


def check_writable(outputs: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Find out before an hour of work, not after it, that an output cannot be written or would destroy something.

    Raises
    ------
    BadSetting
        An output is an input, or a file inside an input that is a folder; two outputs are the same file; it is a
        folder; its folder does not exist or may not be written to.
    """
    read = {os.path.realpath(path) for path in inputs}
    folders = [os.path.join(each, "") for each in read if os.path.isdir(each)]
    taken: set[str] = set()
    for path in outputs:
        target = os.path.realpath(path)
        if target in read or (os.path.isfile(target) and any(target.startswith(folder) for folder in folders)):
            raise BadSetting(f"Cannot write '{path}': it is one of the files to read.", do="Choose another name.")
        if target in taken and _to_be_replaced(path):
            raise BadSetting(f"Cannot write '{path}': two outputs have this name.", do="Give each its own.")
        taken.add(target)
        _try(path)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file beside the target to write to; it takes the target's name when all of it is there.

    Raises
    ------
    BadSetting
        It cannot be written: the disk is full, the folder is gone; the target is as it was.
    """
    beside = _beside(path)
    try:
        yield beside
        if beside != path:
            os.replace(beside, os.path.realpath(path))
    except OSError as error:
        raise _not_written(path, error) from error
    finally:
        if beside != path:
            with suppress(OSError):
                beside.unlink()


def to_standard_output(text: str) -> None:
    """Print it as UTF-8 whatever the terminal speaks: it is JSON, and another program reads it."""
    speak("utf-8")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise  # whoever listened has heard enough
    except OSError as error:
        raise _not_written(Path("-"), error) from error


def speak(encoding: str | None = None) -> None:
    """Let no letter that the terminal does not know end the program: it becomes ``?``; in UTF-8 where asked for."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace", **({"encoding": encoding} if encoding and stream is sys.stdout else {}))


def _try(path: Path) -> None:
    """Make and remove a file where the output will be made."""
    if not os.path.isdir(path.parent):
        raise BadSetting(f"Cannot write '{path}': the folder '{path.parent}' does not exist.", do="Make it first.")
    if os.path.isdir(path):
        raise BadSetting(f"Cannot write '{path}': it is a folder.", do="Name a file in it.")
    beside = _beside(path)
    try:
        if beside == path:
            if not os.access(path, os.W_OK):
                raise PermissionError(13, "Permission denied")
        else:
            beside.open("x").close()
            beside.unlink()
    except OSError as error:
        raise _not_written(path, error) from error


def _beside(path: Path) -> Path:
    """The name to write under; the suffix stays, for it tells some writers the format. A device has no beside."""
    if not _to_be_replaced(path):
        return path
    target = Path(os.path.realpath(path))
    return target.with_name(f".poise-{uuid4().hex}{target.suffix}")


def _to_be_replaced(path: Path) -> bool:
    return os.path.isfile(path) or not os.path.exists(path)


def _not_written(path: Path, error: OSError) -> BadSetting:
    return BadSetting(
        f"Cannot write '{path}': {error.strerror or error}.", do="Check the folder, who may write there, and the disk."
    )
