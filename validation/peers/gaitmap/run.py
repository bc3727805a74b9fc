"""gaitmap's figures on our foot-sensor walks: installs it in its own environment, runs it, scores it as we score ours.

    python validation/peers/gaitmap/run.py [FOLDER] [--out validation/peers/gaitmap.json]

The environment is made once, in `validation/peers/gaitmap/.venv`; gaitmap and gaitmap_mad (stride segmentation, AGPL)
are installed there by name and never beside Poise.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from poise.measures.foot_steps import FootSteps
from poise.model import SIDES, Side
from poise.workflows.validate import as_json
from poise.workflows.validation.gaitmap_foot_imu import scores_of

HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE / ".venv"
PACKAGES = ("gaitmap==2.6.0", "gaitmap_mad==2.6.0")
DATA = HERE.parents[3] / "shared" / "data" / "gaitmap-foot-imu"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path, nargs="?", default=DATA)
    asked.add_argument("--out", type=Path, default=HERE.parent / "gaitmap.json")
    options = asked.parse_args()
    raw = run(options.folder)
    steps = {options.folder / file: _steps_of_each_foot(found) for file, found in raw["walks"].items()}
    rows = as_json(scores_of(steps, "gaitmap 2.6.0: Barth DTW, Rampp events, stride-level trajectory"))
    rows = [row | {"published": None, "source": ""} for row in rows]
    options.out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    sys.stderr.write(f"{len(rows)} figures in {options.out}\n")


def run(folder: Path, *, hours: float = 0.0) -> dict[str, Any]:
    """What `inside.py` says of a folder, in gaitmap's own environment."""
    command = [str(python()), str(HERE / "inside.py"), str(folder), *(["--hours", str(hours)] if hours else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **SINGLE_THREADED})
    if done.returncode:
        raise SystemExit(f"gaitmap could not run:\n{done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


SINGLE_THREADED = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}


def is_installed() -> bool:
    """Whether the environment has been made; the benchmark does without the peer where it has not."""
    return _interpreter().is_file()


def python() -> Path:
    """The environment's interpreter; the environment is made first where there is none."""
    if not is_installed():
        sys.stderr.write("making gaitmap's environment …\n")
        venv.create(ENVIRONMENT, with_pip=True)
        subprocess.run([str(_interpreter()), "-m", "pip", "install", "-q", *PACKAGES], check=True)
    return _interpreter()


def _interpreter() -> Path:
    return ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _steps_of_each_foot(found: Mapping[str, Mapping[str, Sequence[float | None]]]) -> dict[Side, FootSteps]:
    return {side: _steps(side, found[side]) for side in SIDES}


def _steps(side: Side, found: Mapping[str, Sequence[float | None]]) -> FootSteps:
    """gaitmap's strides as steps: a contact that only opens a stride has no toe-off and no length."""
    contact_s, before_s, toe_off_s, length_m = (
        np.array(found[name], dtype=np.float64) for name in ("ic", "pre_ic", "tc", "stride_length_m")
    )
    opening_s = np.setdiff1d(np.round(before_s, 6), np.round(contact_s, 6))
    unknown = np.full(len(opening_s), np.nan)
    contacts_s = np.concatenate((contact_s, opening_s))
    order = np.argsort(contacts_s)
    nothing = np.full(len(order), np.nan)
    return FootSteps(
        side=side, contact_s=contacts_s[order], toe_off_s=np.concatenate((toe_off_s, unknown))[order],
        length_m=np.concatenate((length_m, unknown))[order], turned_deg=nothing, strike_deg=nothing, push_deg=nothing,
        outward_m=nothing, highest_m=nothing, follows=np.ones(len(order), dtype=bool), dropped=0,
    )  # fmt: skip


if __name__ == "__main__":
    main()
