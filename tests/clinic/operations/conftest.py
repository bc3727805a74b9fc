"""Installations that were made once and are copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from clinic.operations import running

Make = Callable[..., Path]


@pytest.fixture(scope="session")
def _made_installations(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """One with a key and one without, each made when it is first asked for."""
    made: dict[str, Path] = {}

    def make(key: str) -> Path:
        if key not in made:
            data = tmp_path_factory.mktemp("made") / "data"
            told = {"POISE_KEY": key} if key else {}
            ended = running.poise("prepare", "--data", data, **told)
            assert ended.returncode == 0, ended.stderr
            running.fill(data, **told)
            made[key] = data
        return made[key]

    return make


@pytest.fixture
def installation(_made_installations: Callable[[str], Path], tmp_path: Path) -> Make:
    """A data folder with a clinic in it (20 patients, 20 recordings), of this test's own."""

    def make(key: str = "", name: str = "data") -> Path:
        data = tmp_path / name
        shutil.copytree(_made_installations(key), data)
        data.chmod(0o700)
        return data

    return make
