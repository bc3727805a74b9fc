"""Judgements that were typed: tables of targets and answers, and the text of the hand-position experiments."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from poise.errors import PoiseError
from poise.measures.position_sense_across import compare
from poise.measures.position_sense_judged import MEASURE
from poise.readers.find import read_file

TABLE = "trial,side,target_deg,response_deg\n1,left,30,33\n2,left,30,28.5\n3,left,30,34\n4,left,30,31.5\n5,left,30,29\n6,right,30,30\n"
BLOCKS = """BLOCK: LOCATION IPSILATERAL DELAY ZERO
TRIAL1-1: MEASURE_1
MEASURE_LOCATION_HORIZ: 9.6
TRIAL1-2: VIDEO
MEASURE_LOCATION_HORIZ: 10.4
BLOCK: LOCATION CONTRALATERAL DELAY ZERO
MEASURE_LOCATION_HORIZ: -8.0
MEASURE_LOCATION_HORIZ: -10.0
MEASURE_LOCATION_HORIZ: oops
"""


def written(folder: Path, text: str, name: str = "test.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_of_targets_and_answers(tmp_path: Path) -> None:
    left, right = read_file(written(tmp_path, TABLE))
    assert (left.task, left.conditions["side"]) == ("jps", "left")
    found = {m.measure: m.value for m in MEASURE.compute(left).measurements}
    assert found == pytest.approx(
        {
            "jps.absolute_error": 2.2,
            "jps.constant_error": 1.2,
            "jps.variable_error": 2.15870331,
            "jps.rms_error": 2.46981781,
        }
    )
    told = [(each.id, each.conditions, MEASURE.compute(each).measurements) for each in (left, right)]
    (both,) = compare(told)
    assert {m.measure: m.value for m in both.measurements}["jps.side_bias"] == pytest.approx(1.2)


@pytest.mark.parametrize(("header", "measure", "value"), [
    ("target (cm);response (cm)", "judgement.constant_error", 3.0), ("target_mm;response_mm", "judgement.constant_error", 0.3),
    ("Target;Answer", "jps.constant_error", 3.0),
])  # fmt: skip
def test_units_and_marks(tmp_path: Path, header: str, measure: str, value: float) -> None:
    (recording,) = read_file(written(tmp_path, f"{header}\n30;33,5\n30;32.5\n"))
    assert {m.measure: m.value for m in MEASURE.compute(recording).measurements}[measure] == pytest.approx(value)


def test_blocks_without_a_target_have_scatter_drift_and_sides_only(tmp_path: Path) -> None:
    (recording,) = read_file(written(tmp_path, BLOCKS, "sub.txt"))
    measured = MEASURE.compute(recording)
    found = {m.measure: m.value for m in measured.measurements}
    assert found["judgement.variable_error.location_ipsilateral_delay_zero"] == pytest.approx(0.4)
    assert found["judgement.drift.location_contralateral_delay_zero"] == pytest.approx(-2.0)
    assert found["judgement.side_bias.location_delay_zero"] == pytest.approx(1.0)
    assert not any("absolute" in name or "constant" in name for name in found)
    assert "true position is not in the file" in measured.problems[0].what
    assert "could not be read" in recording.problems[0].what


def test_missing_in_nothing_out(tmp_path: Path) -> None:
    (recording,) = read_file(written(tmp_path, "target_deg,response_deg\n30,\n,31\n"))
    assert not MEASURE.compute(recording).measurements
    assert np.isnan(recording["judgements"].values).any()
    with pytest.raises(PoiseError):
        read_file(written(tmp_path, "target_deg,response_deg\n", "empty.csv"))


@pytest.mark.data
def test_every_person_of_the_experiment_is_read(shared_data: Path) -> None:
    for path in sorted((shared_data / "proprioception-hand-ebr").glob("sub*_data.txt")):
        (recording,) = read_file(path)
        assert len(recording["judgements"].channels) == 6
        assert np.isfinite(recording["judgements"].values).mean() > 0.9
        assert MEASURE.compute(recording).measurements
