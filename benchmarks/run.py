"""Runs every benchmark in a process of its own and writes the table: speed and memory as ratios within one run."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
CALL = "import json, runpy, sys; sys.stdout.write('\\n' + json.dumps(runpy.run_path(sys.argv[1])['rows']()))"
HEAD = """# Speed and memory

Written by `make benchmarks`; do not edit. Each line is a ratio within one run on one machine: absolute times differ
from machine to machine and from hour to hour, ratios hold better. Peers run in the same process or right beside
ours, on the same input; where a peer is not installed its line says so (see `validation/peers/README.md`).

| benchmark | ours | beside | ratio | bar | unit |
| --- | ---: | ---: | ---: | --- | --- |
"""


def main() -> None:
    """Run all (or those named on the command line) and write README.md beside this file."""
    chosen = sys.argv[1:] or sorted(path.stem for path in HERE.glob("*.py") if path.name != Path(__file__).name)
    rows: list[dict[str, object]] = []
    for name in chosen:
        sys.stderr.write(f"{name} …\n")
        rows += _rows(HERE / f"{name}.py")
    machine = f"{platform.machine()}, Python {platform.python_version()}, {date.today():%Y-%m-%d}"
    table = "\n".join(_line(row) for row in rows)
    (HERE / "README.md").write_text(f"{HEAD}{table}\n\nMeasured on {machine}.\n", encoding="utf-8")


def _rows(script: Path) -> list[dict[str, object]]:
    done = subprocess.run([sys.executable, "-c", CALL, str(script)], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr)
        return [{"benchmark": script.stem, "ours": "failed", "peer": "", "ratio": "", "bar": "", "unit": ""}]
    found: list[dict[str, object]] = json.loads(done.stdout.splitlines()[-1])
    return found


def _line(row: dict[str, object]) -> str:
    cells = (
        row.get("benchmark"),
        row.get("ours"),
        row.get("peer"),
        row.get("ratio"),
        row.get("bar", ""),
        row.get("unit"),
    )
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else "" if value is None else str(value)


if __name__ == "__main__":
    main()
