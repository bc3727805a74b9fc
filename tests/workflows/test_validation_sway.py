"""The folders of standing people: published results met, order of the conditions right, all else refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from poise.workflows.validation import (
    _sway_simulated,
    balance_acuna,
    balance_pds_dualplate,
    biomdp_kistler_sway,
    mobgap_lumbar_sway,
    opencap_lab_sway,
)
from poise.workflows.validation.scores import Dataset, Score

pytestmark = pytest.mark.data


def pooled(dataset: Dataset, shared_data: Path) -> list[Score]:
    return [score for score in dataset.scores(shared_data / dataset.name) if score.file == "all"]


def test_two_plates_give_the_authors_results_the_files_own_pressure_and_the_share_of_weight(shared_data: Path) -> None:
    told = {(each.measure, each.metric): each.value for each in pooled(balance_pds_dualplate.DATASET, shared_data)}
    for measure in ("balance.sway_area_95", "balance.sway_velocity", "balance.mean_power_frequency"):
        assert told[measure, "largest_relative_error"] <= 1e-6
    assert told["balance.net_pressure", "largest_error"] < 0.05
    assert told["balance.load_asymmetry", "largest_error"] < 0.01
    assert told["balance.quiet_standing", "told_rightly"] == 1.0


def test_another_laboratory_has_a_romberg_quotient_and_says_that_nothing_was_published(shared_data: Path) -> None:
    told = list(balance_acuna.DATASET.scores(shared_data / "balance-acuna"))
    assert [each.n for each in told if each.measure == "balance.romberg_quotient"] == [1]
    assert any(each.metric == "not_validated" for each in told)


@pytest.mark.parametrize("module", [biomdp_kistler_sway, opencap_lab_sway, mobgap_lumbar_sway])
def test_what_is_no_standing_is_refused(module: object, shared_data: Path) -> None:
    told = pooled(module.DATASET, shared_data)  # type: ignore[attr-defined]
    refused = [each.value for each in told if each.metric == "told_rightly"]
    assert refused == [1.0]


def test_sway_from_raw_channels_is_that_of_the_makers_export(shared_data: Path) -> None:
    told = pooled(biomdp_kistler_sway.DATASET, shared_data)
    assert max(each.value for each in told if each.metric == "largest_relative_error") < 0.01


def test_simulated_figures_say_that_they_are_and_what_is_not_validated_is_listed() -> None:
    told = list(_sway_simulated.scores("x"))
    assert {each.condition for each in told if each.metric != "not_validated"} == {"simulated"}
    assert {each.measure for each in told if each.metric == "not_validated"} >= {
        "balance.imu_jerk", "balance.camera_velocity", "balance.stance_time", "balance.limits_maximum",
        "balance.recovery_steps",
    }  # fmt: skip
    worst = {each.measure: each.value for each in told if each.metric == "largest_abs_error"}
    assert worst["balance.recovery_time"] <= 0.020
    assert worst["balance.stance_time"] <= 0.07
