"""How fast a C3D file becomes a Recording, beside ezc3d and c3d in the same run.

    python benchmarks/c3d_reading.py [FILE]

Without a file, the largest C3D trial of the shared recordings is read, or a made one of 4 MB where these are absent.
Our time is for the whole Recording: points sorted and scaled, force plates in the laboratory, muscles, events. The
peers' times are for their own plain reading, without force plates. The ratio is of medians by the clock on the wall;
`python benchmarks/c3d_reading.py` also tells the processor's time, which what else runs on the machine disturbs less.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from poise.readers.c3d import READER
from poise.testing.c3d import C3dTrial, written

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
ROUNDS = 15


def rows(path: Path | None = None) -> list[dict[str, object]]:
    """One row a peer: our time, the peer's and their ratio, the rounds of all taken in turn so that load hits each."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = path or _largest() or _made(Path(folder))
        readers = {"poise": lambda: READER.read(chosen, {}), **_peers(chosen)}
        times_ms, cpu_ms = _in_turn(readers)
    ours, ours_cpu = median(times_ms["poise"]), median(cpu_ms["poise"])
    name = f"C3D to Recording, {chosen.name}, {chosen.stat().st_size / 1e6 if chosen.exists() else 0:.1f} MB"
    return [
        {
            "benchmark": f"{name}, beside {peer}",
            "ours": ours,
            "peer": theirs,
            "ratio": theirs / ours,
            "unit": "ms",
            "processor": f"{ours_cpu:.2f} against {median(cpu_ms[peer]):.1f}: {median(cpu_ms[peer]) / ours_cpu:.1f} x",
        }
        for peer, times in times_ms.items()
        if peer != "poise" and (theirs := median(times))
    ]


def main() -> None:
    """Print the table."""
    for row in rows(Path(sys.argv[1]) if len(sys.argv) > 1 else None):
        print(f"{row['benchmark']}: {row['ours']:.2f} {row['unit']} against {row['peer']:.1f}: {row['ratio']:.1f} x")
        print(f"    processor time: {row['processor']}")


def _in_turn(readers: dict[str, Callable[[], object]]) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Times by the clock on the wall and by the processor."""
    times_ms: dict[str, list[float]] = {name: [] for name in readers}
    cpu_ms: dict[str, list[float]] = {name: [] for name in readers}
    for _ in range(ROUNDS):
        for name, read in readers.items():
            start, start_cpu = time.perf_counter(), time.process_time()
            read()
            cpu_ms[name].append(1e3 * (time.process_time() - start_cpu))
            times_ms[name].append(1e3 * (time.perf_counter() - start))
    return times_ms, cpu_ms


def _peers(path: Path) -> dict[str, Callable[[], object]]:
    found: dict[str, Callable[[], object]] = {}
    try:
        import ezc3d

        found["ezc3d"] = lambda: ezc3d.c3d(str(path))
    except ImportError:
        pass
    try:
        import c3d

        found["c3d"] = lambda: _all_frames(c3d, path)
    except ImportError:
        pass
    return found


def _all_frames(c3d: object, path: Path) -> list[object]:
    with path.open("rb") as handle:
        return list(c3d.Reader(handle).read_frames())  # type: ignore[attr-defined]


def _largest() -> Path | None:
    files = sorted(SHARED_DATA.rglob("*.c3d"), key=lambda path: path.stat().st_size) if SHARED_DATA.is_dir() else []
    return files[-1] if files else None


def _made(folder: Path) -> Path:
    return written(C3dTrial.walk(frames=1206, points=124, channels=24, samples_per_frame=10), folder / "made.c3d")


if __name__ == "__main__":
    main()
