"""The demo's own folder: nothing of a real clinic gets near it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from poise.clinic.operations.domain import folder
from poise.errors import BadSetting

REAL_SETTINGS = ("DATABASE_URL", "POISE_KEY", "POISE_KEY_FILE", "POISE_OBJECTS", "POISE_EMAIL", "POISE_HTTPS",
                 "POISE_HOSTS", "POISE_TRUSTED_PROXY")  # fmt: skip


def forget_real_settings() -> None:
    """The demo never opens a database, a store or a mailbox that the environment names for the real clinic."""
    for name in REAL_SETTINGS:
        os.environ.pop(name, None)


def throw_away(path: Path) -> None:
    """Deletes a demo's folder.

    Raises
    ------
    BadSetting
        The folder is not marked as a demo.
    FolderInUse
        The demo is running.
    """
    if not path.exists() or not any(path.iterdir()):
        return
    if not folder.is_demo(path):
        raise BadSetting(
            f"The folder {path} is not a demo of Poise; it is left as it is.",
            do="Choose the demo's folder with --data FOLDER.",
        )
    with folder.held(path, what_for="poise demo --reset"):
        for each in path.iterdir():
            if each.name in {folder.LOCK, folder.MARK}:
                continue  # the mark goes with the folder's last file, so that a cut leaves a demo, not a nothing
            shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
