"""Which files are read: those named, those in folders, those of a pattern; in order, none twice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from poise.errors import UnreadableFile
from poise.readers.find import read_file
from poise.workflows.files import Source, sources


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b/walk2.trc", "a.c3d", "b/walk1.trc", ".hidden/x.c3d", ".DS_Store"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    return tmp_path


def test_a_folder_gives_all_below_it_in_order_without_hidden_files(folder: Path) -> None:
    assert [each.path.relative_to(folder).as_posix() for each in sources([str(folder)])] == [
        "a.c3d",
        "b/walk1.trc",
        "b/walk2.trc",
    ]


def test_what_is_named_is_marked_so_and_comes_once_in_the_order_given(folder: Path) -> None:
    named = str(folder / "b" / "walk2.trc")
    found = sources([named, str(folder), named])
    assert found[0] == Source(path=Path(named), named=True)
    assert [each.named for each in found] == [True, False, False]


def test_a_pattern_is_expanded_and_a_missing_file_is_kept_to_be_reported(folder: Path) -> None:
    assert [each.path.name for each in sources([str(folder / "b" / "*.trc")])] == ["walk1.trc", "walk2.trc"]
    assert sources([str(folder / "no.c3d")]) == (Source(path=folder / "no.c3d", named=True),)


def test_a_link_back_up_counts_nothing_twice(folder: Path) -> None:
    (folder / "b" / "up").symlink_to("..")
    assert len(sources([str(folder)])) == 3
    assert len(sources([str(folder / "**" / "*.trc")])) == 2


def test_a_folder_that_may_not_be_opened_is_said_and_the_others_are_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed, shut = Path.iterdir, folder / "b"

    def opened(path: Path):
        if path == shut:
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", opened)
    assert sources([str(folder)]) == (
        Source(path=folder / "a.c3d", named=False),
        Source(path=shut, named=True),
    )
    monkeypatch.setattr(os, "listdir", lambda path: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
    with pytest.raises(UnreadableFile, match="cannot be opened"):
        read_file(shut)
