"""Other software on the recordings that Poise is validated on, scored by the same code as Poise.

    python validation/peers/run.py [gaitmap mobgap gaitkit] [--data ../shared/data]

Each peer is a folder: `requirements.txt` (what is installed, in an environment of its own), `inside.py` (runs there;
knows only the peer; writes detections), `score.py` (runs here; turns detections into scores) and `scores.json`, which
`poise validate --peers` reads.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import environment

from poise.workflows.validate import as_json
from poise.workflows.validation.scores import Score

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[2] / "shared" / "data"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument(
        "peers", nargs="*", metavar="PEER", help=f"some of {', '.join(known())}; all where none is named"
    )
    asked.add_argument("--data", type=Path, default=DATA, help="the folder that holds the data folders")
    options = asked.parse_args()
    if unknown := set(options.peers) - set(known()):
        asked.error(f"no such peer: {', '.join(sorted(unknown))} (there are {', '.join(known())})")
    for peer in options.peers or known():
        write(peer, options.data)


def known() -> list[str]:
    """Every peer there is a folder for."""
    return sorted(path.parent.name for path in HERE.glob("*/score.py"))


def write(peer: str, data: Path) -> None:
    """Run one peer and keep its pooled scores; the environment is made before the clock starts."""
    environment.interpreter(peer)
    started = time.monotonic()
    score = module(HERE / peer / "score.py")
    arguments = score.arguments(data)
    if not arguments:
        raise SystemExit(f"{peer}: '{data}' holds none of the folders it is measured on.")
    found = environment.run_inside(peer, *arguments)
    seconds = time.monotonic() - started
    kept = [_bare(each) for each in score.scores(found, data) if each.file == "all"]
    out = HERE / peer / "scores.json"
    out.write_text(as_lines(kept), encoding="utf-8")
    sys.stderr.write(f"{peer}: {len(kept)} pooled scores in {out}; it ran {seconds:.0f} s\n")


def as_lines(scores: Iterable[Score]) -> str:
    """A JSON list with one score a line, so that a change of one figure is a change of one line."""
    rows = [
        {name: _short(value) for name, value in row.items() if value not in ("", None) or name == "value"}
        for row in as_json(scores)
    ]
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"


def _short(value: object) -> object:
    return float(f"{value:.6g}") if isinstance(value, float) else value


def module(path: Path) -> ModuleType:
    """A peer's `score.py`, by path: the peers' folders bear the names of the packages and are none."""
    spec = importlib.util.spec_from_file_location(f"{path.parent.name}_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = loaded
    spec.loader.exec_module(loaded)
    return loaded


def _bare(score: Score) -> Score:
    """Without the figure that Poise is held to: it is not the peer's."""
    return replace(score, published=None, source="")


if __name__ == "__main__":
    main()
