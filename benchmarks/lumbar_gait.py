"""One hour of a lower-back IMU: our whole pipeline beside mobgap's, in one run; time and memory."""

from __future__ import annotations

import importlib.util
import json
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np

from poise.measures.gait_lumbar_imu import MEASURE
from poise.model import Recording, Stream
from poise.workflows.validation.mobgap_lumbar_imu import SYSTEM

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data" / "mobgap-lumbar-imu"
ENVIRONMENT = ROOT / "validation" / "peers" / "environment.py"
HOUR_S = 3600.0
RUNS = 3


def rows() -> list[dict[str, object]]:
    """Ours in a process of its own (so that its memory is its own), then mobgap's where its environment exists."""
    if not DATA.is_dir():
        return [_row("lumbar gait, 1 h", "no data", None, "≥ 5×", "s")]
    ours = json.loads(
        subprocess.run([sys.executable, __file__, "ours"], capture_output=True, text=True, check=True).stdout
    )
    theirs = _peer()
    return [
        _row("lumbar gait, 1 h at 100 Hz", ours["seconds"], theirs.get("seconds_per_hour"), "≥ 5×", "s, beside mobgap"),
        _row("lumbar gait, 1 h: peak memory", ours["peak_mb"], theirs.get("peak_mb"), "≤ 250 MB", "MB, beside mobgap"),
        _row("lumbar gait, 2 h beside 1 h", ours["two_hours"], ours["seconds"], "linear: ≤ 2.2", "s, beside 1 h"),
    ]


def ours() -> dict[str, float]:
    """Seconds for one hour (best of some runs) and for two, and the peak memory after one."""
    hour = _tiled(HOUR_S)
    MEASURE.compute(_tiled(60.0))
    seconds = min(_timed(hour) for _ in range(RUNS))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "peak_mb": peak_mb, "two_hours": min(_timed(_tiled(2 * HOUR_S)) for _ in range(2))}


def _timed(recording: Recording) -> float:
    start = time.perf_counter()
    MEASURE.compute(recording)
    return time.perf_counter() - start


def _tiled(duration_s: float) -> Recording:
    """The longest trial of the folder again and again."""
    from poise.readers.mobilised import READER

    trials = [each for path in sorted(DATA.rglob("data.mat")) for each in READER.read(path, {})]
    longest = max(trials, key=lambda each: each.duration_s)
    kinds = ("acceleration", "angular_velocity")
    return replace(longest, streams={kind: _repeated(longest[kind], duration_s) for kind in kinds})


def _repeated(stream: Stream, duration_s: float) -> Stream:
    samples = round(duration_s * stream.rate_hz)
    copies = -(-samples // len(stream.time_s))
    values = np.tile(stream.values, (copies, 1, 1))[:samples]
    return replace(stream, time_s=np.arange(samples) / stream.rate_hz, values=values)


def _peer() -> dict[str, float]:
    environment = _module(ENVIRONMENT)
    if not environment.is_made("mobgap"):
        return {}
    found: dict[str, float] = environment.run_inside("mobgap", DATA, SYSTEM, "hour")
    return found


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("peers_environment", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _row(name: str, ours: object, peer: float | None, bar: str, unit: str) -> dict[str, object]:
    ratio = peer / ours if isinstance(ours, float) and peer else None
    return {"benchmark": name, "ours": ours, "peer": peer, "ratio": ratio, "bar": bar, "unit": unit}


def main() -> None:
    """Print the rows, or (asked for ``ours``) our own figures alone."""
    sys.stdout.write(json.dumps(ours() if sys.argv[1:] == ["ours"] else rows(), indent=1) + "\n")


if __name__ == "__main__":
    main()
