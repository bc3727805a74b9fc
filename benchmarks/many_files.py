"""A folder of 200 recordings with one worker and with two."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from poise.workflows.assess import assess_all
from poise.workflows.files import sources
from poise.workflows.request import Request

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
WALKS = (
    "mcgill-children-gait-c3d/HC002D/Straight_HC002D06.c3d",
    "mcgill-children-gait-c3d/HC030A/Straight_HC030A05.c3d",
    "pd-overground-c3d/figshare_pd_SUB01_off_walk_12b.c3d",
    "gaitalytics-treadmill-c3d/treadmill_events.c3d",
)
FILES = 200


def rows() -> list[dict[str, object]]:
    """The same folder twice, the same results; the ratio is one worker's time over two workers'."""
    with tempfile.TemporaryDirectory() as folder:
        for index in range(FILES):
            source = SHARED / WALKS[index % len(WALKS)]
            shutil.copy(source, Path(folder) / f"{index:03d}-{source.name}")
        one = _seconds(folder, 1)
        two = _seconds(folder, 2)
    return [
        {"benchmark": f"{FILES} C3D files, one worker beside two", "ours": two, "peer": one, "ratio": one / two,
         "bar": "≥ 1.7×", "unit": "s (ours: two workers)"},
    ]  # fmt: skip


def _seconds(folder: str, workers: int) -> float:
    start = time.perf_counter()
    found = list(assess_all(sources([folder]), Request(keep_signals=False), workers=workers))
    assert len(found) == FILES
    return time.perf_counter() - start


def main() -> None:
    """Print the rows."""
    for row in rows():
        print(row)


if __name__ == "__main__":
    main()
