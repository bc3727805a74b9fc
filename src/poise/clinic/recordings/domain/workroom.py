"""Where a stored file lies open for as long as a reader needs a path: a folder that only its owner may enter."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from poise.clinic.objects import object_store
from poise.clinic.objects.faults import told_plainly
from poise.clinic.objects.places import private_folder
from poise.clinic.recordings.domain.names import suffix_of

FORGOTTEN_AFTER_S = 6 * 3600.0


@contextmanager
def room() -> Iterator[Path]:
    """A folder for the time being; gone afterwards, and swept up later where a crash has left it."""
    root = private_folder(settings.POISE.folder / "workroom")
    _sweep(root)
    made = Path(tempfile.mkdtemp(dir=root))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def laid_out(key: str, name: str) -> Iterator[Path]:
    """A stored object as a file. It is called ``recording`` with the ending of `name`: readers go by endings."""
    with room() as folder, object_store().open(key) as stored:
        path = folder / f"recording{suffix_of(name)}"
        write(path, stored)
        yield path


def write(path: Path, stream: BinaryIO) -> None:
    """Writes the stream to a file that only its owner may read."""
    with told_plainly(), os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(stream, file, 1024 * 1024)


def _sweep(root: Path) -> None:
    for left in root.iterdir():
        try:
            is_old = time.time() - left.stat().st_mtime > FORGOTTEN_AFTER_S
        except FileNotFoundError:
            continue
        if is_old:
            shutil.rmtree(left, ignore_errors=True)
