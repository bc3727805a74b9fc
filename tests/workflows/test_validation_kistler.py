"""The Kistler folder: our figures against BioWare's export, as `poise validate` would tell them."""

from __future__ import annotations

import pytest

from poise.workflows.validation.biomdp_kistler_isen import DATASET

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def figures(request):
    folder = request.getfixturevalue("shared_data") / DATASET.name
    return {(s.file, s.method, s.measure, s.metric): s.value for s in DATASET.scores(folder)}


def pooled(figures, how, measure, metric="max_abs_error"):
    return figures["all", f"kistler_eight_channels/{how}", measure, metric]


def test_the_formulas_equal_the_export_to_its_rounding(figures):
    """The export has six decimals; a sum of four of its numbers may be off by two of the last."""
    assert pooled(figures, "formulas", "force.x") < 2.5e-6
    assert pooled(figures, "formulas", "force.z") < 2.5e-6
    assert pooled(figures, "formulas", "free_moment") < 2.5e-6
    assert pooled(figures, "formulas", "centre_of_pressure.x") < 1e-3  # mm
    assert pooled(figures, "formulas", "centre_of_pressure.y") < 1e-3


def test_the_c3d_equals_the_export_to_the_counts_it_was_written_in(figures):
    """Two channels sideways of 0.04 N a count, four upwards of 0.16 N: about a count each at the worst."""
    assert pooled(figures, "reading", "force.x") < 2 * 0.041
    assert pooled(figures, "reading", "force.y") < 2 * 0.041
    assert pooled(figures, "reading", "force.vertical") < 4 * 0.17
    assert pooled(figures, "reading", "centre_of_pressure.x", "mean_abs_error") < 0.2  # mm
    assert pooled(figures, "reading", "centre_of_pressure.y", "mean_abs_error") < 0.2


def test_a_folder_without_pairs_gives_nothing(tmp_path):
    assert list(DATASET.scores(tmp_path)) == []
