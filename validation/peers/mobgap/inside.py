"""Runs inside mobgap's own environment: its detectors and its pipeline on one Mobilise-D folder, raw results as JSON.

Started by `../run.py`; knows nothing of Poise. Reads every `data.mat` under the folder, prints one JSON object.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.io
from mobgap.data import GaitDatasetFromData
from mobgap.initial_contacts import IcdHKLeeImproved, IcdIonescu, IcdShinImproved
from mobgap.pipeline import MobilisedPipelineUniversal
from mobgap.utils.conversions import to_body_frame

G_M_S2 = 9.80665
DETECTORS = {"shin_improved": IcdShinImproved, "ionescu": IcdIonescu, "hklee_improved": IcdHKLeeImproved}


def trials(folder: Path):
    for path in sorted(folder.rglob("data.mat")):
        data = scipy.io.loadmat(path, squeeze_me=True, struct_as_record=False)["data"]
        info_path = path.with_name("infoForAlgo.mat")
        info = scipy.io.loadmat(info_path, squeeze_me=True, struct_as_record=False)["infoForAlgo"]
        for session in data._fieldnames:
            tests = getattr(data, session)
            for test in tests._fieldnames:
                repeats = getattr(tests, test)
                for repeat in repeats._fieldnames:
                    trial = getattr(repeats, repeat)
                    if hasattr(trial, "SU"):
                        name = f"{path.parent.relative_to(folder)}/{session}/{test}/{repeat}"
                        yield name, trial, getattr(info, session)


def imu_of(trial) -> tuple[pd.DataFrame, float]:
    lower_back = trial.SU.LowerBack
    columns = ["acc_x", "acc_y", "acc_z", "gyr_x", "gyr_y", "gyr_z"]
    imu = pd.DataFrame(np.hstack([lower_back.Acc * G_M_S2, lower_back.Gyr]), columns=columns)
    return imu, float(lower_back.Fs.Acc) if hasattr(lower_back.Fs, "Acc") else 100.0


def bouts_of(trial, system: str) -> list[tuple[float, float]]:
    periods = getattr(getattr(trial.Standards, system, None), "ContinuousWalkingPeriod", [])
    return [(float(p.Start), float(p.End)) for p in np.atleast_1d(periods) if hasattr(p, "Start")]


def detect(detector, imu: pd.DataFrame, rate_hz: float, bouts, margin_s: float) -> list[float]:
    found: list[float] = []
    for start_s, end_s in bouts:
        first = max(0, round((start_s - margin_s) * rate_hz))
        last = min(len(imu), round((end_s + margin_s) * rate_hz) + 1)
        part = imu.iloc[first:last].reset_index(drop=True)
        result = detector().detect(to_body_frame(part), sampling_rate_hz=rate_hz).ic_list_["ic"]
        found += [(first + float(sample)) / rate_hz for sample in result]
    return found


def pipeline(imu: pd.DataFrame, rate_hz: float, info, cohort: str):
    person = {"height_m": float(info.Height) / 100, "sensor_height_m": float(info.SensorHeight) / 100, "cohort": cohort}
    data = GaitDatasetFromData(
        {("one",): {"LowerBack": imu}},
        rate_hz,
        {("one",): person},
        {("one",): {"measurement_condition": "laboratory"}},
    )  # fmt: skip
    started = time.perf_counter()
    run = MobilisedPipelineUniversal().safe_run(data[0])
    seconds = time.perf_counter() - started
    contacts = run.raw_ic_list_["ic"].to_numpy(float) / rate_hz
    bouts = run.per_wb_parameters_
    strides = run.per_stride_parameters_
    return {
        "seconds": seconds,
        "contacts_s": contacts.tolist(),
        "bouts": [[float(a) / rate_hz, float(b) / rate_hz] for a, b in zip(bouts["start"], bouts["end"], strict=True)],
        "gait_sequences": [
            [float(a) / rate_hz, float(b) / rate_hz]
            for a, b in zip(run.gs_list_["start"], run.gs_list_["end"], strict=True)
        ],
        "stride_starts_s": (strides["start"].to_numpy(float) / rate_hz).tolist(),
        **{
            ours: bouts[theirs].to_numpy(float).tolist()
            for ours, theirs in {
                "cadence": "cadence_spm",
                "stride_length": "stride_length_m",
                "speed": "walking_speed_mps",
            }.items()
        },
    }


def hour(folder: Path) -> dict[str, float]:
    """One hour: the longest trial again and again."""
    _, trial, info = max(trials(folder), key=lambda item: len(item[1].SU.LowerBack.Acc))
    imu, rate_hz = imu_of(trial)
    copies = int(np.ceil(3600 * rate_hz / len(imu)))
    tiled = pd.concat([imu] * copies, ignore_index=True).iloc[: int(3600 * rate_hz)]
    pipeline(imu, rate_hz, info, "HA")
    seconds = [pipeline(tiled, rate_hz, info, "HA")["seconds"] for _ in range(2)]
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds_per_hour": min(seconds), "peak_mb": peak_mb}


def main() -> None:
    warnings.simplefilter("ignore")
    folder, system, what = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    if what == "hour":
        print(json.dumps(hour(folder)))
        return
    out = []
    for name, trial, info in trials(folder):
        imu, rate_hz = imu_of(trial)
        bouts = bouts_of(trial, system)
        out.append({
            "file": name,
            "given_bouts": bouts,
            "detectors": {
                f"{key}{suffix}": detect(detector, imu, rate_hz, bouts, margin_s)
                for key, detector in DETECTORS.items()
                for suffix, margin_s in (("", 0.0), ("_margin_200ms", 0.2), ("_margin_1s", 1.0))
            },
            "pipeline": pipeline(imu, rate_hz, info, name.split("/")[0]),
        })  # fmt: skip
    print(json.dumps(out))


if __name__ == "__main__":
    main()
