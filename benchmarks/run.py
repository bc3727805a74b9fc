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
    """Run all and write README.md beside this file; or those named, whose lines take the place of their old ones."""
    chosen = sys.argv[1:] or sorted(path.stem for path in HERE.glob("*.py") if path.stem not in {"run", "clinic_data"})
    rows: list[dict[str, object]] = []
    for name in chosen:
        sys.stderr.write(f"{name} …\n")
        rows += _rows(HERE / f"{name}.py")
    machine = f"{platform.machine()}, Python {platform.python_version()}, {date.today():%Y-%m-%d}"
    told = f"Measured on {machine}."
    lines = {str(row["benchmark"]): _line(row) for row in rows}
    if sys.argv[1:]:
        kept, before = _before()
        lines = kept | lines
        told = f"{before} {', '.join(chosen)}: {machine}."
    table = "\n".join(lines.values())
    (HERE / "README.md").write_text(f"{HEAD}{table}\n\n{told}\n", encoding="utf-8")


def _before() -> tuple[dict[str, str], str]:
    """The lines that stand in README.md, by their first cell, and when they were measured."""
    told = (HERE / "README.md").read_text("utf-8").splitlines()
    start = next(number for number, line in enumerate(told) if line.startswith("| ---")) + 1
    lines = [line for line in told[start:] if line.startswith("|")]
    return {line.split(" | ")[0].removeprefix("| "): line for line in lines}, told[-1]


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
