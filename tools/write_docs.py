"""Writes the pages of the docs that are made from the code; a test asks that they are up to date."""

from __future__ import annotations

import sys
from pathlib import Path

from poise.workflows.registry import families

PAGE = Path(__file__).resolve().parents[1] / "docs" / "measures.md"


def measures_page() -> str:
    """The table of all measures, from the registry."""
    lines = [
        "# Measures",
        "",
        "Written by `make docs` from the registry; do not edit. `poise measures` prints the same. A name with",
        "`<muscle>`, `<joint>` and the like stands for one measure each: `emg.onset.vastus_medialis`. All of them:",
        "`poise measures --json`.",
        "",
        "| measure | unit | what it is | formula | source |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [
        "| " + " | ".join(_cell(part) for part in (f"`{d.measure}`", d.unit, d.label, d.formula, d.source)) + " |"
        for d in families()
    ]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    PAGE.write_text(measures_page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE} written\n")
