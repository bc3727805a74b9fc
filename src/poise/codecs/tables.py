"""Assessments → tables: measurements, events and curves as plain rows, CSV, Parquet and pandas."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poise.errors import BadSetting
from poise.model import Assessment

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "file", "recording", "task", "measure", "side", "value", "unit", "n", "sd", "start_s", "end_s", "valid_fraction",
    "method", "error", "error_source", "low", "high",
)  # fmt: skip


def measurement_rows(assessments: Iterable[Assessment]) -> list[dict[str, Any]]:
    """One row a measurement, with the file and recording it came from."""
    return [
        {"file": each.source, "recording": each.id, "task": each.task}
        | {name: getattr(measured, name) for name in COLUMNS[3:]}
        for each in assessments
        for measured in each.measurements
    ]


def write_csv(assessments: Iterable[Assessment], path: Path) -> None:
    """The measurements as CSV, UTF-8, one header row; a missing number is an empty cell."""
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for row in measurement_rows(assessments):
            writer.writerow({name: "" if _is_missing(value) else value for name, value in row.items()})


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def write_parquet(assessments: Iterable[Assessment], path: Path) -> None:
    """The measurements as Parquet; needs `pip install poise[tables]`."""
    measurements_frame(assessments).to_parquet(path, index=False)


def measurements_frame(assessments: Iterable[Assessment]) -> pd.DataFrame:
    """The measurements as a pandas DataFrame, one row a measurement."""
    return _frame(measurement_rows(assessments), COLUMNS)


def curves_frame(assessments: Iterable[Assessment]) -> pd.DataFrame:
    """The mean curves as a long pandas DataFrame: one row a recording, curve, side and percent of the cycle."""
    rows = [
        {
            "file": each.source, "recording": each.id, "curve": curve.curve, "side": curve.side, "unit": curve.unit,
            "n": curve.n, "cycle_percent": percent, "mean": mean, "sd": sd,
        }
        for each in assessments
        for curve in each.curves
        for percent, (mean, sd) in enumerate(zip(curve.mean, curve.sd, strict=True))
    ]  # fmt: skip
    return _frame(rows, ("file", "recording", "curve", "side", "unit", "n", "cycle_percent", "mean", "sd"))


def events_frame(assessments: Iterable[Assessment]) -> pd.DataFrame:
    """The events as a pandas DataFrame, one row an event."""
    rows = [
        {"file": each.source, "recording": each.id, "event": event.event, "side": event.side, "time_s": event.time_s}
        for each in assessments
        for event in each.events
    ]
    return _frame(rows, ("file", "recording", "event", "side", "time_s"))


def _frame(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    try:
        import pandas as pd
        import pyarrow  # noqa: F401  (pandas names the missing part late and in its own words)
    except ImportError as missing:
        raise BadSetting(
            "Tables for pandas and Parquet need two packages that are not installed.",
            found=f"Missing: {missing.name}.",
            do="Install them with: pip install 'poise[tables]'; or write CSV, which needs nothing.",
        ) from missing
    return pd.DataFrame(rows, columns=list(columns))
