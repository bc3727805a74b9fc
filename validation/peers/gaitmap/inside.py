"""Runs inside gaitmap's own environment: its segmentation, events and trajectories on a folder, raw results as JSON.

Started by `../run.py` and by `benchmarks/foot_gait.py`; knows nothing of Poise.

    python inside.py FOLDER [--hours 1]      with --hours, the first walk is repeated to that length and only timed
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from gaitmap.event_detection import RamppEventDetection
from gaitmap.parameters import SpatialParameterCalculation
from gaitmap.stride_segmentation import BarthDtw
from gaitmap.trajectory_reconstruction import StrideLevelTrajectory
from gaitmap.utils.coordinate_conversion import convert_to_fbf

RATE_HZ = 204.8
SENSORS = {"left": "left_sensor", "right": "right_sensor"}


def read(path: Path) -> pd.DataFrame:
    data = pd.read_csv(path, header=[0, 1], index_col=0)
    columns = [(sensor, axis) for sensor in SENSORS.values() for axis in axes()]
    return data[columns]


def axes() -> list[str]:
    return [f"{kind}_{axis}" for kind in ("acc", "gyr") for axis in "xyz"]


def measure(data: pd.DataFrame):
    """gaitmap's own example pipeline: DTW strides, Rampp events, one trajectory a stride, spatial parameters."""
    body = convert_to_fbf(data, left_like="left", right_like="right")
    strides = BarthDtw().segment(data=body, sampling_rate_hz=RATE_HZ).stride_list_
    events = RamppEventDetection().detect(data=body, stride_list=strides, sampling_rate_hz=RATE_HZ)
    events = events.min_vel_event_list_
    path = StrideLevelTrajectory().estimate(data=data, stride_event_list=events, sampling_rate_hz=RATE_HZ)
    spatial = SpatialParameterCalculation().calculate(
        stride_event_list=events,
        positions=path.position_,
        orientations=path.orientation_,
        sampling_rate_hz=RATE_HZ,
    )
    return events, spatial.parameters_


def results(data: pd.DataFrame) -> dict[str, dict[str, list[float | None]]]:
    events, spatial = measure(data)
    return {side: of_one_foot(events[sensor], spatial[sensor]) for side, sensor in SENSORS.items()}


def of_one_foot(events: pd.DataFrame, spatial: pd.DataFrame) -> dict[str, list[float | None]]:
    events = events.reset_index()
    seconds = {name: (events[name] / RATE_HZ).tolist() for name in ("ic", "tc", "pre_ic", "start", "end")}
    length = spatial["stride_length"].reindex(events["s_id"])
    return seconds | {"stride_length_m": [None if np.isnan(x) else float(x) for x in length]}


def tiled(data: pd.DataFrame, hours: float) -> pd.DataFrame:
    times = int(np.ceil(hours * 3600 * RATE_HZ / len(data)))
    return pd.concat([data] * times, ignore_index=True).iloc[: round(hours * 3600 * RATE_HZ)]


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("folder", type=Path)
    asked.add_argument("--hours", type=float, default=0.0)
    options = asked.parse_args()
    warnings.simplefilter("ignore")
    walks = sorted(options.folder.rglob("imu_*.csv"))
    found: dict[str, object] = {}
    if options.hours:
        # The short walk first: compiling and loading are not part of the hour.
        data = read(walks[0])
        measure(data)
        data = tiled(data, options.hours)
        started = time.process_time()
        measure(data)
        found["seconds"] = time.process_time() - started
    else:
        found["walks"] = {str(path.relative_to(options.folder)): results(read(path)) for path in walks}
    found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
