"""One hour of two foot sensors, beside gaitmap's pipeline on the same hour in the same run; memory too.

    python benchmarks/foot_gait.py

The hour is the shared 2 x 20 m walk repeated (a made walk where the folder is absent; then there is no peer). Each runs
in a process of its own, single-threaded, after a short walk has warmed it up; the peak is that of the whole process,
signals included. Times are the processor's, so that what else runs on the machine hits neither. gaitmap runs where
`validation/peers/run.py gaitmap` has made its environment.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
SHARED_DATA = HERE.parents[1] / "shared" / "data" / "gaitmap-foot-imu"
PEERS = HERE.parent / "validation" / "peers"
HOURS = 1.0
LEAST_RATIO = 14.0
MOST_MB = 500.0
LONGER = 2.0


def rows() -> list[dict[str, object]]:
    """Time, memory, and how the time grows with length."""
    ours, twice = _ours(HOURS), _ours(LONGER * HOURS)
    peer = _gaitmap()
    seconds = peer.get("seconds")
    name = f"foot sensors, {HOURS:g} h of two feet at 204.8 Hz"
    return [
        {
            "benchmark": f"{name}, beside gaitmap", "ours": ours["seconds"], "peer": seconds, "unit": "s CPU",
            "ratio": seconds / ours["seconds"] if seconds else None, "bar": f"≥ {LEAST_RATIO:g} ×",
        },
        {
            "benchmark": f"{name}, peak memory", "ours": ours["peak_mb"], "peer": peer.get("peak_mb"), "unit": "MB",
            "ratio": peer["peak_mb"] / ours["peak_mb"] if peer else None, "bar": f"≤ {MOST_MB:g} MB",
        },
        {
            "benchmark": f"foot sensors, {LONGER:g} × the length", "ours": twice["seconds"], "peer": ours["seconds"],
            "ratio": twice["seconds"] / ours["seconds"], "bar": f"about {LONGER:g}", "unit": "s CPU",
        },
    ]  # fmt: skip


def main() -> None:
    """Print the table, or (in a process of its own) measure once."""
    if len(sys.argv) > 1:
        json.dump(_measure(float(sys.argv[1])), sys.stdout)
        return
    for row in rows():
        print(row)


def _ours(hours: float) -> dict[str, float]:
    command = [sys.executable, str(Path(__file__).resolve()), str(hours)]
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=one_thread)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _measure(hours: float) -> dict[str, float]:
    from poise.measures.gait_foot_imu import MEASURE

    short = _walk()
    MEASURE.compute(short)
    long = _repeated(short, hours)
    started = time.process_time()
    found = MEASURE.compute(long)
    seconds = time.process_time() - started
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "peak_mb": peak_mb, "strides": len(found.walk.strides) if found.walk else 0}


def _walk():
    from poise.readers.find import read_file
    from poise.testing.foot import FootWalk, recorded

    real = SHARED_DATA / "imu_sample.csv"
    return read_file(real)[0] if real.is_file() else recorded(FootWalk(rate_hz=204.8))


def _repeated(recording, hours: float):
    streams = {}
    for key, stream in recording.streams.items():
        count = round(hours * 3600 * stream.rate_hz)
        times = -(-count // len(stream.time_s))
        values = np.tile(stream.values, (times, 1, 1))[:count]
        streams[key] = replace(stream, values=values, time_s=np.arange(count) / stream.rate_hz, confidence=None)
    return replace(recording, streams=streams)


def _gaitmap() -> dict[str, float]:
    python = PEERS / ".envs" / "gaitmap" / "bin" / "python"
    if not (python.is_file() and SHARED_DATA.is_dir()):
        return {}
    command = [str(python), str(PEERS / "gaitmap" / "inside.py"), str(SHARED_DATA), "--hours", str(HOURS)]
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=one_thread)
    return json.loads(done.stdout) if done.returncode == 0 else {}


if __name__ == "__main__":
    main()
