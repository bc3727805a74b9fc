"""What a data set says of a recording outside of it: the eyes, the surface, its code for the person; no more."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from poise.readers.find import read_file

BDS = "Time[s]\tFx[N]\tFy[N]\tFz[N]\tMx[Nm]\tMy[Nm]\tMz[Nm]\tCOPx[cm]\tCOPy[cm]\n"
TABLE = "Trial\tSubject\tName\tVision\tSurface\nBDS00001\t7\tSomebody\tClosed\tFoam\nBDS00002\t7\tSomebody\tx\tFirm\n"


def trial(folder: Path, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    rows = [f"{t:.3f}\t0\t0\t600\t0\t0\t0\t{np.sin(t):.4f}\t{np.cos(t):.4f}" for t in np.arange(1, 300) / 100]
    path = folder / f"{name}.txt"
    path.write_text(BDS + "\n".join(rows) + "\n")
    return path


@pytest.mark.parametrize("beside", [True, False])
def test_the_table_beside_a_trial_or_one_folder_above_says_its_conditions(tmp_path: Path, beside: bool) -> None:
    path = trial(tmp_path / "trials", "BDS00001")
    with gzip.open((path.parent if beside else tmp_path) / "BDSinfoCOP.tsv.gz", "wt") as text:
        text.write(TABLE)
    (recording,) = read_file(path)
    assert (recording.conditions, recording.subject) == ({"eyes": "closed", "surface": "foam"}, "BDS 7")
    assert "Somebody" not in repr(recording)


def test_what_cannot_be_understood_is_not_said(tmp_path: Path) -> None:
    path = trial(tmp_path, "BDS00002")
    (tmp_path / "BDSinfoCOP.tsv").write_text(TABLE)
    (recording,) = read_file(path)
    assert recording.conditions == {"surface": "firm"}


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b broken", b"Trial\tOther\nBDS00001\t3\n", b"\xff\xfe\x00"])
def test_a_table_that_cannot_be_read_says_nothing(tmp_path: Path, content: bytes) -> None:
    path = trial(tmp_path, "BDS00001")
    (tmp_path / "BDSinfoCOP.tsv.gz").write_bytes(content)
    (recording,) = read_file(path)
    assert (recording.conditions, recording.subject) == ({}, "")


def test_another_format_is_not_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "BDS00001.csv"
    path.write_text("time,CoP_x_mm,CoP_y_mm\n" + "\n".join(f"{i / 100},{i % 7},{i % 5}" for i in range(300)) + "\n")
    (tmp_path / "BDSinfoCOP.tsv").write_text(TABLE)
    (recording,) = read_file(path)
    assert recording.conditions == {}
