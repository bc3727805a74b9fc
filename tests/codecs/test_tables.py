"""Tables: one row a measurement, the same numbers in CSV, pandas and Parquet."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from poise.codecs.tables import COLUMNS, curves_frame, events_frame, measurements_frame, write_csv, write_parquet
from poise.model import Assessment


def test_csv_has_one_row_a_measurement_and_empty_cells_for_what_is_missing(one: Assessment, tmp_path: Path) -> None:
    write_csv([one, one], tmp_path / "m.csv")
    with (tmp_path / "m.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 2
    assert (rows[0]["value"], rows[0]["sd"], rows[0]["side"]) == ("1.2", "", "")


def test_pandas_and_parquet_hold_the_same_numbers(one: Assessment, tmp_path: Path) -> None:
    pd = pytest.importorskip("pandas")
    write_parquet([one], tmp_path / "m.parquet")
    read = pd.read_parquet(tmp_path / "m.parquet")
    assert read["value"].tolist() == measurements_frame([one])["value"].tolist() == [1.2]
    assert len(curves_frame([one])) == 101
    assert events_frame([one])["time_s"].tolist() == [0.51]
