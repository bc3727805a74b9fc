"""UI-PRMD's Kinect joints: offsets and turns chained into a body; offsets alone say what they lack."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from poise.cleaning.kinect_chain import PARENTS, chained
from poise.cleaning.prepare import prepare
from poise.readers.find import read_file
from poise.signals import geometry

ARM = ("waist", "spine", "chest", "left_collar", "left_upper_arm", "left_forearm")


def test_without_turns_offsets_add_up() -> None:
    offsets = np.ones((5, len(ARM), 3))
    placed = chained(ARM, offsets, np.zeros((5, len(ARM), 3)))
    assert_allclose(placed[0, :, 0], [1, 2, 3, 4, 5, 6])


def test_a_turned_joint_carries_what_hangs_on_it_and_not_itself() -> None:
    offsets = np.tile([0.0, 1.0, 0.0], (1, len(ARM), 1))
    turns = np.zeros((1, len(ARM), 3))
    turns[0, 2, 2] = 90.0  # the chest, about z: up becomes minus x
    placed = chained(ARM, offsets, turns)[0]
    assert_allclose(placed[2], [0, 3, 0], atol=1e-12)
    assert_allclose(placed[5], [-3, 3, 0], atol=1e-12)


def test_what_is_missing_high_up_is_missing_below_and_nowhere_else() -> None:
    offsets = np.ones((3, len(ARM), 3))
    turns = np.zeros((3, len(ARM), 3))
    turns[1, 4] = np.nan
    placed = chained(ARM, offsets, turns)
    assert np.isfinite(placed[1, :5]).all()
    assert np.isnan(placed[1, 5]).all()
    assert np.isfinite(placed[[0, 2]]).all()


def test_every_joint_hangs_on_one_that_is_known() -> None:
    assert set(PARENTS.values()) - set(PARENTS) == {"waist"}


@pytest.mark.data
def test_the_camera_and_the_laboratory_see_the_same_squat(shared_data: Path) -> None:
    for subject in ("s01", "s02", "s04"):
        depths = []
        for sensor in ("kinect", "vicon"):
            folder = shared_data / "ui-prmd-rehab-exercises" / sensor / "correct" / "positions"
            body = prepare(read_file(folder / f"m01_{subject}_e01.txt.gz")[0])["body"]
            bend = geometry.flexion_angle(*(body[f"right_{name}_centre"] for name in ("hip", "knee", "ankle")))
            depths.append(np.nanmax(bend))
        assert depths[0] == pytest.approx(depths[1], abs=20.0)


@pytest.mark.data
def test_a_file_of_positions_alone_says_what_it_lacks(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "ui-prmd-rehab-exercises" / "kinect" / "correct"
    alone = tmp_path / "kinect" / "correct" / "positions"
    alone.mkdir(parents=True)
    shutil.copy(folder / "positions" / "m01_s01_e01.txt.gz", alone)
    recording = prepare(read_file(alone / "m01_s01_e01.txt.gz")[0])
    assert "body" not in recording
    assert any("together with the file of angles" in problem.what for problem in recording.problems)

    beside = alone.parent / "angles"
    beside.mkdir()
    whole = gzip.decompress((folder / "angles" / "m01_s01_e01.txt.gz").read_bytes())
    (beside / "m01_s01_e01.txt").write_bytes(whole)
    assert "body" in prepare(read_file(alone / "m01_s01_e01.txt.gz")[0])

    (beside / "m01_s01_e01.txt").write_bytes(b"\n".join(whole.split(b"\n")[:20]) + b"\n")
    short = prepare(read_file(alone / "m01_s01_e01.txt.gz")[0])
    assert "body" not in short
    assert any("not as many samples" in problem.what or "not as many" in problem.what for problem in short.problems)
