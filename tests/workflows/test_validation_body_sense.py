"""What is validated of body sense, posture and sensor pairs: on real judgements, labelled planks, a real walk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from poise.workflows.validation import (
    broad_imu_orientation,
    exercise_mediapipe_ec,
    opensense_imu_joint,
    proprioception_hand_ebr,
)
from poise.workflows.validation.exercise_mediapipe_ec import area_under_curve
from poise.workflows.validation.scores import Score


def pooled(dataset, folder: Path) -> dict[tuple[str, str, str], Score]:  # type: ignore[no-untyped-def]
    found = [each for each in dataset.scores(folder / dataset.name) if each.file == "all"]
    return {(each.measure, each.metric, each.condition): each for each in found}


def test_the_area_under_the_curve_counts_pairs() -> None:
    assert area_under_curve(np.array([2.0, 3.0]), np.array([1.0, 2.0])) == pytest.approx(3.5 / 4)
    assert np.isnan(area_under_curve(np.array([]), np.array([1.0])))


def test_what_source_md_tells_of_a_trial(tmp_path: Path) -> None:
    (tmp_path / "SOURCE.md").write_text(
        "| file | x |\n| --- | --- |\n| 07_a.mat | 10 (1 s) | 3.2 % | 1.5 / 1.4 / 0.3 |\n"
    )
    assert broad_imu_orientation.told_errors(tmp_path / "SOURCE.md") == {
        "07_a.mat": {"total": 1.5, "heading": 1.4, "inclination": 0.3}
    }
    assert broad_imu_orientation.told_errors(tmp_path / "none.md") == {}


@pytest.mark.data
def test_identities_hold_on_every_real_judgement(shared_data: Path) -> None:
    found = pooled(proprioception_hand_ebr.DATASET, shared_data)
    assert found["position_sense.identity", "max_abs_error", ""].value < 1e-9
    assert found["position_sense.judgements_read", "recall", ""].value == 1.0


@pytest.mark.data
def test_hips_of_a_plank_are_told(shared_data: Path) -> None:
    for (_, metric, _), score in pooled(exercise_mediapipe_ec.DATASET, shared_data).items():
        assert not metric.startswith("auc") or score.value > 0.95


@pytest.mark.data
def test_a_real_knee_between_two_sensors(shared_data: Path) -> None:
    found = pooled(opensense_imu_joint.DATASET, shared_data)
    score = found["joint.knee.flexion", "rmse", "against the maker's orientations"]
    assert score.n == 2
    assert score.value < 3.0
