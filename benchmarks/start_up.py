"""How long `import poise` and `poise --help` take, and how large a core install is."""

from __future__ import annotations

import statistics
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

CORE = ("numpy", "scipy", "vqf", "yaml", "typer", "rich", "pygments", "markdown_it", "mdurl", "shellingham", "click",
        "typing_extensions", "annotated_doc", "numpy.libs", "scipy.libs")  # fmt: skip


def rows() -> list[dict[str, object]]:
    """Medians of nine fresh processes, beside an empty Python and a bare numpy."""
    python, poise = sys.executable, str(Path(sys.executable).with_name("poise"))
    empty = _median([python, "-c", ""])
    return [
        _row("import poise", _median([python, "-c", "import poise"]), empty, "≤ 0.15 s", "empty Python"),
        _row("poise --help", _median([poise, "--help"]), empty, "≤ 0.2 s", "empty Python"),
        _row("import numpy (for scale)", _median([python, "-c", "import numpy"]), empty, "", "empty Python"),
        {
            "benchmark": "core install, MB",
            "ours": _core_mb(),
            "peer": None,
            "ratio": None,
            "bar": "≤ 300 MB",
            "unit": "MB",
        },
    ]


def _row(name: str, ours: float, beside: float, bar: str, what: str) -> dict[str, object]:
    return {
        "benchmark": name,
        "ours": ours,
        "peer": beside,
        "ratio": ours / beside,
        "bar": bar,
        "unit": f"s, beside {what}",
    }


def _median(command: list[str], runs: int = 9) -> float:
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def _core_mb() -> float:
    site = Path(sysconfig.get_paths()["purelib"])
    files = (file for name in CORE for file in (site / name).rglob("*") if file.is_file())
    ours = Path(__file__).resolve().parents[1] / "src" / "poise"
    everything = [*files, *(file for file in ours.rglob("*") if file.is_file() and "__pycache__" not in file.parts)]
    return round(sum(file.stat().st_size for file in everything) / 1e6, 1)


def main() -> None:
    """Print the rows."""
    for row in rows():
        print(row)


if __name__ == "__main__":
    main()
