"""mobgap's figures on the lower-back recordings: installs it in its own environment, runs it, scores it as we are.

    python validation/peers/mobgap/run.py [FOLDER] [--out validation/peers/mobgap.json]

The environment is made once, in `validation/peers/.envs/mobgap`; mobgap is installed there by name and never beside
Poise. Its three detectors get the reference bouts three times: cut exactly (as `reference/peers.md` scored them),
with 0.2 s and with 1 s of signal on either side; its pipeline finds bouts by itself.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from poise.workflows.validate import as_json
from poise.workflows.validation._lumbar_gait import FOUND, GIVEN, Contact, Trial, scores
from poise.workflows.validation.mobgap_lumbar_imu import LEVEL, SYSTEM, file_of, recordings
from poise.workflows.validation.scores import Score

HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE.parent / ".envs" / "mobgap"
PACKAGE = "mobgap==1.2.0"
DATA = HERE.parents[3] / "shared" / "data" / "mobgap-lumbar-imu"
DATASET = "mobgap-lumbar-imu"
SINGLE_THREADED = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path, nargs="?", default=DATA)
    asked.add_argument("--out", type=Path, default=HERE.parent / "mobgap.json")
    options = asked.parse_args()
    rows = [row | {"published": None, "source": ""} for row in as_json(peer_scores(options.folder))]
    options.out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    sys.stderr.write(f"{len(rows)} figures in {options.out}\n")


def peer_scores(folder: Path) -> Iterator[Score]:
    """Every detector with bouts given, and the pipeline, as the same kind of figures as ours."""
    raw = {each["file"]: each for each in run(folder, "all")}
    known = [(raw[_raw_name(folder, recording)], file_of(folder, recording), bouts)
             for recording, bouts in recordings(folder)]  # fmt: skip
    for detector in next(iter(raw.values()))["detectors"]:
        trials = [
            Trial(file=file, condition=GIVEN, reference=bouts, contacts=_contacts(found["detectors"][detector]))
            for found, file, bouts in known
        ]
        yield from scores(DATASET, f"mobgap 1.2.0 {detector}", trials)
    trials = [
        Trial(
            file=file,
            condition=FOUND,
            reference=bouts,
            contacts=_contacts(found["pipeline"]["contacts_s"]),
            values={f"gait.{name}": found["pipeline"][name] for name in ("speed", "stride_length", "cadence")},
        )
        for found, file, bouts in known
    ]
    yield from scores(DATASET, "mobgap 1.2.0 pipeline", trials)


def _raw_name(folder: Path, recording: Any) -> str:
    subject = Path(recording.source).resolve().parent.relative_to(folder.resolve())
    return "/".join((str(subject), *recording.id.split("/")[1:]))


def _contacts(times_s: list[float]) -> list[Contact]:
    return [Contact(time_s=time_s) for time_s in times_s]


def run(folder: Path, what: str) -> Any:
    """What `inside.py` says of a folder, in mobgap's own environment; `what` is ``all`` or ``hour``."""
    command = [str(python()), str(HERE / "inside.py"), str(folder), SYSTEM, what]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **SINGLE_THREADED})
    if done.returncode:
        raise SystemExit(f"mobgap did not run:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def python() -> Path:
    """The environment's Python; made, and mobgap installed in it, where it does not exist yet."""
    found = ENVIRONMENT / "bin" / "python"
    if not found.exists():
        sys.stderr.write(f"Making {ENVIRONMENT} and installing {PACKAGE} in it …\n")
        venv.create(ENVIRONMENT, with_pip=True)
        subprocess.run([str(found), "-m", "pip", "install", "--quiet", PACKAGE], check=True)
    return found


assert LEVEL == "ContinuousWalkingPeriod", "inside.py reads the same level"

if __name__ == "__main__":
    main()
