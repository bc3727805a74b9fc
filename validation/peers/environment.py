"""Each peer in an environment of its own, `validation/peers/.envs/<peer>`: none is ever installed beside Poise."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ENVIRONMENTS = HERE / ".envs"
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)  # fmt: skip


def is_made(peer: str) -> bool:
    """Whether the peer is installed; the benchmarks do without it where it is not."""
    return _marker(peer).is_file()


def interpreter(peer: str) -> Path:
    """The Python that has the peer; its environment is made first where there is none, or an unfinished one."""
    python = ENVIRONMENTS / peer / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = (HERE / peer / "requirements.txt").read_text(encoding="utf-8")
    if not is_made(peer) or _marker(peer).read_text(encoding="utf-8") != wanted:
        sys.stderr.write(f"{peer}: making {ENVIRONMENTS / peer} …\n")
        venv.create(ENVIRONMENTS / peer, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "-r", str(HERE / peer / "requirements.txt")]
        if subprocess.run(install, check=False).returncode:
            raise SystemExit(f"{peer} could not be installed; see pip's message above.")
        _marker(peer).write_text(wanted, encoding="utf-8")
    return python


def run_inside(peer: str, *arguments: object) -> Any:
    """What the peer's `inside.py` prints (one JSON value on the last line), single-threaded."""
    command = [str(interpreter(peer)), str(HERE / peer / "inside.py"), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **ONE_THREAD})
    if done.returncode:
        raise SystemExit(f"{peer} did not run:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _marker(peer: str) -> Path:
    """Holds what was installed, so that other pins make the environment anew."""
    return ENVIRONMENTS / peer / "installed.txt"
