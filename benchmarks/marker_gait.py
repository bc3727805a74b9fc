"""How fast gait is measured from an hour of markers, beside gaitkit's fastest and its best method.

    python benchmarks/marker_gait.py [HOURS]

Ours is everything from the named points of the body to measures: footfalls, strides, spatio-temporal measures,
asymmetry with its intervals; in seconds of processor time, so that what else runs on the machine counts for little. The
peers' figures are those of peers.md section 3 (gaitkit 1.5.0, 30 s at 150 Hz, seconds per hour of signal on the machine
where they were measured); gaitkit is not run here.
"""

from __future__ import annotations

import sys
import time
from statistics import median

from poise.measures.gait_markers import MEASURE
from poise.testing.walking import simulate_walk

RATE_HZ = 100.0
GAITKIT_S_PER_HOUR = {"BIKE, its best": 55.0, "Zeni": 31.0, "its fastest": 12.0}
ROUNDS = 5
BAR_S_PER_HOUR = 0.5


def rows(hours: float = 1.0) -> list[dict[str, object]]:
    """Seconds of computing per hour of signal, ours beside each peer's, then how cost grows with length."""
    ours, tenth = seconds_per_hour(hours), seconds_per_hour(0.1 * hours)
    beside: list[dict[str, object]] = [
        {"benchmark": f"marker gait per hour of signal, gaitkit {name}", "ours": ours, "peer": peer,
         "ratio": peer / ours, "unit": "s"}
        for name, peer in GAITKIT_S_PER_HOUR.items()
    ]  # fmt: skip
    growth: dict[str, object] = {
        "benchmark": "marker gait, cost per hour of signal in a tenth of the length", "ours": ours, "peer": tenth,
        "ratio": tenth / ours, "unit": "s",
    }  # fmt: skip
    return [*beside, growth]


def seconds_per_hour(hours: float) -> float:
    """The median of some rounds, first use of scipy left out."""
    recording = simulate_walk(duration_s=3600.0 * hours, rate_hz=RATE_HZ).body()
    MEASURE.compute(simulate_walk().body())
    spent = []
    for _ in range(ROUNDS):
        start = time.process_time()
        MEASURE.compute(recording)
        spent.append(time.process_time() - start)
    return median(spent) / hours


def main() -> None:
    """Print the table; fails where an hour costs more than half a second."""
    found = rows(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
    for row in found:
        print(f"{row['benchmark']}: {row['ours']:.3f} {row['unit']} against {row['peer']:.3f}: {row['ratio']:.1f} x")
    if float(str(found[0]["ours"])) > BAR_S_PER_HOUR:
        sys.exit(f"marker gait costs more than {BAR_S_PER_HOUR} s per hour of signal")


if __name__ == "__main__":
    main()
