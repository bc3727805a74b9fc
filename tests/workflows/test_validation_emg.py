"""The EMG folders, as `poise validate` prints them."""

from __future__ import annotations

import shutil

import pytest

from poise.workflows.validate import datasets_in
from poise.workflows.validation.emg_gait_13muscles_santuz import DATASET as SANTUZ
from poise.workflows.validation.emg_lowerlimb_knee_uci import DATASET as KNEE
from poise.workflows.validation.emg_simulated import DATASET as SIMULATED
from poise.workflows.validation.emg_single_biosppy import DATASET as SINGLE


def pooled(dataset, folder):
    return {(s.measure, s.metric): s for s in dataset.scores(folder) if s.file == "all"}


def test_simulated_signals_come_with_the_folders_they_stand_beside(tmp_path):
    (tmp_path / SINGLE.name).mkdir()
    assert [dataset.name for dataset, _ in datasets_in(tmp_path)] == [SINGLE.name, SIMULATED.name]
    (tmp_path / "other" / "balance-acuna").mkdir(parents=True)
    assert SIMULATED.name not in [dataset.name for dataset, _ in datasets_in(tmp_path / "other")]


@pytest.mark.data
def test_a_published_pipeline_is_reproduced(shared_data):
    scores = pooled(SANTUZ, shared_data / SANTUZ.name)
    assert scores["emg.envelope", "r"].value >= 0.999
    assert scores["emg.peak_percent", "median_abs_error"].value < 5.0


@pytest.mark.data
def test_the_muscles_that_must_work_are_the_stronger_ones(shared_data, tmp_path):
    folder = tmp_path / KNEE.name
    (folder / "A_TXT").mkdir(parents=True)
    for name in ("1Asen", "1Apie", "2Asen", "2Apie"):
        shutil.copy(shared_data / KNEE.name / "A_TXT" / f"{name}.txt.xz", folder / "A_TXT")
    scores = pooled(KNEE, folder)
    assert scores["emg.dominance", "told_rightly"].value == 1.0
    assert scores["emg.dominance", "told_rightly_by_name"].value == 0.5, "A2's two files are swapped in the source"


@pytest.mark.data
def test_bursts_lie_in_the_range_of_other_software(shared_data):
    scores = pooled(SINGLE, shared_data / SINGLE.name)
    assert 4 <= scores["emg.onset", "bursts_found"].value <= 40
